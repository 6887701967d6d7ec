package render

import "math"

// FromCIELab is sRGB for a colour as DICOM encodes it: L* 0 to 100, a* and b*
// -128 to 127, each over 0 to 65535, white point D50 (PS3.3 C.10.7.1.1).
func FromCIELab(v [3]uint16) [3]uint8 {
	l := float64(v[0]) / 65535 * 100
	a, b := float64(v[1])/65535*255-128, float64(v[2])/65535*255-128
	y := (l + 16) / 116
	x, z := 0.9642*unroot(y+a/500), 0.8249*unroot(y-b/200) // D50
	y = unroot(y)
	// From XYZ under D50 to linear sRGB under D65, by Bradford.
	return [3]uint8{
		gamma(3.1338561*x - 1.6168667*y - 0.4906146*z),
		gamma(-0.9787684*x + 1.9161415*y + 0.0334540*z),
		gamma(0.0719453*x - 0.2289914*y + 1.4052427*z),
	}
}

// unroot undoes the cube root of CIELab with its straight part near black.
func unroot(t float64) float64 {
	if t > 6.0/29 {
		return t * t * t
	}
	return 3 * (6.0 / 29) * (6.0 / 29) * (t - 4.0/29)
}

// gamma is the byte for a linear share of light (IEC 61966-2-1).
func gamma(v float64) uint8 {
	v = math.Max(0, math.Min(1, v))
	if v <= 0.0031308 {
		v *= 12.92
	} else {
		v = 1.055*math.Pow(v, 1/2.4) - 0.055
	}
	return uint8(v*255 + 0.5)
}
