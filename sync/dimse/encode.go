package dimse

import (
	"bytes"
	"io"

	"eris/dicom"
)

// encoded is a data set as a message carries it; nil for none.
func encoded(d *dicom.DataSet, syntax dicom.UID) (io.Reader, error) {
	if d == nil {
		return nil, nil
	}
	b, err := d.Encode(syntax)
	if err != nil {
		return nil, err
	}
	return bytes.NewReader(b), nil
}
