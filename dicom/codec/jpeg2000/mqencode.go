package jpeg2000

import "math/bits"

// mqEncoder is the MQ encoder (15444-1 C.2).
type mqEncoder struct {
	a, c     uint32
	ct       int
	out      []byte // the first is none of the segment's, but may be looked at
	contexts [contexts]contextState
}

// reset begins a segment with all contexts in their initial states
// (15444-1 Table D.7, C.2.8).
func (q *mqEncoder) reset() {
	for i := range q.contexts {
		q.contexts[i] = states[0]
	}
	q.contexts[0] = states[2*4]
	q.contexts[contextRun] = states[2*3]
	q.contexts[contextUniform] = states[2*46]
	q.a, q.c, q.ct = 0x8000, 0, 12
	q.out = append(q.out[:0], 0)
}

// code codes a symbol (15444-1 C.2.2 to C.2.6).
func (q *mqEncoder) code(bit uint32, context uint8) {
	s := q.contexts[context]
	qe := uint32(s >> unit)
	less := bit ^ uint32(s)&1
	q.a -= qe
	if less == 0 && q.a&0x8000 != 0 {
		q.c += qe
		return
	}
	// The less probable symbol has the lower interval, unless that is the larger.
	if (q.a < qe) == (less == 0) {
		q.a = qe
	} else {
		q.c += qe
	}
	q.contexts[context] = following[uint32(s&stateBits)<<1&0x1FE|less]
	n := bits.LeadingZeros16(uint16(q.a))
	q.a <<= uint(n)
	for ; n >= q.ct; q.byteOut() {
		q.c <<= uint(q.ct)
		n -= q.ct
	}
	q.c <<= uint(n)
	q.ct -= n
}

// byteOut puts a byte out; one after 0xFF has seven bits, which leaves room for
// a carry (15444-1 C.2.7).
func (q *mqEncoder) byteOut() {
	last := &q.out[len(q.out)-1]
	if *last != 0xFF && q.c >= 1<<27 {
		*last++
		q.c &= 1<<27 - 1
	}
	if *last == 0xFF {
		q.out = append(q.out, byte(q.c>>20))
		q.c &= 1<<20 - 1
		q.ct = 7
		return
	}
	q.out = append(q.out, byte(q.c>>19))
	q.c &= 1<<19 - 1
	q.ct = 8
}

// flush ends the segment and answers its bytes (15444-1 C.2.9).
func (q *mqEncoder) flush() []byte {
	most := q.c + q.a
	q.c |= 0xFFFF
	if q.c >= most {
		q.c -= 0x8000
	}
	for range 2 {
		q.c <<= uint(q.ct)
		q.byteOut()
	}
	out := q.out[1:]
	if n := len(out); n > 0 && out[n-1] == 0xFF {
		out = out[:n-1]
	}
	return out
}
