package present_test

import (
	"errors"
	"image"
	"math"
	"math/rand/v2"
	"os"
	"testing"
	"testing/fstest"

	"eris/viewer/geom"
	"eris/viewer/lut"
	"eris/viewer/present"
)

var shown = present.Shown{Columns: 40, Rows: 20, Aspect: geom.Spacing{Row: 2, Column: 1}}

func near(a, b geom.Screen) bool { return a.Distance(b) < 1e-9 }

func TestViewFitsAndTurns(t *testing.T) {
	size := image.Pt(80, 80)
	corner := geom.Pixel{Column: -0.5, Row: -0.5}
	s := present.State{Zoom: 1}
	for _, c := range []struct {
		name string
		s    present.State
		want geom.Screen
	}{
		{"upright", s, geom.Screen{}},
		{"clockwise", s.Turned(1), geom.Screen{X: 80}},
		{"half", s.Turned(2), geom.Screen{X: 80, Y: 80}},
		{"back", s.Turned(-1), geom.Screen{Y: 80}},
	} {
		if got := c.s.View(shown, size).ToScreen(corner); !near(got, c.want) {
			t.Errorf("%s: the upper left corner is at %v, want %v", c.name, got, c.want)
		}
	}
	s.FlipH = true
	if got := s.View(shown, size).ToScreen(corner); !near(got, geom.Screen{X: 80}) {
		t.Errorf("mirrored: %v", got)
	}
	if got := s.Turned(1).View(shown, size).ToScreen(corner); !near(got, geom.Screen{X: 80, Y: 80}) {
		t.Errorf("mirrored, then turned clockwise as seen: %v", got)
	}
}

func TestZoomKeepsThePlaceUnderTheHand(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	size := image.Pt(300, 200)
	s := present.State{Zoom: 1}
	at := geom.Screen{X: 120, Y: 90}
	for range 100 {
		before, _ := s.View(shown, size).Inverse()
		p := before.ToPixel(at)
		s = s.Turned(r.IntN(4))
		before, _ = s.View(shown, size).Inverse()
		p = before.ToPixel(at)
		s = s.Zoomed(0.9+r.Float64()/2, at, shown, size)
		if got := s.View(shown, size).ToScreen(p); got.Distance(at) > 1e-6 && s.Zoom < present.GreatestZoom && math.Abs(s.Pan.Column) < 20 && math.Abs(s.Pan.Row) < 10 {
			t.Fatalf("the place moved from %v to %v", at, got)
		}
	}
	moved := s.Fitted().Panned(5, -3, shown, size)
	a, b := s.Fitted().View(shown, size).ToScreen(geom.Pixel{}), moved.View(shown, size).ToScreen(geom.Pixel{})
	if !near(geom.Screen{X: a.X + 5, Y: a.Y - 3}, b) {
		t.Errorf("panned from %v to %v", a, b)
	}
}

func TestPresets(t *testing.T) {
	p, err := present.ReadPresets(os.DirFS("../../assets"), "rules/window_presets.json")
	if err != nil {
		t.Fatal(err)
	}
	if lung, ok := p.Of("CT", 1); !ok || lung.Window() != (lut.Window{Center: -600, Width: 1500}) {
		t.Errorf("CT key 1 is %v", lung)
	}
	if _, ok := p.Of("MR", 1); ok {
		t.Error("MR has no fixed windows")
	}
	bad := fstest.MapFS{"p.json": {Data: []byte(`{"modalities":{"CT":[{"key":1,"name":"x","width":0}]}}`)}}
	if _, err := present.ReadPresets(bad, "p.json"); !errors.Is(err, present.ErrPresets) {
		t.Errorf("width 0: %v", err)
	}
}
