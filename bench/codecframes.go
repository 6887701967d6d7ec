package main

import (
	"context"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"

	"eris/dicom"
	"eris/dicom/codec"
	"eris/dicom/dicomtest"
)

// codecFrame is a picture that the codecs are measured with.
type codecFrame struct {
	name  string
	file  *dicom.File
	count int // how often it is decoded in a run
}

func (m codecFrame) title(c codecRow) string {
	return fmt.Sprintf("decode %s, %s 16 bits", c.what, m.name)
}

// codecMaterial is a CT slice and a radiograph.
func codecMaterial() []codecFrame {
	of := person("TEST-CODEC", "BENCH-5")
	body := dicomtest.Thorax(dicomtest.ThoraxParams{})
	material := []codecFrame{{"radiograph 1760×2140", dicomtest.ChestRadiograph(of, body, 2140, 1760), 10}}
	for f := range dicomtest.CT(dicomtest.CTParams{Study: of, Body: body, Slices: 1}) {
		material = append(material, codecFrame{"CT 512×512", f, 100})
	}
	return material
}

// encodedFrames are the same frame again and again.
type encodedFrames struct {
	image  *codec.Image
	stream []byte
	count  int
	// encoded and native are files of all the frames.
	encoded, native string
	dir             string
}

func (f encodedFrames) megabytes() float64 {
	return float64(2*len(f.image.Pix16)*f.count) / 1e6
}

// encoded encodes the frame and writes the files for the peers.
func (b *bench) encoded(ctx context.Context, c codecRow, m codecFrame) (f encodedFrames, err error) {
	frame, err := m.file.Frame(ctx, 0)
	if err != nil {
		return f, err
	}
	f.count = m.count
	f.image = &codec.Image{Rows: frame.Rows, Columns: frame.Columns, Components: 1, Bits: 16, Pix16: frame.Pix16}
	if f.stream, err = c.encode(b, ctx, f.image); err != nil {
		return f, err
	}
	if f.dir, err = b.folder("codec"); err != nil {
		return f, err
	}
	f.encoded, f.native = filepath.Join(f.dir, "encoded.dcm"), filepath.Join(f.dir, "native.dcm")
	object := &dicom.File{Meta: dicom.NewDataSet(), DataSet: multiframe(f.image), TransferSyntax: c.syntax}
	object.SetEncodedFrames(repeated(f.stream, f.count)...)
	if err := writeFile(f.encoded, object); err != nil {
		return f, err
	}
	object = &dicom.File{Meta: dicom.NewDataSet(), DataSet: multiframe(f.image), TransferSyntax: dicom.ExplicitVRLittleEndian}
	object.SetPixelData(repeated(nativeBytes(f.image), f.count)...)
	return f, writeFile(f.native, object)
}

// multiframe is a multi-frame word secondary capture (PS3.3 A.8.4) without its pixels.
func multiframe(m *codec.Image) *dicom.DataSet {
	d := dicom.NewDataSet()
	d.SetUID(dicom.SOPClassUID, "1.2.840.10008.5.1.4.1.1.7.3")
	d.SetUID(dicom.SOPInstanceUID, dicom.DeriveUID("bench codec instance"))
	d.SetUID(dicom.StudyInstanceUID, dicom.DeriveUID("bench codec study"))
	d.SetUID(dicom.SeriesInstanceUID, dicom.DeriveUID("bench codec series"))
	d.SetString(dicom.PhotometricInterpretation, "MONOCHROME2")
	d.SetInt(dicom.SamplesPerPixel, 1)
	d.SetInt(dicom.Rows, m.Rows)
	d.SetInt(dicom.Columns, m.Columns)
	d.SetInt(dicom.BitsAllocated, 16)
	d.SetInt(dicom.BitsStored, 16)
	d.SetInt(dicom.HighBit, 15)
	d.SetInt(dicom.PixelRepresentation, 0)
	return d
}

func repeated(b []byte, n int) (frames [][]byte) {
	for range n {
		frames = append(frames, b)
	}
	return frames
}

func nativeBytes(m *codec.Image) []byte {
	out := make([]byte, 0, 2*len(m.Pix16))
	for _, v := range m.Pix16 {
		out = binary.LittleEndian.AppendUint16(out, v)
	}
	return out
}

func writeFile(path string, f *dicom.File) (err error) {
	out, err := os.Create(path)
	if err != nil {
		return err
	}
	defer func() {
		if closed := out.Close(); err == nil {
			err = closed
		}
	}()
	return f.Write(out)
}
