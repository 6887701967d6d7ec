package rle

import (
	"context"
	"fmt"

	"eris/dicom/codec"
)

// Decode unpacks one frame. Samples have the bits that the layout allocates;
// whether they are signed it does not say.
func Decode(ctx context.Context, src []byte, l Layout) (*codec.Image, error) {
	if err := l.check(); err != nil {
		return nil, err
	}
	packed, err := split(src, l.segments())
	if err != nil {
		return nil, err
	}
	segments := make([]segment, len(packed))
	for i, b := range packed {
		// A packet of two bytes makes at most 128: no memory for a mere claim.
		if l.pixels() > len(b)*maxPacket/2 {
			return nil, fmt.Errorf("%w: segment %d: %d bytes cannot hold %d pixels", codec.ErrCorrupt, i, len(b), l.pixels())
		}
		segments[i].packed = b
	}
	m := codec.NewImage(l.Rows, l.Columns, l.Samples, 8*l.Bytes, false)
	for at := 0; at < l.pixels(); at += partBytes {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if err := part(m, segments, at, min(partBytes, l.pixels()-at)); err != nil {
			return nil, err
		}
	}
	return m, nil
}

// part decodes n pixels from the pixel at on.
func part(m *codec.Image, segments []segment, at, n int) error {
	var parts [maxSegments][]byte
	for i := range segments {
		var err error
		if parts[i], err = segments[i].part(n); err != nil {
			return fmt.Errorf("segment %d: %w", i, err)
		}
	}
	joined(m, parts[:len(segments)], at, n)
	for i := range segments {
		segments[i].drop(n)
	}
	return nil
}
