package render

import (
	"image"
	"image/color"
	"math"

	"eris/viewer/geom"
)

// Line draws a smooth straight line, width device pixels wide, with a dark rim
// that keeps it visible on bright ground.
func Line(dst *image.RGBA, a, b geom.Screen, c color.RGBA, width float64) {
	stroke(dst, a, b, color.RGBA{A: 255}, width+2, 150)
	stroke(dst, a, b, c, width, 255)
}

// stroke walks along the longer direction and covers the pixels across it by
// their distance from the line.
func stroke(dst *image.RGBA, a, b geom.Screen, c color.RGBA, width float64, strength float64) {
	steep := math.Abs(b.Y-a.Y) > math.Abs(b.X-a.X)
	if steep {
		a, b = geom.Screen{X: a.Y, Y: a.X}, geom.Screen{X: b.Y, Y: b.X}
	}
	if a.X > b.X {
		a, b = b, a
	}
	length := a.Distance(b)
	if math.IsNaN(length) || math.IsInf(length, 0) {
		return
	}
	slope, upright := 0.0, 1.0
	if length > 0 && b.X > a.X {
		slope, upright = (b.Y-a.Y)/(b.X-a.X), (b.X-a.X)/length
	}
	size := dst.Rect.Size()
	if steep {
		size = image.Pt(size.Y, size.X)
	}
	reach := (width/2 + 0.5) / upright
	start := math.Max(0, math.Floor(a.X))
	if !(start < float64(size.X)) {
		return
	}
	for x := int(start); x < size.X && float64(x) <= b.X; x++ {
		middle := a.Y + slope*(math.Min(math.Max(float64(x)+0.5, a.X), b.X)-a.X)
		// Bounds are compared as floats: places outside may not fit an int.
		from, to := math.Max(0, math.Floor(middle-reach)), math.Min(float64(size.Y-1), middle+reach)
		if !(from <= to) {
			continue
		}
		for y := int(from); y <= int(to); y++ {
			far := math.Abs(float64(y)+0.5-middle) * upright
			cover := math.Min(1, math.Max(0, width/2+0.5-far))
			if cover > 0 {
				dot(dst, x, y, steep, c, uint32(cover*strength))
			}
		}
	}
}

func dot(dst *image.RGBA, x, y int, steep bool, c color.RGBA, a uint32) {
	if steep {
		x, y = y, x
	}
	i := dst.PixOffset(x, y)
	mix(dst.Pix[i:i+4], c, a)
}

// Frame draws a border of the given width just inside the edges of dst.
func Frame(dst *image.RGBA, c color.RGBA, width int) {
	r := dst.Rect
	fill(dst, image.Rect(r.Min.X, r.Min.Y, r.Max.X, r.Min.Y+width), c)
	fill(dst, image.Rect(r.Min.X, r.Max.Y-width, r.Max.X, r.Max.Y), c)
	fill(dst, image.Rect(r.Min.X, r.Min.Y, r.Min.X+width, r.Max.Y), c)
	fill(dst, image.Rect(r.Max.X-width, r.Min.Y, r.Max.X, r.Max.Y), c)
}

func fill(dst *image.RGBA, r image.Rectangle, c color.RGBA) {
	r = r.Intersect(dst.Rect)
	for y := r.Min.Y; y < r.Max.Y; y++ {
		p := dst.Pix[dst.PixOffset(r.Min.X, y):]
		for i := range r.Dx() {
			copy(p[4*i:4*i+4], []uint8{c.R, c.G, c.B, c.A})
		}
	}
}
