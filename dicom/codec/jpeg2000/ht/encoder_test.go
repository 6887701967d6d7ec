package ht

import (
	"math/bits"
	"slices"
	"strings"
)

// bitSink writes bits from the low end of bytes. Where ahead is false a byte
// behind FF has seven bits; otherwise bytes are for reading from the back, and
// one of seven 1s behind a byte above 8F has these only.
type bitSink struct {
	out   []byte
	acc   byte
	n     int
	last  byte
	ahead bool
}

func (s *bitSink) put(v uint32, count int) {
	for i := range count {
		s.acc |= byte(v>>i&1) << s.n
		s.n++
		full := s.n == 8 || !s.ahead && s.last == 0xFF && s.n == 7 || s.ahead && s.last > 0x8F && s.n == 7 && s.acc == 0x7F
		if full {
			s.flush()
		}
	}
}

func (s *bitSink) flush() {
	if s.n == 0 {
		return
	}
	s.out = append(s.out, s.acc)
	s.last, s.acc, s.n = s.acc, 0, 0
}

// melSink is the MEL coder (ISO/IEC 15444-15 7.3.3), its bits from the high end.
type melSink struct {
	out        []byte
	acc, n     int
	state, run int
}

func (m *melSink) put(bit int) {
	m.acc = m.acc<<1 | bit
	m.n++
	if m.n == 8 || m.n == 7 && len(m.out) > 0 && m.out[len(m.out)-1] == 0xFF {
		m.out = append(m.out, byte(m.acc))
		m.acc, m.n = 0, 0
	}
}

func (m *melSink) event(one bool) {
	e := int(melExponents[m.state])
	if !one {
		if m.run++; m.run == 1<<e {
			m.put(1)
			m.run, m.state = 0, min(m.state+1, 12)
		}
		return
	}
	m.put(0)
	for i := e - 1; i >= 0; i-- {
		m.put(m.run >> i & 1)
	}
	m.run, m.state = 0, max(m.state-1, 0)
}

func (m *melSink) finish() []byte {
	if m.run > 0 {
		m.put(1)
	}
	for m.n > 0 {
		m.put(0)
	}
	return m.out
}

// blockEncoder is a cleanup coder for tests: no more than correct.
type blockEncoder struct {
	values        []int32 // signed magnitudes in units of the lowest plane coded
	width, height int
	magSgn, vlc   bitSink
	mel           melSink
	rho           map[[2]int]uint32 // by row and column of the quad
}

// encodeCleanup encodes the magnitudes above the lowest plane bit-planes.
func encodeCleanup(values []int32, width, height int, plane uint) []byte {
	e := blockEncoder{width: width, height: height, rho: map[[2]int]uint32{}, vlc: bitSink{ahead: true, n: 4, acc: 0x0F}}
	for _, v := range values {
		e.values = append(e.values, signed(max(v, -v)>>plane, v < 0))
	}
	// The half byte of VLC beside the length of the suffix is 4 bits, or 3 of 1s.
	e.vlc.last = 0xFF
	for y := range (height + 1) / 2 {
		for x := 0; x < (width+1)/2; x += 2 {
			e.pair(y, x)
		}
	}
	e.vlc.flush()
	for e.magSgn.n > 0 {
		e.magSgn.put(1, 1) // behind the end all bits are 1
	}
	slices.Reverse(e.vlc.out)
	tail := append(e.mel.finish(), e.vlc.out...)
	suffix := len(tail) + 1
	tail[len(tail)-1] = tail[len(tail)-1]&0xF0 | byte(suffix&15)
	return slices.Concat(e.magSgn.out, tail, []byte{byte(suffix >> 4)})
}

// at is sample k of quad (y, x); 0 outside.
func (e *blockEncoder) at(y, x, k int) int32 {
	row, column := 2*y+k&1, 2*x+k>>1
	if row < 0 || column < 0 || row >= e.height || column >= e.width {
		return 0
	}
	return e.values[row*e.width+column]
}

// exponent is that of 2|v|-1.
func exponent(v int32) int {
	if v == 0 {
		return 0
	}
	return bits.Len32(uint32(2*max(v, -v) - 1))
}

// quad gathers what is coded of a quad.
type quad struct {
	rho, known, values uint32
	u, bound           int
}

func (e *blockEncoder) pair(y, x int) {
	var q [2]quad
	for k := range 2 {
		if x+k < (e.width+1)/2 {
			q[k] = e.quad(y, x+k)
		}
	}
	e.exponents(y == 0, q[0].u, q[1].u)
	for k := range 2 {
		for n := range 4 {
			if v := e.at(y, x+k, n); v != 0 {
				s := uint32(2*max(v, -v) - 2)
				if v < 0 {
					s++
				}
				e.magSgn.put(s, q[k].bound-int(q[k].known>>n&1))
			}
		}
	}
}

func (e *blockEncoder) context(y, x int) int {
	bit := func(y, x, n int) int { return int(e.rho[[2]int{y, x}] >> n & 1) }
	if y == 0 {
		return (bit(y, x-1, 0) | bit(y, x-1, 1)) + 2*bit(y, x-1, 2) + 4*bit(y, x-1, 3)
	}
	return (bit(y-1, x-1, 3) | bit(y-1, x, 1)) + 2*(bit(y, x-1, 2)|bit(y, x-1, 3)) + 4*(bit(y-1, x, 3)|bit(y-1, x+1, 1))
}

// quad writes the word of a quad.
func (e *blockEncoder) quad(y, x int) quad {
	var q quad
	most := 0
	for n := range 4 {
		if v := e.at(y, x, n); v != 0 {
			q.rho |= 1 << n
			most = max(most, exponent(v))
		}
	}
	context := e.context(y, x)
	e.rho[[2]int{y, x}] = q.rho
	if context == 0 {
		e.mel.event(q.rho != 0)
		if q.rho == 0 {
			return q
		}
	}
	foretold := 1
	if y > 0 && bits.OnesCount32(q.rho) > 1 {
		around := max(exponent(e.at(y-1, x-1, 3)), exponent(e.at(y-1, x, 1)), exponent(e.at(y-1, x, 3)), exponent(e.at(y-1, x+1, 1)))
		foretold = max(1, around-1)
	}
	q.bound = max(most, foretold)
	if q.rho != 0 {
		q.u = q.bound - foretold
	}
	full := uint32(0)
	for n := range 4 {
		if exponent(e.at(y, x, n)) == q.bound && q.u > 0 {
			full |= 1 << n
		}
	}
	code := ""
	q.known, code = chosen(y == 0, context, q.rho, q.u > 0, full)
	for _, bit := range code {
		e.vlc.put(uint32(bit-'0'), 1)
	}
	return q
}

// chosen is the word that tells the most of full in the fewest bits.
func chosen(first bool, context int, rho uint32, uOff bool, full uint32) (known uint32, code string) {
	words := otherWords[context]
	if first {
		words = firstWords[context]
	}
	best := 99
	for w := range strings.FieldsSeq(words) {
		value, bits, _ := strings.Cut(w, ":")
		k, v := uint32(hex(value[2:3])), uint32(hex(value[3:4]))
		if uint32(hex(value[:1])) != rho || (value[1] == '+') != uOff || full&k != v {
			continue
		}
		if cost := len(bits) - onesCount(k); cost < best {
			best, known, code = cost, k, bits
		}
	}
	return known, code
}

func onesCount(v uint32) int { return bits.OnesCount32(v) }

// exponents writes u of a pair (7.3.6).
func (e *blockEncoder) exponents(first bool, u0, u1 int) {
	if first && u0 > 0 && u1 > 0 {
		large := u0 > 2 && u1 > 2
		e.mel.event(large)
		if large {
			u0, u1 = u0-2, u1-2
		} else if u0 > 2 {
			e.prefix(u0)
			e.vlc.put(uint32(u1-1), 1)
			e.suffix(u0)
			return
		}
	}
	e.prefix(u0)
	e.prefix(u1)
	e.suffix(u0)
	e.suffix(u1)
}

func (e *blockEncoder) prefix(u int) {
	switch {
	case u == 1:
		e.vlc.put(1, 1)
	case u == 2:
		e.vlc.put(2, 2)
	case u == 3 || u == 4:
		e.vlc.put(4, 3)
	case u > 4:
		e.vlc.put(0, 3)
	}
}

func (e *blockEncoder) suffix(u int) {
	switch {
	case u == 3 || u == 4:
		e.vlc.put(uint32(u-3), 1)
	case u > 4:
		e.vlc.put(uint32(u-5), 5)
	}
}

// refined codes the passes below the cleanup pass at plane, and answers the
// segment and what a decoder will make of the values.
func refined(values []int32, width, height int, plane uint, passes int, causal bool) (segment []byte, want []int32) {
	magnitude := func(i int) int32 { return max(values[i], -values[i]) }
	want = make([]int32, len(values))
	early := make([]bool, len(values)) // found by the cleanup pass
	known := make([]bool, len(values)) // and by SigProp
	for i, v := range values {
		if magnitude(i)>>plane != 0 {
			early[i], known[i] = true, true
			want[i] = signed((magnitude(i)>>plane*2+1)<<plane, v < 0)
		}
	}
	forth, back := bitSink{}, bitSink{ahead: true, last: 0xFF}
	beside := func(x, y int) bool {
		for dy := -1; dy <= 1; dy++ {
			for dx := -1; dx <= 1; dx++ {
				i, j := x+dx, y+dy
				if i < 0 || j < 0 || i >= width || j >= height || causal && j/4 > y/4 {
					continue
				}
				if known[j*width+i] {
					return true
				}
			}
		}
		return false
	}
	scan := func(from, end, top int, f func(x, y, i int)) {
		for x := from; x < min(end, width); x++ {
			for y := top; y < min(top+4, height); y++ {
				f(x, y, y*width+x)
			}
		}
	}
	for top := 0; top < height && passes > 1; top += 4 {
		for x := 0; x < width; x += 4 {
			var found []int
			scan(x, x+4, top, func(x, y, i int) {
				if known[i] || !beside(x, y) {
					return
				}
				if bit := magnitude(i) >> (plane - 1) & 1; bit == 1 {
					forth.put(1, 1)
					known[i] = true
					found = append(found, i)
				} else {
					forth.put(0, 1)
				}
			})
			for _, i := range found {
				negative := uint32(0)
				if values[i] < 0 {
					negative = 1
				}
				forth.put(negative, 1)
				want[i] = signed(3<<(plane-1), values[i] < 0)
			}
		}
	}
	for top := 0; top < height && passes > 2; top += 4 {
		scan(0, width, top, func(x, y, i int) {
			if early[i] {
				back.put(uint32(magnitude(i)>>(plane-1)&1), 1)
				want[i] = signed((magnitude(i)>>(plane-1)*2+1)<<(plane-1), values[i] < 0)
			}
		})
	}
	forth.flush()
	back.flush()
	slices.Reverse(back.out)
	return slices.Concat(forth.out, back.out), want
}
