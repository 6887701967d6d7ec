package viewer

import (
	"bytes"
	"image"
	"slices"
	"testing"

	"eris/dicom"
	"eris/dicom/codec"
	"eris/dicom/codec/jpeg2000"
)

// PS3.3 C.9.2: planes beside the pixels, out of the image, and in unused bits.
func TestOverlayPlanes(t *testing.T) {
	overlay := func(f *dicom.File, group uint16, rows, columns uint16, row, column int16, data []byte) {
		numbersOf(f.DataSet, dicom.NewTag(group, overlayRows), rows)
		numbersOf(f.DataSet, dicom.NewTag(group, overlayColumns), columns)
		f.Put(dicom.Element{Tag: dicom.NewTag(group, overlayOrigin), VR: "SS", Raw: words(uint16(row), uint16(column))})
		numbersOf(f.DataSet, dicom.NewTag(group, overlayBits), 1)
		numbersOf(f.DataSet, dicom.NewTag(group, overlayBit), 0)
		f.Put(dicom.Element{Tag: dicom.NewTag(group, overlayData), VR: "OW", Raw: data})
	}
	f := square(3, 0)
	overlay(f, 0x6000, 3, 3, 1, 1, []byte{0b00010001, 0b1})
	if got, want := picture(frameOf(t, f, 0)), []string{"900", "090", "009"}; !slices.Equal(got, want) {
		t.Errorf("in the plane: %v, want %v", got, want)
	}
	f = square(3, 0)
	overlay(f, 0x6002, 2, 2, 0, 3, []byte{0b1111, 0}) // begins above the image and ends beside it
	if got, want := picture(frameOf(t, f, 0)), []string{"009", "000", "000"}; !slices.Equal(got, want) {
		t.Errorf("out of bounds: %v, want %v", got, want)
	}
	f = square(2, 0)
	f.SetInt(dicom.BitsStored, 12)
	f.SetInt(dicom.HighBit, 11)
	f.SetPixelData(words(0x1000, 0, 0x00FF, 0x1001))
	numbersOf(f.DataSet, dicom.NewTag(0x6000, overlayRows), 2)
	numbersOf(f.DataSet, dicom.NewTag(0x6000, overlayColumns), 2)
	numbersOf(f.DataSet, dicom.NewTag(0x6000, overlayBits), 16)
	numbersOf(f.DataSet, dicom.NewTag(0x6000, overlayBit), 12)
	if got, want := picture(frameOf(t, f, 0)), []string{"90", "99"}; !slices.Equal(got, want) {
		t.Errorf("in the high bits: %v, want %v", got, want)
	}
}

// PS3.3 C.7.6.11: what lies outside of every aperture is covered.
func TestShutters(t *testing.T) {
	for name, c := range map[string]struct {
		with func(d *dicom.DataSet)
		want []string
	}{
		"rectangle": {func(d *dicom.DataSet) {
			d.SetString(shutterShape, "RECTANGULAR")
			for tag, v := range map[dicom.Tag]float64{shutterLeft: 2, shutterRight: 3, shutterUpper: 1, shutterLower: 4} {
				d.SetFloat(tag, v)
			}
		}, []string{"09900", "09900", "09900", "09900", "00000"}},
		"circle": {func(d *dicom.DataSet) {
			d.SetString(shutterShape, "CIRCULAR")
			d.SetFloat(shutterCenter, 3, 3)
			d.SetFloat(shutterRadius, 1.2)
		}, []string{"00000", "00900", "09990", "00900", "00000"}},
		"polygon and rectangle": {func(d *dicom.DataSet) {
			d.SetString(shutterShape, `RECTANGULAR\POLYGONAL`)
			d.SetFloat(shutterVertices, 0, 0, 0, 6, 6, 0)
			for tag, v := range map[dicom.Tag]float64{shutterLeft: 1, shutterRight: 5, shutterUpper: 2, shutterLower: 5} {
				d.SetFloat(tag, v)
			}
			numbersOf(d, shutterValue, 0x8000)
		}, []string{"44444", "99944", "99444", "94444", "44444"}},
		"bitmap": {func(d *dicom.DataSet) {
			d.SetString(shutterShape, "BITMAP")
			numbersOf(d, shutterOverlay, 0x6000)
			numbersOf(d, dicom.NewTag(0x6000, overlayRows), 5)
			numbersOf(d, dicom.NewTag(0x6000, overlayColumns), 5)
			d.Put(dicom.Element{Tag: dicom.NewTag(0x6000, overlayData), VR: "OW", Raw: []byte{0b11111, 0, 0, 0}})
		}, []string{"00000", "99999", "99999", "99999", "99999"}},
	} {
		f := square(5, 255)
		c.with(f.DataSet)
		if got := picture(frameOf(t, f, 0)); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

func TestAStillOfAnotherSizeKeepsTheShape(t *testing.T) {
	f := square(2, 255)
	f.SetString(dicom.PixelAspectRatio, `1\2`) // a pixel is twice as wide as high
	m := frameOf(t, f, 0).still(Still{Size: image.Pt(40, 40)})
	if m.RGBAAt(20, 9).R != 0 || m.RGBAAt(20, 11).R != 255 || m.RGBAAt(1, 20).R != 255 {
		t.Errorf("not twice as wide as high: %v %v %v", m.RGBAAt(20, 9), m.RGBAAt(20, 11), m.RGBAAt(1, 20))
	}
}

// ramp is n by n pixels, as JPEG 2000 and plain, with an overlay over the upper half.
func ramp(t *testing.T, n int) (packed, plain *dicom.File) {
	t.Helper()
	m := codec.NewImage(n, n, 1, 16, false)
	for i := range m.Pix16 {
		m.Pix16[i] = uint16(i%n/2 + i/n/4)
	}
	stream, err := jpeg2000.Encode(m, jpeg2000.EncodeOptions{})
	if err != nil {
		t.Fatal(err)
	}
	packed, plain = square(n, 0), square(n, 0)
	for _, f := range []*dicom.File{packed, plain} {
		numbersOf(f.DataSet, dicom.NewTag(0x6000, overlayRows), uint16(n/2))
		numbersOf(f.DataSet, dicom.NewTag(0x6000, overlayColumns), uint16(n))
		f.Put(dicom.Element{Tag: dicom.NewTag(0x6000, overlayData), VR: "OW", Raw: bytes.Repeat([]byte{0xFF}, n*n/16)})
	}
	packed.TransferSyntax = dicom.JPEG2000Lossless
	packed.SetEncodedFrames(stream)
	plain.SetPixelData(words(m.Pix16...))
	return packed, plain
}

// A thumbnail of a big JPEG 2000 frame is decoded small, and still has its
// overlay in place.
func TestAThumbnailNeedsNoDetail(t *testing.T) {
	const n = 512
	packed, plain := ramp(t, n)
	small, err := decodeTo(t.Context(), packed, 0, 100)
	if err != nil || small.img.Columns != n/4 {
		t.Fatalf("decoded to %d columns: %v", small.img.Columns, err)
	}
	want, err := Thumbnail(t.Context(), plain, 0, 100)
	if err != nil {
		t.Fatal(err)
	}
	got, err := Thumbnail(t.Context(), packed, 0, 100)
	if err != nil {
		t.Fatal(err)
	}
	for y := range 100 {
		for x := range 100 {
			if d := int(got.RGBAAt(x, y).R) - int(want.RGBAAt(x, y).R); d < -12 || d > 12 {
				t.Fatalf("at (%d,%d): %d, want %d", x, y, got.RGBAAt(x, y).R, want.RGBAAt(x, y).R)
			}
		}
	}
}

// Of a big JPEG 2000 frame there is a picture before all of it is decoded: the
// same picture, coarser, that measures nothing.
func TestABigFrameIsSketchedFirst(t *testing.T) {
	const n = 1500
	file, _ := ramp(t, n)
	var s *Session
	var first *image.RGBA
	size, told, begin := image.Pt(300, 300), make(chan struct{}, 8), make(chan struct{})
	s = New(Params{Loader: oneFile{file}, Viewports: 1, Workers: 1, Changed: func() {
		<-begin
		if first == nil && s.Viewport(0).Status == Loading {
			first = s.Picture(0, size)
		}
		told <- struct{}{}
	}})
	defer s.Close(t.Context())
	s.Show(0, Stack{Frames: []Frame{{SOPInstanceUID: "2.25.1", Rows: n, Columns: n}}}, NoRole)
	close(begin)
	for s.Viewport(0).Status == Loading {
		<-told
	}
	last := s.Picture(0, size)
	if first == nil {
		t.Fatal("nothing was to be seen before the whole frame")
	}
	for _, at := range []image.Point{{40, 40}, {8, 155}, {12, 160}, {250, 200}} {
		if d := int(first.RGBAAt(at.X, at.Y).R) - int(last.RGBAAt(at.X, at.Y).R); d < -12 || d > 12 {
			t.Errorf("at %v: %v first, then %v", at, first.RGBAAt(at.X, at.Y), last.RGBAAt(at.X, at.Y))
		}
	}
}
