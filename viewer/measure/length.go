package measure

import "eris/viewer/geom"

// Length is the distance between two points.
type Length struct{ A, B geom.Point }

// Kind is KindLength.
func (l Length) Kind() Kind { return KindLength }

// Values is the length alone.
func (l Length) Values(c Calibration) []Value { return []Value{c.Length("Length", l.A, l.B)} }

// Shape is the line.
func (l Length) Shape() Shape { return Shape{Paths: [][]geom.Point{{l.A, l.B}}} }

// Handles are the two ends.
func (l Length) Handles() []geom.Point { return []geom.Point{l.A, l.B} }

// Moved moves one end.
func (l Length) Moved(handle int, to geom.Point) Measurement {
	if handle == 0 {
		l.A = to
	} else {
		l.B = to
	}
	return l
}
