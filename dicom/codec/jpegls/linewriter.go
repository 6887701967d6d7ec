package jpegls

import (
	"fmt"

	"eris/dicom/codec"
)

// lineWriter encodes a scan line by line: lines, read from the other side. The
// lines hold what a decoder will have, not the original.
type lineWriter struct {
	*model
	scan
	bits      *bitWriter
	cur, prev [][]uint16
}

func newLineWriter(out []byte, m *model, s scan, columns int) *lineWriter {
	w := &lineWriter{model: m, scan: s, bits: newBitWriter(out)}
	w.cur, w.prev = linePair(len(s.components), columns)
	return w
}

// restart writes restart marker n of the scan and begins anew (T.87 A.8).
func (w *lineWriter) restart(n int) {
	w.bits = newBitWriter(append(w.bits.finish(), 0xFF, byte(markRST+n%8)))
	w.model.restart()
	for i := range w.cur {
		clear(w.cur[i])
		clear(w.prev[i])
	}
}

// load takes row y of the image for the current line.
func (w *lineWriter) load(m *codec.Image, y int) error {
	w.cur, w.prev = w.prev, w.cur
	mask := ^0
	if m.Signed {
		mask = 1<<m.Bits - 1
	}
	row := y * m.Columns * m.Components
	for i, component := range w.components {
		to := w.cur[i][1 : m.Columns+1]
		var most int
		if m.Pix8 != nil {
			most = gather(to, m.Pix8[row+component:], m.Components, mask)
		} else {
			most = gather(to, m.Pix16[row+component:], m.Components, mask)
		}
		if most > w.maxval {
			return fmt.Errorf("%w: sample %d where %d is the most", codec.ErrCorrupt, most, w.maxval)
		}
	}
	return nil
}

// gather takes every step-th sample, and says which was the greatest.
func gather[T uint8 | uint16](to []uint16, from []T, step, mask int) int {
	most := 0
	for x := range to {
		v := int(from[x*step]) & mask
		most = max(most, v)
		to[x] = uint16(v)
	}
	return most
}

// next encodes the current line of every component of the scan.
func (w *lineWriter) next() {
	for i := range w.cur {
		edges(w.cur[i], w.prev[i])
	}
	if w.interleave == Sample {
		w.interleaved()
		return
	}
	for i := range w.cur {
		w.line(i)
	}
}

// line encodes the line of component i of the scan (T.87 A.3 to A.7).
func (w *lineWriter) line(i int) {
	cur, prev := w.cur[i], w.prev[i]
	for x := 1; x < len(cur)-1; {
		ra, rb, rc, rd := int(cur[x-1]), int(prev[x]), int(prev[x-1]), int(prev[x+1])
		q := w.gradients(ra, rb, rc, rd)
		if q == 0 {
			x = w.run(i, x)
			continue
		}
		cur[x] = uint16(w.regular(q, predict(ra, rb, rc), int(cur[x])))
		x++
	}
}

// regular encodes sample v by its context and prediction (T.87 A.4 to A.6), and
// answers what the decoder will make of it.
func (w *lineWriter) regular(q, px, v int) int {
	sign, number := signOf(q)
	c := &w.contexts[number&contextMask]
	px = w.corrected(px, int(c.c), sign)
	e := w.reduced(sign * (v - px))
	likely := e ^ int(c.flip)
	w.bits.golomb(likely<<1^likely>>63, int(c.k), w.limit, w.qbpp)
	c.update(e, e*w.step, w.reset, w.near == 0)
	return w.restored(px, sign*e)
}

// run encodes a run of component i that begins at x, and the sample that ends
// it (T.87 A.7).
func (w *lineWriter) run(i, x int) int {
	cur, prev := w.cur[i], w.prev[i]
	ra := cur[x-1]
	end := x
	for end < len(cur)-1 && w.nearly(int(cur[end]), int(ra)) {
		cur[end] = ra
		end++
	}
	if w.runLength(i, end-x, end == len(cur)-1); end == len(cur)-1 {
		return end
	}
	rb := int(prev[end])
	c, px, sign := &w.runs[0], rb, 1
	switch {
	case w.nearly(int(ra), rb):
		c, px = &w.runs[1], int(ra)
	case int(ra) > rb:
		sign = -1
	}
	cur[end] = uint16(w.interruption(c, i, px, sign, int(cur[end])))
	w.runIndex[i] = max(w.runIndex[i]-1, 0)
	return end + 1
}

// runLength writes the length of a run (T.87 A.7.1.2, figure A.18).
func (w *lineWriter) runLength(i, n int, toEnd bool) {
	for n >= 1<<runLengths[w.runIndex[i]] {
		w.bits.put(1, 1)
		n -= 1 << runLengths[w.runIndex[i]]
		w.runIndex[i] = min(w.runIndex[i]+1, 31)
	}
	switch {
	case !toEnd:
		w.bits.put(uint64(n), 1+int(runLengths[w.runIndex[i]]))
	case n > 0:
		w.bits.put(1, 1)
	}
}

// interruption writes the sample that ends a run (T.87 A.7.2), and answers
// what the decoder will make of it.
func (w *lineWriter) interruption(c *runTally, i, px, sign, v int) int {
	e := w.reduced(sign * (v - px))
	k := c.k()
	mapped := c.mapped(e, k)
	w.bits.golomb(mapped, k, w.limit-int(runLengths[w.runIndex[i]])-1, w.qbpp)
	c.update(e, mapped, w.reset)
	return w.restored(px, sign*e)
}

// interleaved encodes a line of all components, sample by sample.
func (w *lineWriter) interleaved() {
	for x := 1; x < len(w.cur[0])-1; {
		var q [4]int
		flat := true
		for i := range w.cur {
			cur, prev := w.cur[i], w.prev[i]
			q[i] = w.gradients(int(cur[x-1]), int(prev[x]), int(prev[x-1]), int(prev[x+1]))
			flat = flat && q[i] == 0
		}
		if flat {
			x = w.commonRun(x)
			continue
		}
		for i := range w.cur {
			cur, prev := w.cur[i], w.prev[i]
			px := predict(int(cur[x-1]), int(prev[x]), int(prev[x-1]))
			cur[x] = uint16(w.regular(q[i], px, int(cur[x])))
		}
		x++
	}
}

// commonRun encodes a run of all components and the samples that end it.
func (w *lineWriter) commonRun(x int) int {
	end := x
	for end < len(w.cur[0])-1 && w.allNear(x-1, end) {
		for i := range w.cur {
			w.cur[i][end] = w.cur[i][x-1]
		}
		end++
	}
	if w.runLength(0, end-x, end == len(w.cur[0])-1); end == len(w.cur[0])-1 {
		return end
	}
	for i := range w.cur {
		ra, rb := int(w.cur[i][end-1]), int(w.prev[i][end])
		sign := 1
		if ra > rb {
			sign = -1
		}
		w.cur[i][end] = uint16(w.interruption(&w.runs[0], 0, rb, sign, int(w.cur[i][end])))
	}
	w.runIndex[0] = max(w.runIndex[0]-1, 0)
	return end + 1
}

// allNear says whether samples a and b are near in every component.
func (w *lineWriter) allNear(a, b int) bool {
	for _, line := range w.cur {
		if !w.nearly(int(line[a]), int(line[b])) {
			return false
		}
	}
	return true
}
