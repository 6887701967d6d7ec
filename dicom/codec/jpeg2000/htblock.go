package jpeg2000

import (
	"fmt"

	"eris/dicom/codec"
)

// htDecoder decodes high-throughput blocks (15444-15).
type htDecoder struct{}

func (htDecoder) Decode(dst []int32, width, height, stride int, cleanup, refinement []byte, planes, missing, passes int, causal bool) error {
	return fmt.Errorf("%w: high-throughput blocks", codec.ErrUnsupported)
}

// decodeHT decodes a block of Mb planes into rows.
func (d *blockDecoder) decodeHT(b *block, chunks []chunk, modes, planes int) error {
	d.width, d.height = b.width(), b.height()
	rows := d.rows[:d.width*d.height]
	clear(rows)
	if b.first == 0 || int(b.missing) >= planes {
		return nil
	}
	cleanup, passes, next := d.segment(chunks, b.first)
	var refinement []byte
	if next > 0 {
		var n int
		refinement, n, _ = d.segment(chunks, next)
		passes += n
	}
	return d.ht.Decode(rows, d.width, d.height, d.width, cleanup, refinement, planes, int(b.missing), passes, modes&styleCausal != 0)
}
