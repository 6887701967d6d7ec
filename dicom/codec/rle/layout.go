package rle

import (
	"fmt"

	"eris/dicom/codec"
)

// Layout is the shape of one frame, which the stream does not tell.
type Layout struct {
	Rows, Columns, Samples int
	// Bytes per sample: 1, 2 or 4.
	Bytes int
}

func (l Layout) pixels() int   { return l.Rows * l.Columns }
func (l Layout) segments() int { return l.Samples * l.Bytes }

// check refuses what the header has no room for, and what is too large.
func (l Layout) check() error {
	if l.Bytes != 1 && l.Bytes != 2 && l.Bytes != 4 || l.Samples < 1 || l.segments() > maxSegments {
		return fmt.Errorf("%w: RLE of %d samples of %d bytes", codec.ErrUnsupported, l.Samples, l.Bytes)
	}
	return codec.Params{}.Check(l.Rows, l.Columns, l.Samples, 8*l.Bytes)
}
