package viewer

import (
	"errors"
	"image"
	"image/draw"

	"eris/dicom"
	"eris/viewer/geom"
	"eris/viewer/lut"
	"eris/viewer/render"
)

// easel keeps what the next picture of a viewport can use again.
type easel struct {
	samples render.Samples
	placed  placement
	covered []render.Run
	table   render.Table
	dyed    dye
	sheets  [2]*image.RGBA
	turn    int
}

// placement is what samples depend on, dye what the table depends on.
type placement struct {
	frame *decoded
	view  geom.Affine
	size  image.Point
}

type dye struct {
	frame   *decoded
	voi     lut.VOI
	invert  bool
	display *lut.Display
}

// Least and greatest side of a picture.
const (
	leastSide    = 1
	greatestSide = 8192
)

// Picture draws viewport i at a size in device pixels, at once: it never waits
// for the disk. The caller may keep the picture until it asks for the second
// one after it; nil when there is no such viewport.
func (s *Session) Picture(i int, size image.Point) *image.RGBA {
	defer s.lock()()
	v := s.view(i)
	if v == nil {
		return nil
	}
	v.size = image.Pt(max(min(size.X, greatestSide), leastSide), max(min(size.Y, greatestSide), leastSide))
	dst := v.easel.sheet(v.size)
	if d := v.frame(); d != nil {
		v.paint(dst, d)
		s.overlay(v, d).Draw(dst)
		return dst
	}
	if d := v.look(); d != nil {
		v.sketch(dst, d)
	} else {
		draw.Draw(dst, dst.Rect, image.Black, image.Point{}, draw.Src)
	}
	o := s.frameOverlay(v)
	o.Message = s.message(v)
	o.Draw(dst)
	return dst
}

// sheet takes turns with two pictures, so that one can be shown while the
// other is drawn.
func (e *easel) sheet(size image.Point) *image.RGBA {
	e.turn = 1 - e.turn
	if e.sheets[e.turn] == nil || e.sheets[e.turn].Rect.Size() != size {
		e.sheets[e.turn] = image.NewRGBA(image.Rectangle{Max: size})
	}
	return e.sheets[e.turn]
}

// paint does as little as it can: a change of the window leaves the samples.
func (v *viewport) paint(dst *image.RGBA, d *decoded) {
	e := &v.easel
	p := placement{d, v.state.View(d.shown(), v.size), v.size}
	if p != e.placed {
		e.samples.Resample(d.img, p.view, p.size)
		e.placed, e.covered = p, d.covered(e.samples.Inside, p.view)
	}
	if y := (dye{d, v.voi(), v.state.Invert, v.session.params.Display()}); y != e.dyed {
		e.table.Fill(d.img, d.recipe(y.voi, y.invert, y.display))
		e.dyed = y
	}
	render.Paint(dst, &e.samples, &e.table)
	d.cover(dst, e.covered, p.view, v.session.overlays == AllOverlays, e.dyed.display)
}

// sketch draws the first look at a frame where the frame itself will be.
func (v *viewport) sketch(dst *image.RGBA, d *decoded) {
	voi, state := d.own(v.state.Choice), v.state
	if v.state.Window.Width > 0 {
		voi = lut.VOI{Window: v.state.Window, Function: voi.Function}
	}
	state.Pan.Column *= d.whole.XX
	state.Pan.Row *= d.whole.YY
	recipe := d.recipe(voi, v.state.Invert, v.session.params.Display())
	d.draw(dst, state.View(d.shown(), v.size), recipe, v.session.overlays == AllOverlays)
}

// message says in one sentence why there is no picture.
func (s *Session) message(v *viewport) string {
	status, err := v.status()
	var syntax *dicom.UnsupportedSyntaxError
	switch {
	case status == Empty:
		return ""
	case status == Loading:
		return s.params.Words(wordLoading)
	case errors.As(err, &syntax):
		return s.params.Words(wordSyntax, syntax.Syntax.Name())
	case errors.Is(err, dicom.ErrUnsupported):
		return s.params.Words(wordUnsupported)
	case errors.Is(err, dicom.ErrCorrupt), errors.Is(err, dicom.ErrNotDICOM), errors.Is(err, ErrDecode):
		return s.params.Words(wordDamaged)
	}
	return s.params.Words(wordUnreadable)
}
