// Package codec holds the words that the pixel codecs below it share: what is
// asked of a decoder, what it answers, and the kinds of its failures. Each
// family is a package of its own; none keeps global state.
//
//   - Params: what the data set says of a frame, and the most that it may take.
//   - Image: the samples of one decoded frame.
package codec

import (
	"errors"
	"fmt"
)

// Kinds of failure; test with errors.Is.
var (
	ErrCorrupt     = errors.New("damaged compressed data")
	ErrUnsupported = errors.New("kind of compression not supported")
	ErrLimit       = errors.New("compressed image beyond the limits")
)

// Params is what a caller knows of a frame before it is decoded.
type Params struct {
	// Rows and Columns are the declared size; a stream of another size is
	// refused. 0 stands for what the stream says.
	Rows, Columns int
	// MaxBytes bounds the decoded samples, checked before they are allocated;
	// 0 stands for 256 MiB.
	MaxBytes int64
}

// defaultMaxBytes bounds a decoded frame; a 16-bit mammogram has 30 MB.
const defaultMaxBytes = 256 << 20

// Check compares the size that a stream states with what was declared and with
// the bound. bits are those of one sample.
func (p Params) Check(rows, columns, components, bits int) error {
	most := p.MaxBytes
	if most <= 0 {
		most = defaultMaxBytes
	}
	switch {
	case rows <= 0 || columns <= 0 || components <= 0 || bits <= 0:
		return fmt.Errorf("%w: %d rows, %d columns, %d components of %d bits", ErrCorrupt, rows, columns, components, bits)
	case p.Rows > 0 && rows != p.Rows, p.Columns > 0 && columns != p.Columns:
		return fmt.Errorf("%w: %d rows and %d columns where %d and %d are declared", ErrCorrupt, rows, columns, p.Rows, p.Columns)
	case int64(columns) > most/int64(rows), int64(components*SampleBytes(bits)) > most/int64(rows)/int64(columns):
		return fmt.Errorf("%w: %d rows and %d columns of %d components", ErrLimit, rows, columns, components)
	}
	return nil
}

// SampleBytes is how many bytes an Image takes for a sample of so many bits: 1, 2 or 4.
func SampleBytes(bits int) int {
	switch {
	case bits <= 8:
		return 1
	case bits <= 16:
		return 2
	}
	return 4
}

// Colour says what three components are. Samples are never converted from one
// to the other, but where that is part of the compression (JPEG 2000).
type Colour int

// A stream may say nothing: then the data set's word counts.
const (
	Unstated Colour = iota
	RGB
	YCbCr
)

// Image is a decoded frame: samples interleaved, rows from the top. Exactly
// one of Pix8 (Bits up to 8), Pix16 (up to 16) and Pix32 is set. Signed
// samples are two's complement over the whole of their 8, 16 or 32 bits.
type Image struct {
	Rows, Columns, Components int
	Bits                      int // of a sample, as the stream states it
	Signed                    bool
	// Colour is what the stream itself says of three components.
	Colour Colour
	Pix8   []uint8
	Pix16  []uint16
	Pix32  []uint32
}

// NewImage is an image of the size with its samples allocated, all 0.
func NewImage(rows, columns, components, bits int, signed bool) *Image {
	m := &Image{Rows: rows, Columns: columns, Components: components, Bits: bits, Signed: signed}
	n := rows * columns * components
	switch SampleBytes(bits) {
	case 1:
		m.Pix8 = make([]uint8, n)
	case 2:
		m.Pix16 = make([]uint16, n)
	default:
		m.Pix32 = make([]uint32, n)
	}
	return m
}
