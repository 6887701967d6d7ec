package ht

import "encoding/binary"

// backward reads bits from the back, in bytes from the low end. A byte holds
// seven bits when these are all 1 and the byte read before, the one behind it,
// is above 8F (ISO/IEC 15444-15 7.1.3). In front of the first byte all is 0.
type backward struct {
	src  []byte
	pos  int  // of the next byte, from the end to -1
	from int  // where pos began
	last byte // what counts as the byte before the first
}

// newVLC begins with the half byte before the length of the suffix (7.1.3).
func newVLC(src []byte) (r backward, acc uint64, n uint) {
	end := len(src) - 1
	r = backward{src: src, pos: end - 1, from: end - 1, last: src[end] | 0x0F}
	acc, n = uint64(src[end]>>4), 4
	if acc&7 == 7 {
		acc, n = 7, 3
	}
	return r, acc, n
}

// newMagRef begins with the last byte, as behind one of FF (7.1.5).
func newMagRef(src []byte) backward {
	return backward{src: src, pos: len(src) - 1, from: len(src) - 1, last: 0xFF}
}

// fill makes at least 49 bits ready, as that of forward does.
func (r *backward) fill(acc uint64, n uint) (uint64, uint) {
	if r.pos >= 7 {
		v := binary.BigEndian.Uint64(r.src[r.pos-7:])
		if w := ^v & (highBits - lowBits); (w-lowBits)&^w&highBits == 0 { // no byte of seven 1s
			r.pos -= int(63-n) >> 3
			return acc | v<<n, n | 56
		}
	}
	return r.fillSlowly(acc, n)
}

func (r *backward) fillSlowly(acc uint64, n uint) (uint64, uint) {
	for n <= 56 {
		if r.pos < 0 {
			return acc, 64
		}
		before := r.last
		if r.pos < r.from {
			before = r.src[r.pos+1]
		}
		b := r.src[r.pos]
		r.pos--
		if before > 0x8F && b&0x7F == 0x7F {
			acc |= 0x7F << n
			n += 7
			continue
		}
		acc |= uint64(b) << n
		n += 8
	}
	return acc, n
}
