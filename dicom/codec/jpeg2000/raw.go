package jpeg2000

import "math/bits"

// rawReader reads the bits of passes that bypass the arithmetic coder: after a
// byte 0xFF the next has seven (15444-1 D.6). Past the end there are ones.
type rawReader struct {
	b    []byte
	last byte
	left uint
}

func (r *rawReader) start(b []byte) { *r = rawReader{b: b} }

func (r *rawReader) bit() uint32 {
	if r.left == 0 {
		r.left = 8
		if r.last == 0xFF {
			r.left = 7
		}
		r.last = 0xFF
		if len(r.b) > 0 {
			r.last, r.b = r.b[0], r.b[1:]
		}
	}
	r.left--
	return uint32(r.last>>r.left) & 1
}

// significanceRaw is the significance propagation pass without the coder:
// signs are bits of their own.
func (d *blockDecoder) significanceRaw(plane uint) {
	for s := range d.stripes {
		words, above, below, rows := d.stripe(s)
		for x := 1; x < len(words)-1; x++ {
			word := words[x]
			w := (words[x-1] | word<<1 | words[x+1]<<2) & d.mask
			near := (w | w>>1 | w>>2) & sixRows
			todo := (near | near>>3 | near>>6) & rows &^ (word >> 3)
			for todo != 0 {
				t := uint(bits.TrailingZeros64(todo)) & 63
				todo &= todo - 1
				word |= visited << t
				if d.raw.bit() == 0 {
					continue
				}
				sign := d.raw.bit()
				d.samples[4*(s*d.width+x-1)+int(t/3)] = sign<<31 | 3<<plane
				word = become(word, &above[x], &below[x], t, uint64(sign))
				todo |= 8 << t & rows &^ (word >> 3)
			}
			words[x] = word
		}
	}
}

// refinementRaw is the magnitude refinement pass without the coder.
func (d *blockDecoder) refinementRaw(plane uint) {
	for s := range d.stripes {
		words, _, _, rows := d.stripe(s)
		for x := 1; x < len(words)-1; x++ {
			todo := words[x] >> 3 & rows &^ (words[x] >> 36)
			words[x] |= todo * refined
			for ; todo != 0; todo &= todo - 1 {
				row := bits.TrailingZeros64(todo) / 3
				d.samples[4*(s*d.width+x-1)+row] += d.raw.bit()<<(plane+1) - 1<<plane
			}
		}
	}
}
