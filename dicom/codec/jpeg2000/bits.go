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
