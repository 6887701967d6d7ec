package viewer

import (
	"bytes"
	"encoding/binary"
	"errors"
	"image"
	"math"
	"testing"
	"time"

	"eris/dicom"
	"eris/viewer/lut"
)

// Numbers that no image has neither stop the program nor take its memory.
func TestHostileNumbersAreDrawn(t *testing.T) {
	curve, err := lut.GSDF(0.5, 300)
	if err != nil {
		t.Fatal(err)
	}
	for name, spoil := range map[string]func(f *dicom.File){
		"a polygon without end": func(f *dicom.File) {
			f.SetString(shutterShape, "POLYGONAL")
			f.SetFloat(shutterVertices, 1e308, 1, -1e308, 1, 1, 50)
		},
		"a circle without end": func(f *dicom.File) {
			f.SetString(shutterShape, "CIRCULAR")
			f.SetFloat(shutterCenter, 20, 1e308)
			f.SetFloat(shutterRadius, 1e308)
		},
		"a rescale without end": func(f *dicom.File) {
			f.SetFloat(dicom.RescaleSlope, 1e308)
			f.SetFloat(dicom.RescaleIntercept, -1e308)
		},
		"a VOI LUT far away": func(f *dicom.File) {
			f.SetFloat(dicom.RescaleSlope, 1e11)
			f.Remove(dicom.WindowCenter)
			f.SetItems(voiLUTSequence, lutItem(0, 8, 0, 255))
		},
		"doubles without end": func(f *dicom.File) {
			f.Remove(dicom.PixelData)
			raw := make([]byte, 0, 8*16)
			for i := range 16 {
				raw = binary.LittleEndian.AppendUint64(raw, math.Float64bits(1.7e308*float64(i%3-1)))
			}
			f.Put(dicom.Element{Tag: dicom.DoubleFloatPixelData, VR: "OD", Raw: raw})
		},
		"an overlay of noise far away": func(f *dicom.File) {
			numbersOf(f.DataSet, dicom.NewTag(0x6000, overlayRows), 4096)
			numbersOf(f.DataSet, dicom.NewTag(0x6000, overlayColumns), 4096)
			f.Put(dicom.Element{Tag: dicom.NewTag(0x6000, overlayOrigin), VR: "SS", Raw: words(0x8000, 0x7FFF)})
			f.Put(dicom.Element{Tag: dicom.NewTag(0x6000, overlayData), VR: "OW", Raw: bytes.Repeat([]byte{0x55}, 4096*512)})
		},
		"a palette of empty segments": func(f *dicom.File) {
			f.SetString(dicom.PhotometricInterpretation, "PALETTE COLOR")
			packed := make([]uint16, 0, 4*4096)
			for range 4096 {
				packed = append(packed, indirectSegment, 0xFFFF, 0, 0)
			}
			for i := range 3 {
				numbersOf(f.DataSet, redDescriptor+dicom.Tag(i), 256, 0, 16)
				f.Put(dicom.Element{Tag: redSegmented + dicom.Tag(i), VR: "OW", Raw: words(packed...)})
			}
		},
	} {
		f := square(4, 100)
		spoil(f)
		again := rewritten(t, f)
		d, err := decode(t.Context(), again, 0)
		if err != nil {
			if !errors.Is(err, ErrDecode) {
				t.Errorf("%s: %v", name, err)
			}
			continue
		}
		if n := d.bytes(); n > 1<<20 {
			t.Errorf("%s: %d bytes", name, n)
		}
		d.still(Still{Size: image.Pt(50, 50)})
		s := New(Params{Loader: oneFile{again}, Viewports: 1, Display: func() *lut.Display { return curve }})
		s.Show(0, Stack{Frames: []Frame{{SOPInstanceUID: "2.25.1", Rows: 4, Columns: 4}}}, NoRole)
		for s.Viewport(0).Status == Loading {
			time.Sleep(time.Millisecond)
		}
		if s.Picture(0, image.Pt(60, 40)) == nil {
			t.Errorf("%s: no picture", name)
		}
		s.Close(t.Context())
	}
}
