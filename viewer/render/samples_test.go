package render_test

import (
	"fmt"
	"image"
	"slices"
	"testing"

	"eris/dicom"
	"eris/viewer/geom"
	"eris/viewer/lut"
	"eris/viewer/pixel"
	"eris/viewer/render"
)

func gray(t testing.TB, columns int, m pixel.Meaning, values ...uint16) *pixel.Image {
	t.Helper()
	img, err := pixel.New(&dicom.Frame{Rows: len(values) / columns, Columns: columns, SamplesPerPixel: 1,
		BitsAllocated: 16, BitsStored: 16, HighBit: 15, Pix16: values}, m)
	if err != nil {
		t.Fatal(err)
	}
	return img
}

// at is a view that shows pixel (0,0) at the upper left corner, scaled.
func at(sx, sy float64) geom.Affine {
	return geom.Affine{XX: sx, X0: sx / 2, YY: sy, Y0: sy / 2}
}

func TestResampleInPlaceAndTurned(t *testing.T) {
	img := gray(t, 3, pixel.Meaning{Rescale: lut.Identity()}, 1, 2, 3, 4, 5, 6)
	for name, c := range map[string]struct {
		view geom.Affine
		size image.Point
		want []uint16
	}{
		"as it is":         {at(1, 1), image.Pt(3, 2), []uint16{1, 2, 3, 4, 5, 6}},
		"mirrored":         {geom.Affine{XX: -1, X0: 2.5, YY: 1, Y0: 0.5}, image.Pt(3, 2), []uint16{3, 2, 1, 6, 5, 4}},
		"upside down":      {geom.Affine{XX: 1, X0: 0.5, YY: -1, Y0: 1.5}, image.Pt(3, 2), []uint16{4, 5, 6, 1, 2, 3}},
		"turned clockwise": {geom.Affine{XY: -1, X0: 1.5, YX: 1, Y0: 0.5}, image.Pt(2, 3), []uint16{4, 1, 5, 2, 6, 3}},
		"turned back":      {geom.Affine{XY: 1, X0: 0.5, YX: -1, Y0: 2.5}, image.Pt(2, 3), []uint16{3, 6, 2, 5, 1, 4}},
	} {
		var s render.Samples
		s.Resample(img, c.view, c.size)
		if !slices.Equal(s.Gray, c.want) {
			t.Errorf("%s: %v, want %v", name, s.Gray, c.want)
		}
	}
}

func TestMagnifyBlends(t *testing.T) {
	img := gray(t, 2, pixel.Meaning{Rescale: lut.Identity()}, 0, 400)
	var s render.Samples
	s.Resample(img, at(4, 1), image.Pt(8, 1))
	if want := []uint16{0, 0, 50, 150, 250, 350, 400, 400}; !slices.Equal(s.Gray, want) {
		t.Errorf("%v, want %v", s.Gray, want)
	}
}

func TestMinifyAverages(t *testing.T) {
	img := gray(t, 4, pixel.Meaning{Rescale: lut.Identity()}, 0, 100, 200, 300, 40, 60, 65535, 65535)
	var s render.Samples
	s.Resample(img, geom.Affine{XX: 0.5, X0: 0.25, YY: 0.5, Y0: 0.25}, image.Pt(2, 1))
	if want := []uint16{50, 32893}; !slices.Equal(s.Gray, want) {
		t.Errorf("%v, want %v", s.Gray, want)
	}
	third := gray(t, 3, pixel.Meaning{Rescale: lut.Identity()}, 300, 300, 600)
	s.Resample(third, geom.Affine{XX: 2. / 3, X0: 1. / 3, YY: 1, Y0: 0.5}, image.Pt(2, 1))
	if want := []uint16{300, 500}; !slices.Equal(s.Gray, want) {
		t.Errorf("two thirds: %v, want %v", s.Gray, want)
	}
}

func TestPaddingDoesNotBleed(t *testing.T) {
	m := pixel.Meaning{Rescale: lut.Identity(), Padding: &lut.Range{Low: 0, High: 0}}
	img := gray(t, 2, m, 0, 1000)
	var s render.Samples
	s.Resample(img, at(4, 1), image.Pt(8, 1))
	if want := []uint16{0, 0, 0, 0, 1000, 1000, 1000, 1000}; !slices.Equal(s.Gray, want) {
		t.Errorf("magnified: %v, want %v", s.Gray, want)
	}
	img = gray(t, 4, m, 0, 1000, 2000, 3000)
	s.Resample(img, geom.Affine{XX: 0.25, X0: 0.125, YY: 1, Y0: 0.5}, image.Pt(1, 1))
	if want := []uint16{2000}; !slices.Equal(s.Gray, want) {
		t.Errorf("minified: %v, want %v", s.Gray, want)
	}
}

func TestBlendedValueIsNotTakenForPadding(t *testing.T) {
	m := pixel.Meaning{Rescale: lut.Identity(), Padding: &lut.Range{Low: 100, High: 100}}
	var s render.Samples
	wide := gray(t, 2, m, 0, 200)
	wide.Padded = true
	s.Resample(wide, geom.Affine{XX: 0.5, X0: 0.25, YY: 1, Y0: 0.5}, image.Pt(1, 1))
	if want := []uint16{101}; !slices.Equal(s.Gray, want) {
		t.Errorf("%v, want %v: one beside the padding value", s.Gray, want)
	}
}

func TestPaintGolden(t *testing.T) {
	m := pixel.Meaning{Rescale: lut.Rescale{Slope: 1, Intercept: -1024}, Padding: &lut.Range{Low: 0, High: 0}}
	img := gray(t, 3, m, 0, 974, 1023, 1024, 1072, 1073)
	for name, c := range map[string]struct {
		inverted bool
		want     [6]uint8
	}{
		"MONOCHROME2": {false, [6]uint8{0, 0, 126, 129, 252, 255}},
		"MONOCHROME1": {true, [6]uint8{0, 255, 129, 126, 3, 0}},
	} {
		var s render.Samples
		var table render.Table
		dst := image.NewRGBA(image.Rect(0, 0, 5, 3))
		s.Resample(img, geom.Affine{XX: 1, X0: 1.5, YY: 1, Y0: 1.5}, image.Pt(5, 3))
		table.Fill(img, lut.Recipe{VOI: lut.VOI{Window: lut.Window{Center: 0, Width: 100}}, Inverted: c.inverted})
		render.Paint(dst, &s, &table)
		for y := range 3 {
			for x := range 5 {
				want := uint8(0)
				if x >= 1 && x < 4 && y >= 1 {
					want = c.want[(y-1)*3+x-1]
				}
				if got := dst.RGBAAt(x, y); got.R != want || got.G != want || got.B != want || got.A != 255 {
					t.Errorf("%s: (%d,%d) is %v, want %d", name, x, y, got, want)
				}
			}
		}
	}
}

func TestColorResample(t *testing.T) {
	img, err := pixel.New(&dicom.Frame{Rows: 1, Columns: 2, SamplesPerPixel: 3, BitsStored: 8, PhotometricInterpretation: "RGB",
		Pix8: []uint8{200, 0, 10, 0, 100, 10}}, pixel.Meaning{})
	if err != nil {
		t.Fatal(err)
	}
	var s render.Samples
	s.Resample(img, geom.Affine{XX: 0.5, X0: 0.25, YY: 1, Y0: 0.5}, image.Pt(1, 1))
	if want := []uint8{100, 50, 10}; !slices.Equal(s.RGB, want) {
		t.Errorf("%v, want %v", s.RGB, want)
	}
	s.Resample(img, geom.Affine{XY: -1, X0: 0.5, YX: 1, Y0: 0.5}, image.Pt(1, 2))
	if want := []uint8{200, 0, 10, 0, 100, 10}; !slices.Equal(s.RGB, want) {
		t.Errorf("turned: %v, want %v", s.RGB, want)
	}
}

func TestResampleSurvivesAnyView(t *testing.T) {
	img := gray(t, 3, pixel.Meaning{Rescale: lut.Identity()}, 1, 2, 3, 4, 5, 6)
	var s render.Samples
	for _, v := range []geom.Affine{{}, at(1e-9, 1e-9), at(1e9, 1e9), at(1e300, 1e300), {XX: 1, YY: 1, X0: 1e12}, {XX: -1e-4, YY: 3, X0: 5}} {
		s.Resample(img, v, image.Pt(7, 5))
		if len(s.Gray) != s.Inside.Dx()*s.Inside.Dy() {
			t.Errorf("%v: %d samples for %v", v, len(s.Gray), s.Inside)
		}
	}
}

func noise(columns, rows int) []uint16 {
	v := make([]uint16, columns*rows)
	for i := range v {
		v[i] = uint16(i * 2654435761 >> 16 & 0xFFF)
	}
	return v
}

func BenchmarkResample(b *testing.B) {
	for _, c := range []struct {
		columns, rows int
		padded        bool
	}{{512, 512, false}, {512, 512, true}, {2500, 3000, false}, {3000, 2500, false}} {
		b.Run(fmt.Sprintf("%dx%d padded=%v", c.columns, c.rows, c.padded), func(b *testing.B) {
			m := pixel.Meaning{Rescale: lut.Identity()}
			if c.padded {
				m.Padding = &lut.Range{Low: 0, High: 3}
			}
			img := gray(b, c.columns, m, noise(c.columns, c.rows)...)
			f := min(1600/float64(c.columns), 900/float64(c.rows))
			var s render.Samples
			for b.Loop() {
				s.Resample(img, at(f, f), image.Pt(1600, 900))
			}
		})
	}
}

func BenchmarkResampleTurned512(b *testing.B) {
	img := gray(b, 512, pixel.Meaning{Rescale: lut.Identity()}, noise(512, 512)...)
	var s render.Samples
	for b.Loop() {
		s.Resample(img, geom.Affine{XY: -1.7, X0: 900, YX: 1.7}, image.Pt(1600, 900))
	}
}

func BenchmarkWindow1600x900(b *testing.B) {
	img := gray(b, 512, pixel.Meaning{Rescale: lut.Identity()}, noise(512, 512)...)
	var s render.Samples
	var table render.Table
	s.Resample(img, at(3.125, 1.7578125), image.Pt(1600, 900))
	dst := image.NewRGBA(image.Rect(0, 0, 1600, 900))
	for b.Loop() {
		table.Fill(img, lut.Recipe{VOI: lut.VOI{Window: lut.Window{Center: 2000, Width: 3000}}})
		render.Paint(dst, &s, &table)
	}
}
