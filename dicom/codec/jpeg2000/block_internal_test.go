package jpeg2000

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// decodeBlock decodes one segment of a block.
func decodeBlock(b []byte, width, height, kind, passes, planes int) []int32 {
	d := new(blockDecoder)
	in := band{rect: rect{0, 0, width, height}, kind: kind}
	block := &block{rect: in.rect, first: 1}
	tc := &tileComponent{componentCoding: &componentCoding{style: style{reversible: true}}, whole: make([]int32, width*height)}
	if err := d.decode(block, []chunk{{bytes: b, passes: int32(passes)}}, kind, 0, planes); err != nil {
		return nil
	}
	d.store(job{tc, block, &in})
	return tc.whole
}

// The two blocks of the example in 15444-1 J.10.1.
func TestBlocksOfTheStandard(t *testing.T) {
	low := decodeBlock([]byte{0x01, 0x8F, 0x0D, 0xC8, 0x75, 0xF8}, 1, 5, bandLL, 16, 6)
	if want := []int32{-26, -22, -30, -32, -18}; !slices.Equal(low, want) {
		t.Errorf("LL is %v", low)
	}
	high := decodeBlock([]byte{0x0F, 0xB1, 0x76}, 1, 4, bandLH, 7, 3)
	if want := []int32{1, 5, 1, 0}; !slices.Equal(high, want) {
		t.Errorf("LH is %v", high)
	}
	out := transform(exampleComponent(), append(low, high...), &reversible, new(arena[int32]), 1)
	if want := []int32{-27, -25, -24, -23, -32, -31, -32, -25, -18}; !slices.Equal(out.v, want) {
		t.Errorf("the image is %v", out.v)
	}
}

// exampleComponent is a component of one column, nine rows and one level.
func exampleComponent() *tileComponent {
	return &tileComponent{keep: 2, resolutions: []resolution{
		{rect: rect{0, 0, 1, 5}, bands: []band{{rect: rect{0, 0, 1, 5}}}},
		{rect: rect{0, 0, 1, 9}, bands: []band{
			{rect: rect{0, 0, 0, 5}, kind: bandHL},
			{rect: rect{0, 0, 1, 4}, kind: bandLH, offset: 5},
			{rect: rect{0, 0, 0, 4}, kind: bandHH},
		}},
	}}
}

func TestEncodedBlocksAreDecoded(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	e := new(blockEncoder)
	for _, size := range [][2]int{{1, 1}, {4, 4}, {5, 3}, {64, 64}, {1024, 4}, {4, 1024}, {17, 33}, {1024, 1}, {2, 200}} {
		for kind := range 4 {
			in := band{rect: rect{0, 0, size[0], size[1]}, kind: kind}
			v := make([]int32, in.area())
			for i := range v {
				v[i] = int32(random.NormFloat64() * float64(int(1)<<random.IntN(20)))
			}
			coded := e.encode(&block{rect: in.rect}, &in, v)
			if got := decodeBlock(coded.bytes, size[0], size[1], kind, coded.passes(), coded.planes); !slices.Equal(got, v) {
				t.Errorf("%v of band %d: another block", size, kind)
			}
		}
	}
}
