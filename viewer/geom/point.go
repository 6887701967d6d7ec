package geom

import "math"

// Point is a place in the patient, in mm.
type Point struct{ X, Y, Z float64 }

// Vector is a direction or a difference of points, in mm.
type Vector struct{ X, Y, Z float64 }

// Pixel is a place in an image: column to the right, row downwards, centres at whole numbers.
type Pixel struct{ Column, Row float64 }

// Screen is a place in a viewport, in device pixels from its upper left corner.
type Screen struct{ X, Y float64 }

// Add moves the point.
func (p Point) Add(v Vector) Point { return Point{p.X + v.X, p.Y + v.Y, p.Z + v.Z} }

// Sub is the way from q to p.
func (p Point) Sub(q Point) Vector { return Vector{p.X - q.X, p.Y - q.Y, p.Z - q.Z} }

// Along is the distance of the point from the origin along a direction of length 1.
func (p Point) Along(v Vector) float64 { return p.X*v.X + p.Y*v.Y + p.Z*v.Z }

// Finite reports that no coordinate is NaN or infinite.
func (p Point) Finite() bool { return finite(p.X) && finite(p.Y) && finite(p.Z) }

// Times stretches the vector.
func (v Vector) Times(f float64) Vector { return Vector{v.X * f, v.Y * f, v.Z * f} }

// Dot is the scalar product.
func (v Vector) Dot(w Vector) float64 { return v.X*w.X + v.Y*w.Y + v.Z*w.Z }

// Cross is the vector product: right-handed, as patient space is.
func (v Vector) Cross(w Vector) Vector {
	return Vector{v.Y*w.Z - v.Z*w.Y, v.Z*w.X - v.X*w.Z, v.X*w.Y - v.Y*w.X}
}

// Length is the length of the vector.
func (v Vector) Length() float64 { return math.Sqrt(v.Dot(v)) }

// Unit is the vector with length 1; ok is false when it has no direction.
func (v Vector) Unit() (u Vector, ok bool) {
	l := v.Length()
	if !finite(l) || l < 1e-9 {
		return Vector{}, false
	}
	return v.Times(1 / l), true
}

// Distance is how far two device pixels are from each other.
func (s Screen) Distance(t Screen) float64 { return math.Hypot(s.X-t.X, s.Y-t.Y) }

func finite(f float64) bool { return !math.IsNaN(f) && !math.IsInf(f, 0) }
