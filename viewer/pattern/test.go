package pattern

import (
	"image"

	"eris/viewer/lut"
)

// steps of gray round the middle, from black to white.
const steps = 11

// Test is a square in the middle of the screen on a dark ground,
// with a grid for the geometry, grays in tenths, faint squares in black and in
// white, and lines of one, two and three pixels at the corners and the middle.
func Test(size image.Point, display *lut.Display) *image.Gray {
	c := newCanvas(size, display)
	c.fill(c.img.Rect, 0.25)
	c.frame(c.img.Rect, 1)
	side := min(size.X, size.Y)
	unit := side / 16
	if unit < 8 {
		return c.img
	}
	c.grid(unit)
	origin := image.Pt((size.X-14*unit)/2, (size.Y-14*unit)/2)
	at := func(x, y, w, h int) image.Rectangle {
		return image.Rect(origin.X+x*unit, origin.Y+y*unit, origin.X+(x+w)*unit, origin.Y+(y+h)*unit)
	}
	c.stairs(at)
	c.faint(at(4, 6, 2, 2), 0, 0.05)
	c.faint(at(8, 6, 2, 2), 1, 0.95)
	for _, corner := range []image.Rectangle{at(0, 0, 2, 2), at(12, 0, 2, 2), at(0, 12, 2, 2), at(12, 12, 2, 2), at(6, 6, 2, 2)} {
		c.lines(corner)
	}
	c.tones(at(2, 11, 10, 1))
	return c.img
}

func (c canvas) frame(r image.Rectangle, y float64) {
	c.fill(image.Rect(r.Min.X, r.Min.Y, r.Max.X, r.Min.Y+1), y)
	c.fill(image.Rect(r.Min.X, r.Max.Y-1, r.Max.X, r.Max.Y), y)
	c.fill(image.Rect(r.Min.X, r.Min.Y, r.Min.X+1, r.Max.Y), y)
	c.fill(image.Rect(r.Max.X-1, r.Min.Y, r.Max.X, r.Max.Y), y)
}

// grid is thin lines one unit apart, from the middle outwards.
func (c canvas) grid(unit int) {
	size := c.img.Rect.Size()
	for x := size.X / 2 % unit; x < size.X; x += unit {
		c.fill(image.Rect(x, 0, x+1, size.Y), 0.4)
	}
	for y := size.Y / 2 % unit; y < size.Y; y += unit {
		c.fill(image.Rect(0, y, size.X, y+1), 0.4)
	}
}

// stairs are the grays in tenths, from black at the lower left round to white;
// in each two small squares are brighter and darker by a hundredth and two.
func (c canvas) stairs(at func(x, y, w, h int) image.Rectangle) {
	places := [steps]image.Point{{2, 8}, {2, 6}, {2, 4}, {2, 2}, {4, 2}, {6, 2}, {8, 2}, {10, 2}, {10, 4}, {10, 6}, {10, 8}}
	for i, p := range places {
		y := float64(i) / (steps - 1)
		box := at(p.X, p.Y, 2, 2)
		c.fill(box, y)
		off := 0.02
		if i == steps-1 {
			off = -off
		}
		small := box.Dx() / 6
		c.fill(image.Rect(box.Min.X+small, box.Min.Y+small, box.Min.X+2*small, box.Min.Y+2*small), y+off)
		c.fill(image.Rect(box.Max.X-2*small, box.Max.Y-2*small, box.Max.X-small, box.Max.Y-small), y+off/2)
	}
}

// faint is a square inside another: both must be told apart.
func (c canvas) faint(box image.Rectangle, ground, inside float64) {
	c.fill(box, ground)
	c.fill(box.Inset(box.Dx()/4), inside)
}

// lines are pairs of black and white of one, two and three pixels, upright in
// the upper half and lying in the lower.
func (c canvas) lines(box image.Rectangle) {
	c.fill(box, 0)
	third, half := box.Dx()/3, box.Dy()/2
	for i, width := range []int{1, 2, 3} {
		left := box.Min.X + i*third
		for x := 0; x+width <= third-2; x += 2 * width {
			c.fill(image.Rect(left+x, box.Min.Y, left+x+width, box.Min.Y+half-2), 1)
		}
		for y := 0; y+width <= half-2; y += 2 * width {
			c.fill(image.Rect(left, box.Min.Y+half+y, left+third-2, box.Min.Y+half+y+width), 1)
		}
	}
}

// tones is every gray in a strip.
func (c canvas) tones(box image.Rectangle) {
	for x := box.Min.X; x < box.Max.X; x++ {
		c.fill(image.Rect(x, box.Min.Y, x+1, box.Max.Y), float64(x-box.Min.X)/float64(box.Dx()-1))
	}
}
