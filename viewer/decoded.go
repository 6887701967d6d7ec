package viewer

import (
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"math"

	"eris/dicom"
	"eris/viewer/geom"
	"eris/viewer/lut"
	"eris/viewer/measure"
	"eris/viewer/pixel"
	"eris/viewer/present"
	"eris/viewer/render"
)

// ErrDecode says that a frame could not be made from outside data.
var ErrDecode = errors.New("frame cannot be decoded")

// decoded is one frame ready to be shown; never changed.
type decoded struct {
	header
	img       *pixel.Image
	planes    []plane
	truncated bool // the file ends within it
	// whole goes from pixels of the whole frame to those decoded, which may be
	// fewer: a thumbnail needs no detail.
	whole geom.Affine
}

// decode reads one frame.
func decode(ctx context.Context, f *dicom.File, frame int) (*decoded, error) {
	return decodeTo(ctx, f, frame, math.MaxInt)
}

// decodeTo reads one frame with at least side pixels on its longer side. A
// codec that gives up by a panic is an error here: the bytes come from outside.
func decodeTo(ctx context.Context, f *dicom.File, frame, side int) (d *decoded, err error) {
	defer func() {
		if r := recover(); r != nil {
			d, err = nil, fmt.Errorf("%w: frame %d: %v", ErrDecode, frame, r)
		}
	}()
	raw, err := f.Reduced(ctx, frame, side)
	if err != nil {
		return nil, err
	}
	h := headerOf(f.DataSet, frame)
	planes := planesOf(f.DataSet, frame, raw)
	img, err := pixel.New(raw, h.meaning)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrDecode, err)
	}
	d = &decoded{header: h, img: img, planes: planes, truncated: raw.Truncated, whole: wholeOf(f, raw)}
	switch {
	case img.RGB != nil:
		d.vois = []lut.VOI{{Window: img.FullWindow(), Function: lut.Linear}}
	case len(d.vois) == 0:
		d.vois = []lut.VOI{{Window: h.usualWindow(img), Function: usualFunction(f.DataSet)}}
	}
	return d, nil
}

// wholeOf goes from the pixels that the file declares to those of raw.
func wholeOf(f *dicom.File, raw *dicom.Frame) geom.Affine {
	x := float64(raw.Columns) / float64(max(f.IntOr(dicom.Columns, raw.Columns), 1))
	y := float64(raw.Rows) / float64(max(f.IntOr(dicom.Rows, raw.Rows), 1))
	return geom.Affine{XX: x, X0: (x - 1) / 2, YY: y, Y0: (y - 1) / 2} // the centres of pixels are whole numbers
}

// usualWindow shows an image that names no window: soft tissue where values
// are HU, from nothing up to the most in nuclear medicine, else what the
// image's own values fill.
func (h *header) usualWindow(img *pixel.Image) lut.Window {
	w := img.RobustWindow()
	switch {
	case h.modality == "CT" && img.Meaning.Units == "HU" && h.located:
		return lut.Window{Center: 40, Width: 400}
	case h.modality == "PT" || h.modality == "NM":
		if top := w.Center + w.Width/2; top > 0 {
			return lut.Window{Center: top / 2, Width: top}.ClampedTo(img.Finest())
		}
	}
	return w
}

// own is the way to show it that is chosen by a number, counted round.
func (d *decoded) own(choice int) lut.VOI { return d.vois[choice%len(d.vois)] }

// runBytes is the size of a run of an overlay plane in memory.
const runBytes = 24

// bytes is the size in memory.
func (d *decoded) bytes() int64 {
	n := d.img.Bytes()
	for _, p := range d.planes {
		n += int64(len(p.Runs)) * runBytes
	}
	return n
}

// shown is the shape of the image for placing it.
func (d *decoded) shown() present.Shown {
	return present.Shown{Columns: d.img.Columns, Rows: d.img.Rows, Aspect: d.aspect}
}

// recipe is how values become gray under a VOI.
func (d *decoded) recipe(v lut.VOI, invert bool, display *lut.Display) lut.Recipe {
	return lut.Recipe{VOI: v, Inverted: d.img.Meaning.Monochrome1 != invert, Display: display}
}

// draw draws the frame at once, with nothing kept for the next picture.
func (d *decoded) draw(dst *image.RGBA, view geom.Affine, recipe lut.Recipe, graphics bool) {
	var s render.Samples
	var t render.Table
	s.Resample(d.img, view, dst.Rect.Size())
	t.Fill(d.img, recipe)
	render.Paint(dst, &s, &t)
	d.cover(dst, d.covered(s.Inside, view), view, graphics, recipe.Display)
}

// covered is what the shutter hides of the picture in inside.
func (d *decoded) covered(inside image.Rectangle, view geom.Affine) []render.Run {
	return render.Covered(inside, d.shutter.apertures, d.whole.Then(view))
}

// cover lays the shutter and, where they are wanted, the overlay planes over a picture.
func (d *decoded) cover(dst *image.RGBA, covered []render.Run, view geom.Affine, graphics bool, display *lut.Display) {
	shade := d.shutter.shade(display)
	render.Cover(dst, covered, shade)
	view = d.whole.Then(view)
	for _, p := range d.planes {
		switch {
		case p.group == d.shutter.group:
			p.Draw(dst, view, shade)
		case graphics:
			p.Draw(dst, view, color.RGBA{255, 255, 255, 255})
		}
	}
}

// calibration is how measurements on the frame become values.
func (d *decoded) calibration() measure.Calibration {
	return measure.Calibration{Plane: d.plane, Spacing: d.spacing, Provenance: d.provenance, Pixels: d.img}
}

// reach is the width of the values, for the speed of the window tool.
func (d *decoded) reach() float64 {
	if w := d.img.FullWindow().Width; w < 4096 {
		return w
	}
	return max(4096, min(d.img.FullWindow().Width, 4*d.own(0).Window.Width))
}

// edges are the orientation letters under a view.
func (d *decoded) edges(view geom.Affine) geom.Edges {
	return geom.EdgesOf(d.rowLetters, d.downLetters, view)
}
