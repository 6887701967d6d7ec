package present

import (
	"image"
	"math"

	"eris/viewer/geom"
	"eris/viewer/lut"
)

// State is the presentation of one viewport. The zero State with Zoom 1 fits
// the image into the viewport.
type State struct {
	// Window is the reader's; while its width is 0, the image's own with the
	// number Choice, counted round, is used.
	Window lut.Window
	Choice int
	Invert bool
	// Zoom is the magnification over the fitting one.
	Zoom float64
	// Pan is the place shown in the middle of the viewport, in pixels from the
	// middle of the image; so it stays when the viewport changes its size.
	Pan geom.Pixel
	// Turn counts quarter turns clockwise, 0 to 3; flips come after it, so that
	// they always mirror what is seen.
	Turn         int
	FlipH, FlipV bool
}

// Bounds of Zoom.
const (
	LeastZoom    = 0.05
	GreatestZoom = 60
)

// Shown describes an image to be placed: its size in pixels, and how wide and
// high one pixel is (mm, or only their ratio).
type Shown struct {
	Columns, Rows int
	Aspect        geom.Spacing
}

// Fit is the number of device pixels per unit of Aspect that makes the image,
// turned as s says, just fill the viewport.
func (s State) Fit(img Shown, size image.Point) float64 {
	w, h := float64(img.Columns)*img.Aspect.Column, float64(img.Rows)*img.Aspect.Row
	if s.Turn%2 == 1 {
		w, h = h, w
	}
	if !(w > 0) || !(h > 0) || size.X <= 0 || size.Y <= 0 {
		return 1
	}
	return math.Min(float64(size.X)/w, float64(size.Y)/h)
}

// View is the transform from pixels to the screen in a viewport of that size.
func (s State) View(img Shown, size image.Point) geom.Affine {
	scale := s.Fit(img, size) * s.Zoom
	sx, sy := scale*img.Aspect.Column, scale*img.Aspect.Row
	middleX, middleY := float64(img.Columns-1)/2+s.Pan.Column, float64(img.Rows-1)/2+s.Pan.Row
	a := geom.Affine{XX: sx, X0: -middleX * sx, YY: sy, Y0: -middleY * sy}
	for range s.Turn {
		a = a.Then(geom.Affine{XY: -1, YX: 1})
	}
	flip := geom.Affine{XX: 1, YY: 1, X0: float64(size.X) / 2, Y0: float64(size.Y) / 2}
	if s.FlipH {
		flip.XX = -1
	}
	if s.FlipV {
		flip.YY = -1
	}
	return a.Then(flip)
}

// Turned is s turned by quarter turns clockwise as seen on the screen: what
// was mirrored left to right is then mirrored top to bottom.
func (s State) Turned(quarters int) State {
	for range ((quarters % 4) + 4) % 4 {
		s.Turn = (s.Turn + 1) % 4
		s.FlipH, s.FlipV = s.FlipV, s.FlipH
	}
	return s
}

// Zoomed is s magnified by factor, with the place under at staying there.
func (s State) Zoomed(factor float64, at geom.Screen, img Shown, size image.Point) State {
	before, ok := s.View(img, size).Inverse()
	if !ok || math.IsNaN(factor) {
		return s
	}
	s.Zoom = math.Max(LeastZoom, math.Min(GreatestZoom, s.Zoom*factor))
	after, ok := s.View(img, size).Inverse()
	if !ok {
		return s
	}
	from, to := before.ToPixel(at), after.ToPixel(at)
	return s.moved(geom.Pixel{Column: from.Column - to.Column, Row: from.Row - to.Row}, img)
}

// Panned is s moved by (dx, dy) device pixels.
func (s State) Panned(dx, dy float64, img Shown, size image.Point) State {
	inv, ok := s.View(img, size).Inverse()
	if !ok {
		return s
	}
	from, to := inv.ToPixel(geom.Screen{}), inv.ToPixel(geom.Screen{X: dx, Y: dy})
	return s.moved(geom.Pixel{Column: from.Column - to.Column, Row: from.Row - to.Row}, img)
}

// moved adds to Pan; the middle of the viewport never leaves the image.
func (s State) moved(by geom.Pixel, img Shown) State {
	s.Pan.Column = held(s.Pan.Column+by.Column, float64(img.Columns)/2)
	s.Pan.Row = held(s.Pan.Row+by.Row, float64(img.Rows)/2)
	return s
}

func held(v, bound float64) float64 {
	if math.IsNaN(v) {
		return 0
	}
	return math.Max(-bound, math.Min(bound, v))
}

// Fitted is s with the whole image in view again.
func (s State) Fitted() State {
	s.Zoom, s.Pan = 1, geom.Pixel{}
	return s
}
