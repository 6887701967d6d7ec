package dicom

import (
	"bytes"
	"encoding/binary"
	"testing"
)

// image is the smallest image: explicit VR little endian, one sample.
func image(t testing.TB, rows, columns, bits int) *File {
	t.Helper()
	d := NewDataSet()
	d.SetUID(SOPClassUID, CTImageStorage)
	d.SetUID(SOPInstanceUID, DeriveUID("instance", t.Name()))
	d.SetUID(StudyInstanceUID, DeriveUID("study", t.Name()))
	d.SetUID(SeriesInstanceUID, DeriveUID("series", t.Name()))
	d.SetString(Modality, "CT")
	d.SetString(PatientName, "Тестов^Иван^Петрович")
	d.SetString(PatientID, "DEMO-1")
	d.SetString(StudyDate, "20250314")
	d.SetFloat(PixelSpacing, 0.5, 0.5)
	d.SetInt(SamplesPerPixel, 1)
	d.SetString(PhotometricInterpretation, "MONOCHROME2")
	d.SetInt(Rows, rows)
	d.SetInt(Columns, columns)
	d.SetInt(BitsAllocated, bits)
	d.SetInt(BitsStored, bits)
	d.SetInt(HighBit, bits-1)
	d.SetInt(PixelRepresentation, 0)
	return &File{Meta: NewDataSet(), DataSet: d, TransferSyntax: ExplicitVRLittleEndian}
}

// gradient is n 16-bit samples that all differ from their neighbours.
func gradient(n int) []byte {
	b := make([]byte, 0, 2*n)
	for i := range n {
		b = binary.LittleEndian.AppendUint16(b, uint16(i*7))
	}
	return b
}

func written(t testing.TB, f *File) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func readBytes(t testing.TB, b []byte) *File {
	t.Helper()
	f, err := Read(bytes.NewReader(b), int64(len(b)), DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// part10Bytes puts a data set of raw bytes behind a preamble and meta
// information with the syntax.
func part10Bytes(syntax UID, dataSet []byte) []byte {
	meta := NewDataSet()
	meta.SetUID(TransferSyntaxUID, syntax)
	body := meta.encode(nil, coding{explicit: true})
	length := NewDataSet()
	length.SetInt(FileMetaInformationGroupLength, len(body))
	b := append(make([]byte, preambleBytes), magic...)
	b = append(length.encode(b, coding{explicit: true}), body...)
	return append(b, dataSet...)
}

// explicitElement is one element with a short length, little endian.
func explicitElement(t Tag, vr string, value string) []byte {
	b := appendHead(nil, t, VR(vr), uint32(len(value)), coding{explicit: true})
	return append(b, value...)
}
