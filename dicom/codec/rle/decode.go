package rle

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// headerBytes is the size of the RLE header (PS3.5 G.5).
const headerBytes = 64

// maxSegments is the most the header has room for.
const maxSegments = 15

// ErrCorrupt is the kind of all errors of this package.
var ErrCorrupt = errors.New("damaged RLE data")

// Layout is the shape of one frame.
type Layout struct {
	Rows, Columns, Samples int
	// Bytes per sample: 1 or 2.
	Bytes int
}

func (l Layout) pixels() int   { return l.Rows * l.Columns }
func (l Layout) segments() int { return l.Samples * l.Bytes }

// Decode unpacks one frame to samples in pixel order, each little endian:
// Rows × Columns × Samples × Bytes bytes.
func Decode(b []byte, l Layout) ([]byte, error) {
	segments, err := split(b, l.segments())
	if err != nil {
		return nil, err
	}
	pixels := l.pixels()
	// A packet of two bytes makes at most 128: no more memory than b can fill.
	if most := len(b) * 64; pixels > most {
		return nil, fmt.Errorf("%w: %d bytes cannot hold %d pixels", ErrCorrupt, len(b), pixels)
	}
	out := make([]byte, pixels*l.segments())
	plane := make([]byte, pixels)
	for n, segment := range segments {
		if err := unpack(plane, segment); err != nil {
			return nil, fmt.Errorf("segment %d: %w", n, err)
		}
		sample, significance := n/l.Bytes, n%l.Bytes
		scatter(out[sample*l.Bytes+l.Bytes-1-significance:], plane, l.segments())
	}
	return out, nil
}

// scatter puts the bytes of plane into every step-th place.
func scatter(out, plane []byte, step int) {
	for i, v := range plane {
		out[i*step] = v
	}
}

// split finds the segments by the header.
func split(b []byte, want int) ([][]byte, error) {
	if len(b) < headerBytes {
		return nil, fmt.Errorf("%w: %d bytes, shorter than the header", ErrCorrupt, len(b))
	}
	n := int(binary.LittleEndian.Uint32(b))
	if n != want || n > maxSegments {
		return nil, fmt.Errorf("%w: %d segments where %d are needed", ErrCorrupt, n, want)
	}
	segments := make([][]byte, n)
	end := int64(len(b))
	for i := n - 1; i >= 0; i-- {
		start := int64(binary.LittleEndian.Uint32(b[4+4*i:]))
		if start < headerBytes || start > end {
			return nil, fmt.Errorf("%w: segment %d begins at %d", ErrCorrupt, i, start)
		}
		segments[i], end = b[start:end], start
	}
	return segments, nil
}

// unpack fills out from the packets of one segment (PS3.5 G.3.2).
func unpack(out, packed []byte) error {
	filled := 0
	for filled < len(out) && len(packed) > 0 {
		control := int8(packed[0])
		packed = packed[1:]
		switch {
		case control >= 0:
			n := min(int(control)+1, len(out)-filled)
			if n > len(packed) {
				return fmt.Errorf("%w: a literal of %d bytes runs past the end", ErrCorrupt, n)
			}
			copy(out[filled:], packed[:n])
			packed, filled = packed[n:], filled+n
		case control != -128:
			if len(packed) == 0 {
				return fmt.Errorf("%w: a run without its byte", ErrCorrupt)
			}
			n := min(1-int(control), len(out)-filled)
			fill(out[filled:filled+n], packed[0])
			packed, filled = packed[1:], filled+n
		}
	}
	if filled < len(out) {
		return fmt.Errorf("%w: %d bytes of %d", ErrCorrupt, filled, len(out))
	}
	return nil
}

func fill(out []byte, v byte) {
	for i := range out {
		out[i] = v
	}
}
