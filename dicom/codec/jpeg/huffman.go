package jpeg

import (
	"fmt"

	"eris/dicom/codec"
)

// lookBits is how many bits are looked up at once. Most codes of pictures fit
// together with the bits that follow them.
const lookBits = 11

// entry of the look-up table: in bits 0 to 5 how many bits are used up, bit 6
// set when the value is there, in 8 to 11 the run, from 16 on the value.
type entry uint32

const entryWhole = 1 << 6

func (e entry) bits() int  { return int(e & 63) }
func (e entry) run() int   { return int(e >> 8 & 15) }
func (e entry) value() int { return int(int32(e) >> 16) }

// huffman is a table of codes (annex C), each followed by the bits of a
// number: in class 0 a difference, in class 1 a run of zeros and a coefficient.
type huffman struct {
	fast    [1 << lookBits]entry
	ac      bool
	symbols [256]uint8
	limit   [17]uint32 // by length: the first 16 bits that are beyond its codes
	offset  [17]int    // by length: from a code to the place of its symbol
}

// set builds the table from the numbers of codes of each length, and from the
// symbols in the order of their codes.
func (h *huffman) set(counts *[16]uint8, symbols []byte) error {
	h.fast = [1 << lookBits]entry{}
	copy(h.symbols[:], symbols)
	code, k := 0, 0
	for i, count := range counts {
		length := i + 1
		h.offset[length] = k - code
		code += int(count)
		k += int(count)
		if code > 1<<length {
			return fmt.Errorf("%w: Huffman table with too many codes of %d bits", codec.ErrCorrupt, length)
		}
		h.limit[length] = uint32(code) << (16 - length)
		code <<= 1
	}
	h.fill(counts)
	return nil
}

// fill enters the codes that fit the look-up.
func (h *huffman) fill(counts *[16]uint8) {
	at, k := 0, 0
	for i, count := range counts[:lookBits] {
		length := i + 1
		span := 1 << (lookBits - length)
		for range count {
			h.enter(h.fast[at:at+span], h.symbols[k], length)
			at, k = at+span, k+1
		}
	}
}

// enter fills the entries that begin with the code of a symbol.
func (h *huffman) enter(span []entry, symbol uint8, length int) {
	run, size := h.split(symbol)
	extra := extraBits(size)
	if length+extra > lookBits {
		return
	}
	each := len(span) >> extra
	for bits := range 1 << extra {
		e := entry(length+extra) | entryWhole | entry(run)<<8 | entry(uint32(extend(bits, size))<<16)
		for i := range each {
			span[bits*each+i] = e
		}
	}
}

// split takes a symbol apart (F.1.2.1, F.1.2.2).
func (h *huffman) split(symbol uint8) (run, size int) {
	if h.ac {
		return int(symbol >> 4), int(symbol & 15)
	}
	return 0, int(symbol)
}

// maxSize is the largest difference category; it has no bits (table H.2).
const maxSize = 16

func extraBits(size int) int {
	if size == maxSize {
		return 0
	}
	return size
}

// extend is the number of a category and its bits (F.2.2.1).
func extend(bits, size int) int {
	switch {
	case size == 0:
		return 0
	case size == maxSize:
		return 1 << 15
	case bits < 1<<(size-1):
		return bits - 1<<size + 1
	}
	return bits
}

// next reads a code and the number behind it. The number is 0 only when the
// category is 0. A wrong code reads as 0 and is noted in b.
func (h *huffman) next(b *bitReader) (run, value int) {
	if b.n < 32 {
		b.fill()
	}
	e := h.fast[b.acc>>(64-lookBits)]
	if e&entryWhole == 0 {
		return h.long(b)
	}
	b.acc <<= e & 63
	b.n -= e.bits()
	return e.run(), e.value()
}

// long reads what the look-up does not hold; b has 32 bits.
func (h *huffman) long(b *bitReader) (run, value int) {
	code := uint32(b.acc >> 48)
	for length := 1; length <= 16; length++ {
		if code >= h.limit[length] {
			continue
		}
		run, size := h.split(h.symbols[h.offset[length]+int(code>>(16-length))])
		b.acc <<= length
		b.n -= length
		if extra := extraBits(size); extra > 0 {
			return run, extend(b.take(extra), size)
		}
		return run, extend(0, size)
	}
	b.bad = true
	return 0, 0
}

// setHuffman reads the tables of a DHT segment (B.2.4.2).
func (t *tables) setHuffman(body []byte) error {
	for len(body) > 0 {
		if len(body) < 17 {
			return fmt.Errorf("%w: Huffman table of %d bytes", codec.ErrCorrupt, len(body))
		}
		class, number := body[0]>>4, body[0]&15
		counts := [16]uint8(body[1:])
		total := 0
		for _, c := range counts {
			total += int(c)
		}
		if class > 1 || number > 3 || total > 256 || len(body) < 17+total {
			return fmt.Errorf("%w: Huffman table %d of class %d with %d codes", codec.ErrCorrupt, number, class, total)
		}
		if err := t.setCodes(int(class), int(number), &counts, body[17:17+total]); err != nil {
			return err
		}
		body = body[17+total:]
	}
	return nil
}

func (t *tables) setCodes(class, number int, counts *[16]uint8, symbols []byte) error {
	for _, s := range symbols {
		if class == 0 && s > maxSize {
			return fmt.Errorf("%w: difference category %d", codec.ErrCorrupt, s)
		}
	}
	h := &t.huffman[class][number]
	if *h == nil {
		*h = &huffman{ac: class == 1}
	}
	return (*h).set(counts, symbols)
}
