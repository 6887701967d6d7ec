package pixel_test

import (
	"errors"
	"math"
	"testing"

	"eris/dicom"
	"eris/viewer/lut"
	"eris/viewer/pixel"
)

func gray16(signed bool, stored, high int, values ...uint16) *dicom.Frame {
	return &dicom.Frame{Rows: 1, Columns: len(values), SamplesPerPixel: 1, BitsAllocated: 16, BitsStored: stored,
		HighBit: high, Signed: signed, PhotometricInterpretation: "MONOCHROME2", Pix16: values}
}

func image(t *testing.T, f *dicom.Frame, m pixel.Meaning) *pixel.Image {
	t.Helper()
	img, err := pixel.New(f, m)
	if err != nil {
		t.Fatal(err)
	}
	return img
}

func TestStoredValuesSurvive(t *testing.T) {
	minus := func(v int16) uint16 { return uint16(v) }
	for name, c := range map[string]struct {
		f    *dicom.Frame
		want []int
	}{
		"16 bit signed":           {gray16(true, 16, 15, minus(-32768), minus(-1), 0, 32767), []int{-32768, -1, 0, 32767}},
		"16 bit unsigned":         {gray16(false, 16, 15, 0, 40000, 65535), []int{0, 40000, 65535}},
		"12 bit signed":           {gray16(true, 12, 11, 0x800, 0xFFF, 0, 0x7FF), []int{-2048, -1, 0, 2047}},
		"12 bit, overlay above":   {gray16(false, 12, 11, 0xF001, 0x0FFF), []int{1, 4095}},
		"12 bit in the upper end": {gray16(false, 12, 15, 0x0010, 0xFFFF), []int{1, 4095}},
		"8 bit": {&dicom.Frame{Rows: 1, Columns: 2, SamplesPerPixel: 1, BitsAllocated: 8, BitsStored: 8, HighBit: 7,
			Pix8: []uint8{3, 255}}, []int{3, 255}},
		"8 bit signed": {&dicom.Frame{Rows: 1, Columns: 2, SamplesPerPixel: 1, BitsAllocated: 8, BitsStored: 8, HighBit: 7, Signed: true,
			Pix8: []uint8{0x80, 0x7F}}, []int{-128, 127}},
	} {
		img := image(t, c.f, pixel.Meaning{Rescale: lut.Rescale{Slope: 1, Intercept: 0}})
		for i, want := range c.want {
			if got, ok := img.At(i, 0); !ok || got != float64(want) {
				t.Errorf("%s: pixel %d is %g, want %d", name, i, got, want)
			}
		}
	}
}

func TestPaddingIsNoValue(t *testing.T) {
	img := image(t, gray16(true, 16, 15, uint16(0xF830), 10, 20), // -2000
		pixel.Meaning{Rescale: lut.Rescale{Slope: 2, Intercept: -5}, Padding: &lut.Range{Low: -2000, High: -2000}})
	if _, ok := img.At(0, 0); ok || !img.Padded {
		t.Error("padding counts as a value")
	}
	if w := img.FullWindow(); w.Width != 21 || w.Center != 25.5 {
		t.Errorf("the window %v does not leave padding out", w)
	}
	var s pixel.Sums
	s.Add(img, 0, -4, 99)
	mean, sd, least, most, ok := s.Statistics()
	if !ok || s.Count != 2 || mean != 25 || sd != 10 || least != 15 || most != 35 {
		t.Errorf("%d pixels, mean %g, SD %g, %g…%g", s.Count, mean, sd, least, most)
	}
}

func TestRobustWindowIgnoresTheMarker(t *testing.T) {
	values := make([]uint16, 1000)
	for i := range values {
		values[i] = uint16(1000 + i%100)
	}
	values[3], values[4] = 65535, 0
	img := image(t, gray16(false, 16, 15, values...), pixel.Meaning{Rescale: lut.Identity()})
	if w := img.RobustWindow(); w.Width > 100 || w.Center < 1040 || w.Center > 1060 {
		t.Errorf("window %v, want about 1050 ± 50", w)
	}
	flat := image(t, gray16(false, 16, 15, 7, 7, 7), pixel.Meaning{Rescale: lut.Identity()})
	if w := flat.RobustWindow(); w.Width != 1 {
		t.Errorf("a flat image has window %v", w)
	}
}

func TestColor(t *testing.T) {
	f := &dicom.Frame{Rows: 1, Columns: 2, SamplesPerPixel: 3, BitsAllocated: 8, BitsStored: 8, HighBit: 7,
		PhotometricInterpretation: "YBR_FULL", Pix8: []uint8{76, 85, 255, 255, 128, 128}}
	img := image(t, f, pixel.Meaning{})
	if rgb, _ := img.ColorAt(0, 0); math.Abs(float64(rgb[0])-254) > 1 || rgb[1] > 1 || rgb[2] > 1 {
		t.Errorf("red came out as %v", rgb)
	}
	if rgb, _ := img.ColorAt(1, 0); rgb != [3]uint8{255, 255, 255} {
		t.Errorf("white came out as %v", rgb)
	}
	p := gray16(false, 16, 15, 0, 10, 11, 500)
	p.PhotometricInterpretation = "PALETTE COLOR"
	img = image(t, p, pixel.Meaning{Palette: &pixel.Palette{First: 10, Red: []uint8{1, 2}, Green: []uint8{3, 4}, Blue: []uint8{5, 6}}})
	for i, want := range [][3]uint8{{1, 3, 5}, {1, 3, 5}, {2, 4, 6}, {2, 4, 6}} {
		if got, _ := img.ColorAt(i, 0); got != want {
			t.Errorf("palette index %d: %v, want %v", i, got, want)
		}
	}
}

func TestNewRefusesWhatDoesNotFit(t *testing.T) {
	f := gray16(false, 16, 15, 1, 2, 3)
	f.Rows = 1 << 40
	if _, err := pixel.New(f, pixel.Meaning{}); !errors.Is(err, pixel.ErrShape) {
		t.Errorf("too few samples: %v", err)
	}
	c := &dicom.Frame{Rows: 1, Columns: 1, SamplesPerPixel: 4, PhotometricInterpretation: "CMYK", Pix8: make([]uint8, 4)}
	if _, err := pixel.New(c, pixel.Meaning{}); !errors.Is(err, dicom.ErrUnsupported) {
		t.Errorf("CMYK: %v", err)
	}
}
