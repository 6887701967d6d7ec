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
func decode(b []byte) (*codec.Image, error) {
	return Decode(context.Background(), b, codec.Params{Rows: 8, Columns: 16})
}

// near allows for the rounding of the transform.
func near(a, b uint8) bool { return a-b <= 3 || b-a <= 3 }

func TestGrayAndColour(t *testing.T) {
	gray := image.NewGray(image.Rect(0, 0, 16, 8))
	for i := range gray.Pix {
		gray.Pix[i] = 77
	}
	got, err := decode(baseline(t, gray))
	if err != nil || got.Components != 1 || len(got.Pix8) != 128 || !near(got.Pix8[100], 77) {
		t.Errorf("gray: %+v %v", got, err)
	}
	got, err = decode(baseline(t, uniform(color.RGBA{200, 100, 50, 255})))
	if err != nil || got.Components != 3 || len(got.Pix8) != 384 {
		t.Fatalf("colour: %+v, %v", got, err)
	}
	y, cb, cr := color.RGBToYCbCr(200, 100, 50)
	if !near(got.Pix8[0], y) || !near(got.Pix8[1], cb) || !near(got.Pix8[2], cr) {
		t.Errorf("colour %v, want %d %d %d", got.Pix8[:3], y, cb, cr)
	}
}

// adobe is an APP14 segment; transform 0 means that nothing was converted.
func adobe(transform byte) []byte {
	return []byte{0xFF, 0xEE, 0, 14, 'A', 'd', 'o', 'b', 'e', 0, 100, 0, 0, 0, 0, transform}
}

func TestTheStreamSaysWhatItsColourIs(t *testing.T) {
	b := baseline(t, uniform(color.RGBA{200, 100, 50, 255}))
	with := func(segment []byte) []byte { return append(append([]byte{0xFF, 0xD8}, segment...), b[2:]...) }
	tests := map[string]struct {
		bytes []byte
		want  codec.Colour
	}{
		"says nothing":        {b, codec.Unstated},
		"Adobe: no transform": {with(adobe(0)), codec.RGB},
		"Adobe: YCbCr":        {with(adobe(1)), codec.YCbCr},
		"JFIF":                {with([]byte{0xFF, 0xE0, 0, 16, 'J', 'F', 'I', 'F', 0, 1, 1, 0, 0, 1, 0, 1, 0, 0}), codec.YCbCr},
	}
	for name, tc := range tests {
		got, err := decode(tc.bytes)
		if err != nil || got.Colour != tc.want {
			t.Errorf("%s: %+v %v, want %v", name, got, err, tc.want)
		}
	}
}
