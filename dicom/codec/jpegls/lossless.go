package jpegls

import (
	"encoding/binary"
	"math/bits"
)

// lossless does the work of line for scans without loss whose RANGE is a power
// of two. It is line, predict, golomb and update in one loop that keeps its
// state in registers; most of the time of decoding is spent here.
func (l *lines) lossless(i int) {
	cur := l.cur[i]
	prev := l.prev[i][:len(cur)]
	m, src := l.model, l.bits.src
	acc, n, pos := l.bits.acc, l.bits.n, l.bits.pos
	maxval, reset, most := m.maxval, int32(m.reset), m.limit-m.qbpp-1
	ra, rb, rc := int(cur[0]), int(prev[1]), int(prev[0])
	q2 := int(m.quant[(rb-rc)&quantMask])
	for x := 1; x < len(cur)-1; x++ {
		rd := int(prev[x+1])
		q1 := int(m.quant[(rd-rb)&quantMask])
		q := (q1*9+q2)*9 + int(m.quant[(rc-ra)&quantMask])
		if q == 0 {
			l.bits.acc, l.bits.n, l.bits.pos = acc, n, pos
			x = l.run(i, x) - 1
			acc, n, pos = l.bits.acc, l.bits.n, l.bits.pos
			ra, rc, rb = int(cur[x]), int(prev[x]), int(prev[x+1])
			q2 = int(m.quant[(rb-rc)&quantMask])
			continue
		}
		q2 = q1
		sign := q >> 63
		c := &m.contexts[((q^sign)-sign)&contextMask]
		px := predict(ra, rb, rc) + (int(c.c) ^ sign) - sign
		if uint(px) > uint(maxval) {
			px = min(max(px, 0), maxval)
		}
		if n < 32 {
			if pos+8 <= len(src) {
				if v := binary.BigEndian.Uint64(src[pos:]); !hasFF(v) {
					acc |= v >> uint(n&63)
					pos += (63 - n) >> 3
					n |= 56
					goto ready
				}
			}
			acc, n, pos = fillSlowly(src, acc, n, pos)
		}
	ready:
		k := int(c.k)
		zeros := bits.LeadingZeros64(acc)
		var e int
		if used := zeros + 1 + k; used <= n && zeros < most {
			low := acc << uint(zeros&63) << 1 >> 1 >> uint((63-k)&63)
			e = zeros<<uint(k&63) | int(low)
			acc <<= uint(used & 63)
			n -= used
		} else {
			l.bits.acc, l.bits.n, l.bits.pos = acc, n, pos
			e = l.bits.golomb(k, m.limit, m.qbpp)
			acc, n, pos = l.bits.acc, l.bits.n, l.bits.pos
		}
		e = e>>1 ^ -(e & 1) ^ int(c.flip)
		c.updateLossless(int32(e), reset)
		rc, rb = rb, rd
		ra = (px + (e ^ sign) - sign) & maxval
		cur[x] = uint16(ra)
	}
	l.bits.acc, l.bits.n, l.bits.pos = acc, n, pos
}
