package jpeg

import (
	"bytes"
	"context"
	"image/color"
	"slices"
	"testing"

	"eris/dicom/codec"
)

// FuzzDecode: nothing panics or grows beyond the limit, and what the lossless
// process decodes comes back after encoding.
func FuzzDecode(f *testing.F) {
	for _, name := range fixtures {
		b, _ := fixture(f, name)
		f.Add(b)
	}
	f.Add(byHand)
	f.Add(baseline(f, uniform(color.RGBA{200, 100, 50, 255})))
	for _, p := range []LosslessParams{{}, {Predictor: 7, PointTransform: 2, RestartRows: 2}, {Predictor: 5, Separate: true}} {
		for _, bits := range []int{4, 8, 16} {
			b, err := EncodeLossless(picture(6, 7, 1+bits%3, bits), p)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(b)
		}
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		const limit = 1 << 20
		m, err := Decode(context.Background(), b, codec.Params{MaxBytes: limit})
		if err != nil {
			return
		}
		if n := m.Rows * m.Columns * m.Components; len(m.Pix8)+len(m.Pix16) != n || len(m.Pix8)+2*len(m.Pix16) > limit {
			t.Fatalf("%d and %d samples of %d × %d × %d", len(m.Pix8), len(m.Pix16), m.Rows, m.Columns, m.Components)
		}
		if !Lossless(b) {
			return
		}
		again, err := EncodeLossless(m, LosslessParams{Predictor: 1 + len(b)%7})
		if err != nil {
			t.Fatal(err)
		}
		back, err := Decode(context.Background(), again, codec.Params{})
		if err != nil || !bytes.Equal(back.Pix8, m.Pix8) || !slices.Equal(back.Pix16, m.Pix16) {
			t.Errorf("decoded, encoded, decoded: %v", err)
		}
	})
}
