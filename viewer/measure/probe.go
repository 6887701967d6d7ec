package measure

import (
	"math"

	"eris/viewer/geom"
)

// Probe reads the value under one point.
type Probe struct{ At geom.Point }

// Kind is KindProbe.
func (p Probe) Kind() Kind { return KindProbe }

// Values is what the pixel means, three of them for a color image;
// empty on padding and outside the image.
func (p Probe) Values(c Calibration) []Value {
	if c.Pixels == nil {
		return nil
	}
	px, _ := c.Plane.ToPixel(p.At)
	column, row := int(math.Round(px.Column)), int(math.Round(px.Row))
	if rgb, ok := c.Pixels.ColorAt(column, row); ok {
		return []Value{{Name: "Red", Number: float64(rgb[0])}, {Name: "Green", Number: float64(rgb[1])}, {Name: "Blue", Number: float64(rgb[2])}}
	}
	v, ok := c.Pixels.At(column, row)
	if !ok {
		return nil
	}
	return []Value{{Name: "Value", Number: v, Unit: c.Pixels.Units()}}
}

// Shape is a mark.
func (p Probe) Shape() Shape { return Shape{Marks: []geom.Point{p.At}} }

// Handles is the point.
func (p Probe) Handles() []geom.Point { return []geom.Point{p.At} }

// Moved is the probe elsewhere.
func (p Probe) Moved(_ int, to geom.Point) Measurement { return Probe{to} }
