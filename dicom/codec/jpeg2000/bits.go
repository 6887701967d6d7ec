package jpeg2000

// bitReader reads the bits of packet headers: after a byte 0xFF the next has
// seven (15444-1 B.10.1). Past the end it answers 0 and says so in short.
type bitReader struct {
	b     []byte
	pos   int
	last  byte
	left  uint // bits of last not yet read
	short bool
}

func (r *bitReader) bit() int {
	if r.left == 0 {
		r.next()
	}
	r.left--
	return int(r.last>>r.left) & 1
}

// next loads a byte.
func (r *bitReader) next() {
	r.left = 8
	if r.last == 0xFF {
		r.left = 7
	}
	if r.pos >= len(r.b) {
		r.last, r.short = 0, true
		return
	}
	r.last = r.b[r.pos]
	r.pos++
}

func (r *bitReader) bits(n int) int {
	v := 0
	for range n {
		v = v<<1 | r.bit()
	}
	return v
}

// align goes to the byte after the header: a header that ends with 0xFF is
// followed by a stuffed byte.
func (r *bitReader) align() {
	r.left = 0
	if r.last == 0xFF {
		r.next()
	}
	r.last, r.left = 0, 0
}

// bitWriter writes the bits of packet headers; after 0xFF a byte has seven
// (15444-1 B.10.1).
type bitWriter struct {
	out   []byte
	begun bool // the last byte of out is the writer's
	left  uint
}

func (w *bitWriter) bit(v int) {
	if w.left == 0 {
		w.next()
	}
	w.left--
	w.out[len(w.out)-1] |= byte(v << w.left)
}

func (w *bitWriter) next() {
	w.left = 8
	if w.begun && w.out[len(w.out)-1] == 0xFF {
		w.left = 7
	}
	w.out, w.begun = append(w.out, 0), true
}

func (w *bitWriter) bits(v, n int) {
	for n--; n >= 0; n-- {
		w.bit(v >> n & 1)
	}
}

// align ends a header, which may not end with 0xFF.
func (w *bitWriter) align() []byte {
	if w.out[len(w.out)-1] == 0xFF {
		w.next()
	}
	return w.out
}
