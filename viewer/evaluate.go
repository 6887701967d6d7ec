package viewer

import (
	"context"

	"eris/dicom"
	"eris/viewer/geom"
	"eris/viewer/measure"
)

// Evaluated is a journalled measurement with what it says: its values, and
// its handles in pixels of the frame.
type Evaluated struct {
	Entry
	Values  []measure.Value
	Handles []geom.Pixel
}

// Evaluate reads the frame of a measurement again and measures, without a
// session: for documents that leave the workstation. Errors: those of
// dicom.File.Frame, ErrDecode, measure.ErrShape.
func Evaluate(ctx context.Context, file *dicom.File, e Entry) (Evaluated, error) {
	m, err := markOf(e)
	if err != nil {
		return Evaluated{}, err
	}
	d, err := decode(ctx, file, e.Frame)
	if err != nil {
		return Evaluated{}, err
	}
	out := Evaluated{Entry: e, Values: m.shape.Values(d.calibration())}
	for _, p := range m.shape.Handles() {
		px, _ := d.plane.ToPixel(p)
		out.Handles = append(out.Handles, px)
	}
	return out, nil
}
