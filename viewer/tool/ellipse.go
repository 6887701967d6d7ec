package tool

import (
	"math"

	"eris/viewer/geom"
	"eris/viewer/measure"
)

// ellipse fills the box from press to release.
type ellipse struct {
	from   geom.Screen
	start  geom.Point
	placed bool
}

func (g *ellipse) Press(t Target, at geom.Screen) {
	g.from = at
	g.start, g.placed = t.PointAt(at)
}

func (g *ellipse) Drag(t Target, at geom.Screen) {
	if e, ok := g.shape(t, at); ok {
		t.Draft(e)
	}
}

// Release keeps nothing that is flat: it would have no inside.
func (g *ellipse) Release(t Target, at geom.Screen) {
	if e, ok := g.shape(t, at); ok && math.Abs(at.X-g.from.X) >= least && math.Abs(at.Y-g.from.Y) >= least {
		t.Keep(e)
	}
}

func (g *ellipse) shape(t Target, at geom.Screen) (measure.Ellipse, bool) {
	p, ok := t.PointAt(at)
	plane, okPlane := t.Plane()
	if !ok || !okPlane || !g.placed {
		return measure.Ellipse{}, false
	}
	return measure.EllipseIn(plane, g.start, p), true
}
