package tool

import (
	"eris/viewer/geom"
	"eris/viewer/measure"
)

// least is how far the pointer must go, in device pixels, before a drag counts
// as a measurement and not as a slip.
const least = 3

// length draws a line from press to release.
type length struct {
	from   geom.Screen
	start  geom.Point
	placed bool
}

func (g *length) Press(t Target, at geom.Screen) {
	g.from = at
	g.start, g.placed = t.PointAt(at)
}

func (g *length) Drag(t Target, at geom.Screen) {
	if p, ok := t.PointAt(at); ok && g.placed {
		t.Draft(measure.Length{A: g.start, B: p})
	}
}

func (g *length) Release(t Target, at geom.Screen) {
	if p, ok := t.PointAt(at); ok && g.placed && at.Distance(g.from) >= least {
		t.Keep(measure.Length{A: g.start, B: p})
	}
}
