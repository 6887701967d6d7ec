package ht

import "encoding/binary"

const (
	lowBits  = 0x0101010101010101
	highBits = 0x8080808080808080
)

// forward reads bits from the front, in bytes from the low end; behind a byte
// FF the next one holds seven bits (ISO/IEC 15444-15 7.1.2). The caller keeps
// the bits that are ready.
type forward struct {
	src    []byte
	pos    int
	behind uint64 // all bits behind the end: 1 for MagSgn, 0 for SigProp
}

// fill makes at least 49 bits ready; n of acc are. What acc holds above them is
// what comes next, or 0.
func (r *forward) fill(acc uint64, n uint) (uint64, uint) {
	if r.pos+8 <= len(r.src) {
		if v := binary.LittleEndian.Uint64(r.src[r.pos:]); (^v-lowBits)&v&highBits == 0 { // no FF
			r.pos += int(63-n) >> 3
			return acc | v<<n, n | 56
		}
	}
	return r.fillSlowly(acc, n)
}

func (r *forward) fillSlowly(acc uint64, n uint) (uint64, uint) {
	for n <= 48 {
		if r.pos >= len(r.src) {
			return acc | r.behind<<n, 64
		}
		b := uint64(r.src[r.pos])
		if b != 0xFF || r.pos+1 == len(r.src) {
			acc |= b << n
			n, r.pos = n+8, r.pos+1
			continue
		}
		acc |= (b | uint64(r.src[r.pos+1]&0x7F)<<8) << n
		n, r.pos = n+15, r.pos+2
	}
	return acc, n
}
