package dicom

import (
	"fmt"
	"strings"
)

// maxFrameBytes bounds one decoded frame; a 16-bit mammogram has 30 MB.
const maxFrameBytes = 256 << 20

// imageFormat is the Image Pixel module of an object (PS3.3 C.7.6.3).
type imageFormat struct {
	rows, columns, samples     int
	allocated, stored, highBit int
	signed, planar             bool // planar: Planar Configuration 1
	photometric                string
	// float says that samples are floating point numbers (PS3.3 C.7.6.24, C.7.6.25).
	float bool
}

// format reads and checks the Image Pixel module.
func (f *File) format() (imageFormat, error) {
	m := imageFormat{
		rows: f.IntOr(Rows, 0), columns: f.IntOr(Columns, 0),
		samples:     f.IntOr(SamplesPerPixel, 1),
		allocated:   f.IntOr(BitsAllocated, 0),
		signed:      f.IntOr(PixelRepresentation, 0) == 1,
		planar:      f.IntOr(PlanarConfiguration, 0) == 1,
		photometric: f.String(PhotometricInterpretation),
	}
	if p := f.pixelData(); p != nil && p.tag != PixelData {
		m.float, m.allocated = true, floatBits[p.tag]
		m.stored, m.highBit = m.allocated, m.allocated-1
		return m, m.check()
	}
	if p := f.pixelData(); p != nil && !p.encapsulated && m.photometric == "YBR_PARTIAL_420" {
		// PS3.3 C.7.6.3.1.2 has it for video only, and nobody says how it would lie.
		return m, fmt.Errorf("%w: uncompressed YBR_PARTIAL_420", ErrUnsupported)
	}
	m.stored = f.IntOr(BitsStored, m.allocated)
	m.highBit = f.IntOr(HighBit, m.stored-1)
	return m, m.check()
}

// floatBits is how wide samples of floating point pixel data are.
var floatBits = map[Tag]int{FloatPixelData: 32, DoubleFloatPixelData: 64}

func (m imageFormat) check() error {
	switch {
	case m.rows <= 0 || m.columns <= 0:
		return fmt.Errorf("%w: image of %d rows and %d columns", ErrCorrupt, m.rows, m.columns)
	case m.samples < 1 || m.samples > 4:
		return fmt.Errorf("%w: %d samples per pixel", ErrUnsupported, m.samples)
	case !m.float && m.allocated != 1 && m.allocated != 8 && m.allocated != 12 && m.allocated != 16 && m.allocated != 32:
		return fmt.Errorf("%w: %d bits per sample", ErrUnsupported, m.allocated)
	case m.stored < 1 || m.stored > m.allocated || m.highBit < m.stored-1 || m.highBit >= m.allocated:
		return fmt.Errorf("%w: %d bits stored below bit %d of %d", ErrCorrupt, m.stored, m.highBit, m.allocated)
	case int64(m.rows)*int64(m.columns)*int64(m.samples)*int64((m.allocated+7)/8) > maxFrameBytes:
		return fmt.Errorf("%w: frame of %d rows and %d columns", ErrLimit, m.rows, m.columns)
	}
	return nil
}

// pixels is the number of pixels of a frame.
func (m imageFormat) pixels() int { return m.rows * m.columns }

// halved says that chrominance is stored for every second column only
// (PS3.3 C.7.6.3.1.2: YBR_FULL_422, YBR_PARTIAL_422).
func (m imageFormat) halved() bool {
	return m.samples == 3 && m.allocated == 8 && strings.HasSuffix(m.photometric, "_422")
}

// bits is the size of a native frame.
func (m imageFormat) bits() int64 {
	samples := int64(m.pixels()) * int64(m.samples)
	if m.halved() {
		samples = int64(m.rows) * int64((m.columns+1)/2*4)
	}
	return samples * int64(m.allocated)
}

// frame is an empty frame of the format.
func (m imageFormat) frame() *Frame {
	return &Frame{
		Rows: m.rows, Columns: m.columns, SamplesPerPixel: m.samples,
		BitsAllocated: m.allocated, BitsStored: m.stored, HighBit: m.highBit,
		Signed: m.signed, PhotometricInterpretation: m.photometric,
	}
}
