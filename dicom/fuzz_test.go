package dicom

import (
	"bytes"
	"context"
	"testing"
)

// FuzzRead holds that no bytes make reading panic, and that what was read can
// be written and read again.
func FuzzRead(f *testing.F) {
	native := image(f, 2, 2, 16)
	native.SetItems(ProcedureCodeSequence, NewDataSet())
	native.SetPixelData(gradient(4))
	whole := written(f, native)
	f.Add(whole)
	f.Add(whole[preambleBytes:])
	f.Add(whole[:len(whole)-20])
	native.TransferSyntax = ImplicitVRLittleEndian
	f.Add(written(f, native))
	packed := image(f, 2, 2, 16)
	packed.TransferSyntax = RLELossless
	packed.SetEncodedFrames(make([]byte, 70), make([]byte, 4))
	f.Add(written(f, packed))
	f.Add(part10Bytes(ExplicitVRBigEndian, []byte{0, 8, 0, 0x60, 'C', 'S', 0, 2, 'C', 'T'}))
	f.Add(part10Bytes(DeflatedExplicitVRLittleEndian, []byte{3, 0}))
	limits := Limits{Elements: 2000, Depth: 8, ElementBytes: 1 << 20, HeaderBytes: 1 << 20}
	f.Fuzz(func(t *testing.T, b []byte) {
		file, err := Read(bytes.NewReader(b), int64(len(b)), limits)
		if err != nil {
			return
		}
		_ = file.Name(PatientName).Display()
		if file.NumberOfFrames() > 0 {
			_, _ = file.Frame(context.Background(), file.NumberOfFrames()-1)
		}
		if _, err := file.MarshalJSON(); err != nil {
			t.Errorf("JSON: %v", err)
		}
		var out bytes.Buffer
		if err := file.Write(&out); err != nil {
			t.Fatalf("write: %v", err)
		}
		again, err := Read(bytes.NewReader(out.Bytes()), int64(out.Len()), Limits{})
		if err != nil {
			t.Fatalf("read again: %v", err)
		}
		if again.Len() < file.Len()-dropped(file.DataSet) {
			t.Errorf("%d elements became %d", file.Len(), again.Len())
		}
	})
}

// dropped counts the elements that writing leaves out: group lengths.
func dropped(d *DataSet) int {
	n := 0
	for e := range d.All() {
		if e.Tag.Element() == 0 {
			n++
		}
	}
	return n
}
