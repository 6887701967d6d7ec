package jpeg2000_test

import (
	"context"
	"image"
	"reflect"
	"testing"

	"eris/dicom/codec"
	"eris/dicom/codec/jpeg2000"
)

func FuzzDecode(f *testing.F) {
	f.Add(example, uint8(0))
	for _, o := range []jpeg2000.EncodeOptions{{}, {MCT: true, Progression: jpeg2000.RPCL, Levels: 3}} {
		for _, bits := range []int{1, 8, 16} {
			f.Add(encode(f, synthetic(20, 24, 3, bits, bits == 8), o), uint8(bits))
		}
	}
	f.Fuzz(func(t *testing.T, b []byte, how uint8) {
		want := codec.Params{MaxBytes: 1 << 20}
		o := jpeg2000.Options{Reduce: int(how & 1), Workers: int(how>>1&1) * 2, Strict: how&4 != 0}
		m, err := jpeg2000.Decode(context.Background(), b, want, o)
		if err != nil {
			return
		}
		h, err := jpeg2000.ReadHeader(b)
		if err != nil {
			t.Fatal(err)
		}
		if o.Reduce == 0 && (h.Rows != m.Rows || h.Columns != m.Columns || h.Components != m.Components) {
			t.Fatalf("%+v, but an image of %d by %d", h, m.Rows, m.Columns)
		}
		o.Workers = 3
		if again, err := jpeg2000.Decode(context.Background(), b, want, o); err != nil || !reflect.DeepEqual(m, again) {
			t.Fatalf("decoded again, another image: %v", err)
		}
		o.Region = image.Rect(m.Columns/4, m.Rows/3, m.Columns/2+1, m.Rows/2+2)
		if part, err := jpeg2000.Decode(context.Background(), b, want, o); err == nil && o.Reduce == 0 {
			r := o.Region.Intersect(image.Rect(0, 0, m.Columns, m.Rows))
			if d := different(m, part, r); d >= 0 {
				t.Fatalf("the region %v differs at %d", r, d)
			}
		}
		encoded, err := jpeg2000.Encode(m, jpeg2000.EncodeOptions{MCT: how&8 != 0})
		if m.Bits > 24 {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		again, err := jpeg2000.Decode(context.Background(), encoded, codec.Params{}, jpeg2000.Options{})
		if err == nil {
			m.Colour = again.Colour // follows from how it was encoded
		}
		if err != nil || !reflect.DeepEqual(m, again) {
			t.Fatalf("encoded and decoded, another image: %v", err)
		}
	})
}
