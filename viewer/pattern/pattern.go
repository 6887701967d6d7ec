// Package pattern draws pictures by which a screen is judged and measured, as
// the grays that are sent to it.
//
//   - Pattern: one picture of any size.
//   - Test: steps, edges, lines and faint contrasts in one picture, after the
//     elements of SMPTE RP 133 and TG18-QC.
//   - Ramp: every gray from black to white, where bands and jumps are seen.
//   - Level: one of 18 grays of a measuring field on a darker ground, for a
//     luminance meter, as TG18-LN has them.
package pattern

import (
	"image"
	"math"

	"eris/viewer/lut"
)

// Levels is how many grays a screen is measured at.
const Levels = 18

// Pattern draws itself at a size; display is the curve of the screen, nil for
// one that takes grays as they are.
type Pattern func(size image.Point, display *lut.Display) *image.Gray

// canvas is a picture while it is drawn, in shares of full brightness.
type canvas struct {
	img     *image.Gray
	display *lut.Display
}

func newCanvas(size image.Point, display *lut.Display) canvas {
	return canvas{image.NewGray(image.Rect(0, 0, max(size.X, 1), max(size.Y, 1))), display}
}

func (c canvas) gray(y float64) uint8 {
	if c.display != nil {
		return c.display.Gray(y)
	}
	return uint8(math.Max(0, math.Min(1, y))*255 + 0.5)
}

func (c canvas) fill(r image.Rectangle, y float64) {
	g := c.gray(y)
	r = r.Intersect(c.img.Rect)
	for row := r.Min.Y; row < r.Max.Y; row++ {
		line := c.img.Pix[c.img.PixOffset(r.Min.X, row):][:r.Dx()]
		for i := range line {
			line[i] = g
		}
	}
}

// Level is measuring field number n, from 0 to Levels-1: a tenth of the
// screen in the middle of a ground of a fifth of full brightness, so that the
// screen's own light counts alike for all (AAPM TG18, 4.3.2).
func Level(n int) Pattern {
	return func(size image.Point, display *lut.Display) *image.Gray {
		c := newCanvas(size, display)
		c.fill(c.img.Rect, 0.2)
		side := int(math.Sqrt(0.1 * float64(size.X) * float64(size.Y)))
		middle := image.Pt(size.X/2, size.Y/2)
		c.fill(image.Rect(middle.X-side/2, middle.Y-side/2, middle.X+side/2, middle.Y+side/2), float64(n)/(Levels-1))
		return c.img
	}
}

// Ramp goes from black at the left to white at the right, and back below.
func Ramp(size image.Point, display *lut.Display) *image.Gray {
	c := newCanvas(size, display)
	for x := range c.img.Rect.Dx() {
		y := float64(x) / math.Max(float64(c.img.Rect.Dx()-1), 1)
		c.fill(image.Rect(x, 0, x+1, size.Y/2), y)
		c.fill(image.Rect(x, size.Y/2, x+1, size.Y), 1-y)
	}
	return c.img
}
