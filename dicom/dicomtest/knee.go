package dicomtest

import "math"

// Knees is a pair of knees seen from the front, 200 mm apart, with z = 0 at
// the joint. narrow makes the inner joint space of the left knee narrower, in mm.
func Knees(narrow float64) *Body {
	b := &Body{}
	for _, side := range []float64{-1, 1} {
		x := side * 100
		b.add(ellipsoid{Point{x, 0, 30}, Point{62, 66, 260}, 2.6}, fat)
		b.add(ellipsoid{Point{x, 0, 30}, Point{54, 56, 258}, 2.6}, muscle)
		gap := 0.0
		if side > 0 {
			gap = narrow
		}
		b.femur(x, gap)
		b.shin(x, side)
		b.add(ellipsoid{Point{x, -46, 26}, Point{21, 9, 22}, 2.3}, 420)
	}
	return b
}

func (b *Body) femur(x, gap float64) {
	shaft := []Point{{x, 4, 190}, {x, 2, 110}, {x, 0, 62}}
	widen := func(t float64) float64 { return 15 + 11*math.Pow(t, 3) }
	b.tube(shaft, widen, 620)
	b.tube(shaft, func(t float64) float64 { return widen(t) * 0.62 }, 90)
	b.add(ellipsoid{Point{x, 0, 40}, Point{38, 26, 28}, 2.6}, 430)
	for _, side := range []float64{-1, 1} {
		z := 22.0
		if x*side < 0 { // the inner side
			z -= gap
		}
		b.add(ellipsoid{Point{x + side*20, 8, z}, Point{19, 28, 19}, 2.2}, 450)
		b.add(ellipsoid{Point{x + side*20, 8, z}, Point{16.5, 25, 16.5}, 2.2}, 300)
	}
}

func (b *Body) shin(x, side float64) {
	b.add(ellipsoid{Point{x, 4, -14}, Point{39, 27, 13}, 3.4}, 480)
	b.add(ellipsoid{Point{x, 4, -15}, Point{36.5, 24, 10.5}, 3.4}, 300)
	shaft := []Point{{x, 4, -24}, {x, 4, -70}, {x, 2, -200}}
	narrowing := func(t float64) float64 { return 27 - 13*math.Pow(t, 0.5) }
	b.tube(shaft, narrowing, 600)
	b.tube(shaft, func(t float64) float64 { return narrowing(t) * 0.6 }, 90)
	fibula := []Point{{x + side*36, 22, -34}, {x + side*38, 22, -70}, {x + side*36, 20, -200}}
	b.tube(fibula, func(t float64) float64 { return 10 - 3*t }, 560)
	b.tube(fibula, func(t float64) float64 { return 5 - 2*t }, 120)
	b.add(capsule{Point{x - 5, 4, -4}, Point{x - 3, 4, 2}, 4, 2}, 420)
	b.add(capsule{Point{x + 5, 4, -4}, Point{x + 3, 4, 1}, 4, 2}, 420)
}
