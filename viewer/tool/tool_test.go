package tool_test

import (
	"image"
	"math"
	"testing"

	"eris/viewer/geom"
	"eris/viewer/lut"
	"eris/viewer/measure"
	"eris/viewer/tool"
)

// board is a Target that notes what was done to it; one pixel is one mm.
type board struct {
	window      lut.Window
	dx, dy      float64
	zoom        float64
	scrolled    int
	draft, kept measure.Measurement
}

func (b *board) Size() image.Point                         { return image.Pt(400, 200) }
func (b *board) Count() int                                { return 100 }
func (b *board) Window() lut.Window                        { return b.window }
func (b *board) SetWindow(w lut.Window)                    { b.window = w.Clamped() }
func (b *board) Reach() float64                            { return 4000 }
func (b *board) PanBy(dx, dy float64)                      { b.dx, b.dy = b.dx+dx, b.dy+dy }
func (b *board) ZoomBy(f float64, _ geom.Screen)           { b.zoom *= f }
func (b *board) ScrollBy(n int)                            { b.scrolled += n }
func (b *board) Plane() (geom.Plane, bool)                 { return geom.Flat(), true }
func (b *board) PointAt(at geom.Screen) (geom.Point, bool) { return geom.Point{X: at.X, Y: at.Y}, true }
func (b *board) Draft(m measure.Measurement)               { b.draft = m }
func (b *board) Keep(m measure.Measurement)                { b.kept = m }

// play drags from (100,100) by (dx,dy) in two moves.
func play(k tool.Kind, d tool.Directions, dx, dy float64) *board {
	b := &board{window: lut.Window{Center: 50, Width: 400}, zoom: 1}
	g, from := tool.Begin(k, d), geom.Screen{X: 100, Y: 100}
	to := geom.Screen{X: from.X + dx, Y: from.Y + dy}
	g.Press(b, from)
	g.Drag(b, geom.Screen{X: from.X + dx/2, Y: from.Y + dy/2})
	g.Drag(b, to)
	g.Release(b, to)
	return b
}

func TestWindowRightIsWiderDownIsBrighter(t *testing.T) {
	if got, want := play(tool.Window, tool.Directions{}, 20, 10).window, (lut.Window{Center: -50, Width: 600}); got != want {
		t.Errorf("%v, want %v", got, want)
	}
	turned := tool.Directions{WiderToLeft: true, BrighterUp: true}
	if got, want := play(tool.Window, turned, 20, 10).window, (lut.Window{Center: 150, Width: 200}); got != want {
		t.Errorf("turned round: %v, want %v", got, want)
	}
	if got := play(tool.Window, tool.Directions{}, -300, 0).window.Width; got != 1 {
		t.Errorf("width %g, want the least, 1", got)
	}
}

func TestMovingTools(t *testing.T) {
	if b := play(tool.Pan, tool.Directions{}, 7, -3); b.dx != 7 || b.dy != -3 {
		t.Errorf("panned by %g, %g", b.dx, b.dy)
	}
	if b := play(tool.Zoom, tool.Directions{}, 0, -50); math.Abs(b.zoom-2) > 1e-12 {
		t.Errorf("a quarter of the height upwards zooms by %g, want 2", b.zoom)
	}
	if b := play(tool.Scroll, tool.Directions{}, 0, 60); b.scrolled != 30 {
		t.Errorf("60 of 200 pixels scroll by %d of 100, want 30", b.scrolled)
	}
}

func TestMeasuringTools(t *testing.T) {
	from, to := geom.Point{X: 100, Y: 100}, geom.Point{X: 130, Y: 140}
	if b := play(tool.Length, tool.Directions{}, 30, 40); b.kept != (measure.Length{A: from, B: to}) || b.draft == nil {
		t.Errorf("length %v", b.kept)
	}
	want := measure.Ellipse{Center: geom.Point{X: 115, Y: 120}, A: geom.Point{X: 130, Y: 120}, B: geom.Point{X: 115, Y: 140}}
	if b := play(tool.Ellipse, tool.Directions{}, 30, 40); b.kept != want {
		t.Errorf("ellipse %v, want %v", b.kept, want)
	}
	if b := play(tool.Probe, tool.Directions{}, 30, 40); b.kept != (measure.Probe{At: to}) {
		t.Errorf("probe %v", b.kept)
	}
	for _, k := range []tool.Kind{tool.Length, tool.Ellipse} {
		if b := play(k, tool.Directions{}, 1, 1); b.kept != nil {
			t.Errorf("a slip of the hand left %v", b.kept)
		}
	}
}
