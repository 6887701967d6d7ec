package measure

import (
	"math"

	"eris/viewer/geom"
	"eris/viewer/pixel"
)

// Ellipse is a region of interest: its centre and the ends of two conjugate
// half axes.
type Ellipse struct{ Center, A, B geom.Point }

// EllipseIn is the ellipse that fills the box between two corners, along the
// axes of the image.
func EllipseIn(plane geom.Plane, corner, other geom.Point) Ellipse {
	p, _ := plane.ToPixel(corner)
	q, _ := plane.ToPixel(other)
	middle := geom.Pixel{Column: (p.Column + q.Column) / 2, Row: (p.Row + q.Row) / 2}
	return Ellipse{
		Center: plane.ToPatient(middle),
		A:      plane.ToPatient(geom.Pixel{Column: math.Max(p.Column, q.Column), Row: middle.Row}),
		B:      plane.ToPatient(geom.Pixel{Column: middle.Column, Row: math.Max(p.Row, q.Row)}),
	}
}

// Kind is KindEllipse.
func (e Ellipse) Kind() Kind { return KindEllipse }

// Values are mean, standard deviation (of the population), least and most of
// the pixels whose centres lie inside, and the area. Color has only an area.
func (e Ellipse) Values(c Calibration) []Value {
	area := c.EllipseArea("Area", e.A.Sub(e.Center), e.B.Sub(e.Center))
	if c.Pixels == nil {
		return []Value{area}
	}
	mean, sd, least, most, ok := e.sums(c).Statistics()
	if !ok {
		return []Value{area}
	}
	u := c.Pixels.Units()
	return []Value{
		{Name: "Mean", Number: mean, Unit: u}, {Name: "SD", Number: sd, Unit: u},
		{Name: "Min", Number: least, Unit: u}, {Name: "Max", Number: most, Unit: u}, area,
	}
}

// sums gathers the pixels inside, row by row. With the half axes a and b in
// pixels, a pixel (x, y) from the centre lies inside when
// (x·by − y·bx)² + (y·ax − x·ay)² ≤ (ax·by − ay·bx)².
func (e Ellipse) sums(c Calibration) pixel.Sums {
	center, _ := c.Plane.ToPixel(e.Center)
	a, b := fromCenter(c.Plane, e.A, center), fromCenter(c.Plane, e.B, center)
	det := a.Column*b.Row - a.Row*b.Column
	var s pixel.Sums
	if det == 0 || math.IsNaN(det) || math.IsInf(det*det, 0) {
		return s
	}
	// For one y the condition is a quadratic in x.
	p := b.Row*b.Row + a.Row*a.Row
	q := b.Column*b.Row + a.Column*a.Row
	r := b.Column*b.Column + a.Column*a.Column
	high := math.Sqrt(p) // because p·r − q² = det²
	first, last := math.Max(0, math.Ceil(center.Row-high)), math.Min(float64(c.Pixels.Rows-1), math.Floor(center.Row+high))
	for row := first; row <= last; row++ {
		y := row - center.Row
		under := q*q*y*y - p*(r*y*y-det*det)
		if under < 0 {
			continue
		}
		from, to := center.Column+(q*y-math.Sqrt(under))/p, center.Column+(q*y+math.Sqrt(under))/p
		s.Add(c.Pixels, int(row), column(math.Ceil(from), c.Pixels.Columns), column(math.Floor(to)+1, c.Pixels.Columns))
	}
	return s
}

// column holds a place within 0 to columns, so that it fits an int.
func column(v float64, columns int) int { return int(math.Max(0, math.Min(v, float64(columns)))) }

func fromCenter(plane geom.Plane, p geom.Point, center geom.Pixel) geom.Pixel {
	px, _ := plane.ToPixel(p)
	return geom.Pixel{Column: px.Column - center.Column, Row: px.Row - center.Row}
}

// segments of the drawn outline.
const segments = 64

// Shape is the outline.
func (e Ellipse) Shape() Shape {
	a, b := e.A.Sub(e.Center), e.B.Sub(e.Center)
	path := make([]geom.Point, segments+1)
	for i := range path {
		sin, cos := math.Sincos(2 * math.Pi * float64(i) / segments)
		path[i] = e.Center.Add(a.Times(cos)).Add(b.Times(sin))
	}
	return Shape{Paths: [][]geom.Point{path}}
}

// Handles are the centre and the ends of the half axes.
func (e Ellipse) Handles() []geom.Point { return []geom.Point{e.Center, e.A, e.B} }

// Moved moves the whole by its centre, or the end of one half axis.
func (e Ellipse) Moved(handle int, to geom.Point) Measurement {
	switch handle {
	case 0:
		by := to.Sub(e.Center)
		return Ellipse{to, e.A.Add(by), e.B.Add(by)}
	case 1:
		e.A = to
	default:
		e.B = to
	}
	return e
}
