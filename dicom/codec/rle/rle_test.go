package rle

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"math/rand/v2"
	"slices"
	"testing"

	"eris/dicom/codec"
)

// decode is the samples as native pixel data.
func decode(b []byte, l Layout) (out []byte, err error) {
	m, err := Decode(context.Background(), b, l)
	if err != nil {
		return nil, err
	}
	for _, v := range m.Pix16 {
		out = binary.LittleEndian.AppendUint16(out, v)
	}
	for _, v := range m.Pix32 {
		out = binary.LittleEndian.AppendUint32(out, v)
	}
	return append(out, m.Pix8...), nil
}

func TestDecodeOwnEncoding(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for _, l := range []Layout{{1, 1, 1, 1}, {3, 130, 1, 2}, {7, 300, 3, 1}, {16, 16, 3, 2}, {100, 90, 1, 2},
		{100, 91, 3, 1}, {3, 1999, 4, 1}, {70, 70, 2, 2}, {9, 1000, 1, 4}, {9, 11, 3, 4}, {50, 201, 1, 1}} {
		for _, levels := range []int{1, 2, 12, 256} {
			in := make([]byte, l.Rows*l.Columns*l.Samples*l.Bytes)
			for i := range in {
				in[i] = byte(random.IntN(levels))
			}
			packed, err := Encode(in, l)
			if err != nil {
				t.Fatal(err)
			}
			if len(packed)%2 != 0 {
				t.Errorf("%+v: %d bytes", l, len(packed))
			}
			out, err := decode(packed, l)
			if err != nil || !bytes.Equal(in, out) {
				t.Errorf("%+v, %d levels: %v", l, levels, err)
			}
		}
	}
}

// segments puts a header before segments.
func segments(parts ...[]byte) []byte {
	b := make([]byte, headerBytes)
	binary.LittleEndian.PutUint32(b, uint32(len(parts)))
	for i, p := range parts {
		binary.LittleEndian.PutUint32(b[4+4*i:], uint32(len(b)))
		b = append(b, p...)
	}
	return b
}

// PS3.5 G.3.2: a literal, a run, the idle packet -128, and bytes to spare.
func TestPackets(t *testing.T) {
	b := segments([]byte{2, 10, 11, 12, 0x80, 0xFE, 7, 0, 9, 99, 99})
	out, err := decode(b, Layout{1, 7, 1, 1})
	if err != nil || !bytes.Equal(out, []byte{10, 11, 12, 7, 7, 7, 9}) {
		t.Errorf("%v %v", out, err)
	}
}

func TestMostSignificantSegmentFirst(t *testing.T) {
	out, err := decode(segments([]byte{1, 0x12, 0x56}, []byte{1, 0x34, 0x78}), Layout{1, 2, 1, 2})
	if err != nil || !bytes.Equal(out, []byte{0x34, 0x12, 0x78, 0x56}) {
		t.Errorf("% X %v", out, err)
	}
}

func TestDamageIsAnError(t *testing.T) {
	l := Layout{4, 4, 1, 1}
	beyond := segments([]byte{0xF1, 1})
	binary.LittleEndian.PutUint32(beyond[4:], 5000)
	for name, b := range map[string][]byte{
		"empty": nil, "header only": make([]byte, 64), "too many": segments([]byte{0xF1, 1}, []byte{0xF1, 1}),
		"short": segments([]byte{0xFE, 1}), "literal past the end": segments([]byte{15, 1}), "run without byte": segments([]byte{0xF1}),
		"beyond": beyond,
	} {
		if _, err := decode(b, l); !errors.Is(err, codec.ErrCorrupt) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := Encode([]byte{1, 2}, l); !errors.Is(err, codec.ErrCorrupt) {
		t.Errorf("too few samples: %v", err)
	}
}

func TestDefectsOfTheField(t *testing.T) {
	l := Layout{1, 3, 1, 2}
	want := []byte{4, 1, 5, 2, 6, 3}
	high, low := []byte{2, 1, 2, 3}, []byte{2, 4, 5, 6}
	good := segments(high, low)
	count := func(n uint32) []byte {
		b := slices.Clone(good)
		binary.LittleEndian.PutUint32(b, n)
		return b
	}
	swapped := segments(low, high)
	copy(swapped[4:12], slices.Concat(swapped[8:12], swapped[4:8]))
	for name, b := range map[string][]byte{
		"good": good, "padded": append(slices.Clone(good), 0, 0, 0), "low bytes first": swapped,
		"no number of segments": count(0), "wrong number": count(7), "absurd number": count(1 << 31),
		"odd segment":                      segments([]byte{1, 1, 2, 0, 3}, low),
		"last packet longer than needed":   segments([]byte{9, 1, 2, 3}, []byte{5, 4, 5, 6, 0, 0, 0}),
		"a run longer than the last pixel": segments(high, []byte{1, 4, 5, 0xF0, 6}),
	} {
		if out, err := decode(b, l); err != nil || !bytes.Equal(out, want) {
			t.Errorf("%s: %v %v", name, out, err)
		}
	}
}

func TestLimits(t *testing.T) {
	for _, l := range []Layout{{4, 4, 4, 4}, {4, 4, 1, 3}, {4, 4, 0, 1}, {4, 4, 16, 1}} {
		if _, err := decode(nil, l); !errors.Is(err, codec.ErrUnsupported) {
			t.Errorf("%+v: %v", l, err)
		}
	}
	if _, err := decode(nil, Layout{60000, 60000, 1, 2}); !errors.Is(err, codec.ErrLimit) {
		t.Error("no limit")
	}
	if _, err := decode(segments([]byte{0xF1, 1}), Layout{6000, 6000, 1, 1}); !errors.Is(err, codec.ErrCorrupt) {
		t.Errorf("a bomb: %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Decode(ctx, segments([]byte{0xF1, 1}), Layout{4, 4, 1, 1}); !errors.Is(err, context.Canceled) {
		t.Errorf("canceled: %v", err)
	}
}

// layouts are those that fuzzing chooses from.
var layouts = []Layout{{8, 16, 1, 1}, {8, 16, 1, 2}, {70, 70, 1, 2}, {9, 7, 3, 1}, {5, 5, 3, 2}, {4, 4, 2, 4}, {90, 90, 1, 1}}

func FuzzDecode(f *testing.F) {
	f.Add(segments([]byte{2, 10, 11, 12, 0x80, 0xFE, 7, 0, 9}), uint8(0))
	f.Add(segments([]byte{0x81, 1, 0x81, 1}), uint8(0))
	for i, l := range layouts {
		in := make([]byte, l.pixels()*l.segments())
		for i := range in {
			in[i] = byte(i * i / 50)
		}
		packed, err := Encode(in, l)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(packed, uint8(i))
	}
	f.Fuzz(func(t *testing.T, b []byte, n uint8) {
		l := layouts[int(n)%len(layouts)]
		out, err := decode(b, l)
		if err != nil {
			return
		}
		packed, err := Encode(out, l)
		if err != nil {
			t.Fatal(err)
		}
		if again, err := decode(packed, l); err != nil || !bytes.Equal(out, again) {
			t.Errorf("decoded, encoded, decoded: %v", err)
		}
	})
}

func BenchmarkDecode(b *testing.B) {
	random := rand.New(rand.NewPCG(1, 2))
	for name, l := range map[string]Layout{"CT": {512, 512, 1, 2}, "RGB": {480, 640, 3, 1}} {
		in := make([]byte, l.pixels()*l.segments())
		for i := range in {
			in[i] = byte(i/512) + byte(random.IntN(10))*byte(1-i%2)
		}
		packed, err := Encode(in, l)
		if err != nil {
			b.Fatal(err)
		}
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(in)))
			for b.Loop() {
				if _, err := Decode(context.Background(), packed, l); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
