package pixel

import (
	"errors"
	"fmt"

	"eris/dicom"
	"eris/viewer/lut"
)

// ErrShape says that a frame's sizes and its samples do not belong together.
var ErrShape = errors.New("samples do not fill the frame")

// signedOffset makes 16 bit signed values countable from 0.
const signedOffset = 1 << 15

// Image is one decoded frame. Exactly one of Gray and RGB is set, rows from
// the top: Gray has Columns·Rows indices, RGB three bytes per pixel.
type Image struct {
	Columns, Rows int
	Gray          []uint16
	RGB           []uint8
	// Offset added to a stored value gives its index in Gray.
	Offset int
	// Low and High bound the indices in Gray that are not padding; Low > High
	// when there is none.
	Low, High uint16
	// Padded reports that at least one pixel is padding.
	Padded  bool
	Meaning Meaning
}

// Meaning is what the header says about the samples of a frame.
type Meaning struct {
	Rescale     lut.Rescale
	Units       string     // "HU", "" when unknown
	Padding     *lut.Range // stored values that mean no pixel, nil when none
	Monochrome1 bool
	Palette     *Palette // for PALETTE COLOR
}

// New takes over the samples of a decoded frame: 16-bit gray ones are changed
// where they lie, so the caller must not use f afterwards. Errors: ErrShape,
// dicom.ErrUnsupported for a photometric interpretation it cannot show.
func New(f *dicom.Frame, m Meaning) (*Image, error) {
	samples := max(len(f.Pix8), len(f.Pix16))
	if f.Rows <= 0 || f.Columns <= 0 || f.SamplesPerPixel <= 0 || samples/f.SamplesPerPixel/f.Columns < f.Rows {
		return nil, fmt.Errorf("%w: %d×%d×%d from %d samples", ErrShape, f.Columns, f.Rows, f.SamplesPerPixel, samples)
	}
	img := &Image{Columns: f.Columns, Rows: f.Rows, Meaning: m}
	if f.SamplesPerPixel > 1 || f.PhotometricInterpretation == "PALETTE COLOR" {
		return img, img.takeColor(f)
	}
	img.takeGray(f)
	return img, nil
}

// Bytes is the size of the samples in memory.
func (m *Image) Bytes() int64 { return int64(2*len(m.Gray) + len(m.RGB)) }

// takeGray makes gray samples indices and notes their bounds. 16-bit samples
// keep their memory: a copy per frame would be most of what scrolling leaves
// to the garbage collector.
func (m *Image) takeGray(f *dicom.Frame) {
	n := f.Columns * f.Rows
	if f.Signed {
		m.Offset = signedOffset
	}
	if f.Pix8 == nil {
		m.Gray = f.Pix16[:n:n]
	} else {
		m.Gray = widened(f.Pix8[:n])
	}
	switch {
	case f.Pix8 == nil && f.BitsStored >= 16:
		m.flip(uint16(m.Offset))
	case !f.Signed && f.Pix8 != nil && f.BitsStored >= 8:
	default:
		m.part(f)
	}
	m.bound()
}

func widened(bytes []uint8) []uint16 {
	words := make([]uint16, len(bytes))
	for i, v := range bytes {
		words[i] = uint16(v)
	}
	return words
}

// flip turns samples that use all their bits into indices: flipping the top
// bit adds the offset of signed ones.
func (m *Image) flip(bit uint16) {
	if bit == 0 {
		return
	}
	for i := range m.Gray {
		m.Gray[i] ^= bit
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
	m.Offset = int(sign)
	for i, v := range m.Gray {
		m.Gray[i] = v>>shift&mask ^ sign
	}
}

// bound finds Low, High and Padded.
func (m *Image) bound() {
	low, high := m.PaddingIndices()
	m.Low, m.High = 0xFFFF, 0
	span := high - low // in uint32, so that no padding spans nothing
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
func (m *Image) PaddingIndices() (first, end uint32) {
	p := m.Meaning.Padding
	if p == nil || p.High+m.Offset < 0 || p.Low+m.Offset > 0xFFFF || p.High < p.Low {
		return 0, 0
	}
	return uint32(max(p.Low+m.Offset, 0)), uint32(min(p.High+m.Offset, 0xFFFF) + 1)
}

// Stored is the stored value of an index.
func (m *Image) Stored(index uint16) int { return int(index) - m.Offset }

// Inside reports whether the image has that pixel.
func (m *Image) Inside(column, row int) bool {
	return column >= 0 && row >= 0 && column < m.Columns && row < m.Rows
}

// At is the modality value of a pixel; ok is false outside the image, for
// padding and for color.
func (m *Image) At(column, row int) (value float64, ok bool) {
	if m.Gray == nil || !m.Inside(column, row) {
		return 0, false
	}
	stored := m.Stored(m.Gray[row*m.Columns+column])
	if m.Meaning.Padding != nil && m.Meaning.Padding.Holds(stored) {
		return 0, false
	}
	return m.Meaning.Rescale.Value(float64(stored)), true
}

// ColorAt are the red, green and blue of a pixel of a color image.
func (m *Image) ColorAt(column, row int) (rgb [3]uint8, ok bool) {
	if m.RGB == nil || !m.Inside(column, row) {
		return rgb, false
	}
	return [3]uint8(m.RGB[3*(row*m.Columns+column):]), true
}
