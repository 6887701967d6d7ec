package lut

import (
	"errors"
	"fmt"
	"math"
)

// ErrLuminance says that luminances are none that a screen can have.
var ErrLuminance = errors.New("no luminances of a screen")

// Display is the curve of one screen: brightness 0 to 1, as a P-Value, to the
// byte sent to it. See GSDF.
type Display struct {
	levels [displaySteps + 1]uint8
}

// displaySteps is finer than any difference of brightness that 8 bits show.
const displaySteps = 4096

// Gray is the byte for brightness y.
func (d *Display) Gray(y float64) uint8 {
	return d.levels[int(math.Max(0, math.Min(1, y))*displaySteps+0.5)]
}

// Luminance of screens that exist, in cd/m².
const (
	leastLuminance    = 0.05   // PS3.14: the GSDF begins here
	greatestLuminance = 3993.4 // and ends here
)

// GSDF is the curve that makes a screen follow the Grayscale Standard Display
// Function (PS3.14 7): black and white are its measured luminances in cd/m²,
// ambient light included, and between them the screen is taken to follow the
// curve of sRGB. Errors: ErrLuminance.
func GSDF(black, white float64) (*Display, error) {
	if !(black >= leastLuminance) || !(white <= greatestLuminance) || !(white > black) {
		return nil, fmt.Errorf("%w: black %g, white %g cd/m²", ErrLuminance, black, white)
	}
	d := new(Display)
	low, high := jnd(black), jnd(white)
	level := 0
	for i := range d.levels {
		want := luminance(low + (high-low)*float64(i)/displaySteps)
		for level < 255 && closer(want, black, white, level+1, level) {
			level++
		}
		d.levels[i] = uint8(level)
	}
	return d, nil
}

// closer says whether level a comes nearer to the wanted luminance than b.
func closer(want, black, white float64, a, b int) bool {
	return math.Abs(shown(black, white, a)-want) < math.Abs(shown(black, white, b)-want)
}

// shown is the luminance of a screen at a level: sRGB between black and white
// (IEC 61966-2-1).
func shown(black, white float64, level int) float64 {
	v := float64(level) / 255
	if v <= 0.04045 {
		v /= 12.92
	} else {
		v = math.Pow((v+0.055)/1.055, 2.4)
	}
	return black + (white-black)*v
}

// luminance is the luminance in cd/m² of a just noticeable difference index
// from 1 to 1023 (PS3.14 7.1).
func luminance(j float64) float64 {
	x := math.Log(j)
	above := -1.3011877 + x*(8.0242636e-2+x*(1.3646699e-1+x*(-2.5468404e-2+x*1.3635334e-3)))
	below := 1 + x*(-2.5840191e-2+x*(-1.0320229e-1+x*(2.8745620e-2+x*(-3.1978977e-3+x*1.2992634e-4))))
	return math.Pow(10, above/below)
}

// jnd is the index of a luminance in cd/m²: the inverse of luminance (PS3.14
// 7.2), by halving, since it grows without a break.
func jnd(cd float64) float64 {
	low, high := 1.0, 1023.0
	for range 50 {
		middle := (low + high) / 2
		if luminance(middle) < cd {
			low = middle
		} else {
			high = middle
		}
	}
	return (low + high) / 2
}
