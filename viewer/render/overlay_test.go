package render_test

import (
	"image"
	"image/color"
	"image/draw"
	"math"
	"strings"
	"testing"

	"eris/viewer/geom"
	"eris/viewer/render"
)

func ground(w, h int, c color.Color) *image.RGBA {
	dst := image.NewRGBA(image.Rect(0, 0, w, h))
	draw.Draw(dst, dst.Rect, image.NewUniform(c), image.Point{}, draw.Src)
	return dst
}

// extremes are the darkest and brightest red in r.
func extremes(img *image.RGBA, r image.Rectangle) (low, high uint8) {
	low = 255
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for x := r.Min.X; x < r.Max.X; x++ {
			v := img.RGBAAt(x, y).R
			low, high = min(low, v), max(high, v)
		}
	}
	return low, high
}

func TestTextIsReadableOnBlackAndWhite(t *testing.T) {
	for _, s := range []string{"Образцова Ёлка", "W 1500"} {
		for _, g := range []color.Color{color.Black, color.White} {
			dst := ground(200, 30, g)
			render.Text(dst, 5, 5, s, render.White, 14)
			if low, high := extremes(dst, dst.Rect); low > 90 || high < 220 {
				t.Errorf("%q on %v spans only %d…%d", s, g, low, high)
			}
		}
	}
}

func TestCyrillicHasLettersOfItsOwn(t *testing.T) {
	draws := map[string]string{}
	for _, r := range "АБВГДЕЁЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯ" {
		dst := ground(30, 30, color.Black)
		render.Text(dst, 5, 5, string(r), render.White, 18)
		if other := draws[string(dst.Pix)]; other != "" {
			t.Errorf("%c looks like %s", r, other)
		}
		draws[string(dst.Pix)] = string(r)
	}
}

func TestShorten(t *testing.T) {
	if got := render.Shorten("short", 500, 14); got != "short" {
		t.Errorf("%q", got)
	}
	got := render.Shorten(strings.Repeat("Примеров ", 40), 120, 14)
	if !strings.HasSuffix(got, "…") || render.TextWidth(got, 14) > 120 {
		t.Errorf("%q is %d wide", got, render.TextWidth(got, 14))
	}
	if got := render.Shorten("long", 1, 14); got != "" {
		t.Errorf("no room, but %q", got)
	}
}

func TestCornersLeaveTheMiddleFree(t *testing.T) {
	var o render.Overlay
	for c := range o.Corners {
		for range 60 {
			o.Corners[c] = append(o.Corners[c], render.Tinted{Text: strings.Repeat("W", 200)})
		}
	}
	o.Letters = 14
	dst := ground(640, 480, color.Black)
	o.Draw(dst)
	if _, high := extremes(dst, image.Rect(640*2/5+3, 0, 640*3/5-3, 480)); high > 0 {
		t.Error("text reaches the middle columns")
	}
	if _, high := extremes(dst, image.Rect(0, 480*2/5+12, 640, 480*3/5-12)); high > 0 {
		t.Error("text reaches the middle rows")
	}
	if _, high := extremes(dst, image.Rect(0, 0, 250, 100)); high < 200 {
		t.Error("no text in the corner")
	}
}

func TestLineGoesWhereItShould(t *testing.T) {
	dst := ground(40, 40, color.Black)
	render.Line(dst, geom.Screen{X: 5, Y: 10.5}, geom.Screen{X: 35, Y: 10.5}, render.Mark, 1)
	if got := dst.RGBAAt(20, 10); got != render.Mark {
		t.Errorf("on the line: %v", got)
	}
	if got := dst.RGBAAt(20, 13); got.R != 0 {
		t.Errorf("off the line: %v", got)
	}
	if got := dst.RGBAAt(38, 10); got.R != 0 {
		t.Errorf("behind its end: %v", got)
	}
}

func TestOverlaySurvivesAnyPlace(t *testing.T) {
	far := []float64{math.NaN(), math.Inf(1), math.Inf(-1), 1e300, -1e300, -5, 3}
	for _, w := range []int{1, 5, 300} {
		dst := ground(w, w, color.Black)
		for _, a := range far {
			for _, b := range far {
				p, q := geom.Screen{X: a, Y: b}, geom.Screen{X: b, Y: 7}
				render.Overlay{
					Strokes: []render.Stroke{{Points: []geom.Screen{p, q}, Color: render.Mark, Width: 1.5}},
					Notes:   []render.Note{{At: p, Lines: []string{"12.5 mm"}}}, Bar: render.Bar{Length: 1000, Label: "50 mm"},
					Message: "This image cannot be shown", Edges: geom.Edges{Left: "R", Right: "L", Top: "A", Bottom: "P"},
					Border: render.Teal, Width: 2,
				}.Draw(dst)
			}
		}
	}
}

func BenchmarkOverlay1600x900(b *testing.B) {
	var o render.Overlay
	for c := range o.Corners {
		for range 6 {
			o.Corners[c] = append(o.Corners[c], render.Tinted{Text: "Образцова Ёлка Тестовна 01.02.1960"})
		}
	}
	o.Edges, o.Bar = geom.Edges{Left: "R", Right: "L", Top: "A", Bottom: "P"}, render.Bar{Length: 200, Label: "50 mm"}
	o.Strokes = []render.Stroke{{Points: []geom.Screen{{X: 10, Y: 10}, {X: 1500, Y: 800}}, Color: render.Mark, Width: 1.5}}
	o.Letters, o.Border, o.Width = 14, render.Teal, 2
	dst := ground(1600, 900, color.Gray{Y: 100})
	for b.Loop() {
		o.Draw(dst)
	}
}
