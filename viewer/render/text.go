package render

import (
	"image"
	"image/color"

	"golang.org/x/image/math/fixed"
)

// LineHeight is the distance of two lines of text of that size, in device pixels.
func LineHeight(px int) int { return typefaceOf(px).advance }

// TextWidth is the width of s in device pixels.
func TextWidth(s string, px int) int {
	t := typefaceOf(px)
	var w fixed.Int26_6
	for _, r := range s {
		w += t.glyph(r).advance
	}
	return w.Ceil()
}

// Shorten cuts s to fit into width, ending with an ellipsis when it was cut.
func Shorten(s string, width, px int) string {
	if TextWidth(s, px) <= width {
		return s
	}
	runes := []rune(s)
	for len(runes) > 0 {
		runes = runes[:len(runes)-1]
		if short := string(runes) + "…"; TextWidth(short, px) <= width {
			return short
		}
	}
	return ""
}

// Text draws one line with a dark rim; (x, y) is the upper left corner of the line.
func Text(dst *image.RGBA, x, y int, s string, c color.RGBA, px int) {
	t := typefaceOf(px)
	baseline := y + t.ascent
	// All rims first, so that none darkens the letter before it.
	t.each(s, x, func(g *glyph, x int) { stamp(dst, g.rim, image.Pt(x, baseline), color.RGBA{A: 255}) })
	t.each(s, x, func(g *glyph, x int) { stamp(dst, g.ink, image.Pt(x, baseline), c) })
}

func (t *typeface) each(s string, x int, draw func(g *glyph, x int)) {
	pen := fixed.I(x)
	for _, r := range s {
		g := t.glyph(r)
		draw(g, pen.Round())
		pen += g.advance
	}
}

// stamp lays color over dst where mask, moved to at, covers it.
func stamp(dst *image.RGBA, mask *image.Alpha, at image.Point, c color.RGBA) {
	r := mask.Rect.Add(at).Intersect(dst.Rect)
	for y := r.Min.Y; y < r.Max.Y; y++ {
		m := mask.Pix[mask.PixOffset(r.Min.X-at.X, y-at.Y):]
		p := dst.Pix[dst.PixOffset(r.Min.X, y):]
		for i := range r.Dx() {
			if m[i] > 0 {
				mix(p[4*i:4*i+4], c, uint32(m[i]))
			}
		}
	}
}

// mix lays c with coverage a of 255 over one opaque pixel.
func mix(p []uint8, c color.RGBA, a uint32) {
	p[0] = uint8((uint32(p[0])*(255-a) + uint32(c.R)*a + 127) / 255)
	p[1] = uint8((uint32(p[1])*(255-a) + uint32(c.G)*a + 127) / 255)
	p[2] = uint8((uint32(p[2])*(255-a) + uint32(c.B)*a + 127) / 255)
}
