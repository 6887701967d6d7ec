package jpegls

import (
	"fmt"

	"eris/dicom/codec"
)

// lines decodes a scan line by line. A line has a place for a neighbour at
// each end; sample x stands at x+1.
type lines struct {
	*model
	scan
	bits      bitReader
	cur, prev [][]uint16 // by component of the scan
	fast      bool
}

func newLines(src []byte, pos int, m *model, s scan, columns int) *lines {
	l := &lines{model: m, scan: s, bits: bitReader{src: src, pos: pos}}
	// Lossless, and RANGE a power of two: sums need only a mask (T.87 A.4.5).
	l.fast = m.near == 0 && m.maxval&(m.maxval+1) == 0
	l.cur, l.prev = linePair(len(s.components), columns)
	return l
}

// linePair makes two lines for each of n components.
func linePair(n, columns int) (a, b [][]uint16) {
	all := make([]uint16, 2*n*(columns+2))
	for range n {
		a = append(a, all[:columns+2:columns+2])
		b = append(b, all[columns+2:2*(columns+2):2*(columns+2)])
		all = all[2*(columns+2):]
	}
	return a, b
}

// restart passes restart marker n of the scan and begins anew (T.87 A.8, C.2.5).
func (l *lines) restart(n int) error {
	at := l.bits.toMarker()
	if at+2 > len(l.bits.src) || l.bits.src[at+1] != byte(markRST+n%8) {
		return fmt.Errorf("%w: no restart marker %d at %d", codec.ErrCorrupt, n, at)
	}
	l.bits.pos = at + 2
	l.model.restart()
	for i := range l.cur {
		clear(l.cur[i])
		clear(l.prev[i])
	}
	return nil
}

// next decodes one line of every component of the scan.
func (l *lines) next() {
	l.cur, l.prev = l.prev, l.cur
	for i := range l.cur {
		edges(l.cur[i], l.prev[i])
	}
	switch {
	case l.interleave == Sample:
		l.interleaved()
	case l.fast:
		for i := range l.cur {
			l.lossless(i)
		}
	default:
		for i := range l.cur {
			l.line(i)
		}
	}
}

// edges sets the neighbours beyond the ends: Ra and Rd there are Rb, and Rc is
// what Ra was a line above (T.87 A.2.1).
func edges(cur, prev []uint16) {
	n := len(cur) - 2
	cur[0] = prev[1]
	prev[n+1] = prev[n]
}

// line decodes a line of component i of the scan, lossless or not (T.87 A.3 to A.7).
func (l *lines) line(i int) {
	cur, prev := l.cur[i], l.prev[i]
	for x := 1; x < len(cur)-1; {
		ra, rb, rc, rd := int(cur[x-1]), int(prev[x]), int(prev[x-1]), int(prev[x+1])
		q := l.gradients(ra, rb, rc, rd)
		if q == 0 {
			x = l.run(i, x)
			continue
		}
		cur[x] = uint16(l.regular(q, predict(ra, rb, rc)))
		x++
	}
}

// regular decodes a sample by its context and prediction (T.87 A.4 to A.6).
func (l *lines) regular(q, px int) int {
	sign, number := signOf(q)
	c := &l.contexts[number&contextMask]
	px = l.corrected(px, int(c.c), sign)
	mapped := l.bits.golomb(int(c.k), l.limit, l.qbpp)
	e := mapped>>1 ^ -(mapped & 1) ^ int(c.flip)
	c.update(e, e*l.step, l.reset, l.near == 0)
	return l.restored(px, sign*e)
}

// run decodes a run of component i that begins at x, and the sample that ends
// it (T.87 A.7); it answers where to go on.
func (l *lines) run(i, x int) int {
	cur, prev := l.cur[i], l.prev[i]
	n := l.runLength(i, len(cur)-1-x)
	fill(cur[x:x+n], cur[x-1])
	if x += n; x == len(cur)-1 {
		return x
	}
	ra, rb := int(cur[x-1]), int(prev[x])
	c, px, sign := &l.runs[0], rb, 1
	switch {
	case l.nearly(ra, rb):
		c, px = &l.runs[1], ra
	case ra > rb:
		sign = -1
	}
	cur[x] = uint16(l.restored(px, sign*l.interruption(c, i)))
	l.runIndex[i] = max(l.runIndex[i]-1, 0)
	return x + 1
}

// runLength reads the length of a run, at most that of the rest of the line
// (T.87 A.7.1.2).
func (l *lines) runLength(i, rest int) int {
	index, n := l.runIndex[i], 0
	for l.bits.take(1) == 1 {
		segment := 1 << runLengths[index&31]
		if n+segment <= rest {
			index = min(index+1, 31)
		}
		if n = min(n+segment, rest); n == rest {
			l.runIndex[i] = index
			return n
		}
	}
	n += l.bits.take(int(runLengths[index&31]))
	if n >= rest {
		l.bits.short = true // a run that is cut short leaves a sample
		n = rest
	}
	l.runIndex[i] = index
	return n
}

// interruption reads the error of the sample that ends a run (T.87 A.7.2).
func (l *lines) interruption(c *runTally, i int) int {
	k := c.k()
	mapped := l.bits.golomb(k, l.limit-int(runLengths[l.runIndex[i]&31])-1, l.qbpp)
	e := c.value(mapped, k)
	c.update(e, mapped, l.reset)
	return e
}

// store puts the current line of each component into its place of row y.
func (l *lines) store(m *codec.Image, y int) {
	row := y * m.Columns * m.Components
	for i, component := range l.components {
		from := l.cur[i][1 : m.Columns+1]
		if m.Pix8 != nil {
			spread(m.Pix8[row+component:], from, m.Components)
		} else {
			spread(m.Pix16[row+component:], from, m.Components)
		}
	}
}

// spread puts the samples of a line into every step-th place.
func spread[T uint8 | uint16](to []T, from []uint16, step int) {
	if same, ok := any(to).([]uint16); ok && step == 1 {
		copy(same, from)
		return
	}
	if step == 1 {
		to = to[:len(from)]
		for x, v := range from {
			to[x] = T(v)
		}
		return
	}
	for x, v := range from {
		to[x*step] = T(v)
	}
}
