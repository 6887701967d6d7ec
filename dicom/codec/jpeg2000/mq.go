package jpeg2000

import (
	"encoding/binary"
	"math/bits"
)

// The MQ decoder (15444-1 C.3) in another arrangement: registers are wider, so
// that bytes are taken in several at once, and the usual decision is but a
// subtraction. A and C shrink by the same Qe at every more probable symbol
// that needs no renormalisation, so d is the lesser of what C has left until
// it falls into the less probable interval and A until it has to be
// renormalised. Only when d falls below 0 do A and C themselves matter.

// unit is the place of the lowest bit of the A register; below it lie bits of
// C that were taken in ahead.
const unit = 47

// half is the least normalised A: 0x8000.
const half = int64(0x8000) << unit

// Contexts (15444-1 Table D.1 to D.4): 0 to 8 zero coding, 9 to 13 sign.
const (
	contextSign    = 9
	contextRefine  = 14
	contextRun     = 17
	contextUniform = 18
	contexts       = 19
)

// contextState is the state of a context: Qe above the unit, below it the row
// of Table C.2 twice, plus the more probable symbol.
type contextState uint64

// stateBits are those of contextState that hold no Qe.
const stateBits = 0xFF

// mqDecoder decodes one segment. While a pass runs, d is in its hands.
type mqDecoder struct {
	d, a, c  int64 // A and C are a+d and c+d
	ahead    int   // bits of C below the unit
	pos      int
	last     byte
	bytes    []byte
	contexts [256]contextState // as many as a byte can name, which saves a check
}

// reset gives all contexts their initial states (15444-1 Table D.7).
func (q *mqDecoder) reset() {
	for i := range contexts {
		q.contexts[i] = states[0]
	}
	q.contexts[0] = states[2*4]
	q.contexts[contextRun] = states[2*3]
	q.contexts[contextUniform] = states[2*46]
}

// start begins a segment (15444-1 C.3.5).
func (q *mqDecoder) start(b []byte) {
	q.bytes, q.pos, q.last = b, 0, 0
	q.ahead = -15 // the first bit stands below the highest of A
	a, c := half, q.fill(0)
	q.d = min(c, a-half)
	q.a, q.c = a-q.d, c-q.d
}

// turn decides a symbol when d has fallen below 0 (15444-1 C.3.2): it answers
// d and the symbol. Without branches, as their outcome is what cannot be known.
func (q *mqDecoder) turn(d int64, s contextState, context uint8) (int64, uint32) {
	a, c := q.a+d, q.c+d
	qe := int64(s &^ stateBits)
	lower := c >> 63 // all ones in the lower interval, of size Qe
	c += qe & lower
	exchanged := (a - qe) >> 63
	a += (qe - a) & lower
	less := uint32(lower^exchanged) & 1
	q.contexts[context] = following[uint32(s&stateBits)<<1&0x1FE|less]
	n := bits.LeadingZeros64(uint64(a)) - 1
	a <<= uint(n) & 63
	c <<= uint(n) & 63
	if q.ahead -= n; q.ahead < 0 {
		c = q.fill(c)
	}
	d = min(c, a-half)
	q.a, q.c = a-d, c-d
	return d, uint32(s)&1 ^ less
}

// fill takes bytes into C as far as there is room (15444-1 C.3.4). Past the
// end of the segment there are ones.
func (q *mqDecoder) fill(c int64) int64 {
	if q.pos+8 <= len(q.bytes) && q.last != 0xFF {
		v := binary.BigEndian.Uint64(q.bytes[q.pos:])
		if (^v-0x0101010101010101)&v&0x8080808080808080 == 0 { // no byte is 0xFF
			n := (unit - q.ahead) >> 3
			q.pos += n
			q.last = byte(v >> (64 - 8*uint(n)))
			c += int64(v >> (64 - 8*uint(n)) << (unit - uint(q.ahead) - 8*uint(n)))
			q.ahead += 8 * n
			return c
		}
	}
	for q.ahead <= unit-8 {
		c += q.byteIn()
	}
	return c
}

// byteIn is one byte in its place below the bits of C.
func (q *mqDecoder) byteIn() int64 {
	v := byte(0xFF)
	if q.pos < len(q.bytes) {
		v = q.bytes[q.pos]
	}
	if q.last != 0xFF {
		q.pos++
		q.last = v
		q.ahead += 8
		return int64(v) << (unit - uint(q.ahead))
	}
	if v > 0x8F { // a marker, or the end: it is not passed
		q.ahead += 8
		return 0xFF << (unit - uint(q.ahead))
	}
	q.pos++
	q.last = v
	q.ahead += 7 // its highest bit is a carry
	return int64(v) << (unit - uint(q.ahead))
}

// symbol decodes one symbol; passes have these lines in their loops.
func (q *mqDecoder) symbol(context uint8) uint32 {
	s := q.contexts[context]
	bit := uint32(s) & 1
	d := q.d - int64(s&^stateBits)
	if d < 0 {
		d, bit = q.turn(d, s, context)
	}
	q.d = d
	return bit
}
