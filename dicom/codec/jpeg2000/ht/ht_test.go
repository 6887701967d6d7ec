package ht

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"eris/dicom/codec"
)

// Every context has a complete code: its words fill the seven bits exactly.
// What is known of exponents belongs to significant samples.
func TestWordsAreComplete(t *testing.T) {
	for name, contexts := range map[string][8]string{"first": firstWords, "others": otherWords} {
		for c, words := range contexts {
			filled := 0
			for w := range strings.FieldsSeq(words) {
				value, code, _ := strings.Cut(w, ":")
				filled += 128 >> len(code)
				rho, known, values := hex(value[:1]), hex(value[2:3]), hex(value[3:4])
				if known&^rho != 0 || values&^known != 0 {
					t.Errorf("%s, context %d: %s", name, c, w)
				}
			}
			if filled != 128 {
				t.Errorf("%s, context %d: %d of 128", name, c, filled)
			}
		}
	}
}

// block is random values with a flat, a smooth and a wild part, below 1<<planes.
func values(random *rand.Rand, width, height, planes int) []int32 {
	v := make([]int32, width*height)
	shift := random.IntN(planes)
	for i := range v {
		y, x := i/width, i%width
		switch (x/11 + y/7) % 4 {
		case 0:
			if random.IntN(9) == 0 {
				v[i] = random.Int32N(1 << min(planes, 3))
			}
		case 1:
			v[i] = random.Int32N(1<<planes-1) >> shift
		case 2:
			v[i] = (int32(x*y) + random.Int32N(2)) & (1<<planes - 1)
		}
		v[i] = signed(v[i], random.IntN(2) == 0)
	}
	return v
}

var shapes = [][2]int{{64, 64}, {32, 32}, {1, 1}, {1, 7}, {7, 1}, {2, 2}, {3, 3}, {5, 9}, {63, 61}, {4, 1024}, {1024, 4}, {1023, 3}, {33, 6}}

func TestCleanupOfOwnEncoding(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	var d Decoder
	for _, shape := range shapes {
		for _, planes := range []int{1, 2, 5, 8, 12, 16, 25, 30} {
			width, height := shape[0], shape[1]
			in := values(random, width, height, planes)
			out := make([]int32, (width+3)*height)
			if err := d.Decode(out, width, height, width+3, encodeCleanup(in, width, height, 0), nil, planes, planes-1, 1, false); err != nil {
				t.Fatalf("%v, %d planes: %v", shape, planes, err)
			}
			for i, v := range in {
				if got := out[i/width*(width+3)+i%width]; got/2 != v || got != 0 && got&1 == 0 {
					t.Fatalf("%v, %d planes: sample %d is %d/2, not %d", shape, planes, i, got, v)
				}
			}
		}
	}
}

func TestRefinementOfOwnEncoding(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	var d Decoder
	for _, shape := range shapes {
		for _, planes := range []int{2, 5, 12, 16, 30} {
			for passes := 1; passes <= 3; passes++ {
				for _, causal := range []bool{false, true} {
					width, height, plane := shape[0], shape[1], uint(1+random.IntN(planes-1))
					in := values(random, width, height, planes)
					segment, want := refined(in, width, height, plane, passes, causal)
					out := make([]int32, width*height)
					err := d.Decode(out, width, height, width, encodeCleanup(in, width, height, plane), segment, planes, planes-1-int(plane), passes, causal)
					if err != nil {
						t.Fatalf("%v, %d planes: %v", shape, planes, err)
					}
					if !slices.Equal(out, want) {
						t.Errorf("%v, %d planes down to %d, %d passes, causal %v: other values", shape, planes, plane, passes, causal)
					}
				}
			}
		}
	}
}

// A stream by hand: one sample of -1. MEL: the first quad is significant (0,
// and the run length of state 0 has no bits). VLC: context 0, rho 1, word 0110.
// MagSgn: U is 1, so one bit, the sign; then 1s.
func TestOneSampleByHand(t *testing.T) {
	var d Decoder
	out := make([]int32, 1)
	segment := []byte{0b11111111, 0b01111111, 0b0110_0000 | 3, 0}
	if err := d.Decode(out, 1, 1, 1, segment, nil, 1, 0, 1, false); err != nil || out[0] != -3 {
		t.Errorf("%v, %v", out, err)
	}
}

func TestDamageIsAnErrorOfAKind(t *testing.T) {
	var d Decoder
	good := encodeCleanup([]int32{5, -4, 3, 2}, 2, 2, 0)
	for name, c := range map[string]struct {
		segment                                []byte
		width, height, planes, missing, passes int
		kind                                   error
	}{
		"empty":          {nil, 2, 2, 8, 7, 1, codec.ErrCorrupt},
		"no suffix":      {[]byte{0, 0, 0}, 2, 2, 8, 7, 1, codec.ErrCorrupt},
		"long suffix":    {[]byte{0, 0xFF, 0xFF}, 2, 2, 8, 7, 1, codec.ErrCorrupt},
		"31 planes":      {good, 2, 2, 31, 7, 1, codec.ErrUnsupported},
		"four passes":    {good, 2, 2, 8, 7, 4, codec.ErrUnsupported},
		"no plane":       {good, 2, 2, 8, 8, 1, codec.ErrCorrupt},
		"below plane 0":  {good, 2, 2, 8, 7, 2, codec.ErrCorrupt},
		"too large":      {good, 128, 64, 8, 7, 1, codec.ErrCorrupt},
		"beyond dst":     {good, 2, 4, 8, 7, 1, codec.ErrCorrupt},
		"great exponent": {encodeCleanup([]int32{500, 500, 500, 500}, 2, 2, 0), 2, 2, 4, 3 - 3, 1, codec.ErrCorrupt},
	} {
		out := make([]int32, 6)
		if err := d.Decode(out, c.width, c.height, c.width, c.segment, []byte{1}, c.planes, c.missing, c.passes, false); !errors.Is(err, c.kind) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzDecode(f *testing.F) {
	random := rand.New(rand.NewPCG(5, 6))
	for _, shape := range shapes {
		in := values(random, shape[0], shape[1], 9)
		segment, _ := refined(in, shape[0], shape[1], 2, 3, false)
		f.Add(encodeCleanup(in, shape[0], shape[1], 2), segment, uint16(shape[0]), uint16(shape[1]), uint8(9), uint8(6), uint8(3), false)
	}
	var d Decoder
	f.Fuzz(func(t *testing.T, cleanup, refinement []byte, width, height uint16, planes, missing, passes uint8, causal bool) {
		w, h := int(width)%1026, int(height)%1026
		out := make([]int32, min(w*h, maxSamples))
		err := d.Decode(out, w, h, w, cleanup, refinement, int(planes), int(missing), int(passes), causal)
		if err != nil && !errors.Is(err, codec.ErrCorrupt) && !errors.Is(err, codec.ErrUnsupported) {
			t.Errorf("no kind: %v", err)
		}
	})
}

func FuzzIdentity(f *testing.F) {
	f.Add([]byte("samples of a block, which are not quite the same"), uint8(5), uint8(1), uint8(3), true)
	var d Decoder
	f.Fuzz(func(t *testing.T, b []byte, width, plane, passes uint8, causal bool) {
		w := max(int(width)%64, 1)
		h := min(len(b)/2/w, 64)
		if h == 0 {
			return
		}
		in := make([]int32, w*h)
		for i := range in {
			in[i] = int32(int8(b[2*i]))<<8 | int32(b[2*i+1])
		}
		low, n := 1+uint(plane)%15, 1+int(passes)%3
		segment, want := refined(in, w, h, low, n, causal)
		if len(segment) == 0 && n > 1 {
			return
		}
		out := make([]int32, w*h)
		if err := d.Decode(out, w, h, w, encodeCleanup(in, w, h, low), segment, 16, 15-int(low), n, causal); err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(out, want) {
			t.Error("other values")
		}
	})
}

func BenchmarkDecode(b *testing.B) {
	random := rand.New(rand.NewPCG(5, 6))
	for _, planes := range []int{4, 8, 12} {
		in := make([]int32, 64*64)
		for i := range in {
			in[i] = int32(random.NormFloat64() * float64(int(1)<<planes) / 8)
		}
		segment := encodeCleanup(in, 64, 64, 0)
		b.Run(fmt.Sprintf("%dplanes", planes), func(b *testing.B) {
			var d Decoder
			out := make([]int32, 64*64)
			b.SetBytes(int64(len(segment)))
			b.ReportAllocs()
			for b.Loop() {
				if err := d.Decode(out, 64, 64, 64, segment, nil, planes+2, planes+1, 1, false); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/4096, "ns/sample")
		})
	}
}
