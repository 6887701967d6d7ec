package tool

import (
	"math"

	"eris/viewer/geom"
)

// zoom magnifies about the pressed place: upwards is larger.
type zoom struct{ at, last geom.Screen }

func (g *zoom) Press(t Target, at geom.Screen) { g.at, g.last = at, at }

// Drag doubles the size over a quarter of the viewport's height.
func (g *zoom) Drag(t Target, at geom.Screen) {
	t.ZoomBy(math.Exp2((g.last.Y-at.Y)*4/float64(max(t.Size().Y, 1))), g.at)
	g.last = at
}

func (g *zoom) Release(t Target, at geom.Screen) {}
