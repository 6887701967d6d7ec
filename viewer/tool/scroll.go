package tool

import "eris/viewer/geom"

// scroll goes through the stack: downwards is onwards.
type scroll struct {
	from geom.Screen
	done int
}

func (g *scroll) Press(t Target, at geom.Screen) { g.from = at }

// Drag goes through the whole stack over the height of the viewport, but at
// least one image every 16 pixels.
func (g *scroll) Drag(t Target, at geom.Screen) {
	step := min(float64(t.Size().Y)/float64(max(t.Count(), 1)), 16)
	want := int((at.Y - g.from.Y) / max(step, 0.5))
	if want != g.done {
		t.ScrollBy(want - g.done)
		g.done = want
	}
}

func (g *scroll) Release(t Target, at geom.Screen) {}
