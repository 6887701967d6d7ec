package dicom

import (
	"bytes"
	"compress/flate"
	"context"
	"encoding/binary"
	"errors"
	stdimage "image"
	"image/color"
	stdjpeg "image/jpeg"
	"slices"
	"testing"

	"eris/dicom/codec"
	"eris/dicom/codec/jpeg"
	"eris/dicom/codec/rle"
)

func frameOf(t *testing.T, f *File, i int) *Frame {
	t.Helper()
	frame, err := readBytes(t, written(t, f)).Frame(context.Background(), i)
	if err != nil {
		t.Fatal(err)
	}
	return frame
}

func colourImage(t *testing.T, rows, columns int, photometric string, planar int) *File {
	f := image(t, rows, columns, 8)
	f.SetInt(SamplesPerPixel, 3)
	f.SetString(PhotometricInterpretation, photometric)
	f.SetInt(PlanarConfiguration, planar)
	return f
}

func TestNativeFrames(t *testing.T) {
	f := image(t, 2, 3, 16)
	f.SetInt(NumberOfFrames, 2)
	f.SetPixelData(gradient(6), gradient(12)[12:])
	if f.NumberOfFrames() != 2 {
		t.Fatalf("%d frames", f.NumberOfFrames())
	}
	if got := frameOf(t, f, 1).Pix16; !slices.Equal(got, []uint16{42, 49, 56, 63, 70, 77}) {
		t.Errorf("second frame %v", got)
	}
	if _, err := f.Frame(context.Background(), 2); !errors.Is(err, ErrCorrupt) {
		t.Errorf("third frame: %v", err)
	}
}

func TestPlanesBecomePixels(t *testing.T) {
	f := colourImage(t, 1, 2, "RGB", 1)
	f.SetPixelData([]byte{1, 2, 11, 12, 21, 22})
	if got := frameOf(t, f, 0); !slices.Equal(got.Pix8, []uint8{1, 11, 21, 2, 12, 22}) {
		t.Errorf("planes gave %v", got.Pix8)
	}
	f = colourImage(t, 1, 2, "RGB", 0)
	f.SetPixelData([]byte{1, 11, 21, 2, 12, 22})
	if got := frameOf(t, f, 0); !slices.Equal(got.Pix8, []uint8{1, 11, 21, 2, 12, 22}) {
		t.Errorf("pixels gave %v", got.Pix8)
	}
}

// PS3.3 C.7.6.3.1.2: YBR_FULL_422 has one chrominance for two columns.
func TestChrominanceReachesEveryPixel(t *testing.T) {
	f := colourImage(t, 1, 3, "YBR_FULL_422", 0)
	f.SetPixelData([]byte{76, 76, 85, 255, 29, 0, 255, 107})
	got := frameOf(t, f, 0)
	if want := []uint8{76, 85, 255, 76, 85, 255, 29, 255, 107}; got.PhotometricInterpretation != "YBR_FULL" || !slices.Equal(got.Pix8, want) {
		t.Errorf("%s %v, want %v", got.PhotometricInterpretation, got.Pix8, want)
	}
}

// PS3.5 8.1.1: cells of 12 bits follow each other, the first in the lower bits.
func TestTwelveBitCells(t *testing.T) {
	f := image(t, 1, 3, 12)
	f.SetInt(BitsStored, 12)
	f.SetInt(HighBit, 11)
	f.SetInt(NumberOfFrames, 2)
	f.SetPixelData([]byte{0x23, 0x61, 0x45, 0x89, 0xC7, 0xAB, 0xEF, 0x1D, 0xFF})
	f.SetInt(NumberOfFrames, 2)
	for i, want := range [][]uint16{{0x123, 0x456, 0x789}, {0xABC, 0xDEF, 0xFF1}} {
		if got := frameOf(t, f, i).Pix16; !slices.Equal(got, want) {
			t.Errorf("frame %d is %03X, want %03X", i, got, want)
		}
	}
}

func TestWideAndFloatingSamples(t *testing.T) {
	f := image(t, 1, 2, 32)
	f.SetInt(BitsStored, 32)
	f.SetInt(HighBit, 31)
	f.SetPixelData([]byte{1, 0, 0, 0x80, 2, 0, 0, 0})
	if got := frameOf(t, f, 0); !slices.Equal(got.Pix32, []uint32{0x80000001, 2}) || got.Value(0) != 0x80000001 {
		t.Errorf("32 bits: %x", got.Pix32)
	}
	f = image(t, 1, 2, 32)
	f.Put(Element{Tag: FloatPixelData, VR: "OF", Raw: []byte{0, 0, 0xC0, 0x3F, 0, 0, 0x20, 0xC1}})
	if got := frameOf(t, f, 0); !slices.Equal(got.Float32, []float32{1.5, -10}) || got.Float(1) != -10 || got.Value(1) != -10 {
		t.Errorf("floats: %v", got.Float32)
	}
	f.Remove(FloatPixelData)
	f.Put(Element{Tag: DoubleFloatPixelData, VR: "OD", Raw: binary.LittleEndian.AppendUint64(make([]byte, 8), 0x3FF8000000000000)})
	if got := frameOf(t, f, 0); !slices.Equal(got.Float64, []float64{0, 1.5}) {
		t.Errorf("doubles: %v", got.Float64)
	}
}

// A frame that the file cuts short is shown as far as it goes, and marked.
func TestTruncatedFrame(t *testing.T) {
	f := image(t, 2, 3, 16)
	f.SetPixelData(gradient(4))
	got := frameOf(t, f, 0)
	if !got.Truncated || !slices.Equal(got.Pix16, []uint16{0, 7, 14, 21, 0, 0}) {
		t.Errorf("truncated %v: %v", got.Truncated, got.Pix16)
	}
}

func TestPrivateBigEndianPixels(t *testing.T) {
	f := image(t, 1, 2, 16)
	f.SetPixelData([]byte{0x12, 0x34, 0x56, 0x78})
	f.TransferSyntax = GEPrivateImplicitVRLittleEndian
	b := append(f.DataSet.encode(nil, coding{}), appendHead(nil, PixelData, "OW", 4, coding{})...)
	got := readBytes(t, part10Bytes(f.TransferSyntax, append(b, 0x12, 0x34, 0x56, 0x78)))
	frame, err := got.Frame(context.Background(), 0)
	if err != nil || !slices.Equal(frame.Pix16, []uint16{0x1234, 0x5678}) {
		t.Errorf("%v %v", frame, err)
	}
}

func TestDeflatedFrames(t *testing.T) {
	f := image(t, 2, 3, 16)
	f.TransferSyntax = DeflatedImageFrame
	var packed [2][]byte
	for i := range packed {
		var b bytes.Buffer
		w, _ := flate.NewWriter(&b, 9)
		w.Write(gradient(12)[12*i:][:12])
		w.Close()
		packed[i] = b.Bytes()
	}
	f.SetEncodedFrames(packed[0], packed[1])
	if got := frameOf(t, f, 1).Pix16; !slices.Equal(got, []uint16{42, 49, 56, 63, 70, 77}) {
		t.Errorf("second frame %v", got)
	}
	f.SetEncodedFrames(packed[0][:3])
	if _, err := f.Frame(context.Background(), 0); !errors.Is(err, ErrCorrupt) {
		t.Errorf("cut: %v", err)
	}
}

func TestOneBitFramesLieBitByBit(t *testing.T) {
	f := image(t, 1, 5, 1)
	f.SetInt(NumberOfFrames, 3)
	f.SetPixelData([]byte{0b10110101, 0b01001010})
	f.SetInt(NumberOfFrames, 3)
	want := [][]uint8{{1, 0, 1, 0, 1}, {1, 0, 1, 0, 1}, {0, 1, 0, 0, 1}}
	for i := range want {
		if got := frameOf(t, f, i).Pix8; !slices.Equal(got, want[i]) {
			t.Errorf("frame %d is %v, want %v", i, got, want[i])
		}
	}
}

func TestFrameValue(t *testing.T) {
	tests := []struct {
		frame Frame
		want  int
	}{
		{Frame{BitsStored: 12, HighBit: 11, Signed: true, Pix16: []uint16{0x0FFF}}, -1},
		{Frame{BitsStored: 12, HighBit: 11, Signed: true, Pix16: []uint16{0xF7FF}}, 2047},
		{Frame{BitsStored: 12, HighBit: 11, Pix16: []uint16{0xFFFF}}, 4095},
		{Frame{BitsStored: 12, HighBit: 15, Pix16: []uint16{0x123F}}, 0x123},
		{Frame{BitsStored: 16, HighBit: 15, Signed: true, Pix16: []uint16{0x8000}}, -32768},
		{Frame{BitsStored: 8, HighBit: 7, Pix8: []uint8{200}}, 200},
		{Frame{BitsStored: 8, HighBit: 7, Signed: true, Pix8: []uint8{200}}, -56},
	}
	for _, tc := range tests {
		if got := tc.frame.Value(0); got != tc.want {
			t.Errorf("%+v is %d, want %d", tc.frame, got, tc.want)
		}
	}
}

func TestHugeSizesAreRefusedBeforeMemory(t *testing.T) {
	f := image(t, 65535, 65535, 16)
	f.SetPixelData([]byte{1, 2})
	if _, err := f.Frame(context.Background(), 0); !errors.Is(err, ErrLimit) {
		t.Errorf("65535 × 65535: %v", err)
	}
	f = image(t, 4000, 4000, 16)
	f.SetPixelData([]byte{1, 2})
	if _, err := f.Frame(context.Background(), 0); !errors.Is(err, ErrCorrupt) {
		t.Errorf("4000 × 4000 in two bytes: %v", err)
	}
	f.TransferSyntax = RLELossless
	f.SetEncodedFrames(make([]byte, 64))
	if _, err := f.Frame(context.Background(), 0); !errors.Is(err, ErrCorrupt) {
		t.Errorf("empty RLE: %v", err)
	}
}

func TestSyntaxesWithoutDecoderAreNamed(t *testing.T) {
	f := image(t, 2, 2, 16)
	f.TransferSyntax = "1.2.840.10008.1.2.4.102"
	f.SetEncodedFrames([]byte{1, 2, 3})
	_, err := f.Frame(context.Background(), 0)
	var unsupported *UnsupportedSyntaxError
	if !errors.As(err, &unsupported) || !errors.Is(err, ErrUnsupported) || unsupported.Syntax != f.TransferSyntax {
		t.Errorf("%v", err)
	}
	if got := JPEG2000Lossless.Name(); got != "JPEG 2000 Lossless (1.2.840.10008.1.2.4.90)" {
		t.Errorf("name %q", got)
	}
}

func TestCancelledFrame(t *testing.T) {
	f := image(t, 1, 1, 8)
	f.SetPixelData([]byte{1})
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := f.Frame(ctx, 0); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

func TestRLEFrames(t *testing.T) {
	f := image(t, 4, 5, 16)
	f.TransferSyntax = RLELossless
	packed, err := rle.Encode(gradient(20), rle.Layout{Rows: 4, Columns: 5, Samples: 1, Bytes: 2})
	if err != nil {
		t.Fatal(err)
	}
	f.SetEncodedFrames(packed, packed)
	got := frameOf(t, f, 1)
	for i := range 20 {
		if got.Value(i) != i*7 {
			t.Fatalf("sample %d is %d", i, got.Value(i))
		}
	}
}

func jpegBytes(t *testing.T, m stdimage.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := stdjpeg.Encode(&b, m, &stdjpeg.Options{Quality: 100}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestJPEGBaselineFrames(t *testing.T) {
	gray := stdimage.NewGray(stdimage.Rect(0, 0, 16, 8))
	red := stdimage.NewRGBA(stdimage.Rect(0, 0, 16, 8))
	for i := range gray.Pix {
		gray.Pix[i] = 90
		copy(red.Pix[4*i:], []uint8{200, 10, 10, 255})
	}
	f := image(t, 8, 16, 8)
	f.TransferSyntax = JPEGBaseline8Bit
	f.SetEncodedFrames(jpegBytes(t, gray))
	if got := frameOf(t, f, 0); got.SamplesPerPixel != 1 || got.Value(20) != 90 || len(got.Pix8) != 128 {
		t.Errorf("gray %+v", got)
	}
	f = colourImage(t, 8, 16, "YBR_FULL_422", 0)
	f.TransferSyntax = JPEGBaseline8Bit
	f.SetEncodedFrames(jpegBytes(t, red))
	got := frameOf(t, f, 0)
	y, cb, cr := color.RGBToYCbCr(200, 10, 10)
	if got.PhotometricInterpretation != "YBR_FULL" || got.Pix8[0] != y || got.Pix8[1] != cb || got.Pix8[2] != cr {
		t.Errorf("colour %s %v", got.PhotometricInterpretation, got.Pix8[:3])
	}
	f.SetInt(Rows, 9)
	if _, err := f.Frame(context.Background(), 0); !errors.Is(err, ErrCorrupt) {
		t.Errorf("other size: %v", err)
	}
}

func losslessBytes(t *testing.T, m *codec.Image) []byte {
	t.Helper()
	b, err := jpeg.EncodeLossless(m, jpeg.LosslessParams{})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestJPEGLosslessFrames(t *testing.T) {
	m := codec.NewImage(2, 2, 1, 16, false)
	copy(m.Pix16, []uint16{0xFFFF, 0x8000, 0, 1000})
	f := image(t, 2, 2, 16)
	f.TransferSyntax = JPEGLosslessSV1
	f.SetInt(PixelRepresentation, 1)
	f.SetEncodedFrames(losslessBytes(t, m))
	got := frameOf(t, f, 0)
	for i, want := range []int{-1, -32768, 0, 1000} {
		if got.Value(i) != want {
			t.Errorf("sample %d is %d, want %d", i, got.Value(i), want)
		}
	}
	f.SetInt(BitsStored, 12) // of a stream of 16 bits
	f.SetInt(HighBit, 11)
	if got := frameOf(t, f, 0); got.BitsStored != 12 || got.Value(0) != -1 || got.Value(1) != 0 {
		t.Errorf("12 of 16 bits: %d bits, %d and %d", got.BitsStored, got.Value(0), got.Value(1))
	}
	m = codec.NewImage(2, 2, 1, 10, false)
	copy(m.Pix16, []uint16{1023, 0, 512, 7})
	f.SetInt(BitsStored, 16)
	f.SetInt(HighBit, 15)
	f.SetEncodedFrames(losslessBytes(t, m))
	if got := frameOf(t, f, 0); got.BitsStored != 10 || got.HighBit != 9 || got.Value(0) != -1 {
		t.Errorf("a stream of 10 bits: %d below bit %d, %d", got.BitsStored, got.HighBit, got.Value(0))
	}
}

func TestJPEGLosslessColour(t *testing.T) {
	m := codec.NewImage(1, 2, 3, 8, false)
	copy(m.Pix8, []uint8{76, 85, 255, 10, 128, 128})
	for _, photometric := range []string{"RGB", "YBR_FULL"} {
		f := colourImage(t, 1, 2, photometric, 0)
		f.TransferSyntax = JPEGLossless
		f.SetEncodedFrames(losslessBytes(t, m))
		got := frameOf(t, f, 0)
		if !slices.Equal(got.Pix8, m.Pix8) || got.PhotometricInterpretation != photometric || got.SamplesPerPixel != 3 {
			t.Errorf("%s: %s %v, want %v", photometric, got.PhotometricInterpretation, got.Pix8, m.Pix8)
		}
	}
}

// fragmented is a data set whose pixel data has the given offset table and fragments.
func fragmented(t *testing.T, frames int, table []uint32, fragments ...[]byte) *File {
	f := image(t, 1, 1, 8)
	f.TransferSyntax = JPEGBaseline8Bit
	f.SetInt(NumberOfFrames, frames)
	c := coding{explicit: true}
	b := appendHead(f.DataSet.encode(nil, c), PixelData, "OB", undefined, c)
	b = appendItemHead(b, itemTag, uint32(4*len(table)))
	for _, off := range table {
		b = binary.LittleEndian.AppendUint32(b, off)
	}
	for _, fragment := range fragments {
		b = append(appendItemHead(b, itemTag, uint32(len(fragment))), fragment...)
	}
	return readBytes(t, part10Bytes(f.TransferSyntax, appendItemHead(b, sequenceDelimiter, 0)))
}

// extended gives f an extended offset table.
func extended(f *File, offsets ...uint64) *File {
	var raw []byte
	for _, off := range offsets {
		raw = binary.LittleEndian.AppendUint64(raw, off)
	}
	f.Put(Element{Tag: ExtendedOffsetTable, VR: "OV", Raw: raw})
	return f
}

func TestFragmentsFindTheirFrames(t *testing.T) {
	soi, more := []byte("\xFF\xD8\xFFa"), []byte("cdef")
	tests := map[string]struct {
		file *File
		want []string
	}{
		"one each":               {fragmented(t, 2, nil, []byte("ab"), []byte("cd")), []string{"ab", "cd"}},
		"one frame in three":     {fragmented(t, 1, nil, []byte("ab"), []byte("cd"), []byte("ef")), []string{"abcdef"}},
		"by the table":           {fragmented(t, 2, []uint32{0, 20}, []byte("ab"), []byte("cd"), []byte("ef")), []string{"abcd", "ef"}},
		"wrong table, by marks":  {fragmented(t, 2, []uint32{0, 7}, soi, more, soi), []string{"\xFF\xD8\xFFacdef", "\xFF\xD8\xFFa"}},
		"no table, by marks":     {fragmented(t, 2, nil, soi, soi, more), []string{"\xFF\xD8\xFFa", "\xFF\xD8\xFFacdef"}},
		"fewer than declared":    {fragmented(t, 5, nil, []byte("ab"), []byte("cd")), []string{"ab", "cd"}},
		"table of another count": {fragmented(t, 2, []uint32{0}, []byte("ab"), []byte("cd")), []string{"ab", "cd"}},
		"more than declared":     {fragmented(t, 2, nil, soi, soi, soi), []string{string(soi), string(soi), string(soi)}},
		"table says more":        {fragmented(t, 1, []uint32{0, 12}, soi, soi), []string{string(soi), string(soi)}},
		"table into the middle":  {fragmented(t, 2, []uint32{0, 12}, soi, more, soi), []string{"\xFF\xD8\xFFacdef", "\xFF\xD8\xFFa"}},
		"extended table":         {extended(fragmented(t, 2, nil, []byte("ab"), []byte("cd"), []byte("ef")), 0, 20), []string{"abcd", "ef"}},
	}
	for name, tc := range tests {
		if tc.file.NumberOfFrames() != len(tc.want) {
			t.Errorf("%s: %d frames, want %d", name, tc.file.NumberOfFrames(), len(tc.want))
			continue
		}
		for i, want := range tc.want {
			if got, err := tc.file.EncodedFrame(i); err != nil || string(got) != want {
				t.Errorf("%s: frame %d is %q, %v", name, i, got, err)
			}
		}
	}
	lost := fragmented(t, 2, nil, []byte("ab"), []byte("cd"), []byte("ef"))
	if _, err := lost.EncodedFrame(0); !errors.Is(err, ErrCorrupt) {
		t.Errorf("frames that cannot be told apart: %v", err)
	}
}

func TestDecodableSyntaxesAreDecodable(t *testing.T) {
	list := DecodableSyntaxes()
	for _, s := range list {
		if !Decodable(s) {
			t.Errorf("%s is listed and not decodable", s.Name())
		}
	}
	if len(list) < 6 || !slices.IsSorted(list) || Decodable("1.2.840.10008.1.2.4.102") {
		t.Errorf("list %v", list)
	}
}
