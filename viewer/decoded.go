package viewer

import (
	"context"
	"errors"
	"fmt"

	"eris/dicom"
	"eris/viewer/geom"
	"eris/viewer/lut"
	"eris/viewer/measure"
	"eris/viewer/pixel"
	"eris/viewer/present"
)

// ErrDecode says that a frame could not be made from outside data.
var ErrDecode = errors.New("frame cannot be decoded")

// decoded is one frame ready to be shown; never changed.
type decoded struct {
	header
	img *pixel.Image
	own lut.Window // the window to begin with
}

// decode reads one frame. A codec that gives up by a panic is an error here:
// the bytes come from outside.
func decode(ctx context.Context, f *dicom.File, frame int) (d *decoded, err error) {
	defer func() {
		if r := recover(); r != nil {
			d, err = nil, fmt.Errorf("%w: frame %d: %v", ErrDecode, frame, r)
		}
	}()
	raw, err := f.Frame(ctx, frame)
	if err != nil {
		return nil, err
	}
	h := headerOf(f.DataSet, frame)
	img, err := pixel.New(raw, h.meaning)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrDecode, err)
	}
	d = &decoded{header: h, img: img, own: h.window}
	if !d.own.Valid(h.function) || img.RGB != nil {
		d.own, d.function = img.RobustWindow(), lut.Linear
	}
	return d, nil
}

// shown is the shape of the image for placing it.
func (d *decoded) shown() present.Shown {
	return present.Shown{Columns: d.img.Columns, Rows: d.img.Rows, Aspect: d.aspect}
}

// recipe is how values become gray under a window.
func (d *decoded) recipe(w lut.Window, f lut.Function, invert bool) lut.Recipe {
	return lut.Recipe{Rescale: d.meaning.Rescale, Window: w, Function: f, Inverted: d.meaning.Monochrome1 != invert}
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
	return max(4096, min(d.img.FullWindow().Width, 4*d.own.Width))
}

// edges are the orientation letters under a view.
func (d *decoded) edges(view geom.Affine) geom.Edges {
	return geom.EdgesOf(d.rowLetters, d.downLetters, view)
}
