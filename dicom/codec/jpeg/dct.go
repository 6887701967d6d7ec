package jpeg

import (
	"context"
	"fmt"

	"eris/dicom/codec"
)

// newDCT is the process of annex F or G that the marker of the frame names.
func newDCT[T uint8 | uint16](code byte, f *frame) (process, error) {
	if len(f.components) == 4 {
		return nil, fmt.Errorf("%w: four components", codec.ErrUnsupported)
	}
	for _, c := range f.components {
		if f.acrossMax%c.across != 0 || f.downMax%c.down != 0 {
			return nil, fmt.Errorf("%w: component sampled %d:%d × %d:%d", codec.ErrUnsupported, c.across, f.acrossMax, c.down, f.downMax)
		}
	}
	if code == sof2 {
		return newProgressive[T](f), nil
	}
	return newSequential[T](f), nil
}

// visitor is given the blocks of a scan in their order.
type visitor interface {
	begin() // of a restart interval
	block(i, x, y int)
}

// units is how many MCUs a scan has, and whether they are interleaved (A.2).
// An only component has no more blocks than it needs.
func (f *frame) units(header *scan) (rows, columns int, interleaved bool) {
	if len(header.components) > 1 {
		return f.mcuRows, f.mcuColumns, true
	}
	c := header.components[0]
	return ceil(c.rows, 8), ceil(c.columns, 8), false
}

// visit hands the blocks of a scan to v.
func (f *frame) visit(ctx context.Context, s *stream, b *bitReader, header *scan, v visitor) error {
	rows, columns, interleaved := f.units(header)
	s.beginSegment(b)
	v.begin()
	left := header.restart
	for y := range rows {
		if err := ctx.Err(); err != nil {
			return err
		}
		for x := range columns {
			if header.restart > 0 && left == 0 {
				if err := b.sound(); err != nil {
					return err
				}
				s.nextSegment(b)
				v.begin()
				left = header.restart
			}
			left--
			if interleaved {
				visitUnit(header, x, y, v)
			} else {
				v.block(0, x, y)
			}
		}
		if err := b.sound(); err != nil {
			return fmt.Errorf("row %d of %d: %w", y, rows, err)
		}
	}
	return nil
}

func visitUnit(header *scan, x, y int, v visitor) {
	for i := range header.components {
		c := &header.components[i]
		for down := range c.down {
			for across := range c.across {
				v.block(i, x*c.across+across, y*c.down+down)
			}
		}
	}
}
