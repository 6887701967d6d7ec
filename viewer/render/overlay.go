package render

import (
	"image"
	"image/color"
	"strings"

	"eris/viewer/geom"
)

// Colors of the reading room; teal and amber go with the words "current" and
// "prior", never alone.
var (
	White  = color.RGBA{R: 0xE6, G: 0xE6, B: 0xE6, A: 255}
	Teal   = color.RGBA{R: 0x2D, G: 0xC7, B: 0xB5, A: 255}
	Amber  = color.RGBA{R: 0xF2, G: 0xA9, B: 0x3B, A: 255}
	Mark   = color.RGBA{R: 0xFF, G: 0xE8, B: 0x4D, A: 255} // measurements
	Danger = color.RGBA{R: 0xFF, G: 0x5A, B: 0x4F, A: 255}
	Chose  = color.RGBA{R: 0x7C, G: 0xE3, B: 0xFF, A: 255} // the selected one
)

// Corner says where text stands.
type Corner int

// The four corners, in reading order.
const (
	TopLeft Corner = iota
	TopRight
	BottomLeft
	BottomRight
)

// Tinted is a line of text with its color; the zero color is White.
type Tinted struct {
	Text  string
	Color color.RGBA
}

// Overlay is what stands over a picture.
type Overlay struct {
	Corners [4][]Tinted
	Edges   geom.Edges
	Message string // one sentence across the middle, for a picture that is not there
	Bar     Bar
	Strokes []Stroke
	Notes   []Note
	Border  color.RGBA // frame of the viewport; none when transparent
	Width   int        // of the frame
	Letters int        // height of text in device pixels, at least 12
}

// Bar is the scale bar: Length device pixels that mean Label. None when Length is 0.
type Bar struct {
	Length int
	Label  string
}

// Stroke is a line through points on the screen.
type Stroke struct {
	Points []geom.Screen
	Color  color.RGBA
	Width  float64
}

// Note is text beside a place; it is kept within the picture.
type Note struct {
	At    geom.Screen
	Lines []string
	Color color.RGBA
}

// Draw lays the overlay over dst, whose origin is (0,0).
func (o Overlay) Draw(dst *image.RGBA) {
	for _, s := range o.Strokes {
		for i := 1; i < len(s.Points); i++ {
			Line(dst, s.Points[i-1], s.Points[i], s.Color, s.Width)
		}
	}
	for _, n := range o.Notes {
		o.note(dst, n)
	}
	o.edges(dst)
	o.bar(dst)
	for c, lines := range o.Corners {
		o.corner(dst, Corner(c), lines)
	}
	o.message(dst)
	if o.Border.A > 0 {
		Frame(dst, o.Border, o.Width)
	}
}

// margin keeps text off the frame.
func (o Overlay) margin() int { return o.Width + o.letters()/2 }

func (o Overlay) letters() int { return min(max(o.Letters, leastText), greatestText) }

// corner draws lines in their corner. They take at most 2/5 of the width and
// of the height, so that the middle of the picture always stays free.
func (o Overlay) corner(dst *image.RGBA, c Corner, lines []Tinted) {
	size, step := dst.Rect.Size(), LineHeight(o.letters())
	lines = lines[:min(len(lines), size.Y*2/5/step)]
	width := size.X*2/5 - o.margin()
	y := o.margin()
	if c == BottomLeft || c == BottomRight {
		y = size.Y - o.margin() - step*len(lines)
	}
	for _, l := range lines {
		text, tint := Shorten(l.Text, width, o.letters()), l.Color
		if tint.A == 0 {
			tint = White
		}
		x := o.margin()
		if c == TopRight || c == BottomRight {
			x = size.X - o.margin() - TextWidth(text, o.letters())
		}
		Text(dst, x, y, text, tint, o.letters())
		y += step
	}
}

func (o Overlay) edges(dst *image.RGBA) {
	size, px := dst.Rect.Size(), o.letters()+1
	h := LineHeight(px)
	centered := func(s string, x, y int) { Text(dst, x-TextWidth(s, px)/2, y, s, White, px) }
	Text(dst, o.margin(), size.Y/2-h/2, o.Edges.Left, White, px)
	Text(dst, size.X-o.margin()-TextWidth(o.Edges.Right, px), size.Y/2-h/2, o.Edges.Right, White, px)
	centered(o.Edges.Top, size.X/2, o.margin())
	centered(o.Edges.Bottom, size.X/2, size.Y-o.margin()-h)
}

// bar stands at the lower edge, above the orientation letter.
func (o Overlay) bar(dst *image.RGBA) {
	if o.Bar.Length <= 0 {
		return
	}
	size, h := dst.Rect.Size(), LineHeight(o.letters())
	y := float64(size.Y-o.margin()-h) - float64(h)/2
	left, right := float64(size.X-o.Bar.Length)/2, float64(size.X+o.Bar.Length)/2
	tick := float64(h) / 4
	Line(dst, geom.Screen{X: left, Y: y}, geom.Screen{X: right, Y: y}, White, 1.5)
	Line(dst, geom.Screen{X: left, Y: y - tick}, geom.Screen{X: left, Y: y + tick}, White, 1.5)
	Line(dst, geom.Screen{X: right, Y: y - tick}, geom.Screen{X: right, Y: y + tick}, White, 1.5)
	Text(dst, int(right)+o.letters()/2, int(y)-h/2, o.Bar.Label, White, o.letters())
}

func (o Overlay) note(dst *image.RGBA, n Note) {
	size, h, px := dst.Rect.Size(), LineHeight(o.letters()), o.letters()
	width := 0
	for _, l := range n.Lines {
		width = max(width, TextWidth(l, px))
	}
	x := max(min(int(within(n.At.X, size.X))+px/2, size.X-width-o.margin()), 0)
	y := max(min(int(within(n.At.Y, size.Y))-h/2, size.Y-h*len(n.Lines)-o.margin()), 0)
	for _, l := range n.Lines {
		Text(dst, x, y, l, n.Color, px)
		y += h
	}
}

// within holds a coordinate near the screen, so that it fits an int.
func within(v float64, size int) float64 { return max(min(v, float64(size)), 0) }

// message is broken into lines at spaces.
func (o Overlay) message(dst *image.RGBA) {
	size, px := dst.Rect.Size(), o.letters()+2
	lines := wrap(o.Message, size.X*4/5, px)
	y := (size.Y - LineHeight(px)*len(lines)) / 2
	for _, l := range lines {
		Text(dst, (size.X-TextWidth(l, px))/2, y, l, White, px)
		y += LineHeight(px)
	}
}

func wrap(s string, width, px int) []string {
	var lines []string
	for _, word := range strings.Fields(s) {
		last := len(lines) - 1
		if last >= 0 && TextWidth(lines[last]+" "+word, px) <= width {
			lines[last] += " " + word
			continue
		}
		lines = append(lines, Shorten(word, width, px))
	}
	return lines
}
