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
	top, bottom := p.bounds(low.Y-p.Corner.Y, high.Y-p.Corner.Y, p.Rows)
	left, right := p.bounds(low.X-p.Corner.X, high.X-p.Corner.X, p.Columns)
	if e, ok := s.shape.(ellipsoid); ok {
		e.cut(p, float32(s.ct), [2]int{top, bottom}, [2]int{left, right}, grid)
		return
	}
	for r := top; r <= bottom; r++ {
		for c := left; c <= right; c++ {
			depth := s.depth(Point{p.Corner.X + float64(c)*p.Spacing, p.Corner.Y + float64(r)*p.Spacing, z})
			blend(&grid[r*p.Columns+c], float32(s.ct), depth/p.Spacing)
		}
	}
}

// bounds are the first and last row or column between two distances in mm.
func (p Plane) bounds(from, to float64, n int) (first, last int) {
	return int(clamp(from/p.Spacing-1, 0, float64(n-1))), int(clamp(to/p.Spacing+1, 0, float64(n-1)))
}

// blend covers a pixel as far as the shape's surface, depth pixels away, lets it.
func blend(pixel *float32, ct float32, depth float64) {
	if cover := float32(clamp(0.5+depth, 0, 1)); cover > 0 {
		*pixel += (ct - *pixel) * cover
	}
}

// cut draws the ellipsoid from sums of table values; the root is only taken
// near the surface, where the cover matters.
func (e ellipsoid) cut(p Plane, ct float32, rows, columns [2]int, grid []float32) {
	power := func(d, radius float64) float64 { return math.Pow(math.Abs(d/radius), e.power) }
	thin := math.Min(e.radii.X, math.Min(e.radii.Y, e.radii.Z))
	inside := math.Pow(math.Max(0, 1-p.Spacing/thin), e.power)
	outside := math.Pow(1+p.Spacing/thin, e.power)
	across := make([]float64, columns[1]+1)
	for c := columns[0]; c <= columns[1]; c++ {
		across[c] = power(p.Corner.X+float64(c)*p.Spacing-e.center.X, e.radii.X)
	}
	along := power(p.Corner.Z-e.center.Z, e.radii.Z)
	for r := rows[0]; r <= rows[1]; r++ {
		down := along + power(p.Corner.Y+float64(r)*p.Spacing-e.center.Y, e.radii.Y)
		line := grid[r*p.Columns : (r+1)*p.Columns]
		for c := columns[0]; c <= columns[1]; c++ {
			switch f := down + across[c]; {
			case f < inside:
				line[c] = ct
			case f < outside:
				blend(&line[c], ct, (1-math.Pow(f, 1/e.power))*thin/p.Spacing)
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
