package dicomtest

import (
	"math"
	"math/rand/v2"
	"runtime"
	"sync"
)

// Project makes a radiograph of the body seen along y: stored values 0 to
// 4095, brighter where a ray meets more. Columns run along x, rows from the
// head down; p.Corner.Y is not used. noise is in stored values.
func (b *Body) Project(p Plane, noise float64, seed uint64) []uint16 {
	out := make([]uint16, p.Rows*p.Columns)
	rows := make(chan int)
	var workers sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		workers.Go(func() {
			line := make([]ray, p.Columns)
			for r := range rows {
				b.projectRow(p, r, line, out[r*p.Columns:(r+1)*p.Columns])
				random := rand.New(rand.NewPCG(seed, uint64(r)))
				for c := range line {
					v := float64(out[r*p.Columns+c]) + noise*random.NormFloat64()
					out[r*p.Columns+c] = uint16(clamp(math.Round(v), 0, 4095))
				}
			}
		})
	}
	for r := range p.Rows {
		rows <- r
	}
	close(rows)
	workers.Wait()
	return out
}

// span is where a ray runs through one part.
type span struct{ front, back, ct float64 }

// ray is the parts that a ray meets, in drawing order.
type ray []span

func (b *Body) projectRow(p Plane, row int, line []ray, out []uint16) {
	z := p.Corner.Z - float64(row)*p.Spacing
	for i := range line {
		line[i] = line[i][:0]
	}
	for _, part := range b.parts {
		low, high := part.box()
		if z < low.Z || z > high.Z {
			continue
		}
		first := max(0, int((low.X-p.Corner.X)/p.Spacing))
		last := min(p.Columns-1, int((high.X-p.Corner.X)/p.Spacing)+1)
		for c := first; c <= last; c++ {
			if front, back := part.span(p.Corner.X+float64(c)*p.Spacing, z); back > front {
				line[c] = append(line[c], span{front, back, part.ct})
			}
		}
	}
	for c, r := range line {
		// Beer's law for one energy; the constants put a trunk near the top of the scale.
		out[c] = uint16(4095 * (1 - math.Exp(-0.0066*r.thickness())))
	}
}

// thickness is the way through the body in mm of water: where parts overlap,
// the later one counts.
func (r ray) thickness() float64 {
	var free [64]span // pieces of the ray that no later part has taken
	free[0] = span{front: math.Inf(-1), back: math.Inf(1)}
	n, sum := 1, 0.0
	for i := len(r) - 1; i >= 0; i-- {
		s := r[i]
		for k := n - 1; k >= 0; k-- {
			piece := free[k]
			front, back := math.Max(piece.front, s.front), math.Min(piece.back, s.back)
			if front >= back {
				continue
			}
			sum += (back - front) * (s.ct + 1000) / 1000
			free[k].back = front
			if n < len(free) {
				free[n] = span{front: back, back: piece.back}
				n++
			}
		}
	}
	return sum
}
