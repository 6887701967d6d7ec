package jpeg

import (
	"encoding/binary"
	"fmt"

	"eris/dicom/codec"
)

// spare is how many zeros follow the bytes of a segment, so that eight can
// be read wherever a byte begins.
const spare = 8

// bitReader reads a segment from its most significant bits on. What lies behind
// its end reads as 0; sound tells whether that was asked for.
type bitReader struct {
	acc uint64 // the next bits, at the top
	n   int    // how many of acc count
	buf []byte
	pos int  // of the byte behind acc; may run past the end
	bad bool // a code was met that no table has

	forgiven int // how many bits may be missing at the end
}

// start begins with the bytes of a segment. buf is kept, and may grow.
func (b *bitReader) start(segment []byte) {
	segment = append(segment, make([]byte, spare)...)
	*b = bitReader{buf: segment, bad: b.bad, forgiven: b.forgiven}
}

// fill leaves at least 56 bits in acc. The bits of the byte that did not fit
// are in acc already and will be put there once more.
func (b *bitReader) fill() {
	if b.pos+8 <= len(b.buf) {
		b.acc |= binary.BigEndian.Uint64(b.buf[b.pos:]) >> (b.n & 63)
	}
	b.pos += (63 - b.n) >> 3
	b.n |= 56
}

// take reads up to 16 bits.
func (b *bitReader) take(count int) int {
	if b.n < 32 {
		b.fill()
	}
	v := int(b.acc >> (64 - count))
	b.acc <<= count
	b.n -= count
	return v
}

// lastCode is how many bits may be missing at the end of a segment where that
// spoils the last samples only: cut off by writers that lose the last bytes.
const lastCode = 16

// sound fails when a code was wrong, or more was read than there is.
func (b *bitReader) sound() error {
	over := 8*b.pos - b.n - 8*(len(b.buf)-spare)
	if b.bad || over > b.forgiven {
		return fmt.Errorf("%w: entropy-coded data that is wrong or cut short", codec.ErrCorrupt)
	}
	return nil
}
