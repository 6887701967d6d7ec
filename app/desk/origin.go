package desk

import (
	"bytes"
	"context"
	"image"
	"image/png"
	"io"

	"eris/clinic"
	"eris/dicom"
	"eris/store"
	"eris/sync/node"
	"eris/viewer"
)

// Origin is a cache as the rooms of sync see it: served to others over
// DICOMweb, filled by transfers.
type Origin struct{ *store.Store }

// Studies lists what may match; the server filters again.
func (o Origin) Studies(ctx context.Context, q node.Query) ([]clinic.Study, error) {
	return o.Store.Studies(ctx, store.StudyFilter{StudyInstanceUID: q.StudyInstanceUID, PatientID: q.PatientID,
		AccessionNumber: q.AccessionNumber, Name: q.PatientName, Modality: q.Modality, From: q.From, To: q.To, Limit: mostPriors})
}

// Add stores an object that somebody sent.
func (o Origin) Add(ctx context.Context, r io.Reader, source string) (dicom.UID, error) {
	added, err := o.Store.Add(ctx, r, source)
	return added.SOPInstanceUID, err
}

// renderedSide bounds a picture that is served.
const renderedSide = 1024

// Render draws the first frame of an instance as PNG.
func (o Origin) Render(ctx context.Context, uid dicom.UID) (picture []byte, mediaType string, err error) {
	f, err := o.Open(ctx, uid)
	if err != nil {
		return nil, "", err
	}
	still := viewer.Still{}
	if max(f.IntOr(dicom.Rows, 0), f.IntOr(dicom.Columns, 0)) > renderedSide {
		still.Size = image.Pt(renderedSide, renderedSide)
	}
	img, err := viewer.RenderFrame(ctx, f, 0, still)
	if err != nil {
		return nil, "", err
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		return nil, "", err
	}
	return b.Bytes(), "image/png", nil
}
