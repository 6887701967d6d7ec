package desk_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"eris/dicom"
	"eris/dicom/dicomtest"
)

// What this program cannot decode is handed on byte for byte.
func TestStreamsAreOpenedOutside(t *testing.T) {
	d := openDesk(t)
	stream := []byte("\x00\x00\x01\xB3 no real film, but a stream of even length..")
	for f := range dicomtest.CT(dicomtest.CTParams{Study: chest("20261111", "Film"), Body: dicomtest.Thorax(dicomtest.ThoraxParams{}), Size: 16, Slices: 1}) {
		f.TransferSyntax = dicom.MPEG2MPML
		f.SetEncodedFrames(stream)
		var b bytes.Buffer
		if err := f.Write(&b); err != nil {
			t.Fatal(err)
		}
		if _, err := d.Store.Add(t.Context(), &b, ""); err != nil {
			t.Fatal(err)
		}
		path, err := d.Outside(t.Context(), f.UID(dicom.SOPInstanceUID))
		if err != nil || filepath.Ext(path) != ".mpg" {
			t.Fatalf("%q %v", path, err)
		}
		if got, err := os.ReadFile(path); err != nil || !bytes.Equal(got, stream) {
			t.Errorf("%q, want %q: %v", got, stream, err)
		}
		d.Close()
		if _, err := os.Stat(path); !os.IsNotExist(err) {
			t.Errorf("the stream is still there after closing: %v", err)
		}
	}
}
