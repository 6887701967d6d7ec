package tool

import "eris/viewer/geom"

// pan drags the image with the pointer.
type pan struct{ last geom.Screen }

func (g *pan) Press(t Target, at geom.Screen) { g.last = at }

func (g *pan) Drag(t Target, at geom.Screen) {
	t.PanBy(at.X-g.last.X, at.Y-g.last.Y)
	g.last = at
}

func (g *pan) Release(t Target, at geom.Screen) {}
