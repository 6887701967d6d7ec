package geom

// Spacing is the size of a pixel in mm: Row between the centres of two rows,
// Column between those of two columns (PS3.3 10.7.1.3: row spacing first).
type Spacing struct{ Row, Column float64 }

// Valid reports two positive, finite numbers.
func (s Spacing) Valid() bool {
	return finite(s.Row) && finite(s.Column) && s.Row > 0 && s.Column > 0
}

// Plane is an image in patient space (PS3.3 C.7.6.2).
type Plane struct {
	Origin  Point  // centre of the first pixel transmitted
	Row     Vector // direction in which the column index grows, length 1
	Column  Vector // direction in which the row index grows, length 1
	Spacing Spacing
}

// Axes reads ImageOrientationPatient: six cosines, row direction first
// (PS3.3 C.7.6.2.1.1). The column direction is made square to the row; ok is
// false for fewer values, zero directions, or axes too far from square.
func Axes(orientation []float64) (row, column Vector, ok bool) {
	if len(orientation) < 6 {
		return row, column, false
	}
	row, okRow := Vector{orientation[0], orientation[1], orientation[2]}.Unit()
	column, okColumn := Vector{orientation[3], orientation[4], orientation[5]}.Unit()
	skew := row.Dot(column)
	if !okRow || !okColumn || skew > 0.1 || skew < -0.1 {
		return Vector{}, Vector{}, false
	}
	column, ok = Vector{column.X - skew*row.X, column.Y - skew*row.Y, column.Z - skew*row.Z}.Unit()
	return row, column, ok
}

// PointOf reads ImagePositionPatient: three numbers in mm.
func PointOf(position []float64) (Point, bool) {
	if len(position) < 3 {
		return Point{}, false
	}
	p := Point{position[0], position[1], position[2]}
	return p, p.Finite()
}

// NewPlane builds a plane from ImagePositionPatient, ImageOrientationPatient
// and a pixel size; ok is false when one of them cannot be used.
func NewPlane(position, orientation []float64, spacing Spacing) (p Plane, ok bool) {
	origin, okOrigin := PointOf(position)
	row, column, okAxes := Axes(orientation)
	if !okOrigin || !okAxes || !spacing.Valid() {
		return Plane{}, false
	}
	return Plane{Origin: origin, Row: row, Column: column, Spacing: spacing}, true
}

// Flat is the plane of an image that has no place in a patient: x is the
// column, y the row, and the unit is one pixel.
func Flat() Plane {
	return Plane{Row: Vector{X: 1}, Column: Vector{Y: 1}, Spacing: Spacing{Row: 1, Column: 1}}
}

// Normal is the direction through the plane: row × column.
func (p Plane) Normal() Vector { return p.Row.Cross(p.Column) }

// ToPatient is the place of a pixel in the patient (PS3.3 equation C.7.6.2.1-1).
func (p Plane) ToPatient(px Pixel) Point {
	return p.Origin.Add(p.Row.Times(px.Column * p.Spacing.Column)).Add(p.Column.Times(px.Row * p.Spacing.Row))
}

// ToPixel is the pixel under a point, and how far in mm the point lies before
// (positive) or behind the plane along its normal.
func (p Plane) ToPixel(pt Point) (px Pixel, distance float64) {
	v := pt.Sub(p.Origin)
	px = Pixel{Column: v.Dot(p.Row) / p.Spacing.Column, Row: v.Dot(p.Column) / p.Spacing.Row}
	return px, v.Dot(p.Normal())
}
