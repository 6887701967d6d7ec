package tool

import (
	"eris/viewer/geom"
	"eris/viewer/lut"
)

// window drags the window: right is wider, down is brighter (IHE BIR).
type window struct {
	directions Directions
	from       geom.Screen
	start      lut.Window
}

func (g *window) Press(t Target, at geom.Screen) { g.from, g.start = at, t.Window() }

// Drag counts from where the pointer was pressed, so that nothing is lost to
// rounding; the longer side of the viewport goes through the whole reach.
func (g *window) Drag(t Target, at geom.Screen) {
	size := t.Size()
	unit := t.Reach() / float64(max(size.X, size.Y, 1))
	wider, brighter := (at.X-g.from.X)*unit, (at.Y-g.from.Y)*unit
	if g.directions.WiderToLeft {
		wider = -wider
	}
	if g.directions.BrighterUp {
		brighter = -brighter
	}
	// A lower center makes every value brighter.
	t.SetWindow(lut.Window{Center: g.start.Center - brighter, Width: g.start.Width + wider})
}

func (g *window) Release(t Target, at geom.Screen) {}
