package geom

// Affine maps one plane to another: x' = XX·x + XY·y + X0, y' = YX·x + YY·y + Y0.
type Affine struct{ XX, XY, X0, YX, YY, Y0 float64 }

// Then is the map that does a first and b after it.
func (a Affine) Then(b Affine) Affine {
	return Affine{
		XX: b.XX*a.XX + b.XY*a.YX, XY: b.XX*a.XY + b.XY*a.YY, X0: b.XX*a.X0 + b.XY*a.Y0 + b.X0,
		YX: b.YX*a.XX + b.YY*a.YX, YY: b.YX*a.XY + b.YY*a.YY, Y0: b.YX*a.X0 + b.YY*a.Y0 + b.Y0,
	}
}

// Inverse is the way back; ok is false when a flattens the plane.
func (a Affine) Inverse() (inv Affine, ok bool) {
	det := a.XX*a.YY - a.XY*a.YX
	if !finite(det) || det == 0 {
		return Affine{}, false
	}
	inv = Affine{XX: a.YY / det, XY: -a.XY / det, YX: -a.YX / det, YY: a.XX / det}
	inv.X0 = -(inv.XX*a.X0 + inv.XY*a.Y0)
	inv.Y0 = -(inv.YX*a.X0 + inv.YY*a.Y0)
	return inv, finite(inv.XX) && finite(inv.X0) && finite(inv.YY) && finite(inv.Y0)
}

// ToScreen maps a pixel; a must be a view transform.
func (a Affine) ToScreen(p Pixel) Screen {
	return Screen{X: a.XX*p.Column + a.XY*p.Row + a.X0, Y: a.YX*p.Column + a.YY*p.Row + a.Y0}
}

// ToPixel maps a place on the screen; a must be the inverse of a view transform.
func (a Affine) ToPixel(s Screen) Pixel {
	return Pixel{Column: a.XX*s.X + a.XY*s.Y + a.X0, Row: a.YX*s.X + a.YY*s.Y + a.Y0}
}
