package viewer

import (
	"context"
	"image"

	"eris/dicom"
	"eris/viewer/geom"
	"eris/viewer/lut"
	"eris/viewer/present"
	"eris/viewer/render"
)

// Still says how one frame is drawn without a session. The zero Still is the
// frame as it is: its own size and window, no text.
type Still struct {
	Window  lut.Window  // LINEAR; the frame's own when its width is 0
	Size    image.Point // device pixels; one per pixel of the frame when zero
	Overlay bool        // orientation letters and scale bar
}

// largestStill bounds each side of a still picture.
const largestStill = 16384

// RenderFrame draws frame (from 0) of file as the viewer would: padding black,
// fitted into opts.Size with the pixels' true shape. In its own size one pixel
// of the frame is one of the picture. Errors: those of dicom.File.Frame, ErrDecode.
func RenderFrame(ctx context.Context, file *dicom.File, frame int, opts Still) (*image.RGBA, error) {
	d, err := decode(ctx, file, frame)
	if err != nil {
		return nil, err
	}
	return d.still(opts), nil
}

// Thumbnail draws frame (from 0) of file so that its longer side has side pixels.
func Thumbnail(ctx context.Context, file *dicom.File, frame, side int) (*image.RGBA, error) {
	d, err := decodeTo(ctx, file, frame, side)
	if err != nil {
		return nil, err
	}
	w, h := float64(d.img.Columns)*d.aspect.Column, float64(d.img.Rows)*d.aspect.Row
	f := float64(side) / max(w, h)
	return d.still(Still{Size: image.Pt(max(int(w*f+0.5), 1), max(int(h*f+0.5), 1))}), nil
}

func (d *decoded) still(opts Still) *image.RGBA {
	voi := d.own(0)
	if opts.Window.Width > 0 {
		voi = lut.VOI{Window: opts.Window, Function: lut.Linear}
	}
	shape, size := d.shown(), opts.Size
	if size.X <= 0 || size.Y <= 0 {
		size = image.Pt(shape.Columns, shape.Rows)
		shape.Aspect = geom.Spacing{Row: 1, Column: 1}
	}
	size = image.Pt(min(size.X, largestStill), min(size.Y, largestStill))
	view := present.State{Zoom: 1}.View(shape, size)
	dst := image.NewRGBA(image.Rectangle{Max: size})
	d.draw(dst, view, d.recipe(voi, false, nil), true)
	if opts.Overlay {
		render.Overlay{Edges: d.edges(view), Bar: d.bar(view, size)}.Draw(dst)
	}
	return dst
}
