package jpegls

import (
	"encoding/binary"
	"math/bits"
)

// bitReader reads the bits of a scan. After a byte FF the next one holds seven
// bits; FF before a byte of 80 and more is a marker, and the end (T.87 A.1).
type bitReader struct {
	src   []byte
	pos   int    // of the next byte to take
	acc   uint64 // the next bits, from the top
	n     int    // how many of acc are taken over; those below may be there already
	short bool   // more was asked than there is
}

const (
	lowBits  = 0x0101010101010101
	highBits = 0x8080808080808080
)

// hasFF says whether one of eight bytes is FF.
func hasFF(v uint64) bool { return (^v-lowBits)&v&highBits != 0 }

// fill makes at least 49 bits ready, or all that there are.
func (r *bitReader) fill() {
	if r.pos+8 <= len(r.src) {
		if v := binary.BigEndian.Uint64(r.src[r.pos:]); !hasFF(v) {
			r.acc |= v >> uint(r.n)
			r.pos += (63 - r.n) >> 3
			r.n |= 56
			return
		}
	}
	r.acc, r.n, r.pos = fillSlowly(r.src, r.acc, r.n, r.pos)
}

// fillSlowly goes byte by byte, past stuffed bits, and not over a marker.
func fillSlowly(src []byte, acc uint64, n, pos int) (uint64, int, int) {
	for n <= 48 && pos < len(src) {
		b := uint64(src[pos])
		switch {
		case b != 0xFF || pos+1 == len(src):
			acc |= b << uint(56-n)
			n, pos = n+8, pos+1
		case src[pos+1] >= 0x80:
			return acc, n, pos
		default:
			acc |= (b<<7 | uint64(src[pos+1])) << uint(49-n)
			n, pos = n+15, pos+2
		}
	}
	return acc, n, pos
}

// take reads count bits, at most 48; 0 where the bits are at their end.
func (r *bitReader) take(count int) int {
	if r.n < count {
		if r.fill(); r.n < count {
			r.short = true
			return 0
		}
	}
	v := r.acc >> 1 >> uint(63-count)
	r.acc <<= uint(count)
	r.n -= count
	return int(v)
}

// golomb reads a mapped error of limited length (T.87 A.5.3): as many zeros as
// its high part, 1, and k low bits; or the most zeros, 1, and the value less 1.
func (r *bitReader) golomb(k, limit, qbpp int) int {
	zeros, most := r.zeros(), limit-qbpp-1
	switch {
	case zeros > most:
		r.short = true
		return 0
	case zeros == most:
		return r.take(qbpp) + 1
	}
	return zeros<<uint(k) | r.take(k)
}

// zeros reads zeros and the 1 behind them: how many there were, at most 64.
func (r *bitReader) zeros() int {
	before := 0
	if r.n < 32 {
		r.fill()
	}
	n := bits.LeadingZeros64(r.acc)
	for n >= r.n && before < 64 {
		before += r.n
		r.acc, r.n = r.acc<<uint(r.n), 0
		if r.fill(); r.n == 0 {
			r.short = true
			return 0
		}
		n = bits.LeadingZeros64(r.acc)
	}
	if n >= r.n {
		r.short = true
		return 0
	}
	r.acc, r.n = r.acc<<uint(n+1), r.n-n-1
	return before + n
}

// toMarker leaves the bits and finds the next marker: the position of its FF.
func (r *bitReader) toMarker() int {
	r.acc, r.n = 0, 0
	for ; r.pos+1 < len(r.src); r.pos++ {
		if r.src[r.pos] == 0xFF && r.src[r.pos+1] >= 0x80 && r.src[r.pos+1] != 0xFF {
			return r.pos
		}
	}
	r.pos = len(r.src)
	return r.pos
}
