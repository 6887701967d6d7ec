package jpeg2000_test

import (
	"context"
	"encoding/binary"
	"errors"
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"eris/dicom/codec"
	"eris/dicom/codec/jpeg2000"
)

// Streams of OpenJPEG's library (opj_set_MCT; its tools neither write nor read
// them): an array-based decorrelation of 20 rows and 24 columns that a formula
// makes. Where the wavelet is reversible the encoder rounds what its matrix
// makes, an error that the inverse matrix enlarges; with the 9/7 wavelet
// its matrix can only be that of unity.
func TestMultiOpenJPEG(t *testing.T) {
	for _, s := range []struct {
		name             string
		components, bits int
		tolerance        int
	}{{"multi3.j2k", 3, 8, 3}, {"multi4.j2k", 4, 12, 1}, {"multi97.j2k", 3, 8, 1}} {
		b, err := os.ReadFile(filepath.Join("testdata", s.name))
		if err != nil {
			t.Fatal(err)
		}
		var want []int
		for k := range s.components {
			for i := range 20 * 24 {
				x, y := i%24, i/24
				want = append(want, ((x*(k+3)+y*5+x*y*7%13)<<s.bits/256)%(1<<s.bits))
			}
		}
		got := decode(t, b, jpeg2000.Options{Strict: true})
		if got.Bits != s.bits || got.Signed {
			t.Errorf("%s: %d bits, signed %v", s.name, got.Bits, got.Signed)
		}
		compare(t, got, want, s.tolerance)
	}
}

// sgMCT is the place of SGcod's transformation, behind SOC, SIZ and COD as far
// as the layers.
func sgMCT(components int) int { return 2 + 2 + 38 + 3*components + 8 }

// transformed is a stream of coded components with a transform of stages.
func transformed(t *testing.T, coded *codec.Image, segments ...[]byte) []byte {
	main, parts := takeApart(encode(t, coded, jpeg2000.EncodeOptions{Levels: 2}))
	main[sgMCT(coded.Components)] = 2
	return putTogether(slices.Concat(main, slices.Concat(segments...)), parts)
}

// cbd states unsigned components of 12 bits.
func cbd(n byte) []byte { return segment(0x78, 0x80, n, 11) }

func mco(stages ...byte) []byte {
	return segment(0x77, append([]byte{byte(len(stages))}, stages...)...)
}

// mct is an array of 32-bit numbers: of type 0 dependency, 1 decorrelation, 2 offset.
func mct(kind, index byte, v ...int32) []byte {
	b := []byte{0, 0, 1<<2 | kind, index, 0, 0}
	for _, x := range v {
		b = binary.BigEndian.AppendUint32(b, uint32(x))
	}
	return segment(0x74, b...)
}

// mcc is a stage of one collection.
func mcc(index, kind byte, in, out []byte, reversible, offset, array byte) []byte {
	b := slices.Concat([]byte{0, 0, index, 0, 0, 0, 1, kind, 0, byte(len(in))}, in, []byte{0, byte(len(out))}, out)
	return segment(0x75, append(b, reversible, offset, array)...)
}

// coded makes signed 14-bit components of what forward makes of the samples of
// three 12-bit ones.
func coded(source *codec.Image, forward func(a, b, c int) [3]int) *codec.Image {
	m := codec.NewImage(source.Rows, source.Columns, 3, 14, true)
	for i := 0; i < len(m.Pix16); i += 3 {
		for k, v := range forward(at(source, i), at(source, i+1), at(source, i+2)) {
			set(m, i+k, v)
		}
	}
	return m
}

func TestMultiTransforms(t *testing.T) {
	source := synthetic(40, 50, 3, 12, false)
	abc, acb := []byte{0, 1, 2}, []byte{0, 2, 1}
	floor := func(a, b int) int { return int(math.Floor(float64(a) / float64(b))) }
	lower := func(a, b, c int) [3]int { return [3]int{a - 2048, b - 2048, c - 2048} }
	offsets := mct(2, 9, 2048, 2048, 2048)
	for name, s := range map[string]struct {
		forward  func(a, b, c int) [3]int
		segments []byte
	}{
		"null, reordered": {func(a, b, c int) [3]int { return [3]int{a - 2048, c - 2048, b - 2048} },
			slices.Concat(offsets, mcc(1, 1, abc, acb, 1, 9, 0), mco(1))},
		// Each component is told by those before it; offsets come first.
		"reversible dependency": {func(a, b, c int) [3]int {
			return [3]int{a - 2048, b - 10 - floor(3*a+2, 4), c - 20 - floor(a+b+1, 2)}
		}, slices.Concat(mct(2, 9, 2048, 10, 20), mct(0, 3, 3, 4, 1, 1, 2), mcc(1, 0, abc, abc, 1, 9, 3), mco(1))},
		"irreversible dependency": {func(a, b, c int) [3]int { return [3]int{a - 2048, b - a, c - b} },
			slices.Concat(mct(2, 9, 2048, 0, 0), mct(0, 3, 1, 0, 1), mcc(1, 0, abc, abc, 0, 9, 3), mco(1))},
		"decorrelation": {func(a, b, c int) [3]int { return [3]int{a - 2048, b - a, c - b} },
			slices.Concat(offsets, mct(1, 3, 1, 0, 0, 1, 1, 0, 1, 1, 1), mcc(1, 1, abc, abc, 0, 9, 3), mco(1))},
		"two stages": {func(a, b, c int) [3]int { return [3]int{a - 2048, c - a, b - a} },
			slices.Concat(offsets, mct(1, 3, 1, 0, 0, 1, 1, 0, 1, 0, 1), mcc(7, 1, abc, abc, 0, 0, 3), mcc(1, 1, abc, acb, 0, 9, 0), mco(7, 1))},
		// The steps change component 2, 1, 0, and 2 again, whose sign turns.
		"reversible decorrelation": {func(a, b, c int) [3]int {
			v := lower(a, b, c)
			v[2] = -v[2] + floor(3*v[0]-v[1]+2, 4)
			v[0] += floor(v[1]+2*v[2]+1, 2)
			v[1] += floor(v[0]-v[2]+4, 8)
			v[2] += v[0]
			return v
		}, slices.Concat(offsets, mct(1, 3, 1, 1, 2, 3, 0, 8, 1, -1, 1, -1, 2, -4), mcc(1, 1, abc, abc, 1, 9, 3), mco(1))},
	} {
		got := decode(t, transformed(t, coded(source, s.forward), cbd(3), s.segments), jpeg2000.Options{Strict: true})
		if got.Bits != 12 || got.Signed || !slices.Equal(got.Pix16, source.Pix16) {
			t.Errorf("%s: another image", name)
		}
		// The same in the tile's header, where what the main header says differs.
		main, parts := takeApart(transformed(t, coded(source, s.forward), cbd(3), mcc(1, 1, abc, abc, 0, 0, 0), mco(1)))
		parts[0].header = slices.Concat(parts[0].header, s.segments)
		if got := decode(t, putTogether(main, parts), jpeg2000.Options{Strict: true}); !slices.Equal(got.Pix16, source.Pix16) {
			t.Errorf("%s in a tile header: another image", name)
		}
	}
}

// Fewer coded components may make more of them.
func TestMultiMoreComponents(t *testing.T) {
	one := synthetic(40, 50, 1, 12, true)
	got := decode(t, transformed(t, one, cbd(2), mct(2, 9, 2048, 2047), mct(1, 1, 1, -1), mcc(1, 1, []byte{0}, []byte{0, 1}, 0, 9, 1), mco(1)), jpeg2000.Options{})
	for i := range one.Pix16 {
		if v := at(one, i); at(got, 2*i) != v+2048 || at(got, 2*i+1) != 2047-v {
			t.Fatalf("%d became %d and %d", v, at(got, 2*i), at(got, 2*i+1))
		}
	}
}

func TestMultiRefused(t *testing.T) {
	source := synthetic(40, 50, 3, 12, true)
	abc := []byte{0, 1, 2}
	null := mcc(1, 1, abc, abc, 1, 0, 0)
	for name, s := range map[string]struct {
		segments [][]byte
		kind     error
	}{
		"no stages":            {[][]byte{cbd(3), null}, codec.ErrUnsupported},
		"wavelet":              {[][]byte{cbd(3), mcc(1, 3, abc, abc, 1, 0, 0), mco(1)}, codec.ErrUnsupported},
		"array in pieces":      {[][]byte{cbd(3), segment(0x74, 0, 0, 0, 1, 0, 1, 0, 0), null, mco(1)}, codec.ErrUnsupported},
		"depths that differ":   {[][]byte{segment(0x78, 0, 3, 11, 11, 12), null, mco(1)}, codec.ErrUnsupported},
		"a stage not there":    {[][]byte{cbd(3), null, mco(2)}, codec.ErrCorrupt},
		"many stages":          {[][]byte{cbd(3), null, mco(1, 1, 1, 1, 1, 1, 1, 1, 1)}, codec.ErrLimit},
		"component missing":    {[][]byte{cbd(3), mcc(1, 1, abc, []byte{0, 1, 3}, 1, 0, 0), mco(1)}, codec.ErrCorrupt},
		"component twice":      {[][]byte{cbd(3), mcc(1, 1, abc, []byte{0, 1, 1}, 1, 0, 0), mco(1)}, codec.ErrCorrupt},
		"input missing":        {[][]byte{cbd(3), mcc(1, 1, []byte{0, 1, 3}, abc, 1, 0, 0), mco(1)}, codec.ErrCorrupt},
		"too few":              {[][]byte{cbd(4), null, mco(1)}, codec.ErrCorrupt},
		"array missing":        {[][]byte{cbd(3), mcc(1, 1, abc, abc, 0, 0, 5), mco(1)}, codec.ErrCorrupt},
		"offsets missing":      {[][]byte{cbd(3), mcc(1, 1, abc, abc, 0, 5, 0), mco(1)}, codec.ErrCorrupt},
		"divided by 3":         {[][]byte{cbd(3), mct(0, 3, 3, 3, 1, 1, 2), mcc(1, 0, abc, abc, 1, 0, 3), mco(1)}, codec.ErrCorrupt},
		"divided by 0":         {[][]byte{cbd(3), mct(1, 3, make([]int32, 12)...), mcc(1, 1, abc, abc, 1, 0, 3), mco(1)}, codec.ErrCorrupt},
		"short collection":     {[][]byte{cbd(3), segment(0x75, 0, 0, 1, 0, 0, 0, 1, 1, 0, 3, 0, 1), mco(1)}, codec.ErrCorrupt},
		"collection of 0":      {[][]byte{cbd(3), mcc(1, 1, nil, abc, 0, 0, 0), mco(1)}, codec.ErrCorrupt},
		"more than the limits": {[][]byte{segment(0x78, 0xFF, 0xFF, 11), null, mco(1)}, codec.ErrUnsupported},
	} {
		if _, err := jpeg2000.Decode(context.Background(), transformed(t, source, s.segments...), codec.Params{}, jpeg2000.Options{}); !errors.Is(err, s.kind) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
