package dicom

import (
	"slices"
	"testing"

	"eris/dicom/codec"
	"eris/dicom/codec/jpeg2000"
)

// multiStream is a stream of n components of 16 bits; each tells its number.
func multiStream(t *testing.T, first, n int) []byte {
	t.Helper()
	m := codec.NewImage(64, 80, n, 16, false)
	for i := range m.Pix16 {
		m.Pix16[i] = uint16(1000*(first+i%n) + i/n%17)
	}
	b, err := jpeg2000.Encode(m, jpeg2000.EncodeOptions{Levels: 2})
	if err != nil {
		t.Fatal(err)
	}
	return append(b, make([]byte, len(b)&1)...)
}

// multiFile is an object of frames in the streams.
func multiFile(t *testing.T, syntax UID, frames, samples int, streams ...[]byte) *File {
	t.Helper()
	f := fragmented(t, frames, nil, streams...)
	f.TransferSyntax = syntax
	f.SetInt(Rows, 64)
	f.SetInt(Columns, 80)
	f.SetInt(BitsAllocated, 16)
	f.SetInt(BitsStored, 16)
	f.SetInt(HighBit, 15)
	f.SetInt(SamplesPerPixel, samples)
	if samples == 3 {
		f.SetString(PhotometricInterpretation, "RGB")
		f.SetInt(PlanarConfiguration, 0)
	}
	return f
}

// Frames may be components of fewer streams, and streams may be fragmented.
func TestFramesAreComponents(t *testing.T) {
	for name, samples := range map[string]int{"grey": 1, "colour": 3} {
		a, b := multiStream(t, 0, 4*samples), multiStream(t, 4*samples, 2*samples)
		cut := len(a) / 4 * 2
		f := multiFile(t, JPEG2000MCLossless, 6, samples, a[:cut], a[cut:], b)
		if n := f.NumberOfFrames(); n != 6 {
			t.Fatalf("%s: %d frames", name, n)
		}
		for i := range 6 {
			frame := frameOf(t, f, i)
			if frame.SamplesPerPixel != samples || len(frame.Pix16) != 64*80*samples {
				t.Fatalf("%s: %d samples a pixel, %d in all", name, frame.SamplesPerPixel, len(frame.Pix16))
			}
			for k, v := range frame.Pix16 {
				if want := 1000*(samples*i+k%samples) + k/samples%17; int(v) != want {
					t.Fatalf("%s, frame %d: sample %d is %d, not %d", name, i, k, v, want)
				}
			}
			small, err := f.Reduced(t.Context(), i, 40)
			if err != nil || small.Rows != 32 || len(small.Pix16) != 32*40*samples {
				t.Errorf("%s, frame %d reduced: %v", name, i, err)
			}
		}
		if _, err := f.Frame(t.Context(), 6); err == nil {
			t.Errorf("%s: there is a frame too many", name)
		}
	}
}

// A group of three grey frames is no colour image.
func TestThreeFramesAreNoColours(t *testing.T) {
	f := multiFile(t, JPEG2000MC, 3, 1, multiStream(t, 0, 3))
	frame := frameOf(t, f, 2)
	if frame.PhotometricInterpretation != "MONOCHROME2" || !slices.Contains(frame.Pix16, 2000) {
		t.Errorf("%s, from %d", frame.PhotometricInterpretation, frame.Pix16[0])
	}
}

// Where the components do not add up, and in other syntaxes, a stream is a frame.
func TestStreamsAreFrames(t *testing.T) {
	a, b := multiStream(t, 0, 1), multiStream(t, 1, 1)
	for name, f := range map[string]*File{
		"missing": multiFile(t, JPEG2000MC, 3, 1, a, b),
		"usual":   multiFile(t, JPEG2000MC, 2, 1, a, b),
		"part 1":  multiFile(t, JPEG2000, 4, 1, multiStream(t, 0, 2), multiStream(t, 2, 2)),
	} {
		if n := f.NumberOfFrames(); n != 2 {
			t.Errorf("%s: %d frames", name, n)
		}
	}
}
