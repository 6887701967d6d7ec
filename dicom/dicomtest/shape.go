package dicomtest

import "math"

// Point is a place in patient space in mm: x to the left, y to the back, z to
// the head (PS3.3 C.7.6.2.1.1).
type Point struct{ X, Y, Z float64 }

func (p Point) plus(q Point) Point       { return Point{p.X + q.X, p.Y + q.Y, p.Z + q.Z} }
func (p Point) times(f float64) Point    { return Point{p.X * f, p.Y * f, p.Z * f} }
func (p Point) minus(q Point) Point      { return p.plus(q.times(-1)) }
func (p Point) dot(q Point) float64      { return p.X*q.X + p.Y*q.Y + p.Z*q.Z }
func (p Point) length() float64          { return math.Sqrt(p.dot(p)) }
func lerp(a, b Point, t float64) Point   { return a.plus(b.minus(a).times(t)) }
func clamp(v, low, high float64) float64 { return math.Max(low, math.Min(high, v)) }

// shape is one solid of a body.
type shape interface {
	// depth is about how far p lies below the surface in mm; negative outside.
	depth(p Point) float64
	// box bounds the shape.
	box() (low, high Point)
	// span is where the ray through (x, z) along y enters and leaves; front = back when it misses.
	span(x, z float64) (front, back float64)
}

// part is a shape and the CT number in HU of what it is made of.
type part struct {
	shape
	ct float64
}

// Body is a list of parts; later ones lie over earlier ones.
type Body struct{ parts []part }

func (b *Body) add(s shape, ct float64) { b.parts = append(b.parts, part{s, ct}) }

// ellipsoid has its axes along the patient's. power 2 is an ellipsoid; a
// greater power fills the corners, as a trunk does. A radius of +Inf makes a
// cylinder along that axis.
type ellipsoid struct {
	center, radii Point
	power         float64
}

func (e ellipsoid) norm(p Point) float64 {
	d := p.minus(e.center)
	if e.power == 2 {
		x, y, z := d.X/e.radii.X, d.Y/e.radii.Y, d.Z/e.radii.Z
		return math.Sqrt(x*x + y*y + z*z)
	}
	f := math.Pow(math.Abs(d.X/e.radii.X), e.power) + math.Pow(math.Abs(d.Y/e.radii.Y), e.power) +
		math.Pow(math.Abs(d.Z/e.radii.Z), e.power)
	return math.Pow(f, 1/e.power)
}

func (e ellipsoid) depth(p Point) float64 {
	return (1 - e.norm(p)) * math.Min(e.radii.X, math.Min(e.radii.Y, e.radii.Z))
}

func (e ellipsoid) box() (low, high Point) { return e.center.minus(e.radii), e.center.plus(e.radii) }

func (e ellipsoid) span(x, z float64) (front, back float64) {
	dx, dz := math.Abs((x-e.center.X)/e.radii.X), math.Abs((z-e.center.Z)/e.radii.Z)
	var half float64
	switch {
	case dx >= 1 || dz >= 1:
	case e.power == 2:
		half = e.radii.Y * math.Sqrt(math.Max(0, 1-dx*dx-dz*dz))
	default:
		if f := math.Pow(dx, e.power) + math.Pow(dz, e.power); f < 1 {
			half = e.radii.Y * math.Pow(1-f, 1/e.power)
		}
	}
	return e.center.Y - half, e.center.Y + half
}

// capsule is a straight piece of a tube whose radius changes from a to b.
type capsule struct {
	a, b   Point
	ra, rb float64
}

func (c capsule) depth(p Point) float64 {
	ab := c.b.minus(c.a)
	t := clamp(p.minus(c.a).dot(ab)/math.Max(ab.dot(ab), 1e-9), 0, 1)
	return c.ra + (c.rb-c.ra)*t - p.minus(lerp(c.a, c.b, t)).length()
}

func (c capsule) box() (low, high Point) {
	r := math.Max(c.ra, c.rb)
	return Point{math.Min(c.a.X, c.b.X) - r, math.Min(c.a.Y, c.b.Y) - r, math.Min(c.a.Z, c.b.Z) - r},
		Point{math.Max(c.a.X, c.b.X) + r, math.Max(c.a.Y, c.b.Y) + r, math.Max(c.a.Z, c.b.Z) + r}
}

// span treats the tube as lying in the picture and lengthens the way by its
// tilt; a tube seen end on is as deep as it is long.
func (c capsule) span(x, z float64) (front, back float64) {
	ab := c.b.minus(c.a)
	flat := math.Hypot(ab.X, ab.Z)
	t := 0.5
	if flat > 1e-6 {
		t = clamp(((x-c.a.X)*ab.X+(z-c.a.Z)*ab.Z)/(flat*flat), 0, 1)
	}
	at := lerp(c.a, c.b, t)
	r := c.ra + (c.rb-c.ra)*t
	d := math.Hypot(x-at.X, z-at.Z)
	if d >= r {
		return at.Y, at.Y
	}
	half := math.Sqrt(r*r - d*d)
	if flat > 1e-6 {
		half = math.Min(half*ab.length()/flat, half+math.Abs(ab.Y)/2)
	} else {
		half += math.Abs(ab.Y) / 2
	}
	return at.Y - half, at.Y + half
}

// tube adds a chain of capsules through points.
func (b *Body) tube(points []Point, radius func(t float64) float64, ct float64) {
	for i := 1; i < len(points); i++ {
		n := float64(len(points) - 1)
		b.add(capsule{points[i-1], points[i], radius(float64(i-1) / n), radius(float64(i) / n)}, ct)
	}
}
