package jpeg

import (
	"bytes"
	"context"
	"image"
	"image/color"
	stdjpeg "image/jpeg"
	"testing"

	"eris/dicom/codec"
)

func baseline(t testing.TB, m image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := stdjpeg.Encode(&b, m, &stdjpeg.Options{Quality: 100}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func uniform(c color.Color) *image.RGBA {
	m := image.NewRGBA(image.Rect(0, 0, 16, 8))
	for y := range 8 {
		for x := range 16 {
			m.Set(x, y, c)
		}
	}
	return m
}

// decode expects a picture of 8 × 16.
func decode(b []byte, rgb bool) (*codec.Image, error) {
	return Decode(context.Background(), b, codec.Params{Rows: 8, Columns: 16}, rgb)
}

// near allows for the rounding of the transform.
func near(a, b uint8) bool { return a-b <= 3 || b-a <= 3 }

func TestGrayAndColour(t *testing.T) {
	gray := image.NewGray(image.Rect(0, 0, 16, 8))
	for i := range gray.Pix {
		gray.Pix[i] = 77
	}
	got, err := decode(baseline(t, gray), false)
	if err != nil || got.Components != 1 || len(got.Pix8) != 128 || !near(got.Pix8[100], 77) {
		t.Errorf("gray: %+v %v", got, err)
	}
	got, err = decode(baseline(t, uniform(color.RGBA{200, 100, 50, 255})), false)
	if err != nil || got.Components != 3 || len(got.Pix8) != 384 {
		t.Fatalf("colour: %+v, %v", got, err)
	}
	if !near(got.Pix8[0], 200) || !near(got.Pix8[1], 100) || !near(got.Pix8[2], 50) {
		t.Errorf("colour %v", got.Pix8[:3])
	}
}

// adobe is an APP14 segment; transform 0 means that nothing was converted.
func adobe(transform byte) []byte {
	return []byte{0xFF, 0xEE, 0, 14, 'A', 'd', 'o', 'b', 'e', 0, 100, 0, 0, 0, 0, transform}
}

func TestSamplesThatWereNeverConverted(t *testing.T) {
	b := baseline(t, uniform(color.RGBA{200, 100, 50, 255}))
	y, cb, cr := color.RGBToYCbCr(200, 100, 50)
	plain := [3]uint8{y, cb, cr}
	converted := [3]uint8{200, 100, 50}
	with := func(segment []byte) []byte { return append(append([]byte{0xFF, 0xD8}, segment...), b[2:]...) }
	tests := map[string]struct {
		bytes []byte
		rgb   bool
		want  [3]uint8
	}{
		"says nothing, RGB declared":      {b, true, plain},
		"says nothing, YBR declared":      {b, false, converted},
		"Adobe: no transform":             {with(adobe(0)), false, plain},
		"Adobe: YCbCr, RGB declared":      {with(adobe(1)), true, converted},
		"JFIF is YCbCr whatever declared": {with([]byte{0xFF, 0xE0, 0, 16, 'J', 'F', 'I', 'F', 0, 1, 1, 0, 0, 1, 0, 1, 0, 0}), true, converted},
	}
	for name, tc := range tests {
		got, err := decode(tc.bytes, tc.rgb)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		for i := range 3 {
			if !near(got.Pix8[i], tc.want[i]) {
				t.Errorf("%s: %v, want %v", name, got.Pix8[:3], tc.want)
				break
			}
		}
	}
}
