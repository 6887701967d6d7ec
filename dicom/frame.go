package dicom

import (
	"encoding/binary"
	"math"
	"slices"

	"eris/dicom/codec"
)

// Frame is the stored values of one frame (PS3.5 8), samples interleaved,
// rows from the top, colours not converted. Exactly one of Pix8, Pix16, Pix32,
// Float32 and Float64 is set; the whole numbers hold the bit pattern as
// allocated, see Value. One-bit pixels take a byte each, 12-bit cells 16 bits.
type Frame struct {
	Rows, Columns, SamplesPerPixel     int
	BitsAllocated, BitsStored, HighBit int
	Signed                             bool
	// PhotometricInterpretation describes the samples as they are here: a codec
	// that turned YBR into RGB says RGB, chrominance brought to every pixel YBR_FULL.
	PhotometricInterpretation string
	// Truncated says that the file ends within the frame; what is missing is 0.
	Truncated bool
	Pix8      []uint8
	Pix16     []uint16
	Pix32     []uint32
	Float32   []float32
	Float64   []float64
}

// Value is sample i as a whole number: masked to BitsStored below HighBit and
// sign-extended. Floating point samples are rounded.
func (f *Frame) Value(i int) int {
	var v uint32
	switch {
	case f.Pix8 != nil:
		v = uint32(f.Pix8[i])
	case f.Pix16 != nil:
		v = uint32(f.Pix16[i])
	case f.Pix32 != nil:
		v = f.Pix32[i]
	default:
		return int(math.Round(f.Float(i)))
	}
	v = v >> max(f.HighBit+1-f.BitsStored, 0) & uint32(1<<f.BitsStored-1)
	if f.Signed && v>>(f.BitsStored-1)&1 == 1 {
		return int(v) - 1<<f.BitsStored
	}
	return int(v)
}

// Float is sample i as a number, whatever its kind.
func (f *Frame) Float(i int) float64 {
	switch {
	case f.Float32 != nil:
		return float64(f.Float32[i])
	case f.Float64 != nil:
		return f.Float64[i]
	}
	return float64(f.Value(i))
}

// Samples is how many samples there are.
func (f *Frame) Samples() int {
	return len(f.Pix8) + len(f.Pix16) + len(f.Pix32) + len(f.Float32) + len(f.Float64)
}

// Bytes is the size of the samples in memory.
func (f *Frame) Bytes() int {
	return len(f.Pix8) + 2*len(f.Pix16) + 4*(len(f.Pix32)+len(f.Float32)) + 8*len(f.Float64)
}

// Raw is the samples as native little endian pixel data.
func (f *Frame) Raw() []byte {
	le := binary.LittleEndian
	out := slices.Grow([]byte(nil), f.Bytes())
	out = append(out, f.Pix8...)
	for _, v := range f.Pix16 {
		out = le.AppendUint16(out, v)
	}
	for _, v := range f.Pix32 {
		out = le.AppendUint32(out, v)
	}
	for _, v := range f.Float32 {
		out = le.AppendUint32(out, math.Float32bits(v))
	}
	for _, v := range f.Float64 {
		out = le.AppendUint64(out, math.Float64bits(v))
	}
	return out
}

// takeImage takes over what a codec decoded, in the words of the data set: the
// stream knows how many components it has, the data set how wide a sample lies.
func (m imageFormat) takeImage(img *codec.Image) *Frame {
	f := m.frame()
	f.SamplesPerPixel = img.Components
	f.Pix8, f.Pix16, f.Pix32 = img.Pix8, img.Pix16, img.Pix32
	f.BitsAllocated = 8 * codec.SampleBytes(img.Bits)
	switch {
	case m.allocated == 16 && img.Pix8 != nil:
		f.Pix8, f.Pix16, f.BitsAllocated = nil, widenedTo16(img.Pix8, img.Signed), 16
	case m.allocated == 32 && img.Pix32 == nil:
		f.Pix8, f.Pix16, f.Pix32, f.BitsAllocated = nil, nil, widenedTo32(img), 32
	}
	f.BitsStored = min(f.BitsStored, img.Bits)
	if f.HighBit >= img.Bits || f.HighBit < f.BitsStored-1 || m.allocated != f.BitsAllocated {
		f.HighBit = f.BitsStored - 1
	}
	f.PhotometricInterpretation = m.colour(img)
	return f
}

// colour names what the samples of a decoded image are: the stream's own word
// goes before the data set's.
func (m imageFormat) colour(img *codec.Image) string {
	switch {
	case img.Components == 1 && m.samples > 1:
		return "MONOCHROME2"
	case img.Colour == codec.RGB, img.Components == 3 && m.samples == 1:
		return "RGB"
	case img.Colour == codec.YCbCr, m.photometric == "YBR_FULL_422":
		return "YBR_FULL" // the codec has given every pixel its chrominance
	}
	return m.photometric
}

func widenedTo16(in []uint8, signed bool) []uint16 {
	out := make([]uint16, len(in))
	for i, v := range in {
		out[i] = uint16(v)
		if signed {
			out[i] = uint16(int16(int8(v)))
		}
	}
	return out
}

func widenedTo32(img *codec.Image) []uint32 {
	words := img.Pix16
	if img.Pix8 != nil {
		words = widenedTo16(img.Pix8, img.Signed)
	}
	out := make([]uint32, len(words))
	for i, v := range words {
		out[i] = uint32(v)
		if img.Signed {
			out[i] = uint32(int32(int16(v)))
		}
	}
	return out
}
