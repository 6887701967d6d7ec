package measure

import (
	"math"

	"eris/viewer/geom"
	"eris/viewer/pixel"
)

// Provenance says where the size of a pixel is known from; it is an English
// word to show beside the result, empty for images that lie in the patient.
type Provenance string

// The provenances. Projection radiographs know their pixels at the detector or
// by calibration (PS3.3 10.7.1.3).
const (
	InPatient  Provenance = ""
	AtDetector Provenance = "at detector"
	Magnified  Provenance = "corrected for magnification"
	Calibrated Provenance = "calibrated"
	Unstated   Provenance = "spacing of unknown origin"
	InPixels   Provenance = "pixels"
)

// Calibration turns points into lengths and areas.
type Calibration struct {
	// Plane converts between pixels and the points of measurements; geom.Flat
	// for an image without a place in the patient.
	Plane geom.Plane
	// Spacing is the size of a pixel in mm; not valid when unknown.
	Spacing    geom.Spacing
	Provenance Provenance
	// Pixels are the values under the measurement; nil when not at hand.
	Pixels *pixel.Image
}

// Known reports that lengths come in mm.
func (c Calibration) Known() bool { return c.Spacing.Valid() && c.Provenance != InPixels }

// inPlane is the vector in mm, or in pixels when the size of a pixel is unknown.
func (c Calibration) inPlane(v geom.Vector) geom.Vector {
	columns, rows := v.Dot(c.Plane.Row)/c.Plane.Spacing.Column, v.Dot(c.Plane.Column)/c.Plane.Spacing.Row
	if c.Known() {
		return geom.Vector{X: columns * c.Spacing.Column, Y: rows * c.Spacing.Row}
	}
	return geom.Vector{X: columns, Y: rows}
}

// Length is the distance of two points, in mm or px.
func (c Calibration) Length(name string, a, b geom.Point) Value {
	return Value{Name: name, Number: c.inPlane(b.Sub(a)).Length(), Unit: c.unit("mm", "px"), Provenance: c.Provenance}
}

// EllipseArea is the area of the ellipse with the conjugate half axes a and b.
func (c Calibration) EllipseArea(name string, a, b geom.Vector) Value {
	area := math.Pi * math.Abs(c.inPlane(a).Cross(c.inPlane(b)).Z)
	return Value{Name: name, Number: area, Unit: c.unit("mm²", "px²"), Provenance: c.Provenance}
}

func (c Calibration) unit(known, unknown string) string {
	if c.Known() {
		return known
	}
	return unknown
}
