package viewer

import (
	"bytes"
	"context"
	"encoding/binary"
	"math"
	"slices"
	"testing"

	"eris/dicom"
)

// phantom is an image of one row with the given 16-bit samples.
func phantom(values ...uint16) *dicom.File {
	d := dicom.NewDataSet()
	d.SetString(dicom.PhotometricInterpretation, "MONOCHROME2")
	d.SetInt(dicom.SamplesPerPixel, 1)
	d.SetInt(dicom.Rows, 1)
	d.SetInt(dicom.Columns, len(values))
	d.SetInt(dicom.BitsAllocated, 16)
	d.SetInt(dicom.BitsStored, 16)
	d.SetInt(dicom.HighBit, 15)
	d.SetInt(dicom.PixelRepresentation, 0)
	f := &dicom.File{DataSet: d, TransferSyntax: dicom.ExplicitVRLittleEndian}
	f.SetPixelData(words(values...))
	return f
}

func words(values ...uint16) []byte {
	var b []byte
	for _, v := range values {
		b = binary.LittleEndian.AppendUint16(b, v)
	}
	return b
}

func numbersOf(d *dicom.DataSet, t dicom.Tag, values ...uint16) {
	d.Put(dicom.Element{Tag: t, VR: "US", Raw: words(values...)})
}

// lutItem is the item of a LUT sequence.
func lutItem(first uint16, bits uint16, entries ...uint16) *dicom.DataSet {
	item := dicom.NewDataSet()
	numbersOf(item, lutDescriptor, uint16(len(entries)), first, bits)
	numbersOf(item, lutData, entries...)
	return item
}

func frameOf(t *testing.T, f *dicom.File, frame int) *decoded {
	t.Helper()
	d, err := decode(t.Context(), f, frame)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// read are what measurements read in the first row; NaN where there is no value.
func read(d *decoded) (values []float64) {
	for x := range d.img.Columns {
		v, ok := d.img.At(x, 0)
		if !ok {
			v = math.NaN()
		}
		values = append(values, v)
	}
	return values
}

func grays(d *decoded) (g []uint8) {
	m := d.still(Still{})
	for x := range d.img.Columns {
		g = append(g, m.RGBAAt(x, 0).R)
	}
	return g
}

func sameValues(a, b []float64) bool {
	return slices.EqualFunc(a, b, func(x, y float64) bool {
		return math.Abs(x-y) < 1e-9 || math.IsNaN(x) && math.IsNaN(y)
	})
}

// rewritten is f after a way through bytes, where pixel data of every kind is found.
func rewritten(t *testing.T, f *dicom.File) *dicom.File {
	t.Helper()
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	again, err := dicom.Read(bytes.NewReader(b.Bytes()), int64(b.Len()), dicom.DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	return again
}

// square is an image of n×n pixels with value v, window 0 to 255.
func square(n int, v uint16) *dicom.File {
	f := phantom(slices.Repeat([]uint16{v}, n*n)...)
	f.SetInt(dicom.Rows, n)
	f.SetInt(dicom.Columns, n)
	f.SetFloat(dicom.WindowCenter, 128)
	f.SetFloat(dicom.WindowWidth, 256)
	return f
}

// picture are the grays of a still, a row a string of digits: 0 black, 9 white.
func picture(d *decoded) (rows []string) {
	m := d.still(Still{})
	for y := range m.Rect.Dy() {
		row := ""
		for x := range m.Rect.Dx() {
			row += string(rune('0' + int(m.RGBAAt(x, y).R)*9/255))
		}
		rows = append(rows, row)
	}
	return rows
}

type oneFile struct{ file *dicom.File }

func (o oneFile) Open(context.Context, dicom.UID) (*dicom.File, error) { return o.file, nil }
