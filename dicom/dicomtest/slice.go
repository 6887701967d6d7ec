package dicomtest

import (
	"math"
	"math/rand/v2"
)

// Plane is where an axial picture is cut: Columns and Rows of Spacing mm,
// Corner the center of its first pixel.
type Plane struct {
	Rows, Columns int
	Spacing       float64
	Corner        Point
}

// AxialPlane is centered on the patient's axis with the given field of view in mm.
func AxialPlane(size int, fieldOfView, z float64) Plane {
	s := fieldOfView / float64(size)
	edge := -fieldOfView/2 + s/2
	return Plane{size, size, s, Point{edge, edge + 10, z}}
}

// Slice cuts the body to CT numbers, rows from the front. Edges are softened
// over one pixel as a scanner softens them; noise is the standard deviation in
// HU and seed chooses it.
func (b *Body) Slice(p Plane, noise float64, seed uint64) []int16 {
	grid := make([]float32, p.Rows*p.Columns)
	for i := range grid {
		grid[i] = air
	}
	for _, part := range b.parts {
		part.cut(p, grid)
	}
	if noise > 0 {
		addNoise(grid, p.Columns, noise, seed)
	}
	out := make([]int16, len(grid))
	for i, v := range grid {
		out[i] = int16(clamp(math.Round(float64(v)), -1024, 3071))
	}
	return out
}

// cut draws one part into a slice, inside its bounds only.
func (s part) cut(p Plane, grid []float32) {
	low, high := s.box()
	z := p.Corner.Z
	if z < low.Z-p.Spacing || z > high.Z+p.Spacing {
		return
	}
	column := func(x float64) int { return int(clamp(math.Floor((x-p.Corner.X)/p.Spacing), 0, float64(p.Columns-1))) }
	row := func(y float64) int { return int(clamp(math.Floor((y-p.Corner.Y)/p.Spacing), 0, float64(p.Rows-1))) }
	for r := row(low.Y) - 1; r <= row(high.Y)+1; r++ {
		if r < 0 || r >= p.Rows {
			continue
		}
		for c := max(0, column(low.X)-1); c <= min(p.Columns-1, column(high.X)+1); c++ {
			depth := s.depth(Point{p.Corner.X + float64(c)*p.Spacing, p.Corner.Y + float64(r)*p.Spacing, z})
			cover := float32(clamp(0.5+depth/p.Spacing, 0, 1))
			if cover > 0 {
				i := r*p.Columns + c
				grid[i] += (float32(s.ct) - grid[i]) * cover
			}
		}
	}
}

// addNoise adds noise that hangs together over neighbouring pixels, as
// reconstruction makes it.
func addNoise(grid []float32, columns int, sd float64, seed uint64) {
	random := rand.New(rand.NewPCG(seed, 0x6e6f697365))
	raw := make([]float32, len(grid)+columns+1)
	for i := range raw {
		bits := random.Uint64() // the sum of four uniform numbers is near enough to a normal one
		raw[i] = float32(bits&0xffff+bits>>16&0xffff+bits>>32&0xffff+bits>>48)/65536 - 2
	}
	// The sum has standard deviation 1/sqrt(3); averaging four halves it.
	scale := float32(sd * math.Sqrt(3) * 2 / 4)
	for i := range grid {
		grid[i] += scale * (raw[i] + raw[i+1] + raw[i+columns] + raw[i+columns+1])
	}
}
