package render

import (
	"image"
	"image/color"
	"math"
	"slices"

	"eris/viewer/geom"
)

// Aperture is an opening of a shutter, in pixels of the image.
type Aperture interface {
	// spans appends from where to where the opening is seen in one line of the
	// screen, in pairs.
	spans(to []float64, view geom.Affine, y float64) []float64
}

// Circle is a round aperture; Radius is in pixels.
type Circle struct {
	Center geom.Pixel
	Radius float64
}

func (c Circle) spans(to []float64, view geom.Affine, y float64) []float64 {
	center := view.ToScreen(c.Center)
	wide, high := c.Radius*math.Hypot(view.XX, view.XY), c.Radius*math.Hypot(view.YX, view.YY)
	off := (y - center.Y) / high
	if !(math.Abs(off) < 1) {
		return to
	}
	half := wide * math.Sqrt(1-off*off)
	return append(to, center.X-half, center.X+half)
}

// Polygon is an aperture with straight edges; the last vertex joins the first.
type Polygon []geom.Pixel

func (p Polygon) spans(to []float64, view geom.Affine, y float64) []float64 {
	start := len(to)
	for i := range p {
		a, b := view.ToScreen(p[i]), view.ToScreen(p[(i+1)%len(p)])
		if (a.Y <= y) != (b.Y <= y) {
			to = append(to, a.X+(y-a.Y)/(b.Y-a.Y)*(b.X-a.X))
		}
	}
	slices.Sort(to[start:])
	return to
}

// Covered are the runs of device pixels within inside that do not lie in all
// apertures, seen through view.
func Covered(inside image.Rectangle, apertures []Aperture, view geom.Affine) (covered []Run) {
	open := make([]int, inside.Dx())
	var spans []float64
	for y := inside.Min.Y; y < inside.Max.Y && len(apertures) > 0; y++ {
		clear(open)
		for _, a := range apertures {
			spans = a.spans(spans[:0], view, float64(y)+0.5)
			for i := 0; i+1 < len(spans); i += 2 {
				mark(open, spans[i]-float64(inside.Min.X), spans[i+1]-float64(inside.Min.X))
			}
		}
		for x := 0; x < len(open); x++ {
			from := x
			for x < len(open) && open[x] < len(apertures) {
				x++
			}
			if x > from {
				covered = append(covered, Run{y, inside.Min.X + from, inside.Min.X + x})
			}
		}
	}
	return covered
}

// Cover paints runs of device pixels.
func Cover(dst *image.RGBA, covered []Run, c color.RGBA) {
	for _, r := range covered {
		fill(dst, image.Rect(r.From, r.Row, r.End, r.Row+1), c)
	}
}

// mark counts one more for the device pixels whose centres lie between a and b.
func mark(open []int, a, b float64) {
	n := float64(len(open))
	from := math.Ceil(math.Max(0, math.Min(a, n)) - 0.5)
	end := math.Ceil(math.Max(0, math.Min(b, n)) - 0.5)
	if !(from < end) { // nothing, or no numbers
		return
	}
	for x := int(from); x < int(end); x++ {
		open[x]++
	}
}
