package pixel

import (
	"errors"
	"fmt"
	"math"

	"eris/dicom"
	"eris/viewer/lut"
)

// ErrShape says that a frame's sizes and its samples do not belong together.
var ErrShape = errors.New("samples do not fill the frame")

// Image is one decoded frame. Exactly one of Gray and RGB is set, rows from
// the top: Gray has Columns·Rows indices, RGB three bytes per pixel.
type Image struct {
	Columns, Rows int
	Gray          []uint16
	RGB           []uint8
	// Scale goes from an index in Gray to the stored value: a shift for samples
	// of up to 16 bits, a coarser scale for those of more.
	Scale lut.Rescale
	// Low and High bound the indices in Gray that are not padding; Low > High
	// when there is none.
	Low, High uint16
	// Padded reports that at least one pixel is padding.
	Padded  bool
	Meaning Meaning

	padFirst, padEnd uint32
	exact            []float64 // stored values that indices only approach, nil for none
}

// Meaning is what the header says about the samples of a frame.
type Meaning struct {
	// Rescale or, when it is set, Table goes from stored to modality values.
	Rescale lut.Rescale
	Table   *lut.Table
	Units   string // of modality values: "HU", "" when unknown
	// Real is what measurements read instead of modality values; nil for none.
	Real        *Real
	Padding     *lut.Range // stored values that mean no pixel, nil when none
	Monochrome1 bool
	Palette     *Palette // for PALETTE COLOR
}

// New takes over the samples of a decoded frame: 16-bit gray ones are changed
// where they lie, so the caller must not use f afterwards. Errors: ErrShape,
// dicom.ErrUnsupported for a photometric interpretation it cannot show.
func New(f *dicom.Frame, m Meaning) (*Image, error) {
	samples := f.Samples()
	if f.Rows <= 0 || f.Columns <= 0 || f.SamplesPerPixel <= 0 || samples/f.SamplesPerPixel/f.Columns < f.Rows {
		return nil, fmt.Errorf("%w: %d×%d×%d from %d samples", ErrShape, f.Columns, f.Rows, f.SamplesPerPixel, samples)
	}
	img := &Image{Columns: f.Columns, Rows: f.Rows, Meaning: m, Scale: lut.Identity()}
	switch {
	case f.SamplesPerPixel > 1 || f.PhotometricInterpretation == "PALETTE COLOR":
		return img, img.takeColor(f)
	case f.Pix8 == nil && f.Pix16 == nil:
		img.takeWide(f)
	default:
		img.takeGray(f)
	}
	img.applyTable()
	img.bound()
	return img, nil
}

// Bytes is the size of the samples in memory.
func (m *Image) Bytes() int64 { return int64(2*len(m.Gray) + len(m.RGB) + 8*len(m.exact)) }

// takeGray makes gray samples of up to 16 bits indices. 16-bit samples keep
// their memory: a copy per frame would be most of what scrolling leaves to the
// garbage collector.
func (m *Image) takeGray(f *dicom.Frame) {
	n := f.Columns * f.Rows
	if f.Pix8 == nil {
		m.Gray = f.Pix16[:n:n]
	} else {
		m.Gray = widened(f.Pix8[:n])
	}
	switch {
	case f.Pix8 == nil && f.BitsStored >= 16:
		if f.Signed {
			m.flip()
		}
	case !f.Signed && f.Pix8 != nil && f.BitsStored >= 8:
	default:
		m.part(f)
	}
	if p := m.Meaning.Padding; p != nil {
		m.padFirst, m.padEnd = m.indices(*p)
	}
}

// indices are the first index of a range of stored values and the one after its last.
func (m *Image) indices(r lut.Range) (first, end uint32) {
	low, high := math.Max(math.Ceil(r.Low-m.Scale.Intercept), 0), math.Min(math.Floor(r.High-m.Scale.Intercept), 0xFFFF)
	if !(low <= high) {
		return 0, 0
	}
	return uint32(low), uint32(high) + 1
}

func widened(bytes []uint8) []uint16 {
	words := make([]uint16, len(bytes))
	for i, v := range bytes {
		words[i] = uint16(v)
	}
	return words
}

// flip turns signed samples that use all their bits into indices: flipping the
// top bit adds 2^15.
func (m *Image) flip() {
	m.Scale.Intercept = -(1 << 15)
	for i := range m.Gray {
		m.Gray[i] ^= 1 << 15
	}
}

// part takes the samples' own bits of words shared with others (PS3.5 8.1.1).
func (m *Image) part(f *dicom.Frame) {
	stored := min(max(f.BitsStored, 1), 16)
	shift := uint(max(f.HighBit+1-stored, 0))
	mask, sign := uint16(1<<stored-1), uint16(0)
	if f.Signed {
		sign = 1 << (stored - 1)
	}
	// With its sign bit flipped, a value counts from 0 at -sign.
	m.Scale.Intercept = -float64(sign)
	for i, v := range m.Gray {
		m.Gray[i] = v>>shift&mask ^ sign
	}
}

// bound finds Low, High and Padded.
func (m *Image) bound() {
	m.Low, m.High = 0xFFFF, 0
	low, span := m.padFirst, m.padEnd-m.padFirst
	for _, v := range m.Gray {
		if uint32(v)-low < span {
			m.Padded = true
			continue
		}
		m.Low, m.High = min(m.Low, v), max(m.High, v)
	}
}

// PaddingIndices are the first index that is padding and the first after it
// that is not; equal when there is no padding.
func (m *Image) PaddingIndices() (first, end uint32) { return m.padFirst, m.padEnd }

// Line goes from an index to the modality value.
func (m *Image) Line() lut.Rescale { return m.Scale.Then(m.Meaning.Rescale) }

// padding reports an index that means no pixel.
func (m *Image) padding(index uint16) bool { return uint32(index)-m.padFirst < m.padEnd-m.padFirst }

// stored is the stored value of pixel i.
func (m *Image) stored(i int) float64 {
	if m.exact != nil {
		return m.exact[i]
	}
	return m.Scale.Value(float64(m.Gray[i]))
}

// Inside reports whether the image has that pixel.
func (m *Image) Inside(column, row int) bool {
	return column >= 0 && row >= 0 && column < m.Columns && row < m.Rows
}

// At is what a measurement reads in a pixel, see Units; ok is false outside
// the image, for padding and for color.
func (m *Image) At(column, row int) (value float64, ok bool) {
	if m.Gray == nil || !m.Inside(column, row) {
		return 0, false
	}
	i := row*m.Columns + column
	if m.padding(m.Gray[i]) {
		return 0, false
	}
	return m.read(m.stored(i))
}

// ColorAt are the red, green and blue of a pixel of a color image.
func (m *Image) ColorAt(column, row int) (rgb [3]uint8, ok bool) {
	if m.RGB == nil || !m.Inside(column, row) {
		return rgb, false
	}
	return [3]uint8(m.RGB[3*(row*m.Columns+column):]), true
}
