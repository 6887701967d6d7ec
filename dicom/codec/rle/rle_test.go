package rle

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math/rand/v2"
	"testing"
)

func TestDecodeOwnEncoding(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for _, l := range []Layout{{1, 1, 1, 1}, {3, 130, 1, 2}, {7, 300, 3, 1}, {16, 16, 3, 2}} {
		for _, levels := range []int{1, 2, 256} {
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
			out, err := Decode(packed, l)
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
	out, err := Decode(b, Layout{1, 7, 1, 1})
	if err != nil || !bytes.Equal(out, []byte{10, 11, 12, 7, 7, 7, 9}) {
		t.Errorf("%v %v", out, err)
	}
}

func TestMostSignificantSegmentFirst(t *testing.T) {
	out, err := Decode(segments([]byte{1, 0x12, 0x56}, []byte{1, 0x34, 0x78}), Layout{1, 2, 1, 2})
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
		if _, err := Decode(b, l); !errors.Is(err, ErrCorrupt) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := Decode(segments([]byte{0xF1, 1}), Layout{60000, 60000, 1, 1}); !errors.Is(err, ErrCorrupt) {
		t.Errorf("a bomb: %v", err)
	}
	if _, err := Encode([]byte{1, 2}, l); !errors.Is(err, ErrCorrupt) {
		t.Errorf("too few samples: %v", err)
	}
}

func FuzzDecode(f *testing.F) {
	f.Add(segments([]byte{2, 10, 11, 12, 0x80, 0xFE, 7, 0, 9}))
	f.Add(segments([]byte{0x81, 1, 0x81, 1}))
	f.Fuzz(func(t *testing.T, b []byte) {
		l := Layout{8, 16, 1, 1}
		out, err := Decode(b, l)
		if err != nil {
			return
		}
		packed, err := Encode(out, l)
		if err != nil {
			t.Fatal(err)
		}
		if again, err := Decode(packed, l); err != nil || !bytes.Equal(out, again) {
			t.Errorf("decoded, encoded, decoded: %v", err)
		}
	})
}

func BenchmarkDecode(b *testing.B) {
	l := Layout{512, 512, 1, 2}
	in := make([]byte, 512*512*2)
	for i := range in {
		in[i] = byte(i / 16)
	}
	packed, err := Encode(in, l)
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(in)))
	for b.Loop() {
		if _, err := Decode(packed, l); err != nil {
			b.Fatal(err)
		}
	}
}
