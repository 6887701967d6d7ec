package tool

import (
	"eris/viewer/geom"
	"eris/viewer/measure"
)

// probe reads values under the pointer; the last one stays.
type probe struct{}

func (g *probe) Press(t Target, at geom.Screen) { g.Drag(t, at) }

func (g *probe) Drag(t Target, at geom.Screen) {
	if p, ok := t.PointAt(at); ok {
		t.Draft(measure.Probe{At: p})
	}
}

func (g *probe) Release(t Target, at geom.Screen) {
	if p, ok := t.PointAt(at); ok {
		t.Keep(measure.Probe{At: p})
	}
}
