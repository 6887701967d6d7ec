package measure

import (
	"errors"
	"fmt"

	"eris/viewer/geom"
)

// ErrShape says that points do not make a measurement of their kind.
var ErrShape = errors.New("points do not make this measurement")

// Kind names a kind of measurement in files; it never changes.
type Kind string

// The kinds.
const (
	KindLength  Kind = "length"
	KindEllipse Kind = "ellipse"
	KindProbe   Kind = "probe"
)

// Measurement is one of Length, Ellipse and Probe; a value, never changed in place.
type Measurement interface {
	Kind() Kind
	// Values are the results, the main one first; empty when there is nothing to say.
	Values(c Calibration) []Value
	// Shape is what to draw.
	Shape() Shape
	// Handles are the points a hand can take, in the order New wants them.
	Handles() []geom.Point
	// Moved is the measurement with one handle at another place.
	Moved(handle int, to geom.Point) Measurement
}

// Value is one result. Name is an English word; Unit is as written on screen.
type Value struct {
	Name       string
	Number     float64
	Unit       string
	Provenance Provenance
}

// Shape holds paths through points, and single points to be marked by a cross.
type Shape struct {
	Paths [][]geom.Point
	Marks []geom.Point
}

// New makes a measurement from its handles. Error: ErrShape, for an unknown
// kind, a wrong number of points or a point that is not finite.
func New(k Kind, points []geom.Point) (Measurement, error) {
	for _, p := range points {
		if !p.Finite() {
			return nil, fmt.Errorf("%w: %s at %v", ErrShape, k, p)
		}
	}
	switch {
	case k == KindLength && len(points) == 2:
		return Length{points[0], points[1]}, nil
	case k == KindEllipse && len(points) == 3:
		return Ellipse{points[0], points[1], points[2]}, nil
	case k == KindProbe && len(points) == 1:
		return Probe{points[0]}, nil
	}
	return nil, fmt.Errorf("%w: %q of %d points", ErrShape, k, len(points))
}
