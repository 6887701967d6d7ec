package jpeg2000

import (
	"math"
	"math/rand/v2"
	"testing"
)

// layout is a component of a tile that lies anywhere.
func layout(t *testing.T, where rect, levels int, reversible bool) *tileComponent {
	t.Helper()
	s := siz{image: where, tile: where, components: []component{{bits: 8, dx: 1, dy: 1}}}
	c := &coding{layers: 1, components: []componentCoding{{
		style:        style{levels: levels, xcb: 6, ycb: 6, reversible: reversible},
		quantization: quantization{guard: 2, derived: true, steps: []quantStep{{exponent: 20}}},
		styleRank:    1, quantRank: 1,
	}}}
	for i := range c.components[0].precincts {
		c.components[0].precincts[i].x, c.components[0].precincts[i].y = 15, 15
	}
	tile, err := newTile(&s, 0, c, 0, 0)
	if err != nil {
		t.Fatal(err)
	}
	return &tile.components[0]
}

// synthesis is the plain inverse of one dimension, after the formulas of
// 15444-1 F.3.7 and F.3.8: positions from first on, extended by mirroring.
func synthesis(v []float64, first int, whole bool) {
	n := len(v)
	if n == 1 {
		if first&1 == 1 {
			v[0] /= 2
			if whole {
				v[0] = math.Trunc(v[0])
			}
		}
		return
	}
	at := func(i int) *float64 { // mirrored at both ends
		i -= first
		for i < 0 || i >= n {
			if i < 0 {
				i = -i
			} else {
				i = 2*(n-1) - i
			}
		}
		return &v[i]
	}
	lift := func(parity int, f func(a, b float64) float64) {
		for i := first; i < first+n; i++ {
			if i&1 == parity {
				*at(i) -= f(*at(i - 1), *at(i + 1))
			}
		}
	}
	if whole {
		lift(0, func(a, b float64) float64 { return math.Floor((a + b + 2) / 4) })
		lift(1, func(a, b float64) float64 { return -math.Floor((a + b) / 2) })
		return
	}
	for i := first; i < first+n; i++ {
		*at(i) *= []float64{scalingK, 1 / scalingK}[i&1]
	}
	for step, f := range factors97 {
		lift(step&1, func(a, b float64) float64 { return float64(f) * (a + b) })
	}
}

// plain is the inverse transform of a component without any haste.
func plain(tc *tileComponent, coefficients []float64, whole bool) []float64 {
	band := func(b *band, x, y int) float64 { return coefficients[b.offset+(y-b.y0)*b.width()+x-b.x0] }
	low := make(map[[2]int]float64)
	ll := &tc.resolutions[0].bands[0]
	for y := ll.y0; y < ll.y1; y++ {
		for x := ll.x0; x < ll.x1; x++ {
			low[[2]int{x, y}] = band(ll, x, y)
		}
	}
	for r := 1; r < len(tc.resolutions); r++ {
		res := &tc.resolutions[r]
		out := make(map[[2]int]float64)
		for y := res.y0; y < res.y1; y++ {
			line := make([]float64, res.width())
			for x := res.x0; x < res.x1; x++ {
				if kind := x&1 + y&1*2; kind == bandLL {
					line[x-res.x0] = low[[2]int{x >> 1, y >> 1}]
				} else {
					line[x-res.x0] = band(&res.bands[kind-1], x>>1, y>>1)
				}
			}
			synthesis(line, res.x0, whole)
			for i, v := range line {
				out[[2]int{res.x0 + i, y}] = v
			}
		}
		for x := res.x0; x < res.x1; x++ {
			line := make([]float64, res.height())
			for i := range line {
				line[i] = out[[2]int{x, res.y0 + i}]
			}
			synthesis(line, res.y0, whole)
			for i, v := range line {
				out[[2]int{x, res.y0 + i}] = v
			}
		}
		low = out
	}
	var all []float64
	for y := tc.y0; y < tc.y1; y++ {
		for x := tc.x0; x < tc.x1; x++ {
			all = append(all, low[[2]int{x, y}])
		}
	}
	return all
}

// places of tiles, with even and odd edges and sides of one sample.
var tilePlaces = []rect{
	{0, 0, 1, 1}, {1, 1, 2, 2}, {0, 0, 2, 2}, {1, 1, 3, 3}, {0, 0, 7, 8}, {3, 5, 20, 31}, {2, 1, 3, 40}, {5, 2, 44, 3},
	{7, 7, 8, 30}, {0, 0, 33, 17}, {13, 14, 250, 199},
}

func TestReversibleWavelet(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 8))
	for _, where := range tilePlaces {
		for levels := range 5 {
			tc := layout(t, where, levels, true)
			whole, real := make([]int32, tc.total), make([]float64, tc.total)
			for i := range whole {
				whole[i] = int32(random.IntN(1000)-500) * 2
				real[i] = float64(whole[i])
			}
			want := plain(tc, real, true)
			for _, workers := range []int{1, 2} {
				got := transform(tc, whole, &reversible, new(arena[int32]), workers)
				for i, v := range got.v {
					if math.Abs(float64(v)-want[i]) > 0 {
						t.Fatalf("%v, %d levels, sample %d: %d, not %v", where, levels, i, v, want[i])
					}
				}
			}
		}
	}
}

func TestIrreversibleWavelet(t *testing.T) {
	random := rand.New(rand.NewPCG(9, 10))
	for _, where := range tilePlaces {
		for levels := range 5 {
			tc := layout(t, where, levels, false)
			scaled, real := make([]float32, tc.total), make([]float64, tc.total)
			for r := range tc.resolutions {
				for _, b := range tc.resolutions[r].bands {
					for i := b.offset; i < b.offset+b.area(); i++ {
						real[i] = random.Float64()*1000 - 500
						scaled[i] = float32(real[i] * scale97(b.kind, levels-r))
					}
				}
			}
			want := plain(tc, real, false)
			got := transform(tc, scaled, &irreversible, new(arena[float32]), 1+levels&1)
			for i, v := range got.v {
				if math.Abs(float64(v)-want[i]) > 0.02 {
					t.Fatalf("%v, %d levels, sample %d: %v, not %v", where, levels, i, v, want[i])
				}
			}
		}
	}
}
