package render

import (
	"image"
	"image/color"
	"math"

	"eris/viewer/geom"
)

// Plane is an overlay of one bit per pixel, as runs of set pixels in the
// pixels of the image; they may lie outside of it.
type Plane struct{ Runs []Run }

// Run is the pixels of one row from column From up to and without End.
type Run struct{ Row, From, End int }

// mostRuns bounds a plane: more are no drawing but noise.
const mostRuns = 1 << 18

// PlaneOf makes the runs of rows × columns bits whose first lies at pixel
// (column, row) of the image. next answers the first set bit from i on, or a
// number beyond the last. ok is false for a plane of too many runs.
func PlaneOf(rows, columns int, row, column int, next func(i int) int) (p Plane, ok bool) {
	n := rows * columns
	for i := next(0); i < n; i = next(i) {
		y, x := i/columns, i%columns
		end := x + 1
		for end < columns && next(y*columns+end) == y*columns+end {
			end++
		}
		if len(p.Runs) == mostRuns {
			return Plane{}, false
		}
		p.Runs = append(p.Runs, Run{row + y, column + x, column + end})
		i = y*columns + end
	}
	return p, true
}

// Draw paints the set pixels; each is seen, however small it becomes. view is
// made of quarter turns, flips, scales and shifts.
func (p Plane) Draw(dst *image.RGBA, view geom.Affine, c color.RGBA) {
	for _, r := range p.Runs {
		a := view.ToScreen(geom.Pixel{Column: float64(r.From) - 0.5, Row: float64(r.Row) - 0.5})
		b := view.ToScreen(geom.Pixel{Column: float64(r.End) - 0.5, Row: float64(r.Row) + 0.5})
		x0, x1 := covered(a.X, b.X, dst.Rect.Dx())
		y0, y1 := covered(a.Y, b.Y, dst.Rect.Dy())
		fill(dst, image.Rect(x0, y0, x1, y1), c)
	}
}

// covered are the device pixels whose centres lie between two places, at least
// one; none outside of 0 to size.
func covered(a, b float64, size int) (from, end int) {
	a, b = math.Min(a, b), math.Max(a, b)
	if !(b > 0) || !(a < float64(size)) {
		return 0, 0
	}
	from = int(math.Ceil(math.Max(a, 0) - 0.5))
	end = int(math.Ceil(math.Min(b, float64(size)) - 0.5))
	return from, max(end, from+1)
}
