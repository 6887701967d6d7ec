package lut

import (
	"math"
	"testing"
)

// PS3.14 annex B begins and ends with these luminances.
func TestLuminanceIsTheStandards(t *testing.T) {
	for j, want := range map[float64]float64{1: 0.0500, 1023: 3993.4040} {
		if got := luminance(j); math.Abs(got-want) > want*5e-4 {
			t.Errorf("index %g is %g cd/m², want %g", j, got, want)
		}
	}
	for j := 1.0; j <= 1023; j += 7 {
		if back := jnd(luminance(j)); math.Abs(back-j) > 1e-6 {
			t.Errorf("index %g came back as %g", j, back)
		}
	}
}
