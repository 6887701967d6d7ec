package ht

// stripe is the height of what the refinement passes scan as columns.
const stripe = 4

// The bits of a column of a stripe: what is above, four samples, what is below.
const (
	aboveBit = 1 << 0
	belowBit = 1 << (stripe + 1)
)

// significance decodes the SigProp pass (ISO/IEC 15444-15 7.4): samples beside
// significant ones may become so in the next plane. Signs follow the
// significances of four columns.
func (d *Decoder) significance(segment []byte) {
	r := forward{src: segment}
	var ready bitsReady
	columns := d.column[:d.width+2] // column x at x+1
	clear(columns)
	for y := 0; y < d.height; y += stripe {
		d.gather(columns, y)
		for x := 0; x < d.width; x += 4 {
			if ready.n < 32 {
				ready.acc, ready.n = r.fill(ready.acc, ready.n)
			}
			d.propagate(columns, x, y, &ready)
		}
	}
}

// gather notes which samples of the columns of the stripe at y are significant.
func (d *Decoder) gather(columns []uint8, y int) {
	for x := range d.width {
		bits := columns[x+1] >> stripe & aboveBit
		for i := range min(stripe+1, d.height-y) {
			if i == stripe && d.causal {
				break
			}
			if d.dst[(y+i)*d.stride+x] != 0 {
				bits |= 2 << i
			}
		}
		columns[x+1] = bits
	}
}

// propagate decodes four columns from x on of the stripe at y: at most 32 bits.
func (d *Decoder) propagate(columns []uint8, x, y int, ready *bitsReady) {
	inside := uint8(2<<min(stripe, d.height-y) - 2)
	end := min(x+4, d.width)
	var found [4]uint8
	for c := x; c < end; c++ {
		sides := spread(columns[c] | columns[c+2])
		for bit := uint8(2); bit < belowBit; bit <<= 1 {
			own := columns[c+1]
			if (sides|spread(own))&^own&inside&bit == 0 {
				continue
			}
			if ready.take() {
				columns[c+1] |= bit
				found[c-x] |= bit
			}
		}
	}
	for c := x; c < end; c++ {
		for i := range stripe {
			if found[c-x]>>(i+1)&1 == 1 {
				d.dst[(y+i)*d.stride+c] = signed(3<<(d.plane-1), ready.take())
			}
		}
	}
}

// spread sets the bits beside those that are set.
func spread(column uint8) uint8 { return column | column<<1 | column>>1 }

// take takes one bit.
func (b *bitsReady) take() bool {
	bit := b.acc&1 == 1
	b.acc >>= 1
	b.n--
	return bit
}

func signed(v int32, negative bool) int32 {
	if negative {
		return -v
	}
	return v
}

// refine decodes the MagRef pass (7.5): the next plane of the samples that the
// cleanup pass found, which are told from those of SigProp by their midpoint.
func (d *Decoder) refine(segment []byte) {
	r := newMagRef(segment)
	var ready bitsReady
	half := int32(1) << (d.plane - 1)
	for y := 0; y < d.height; y += stripe {
		for x := range d.width {
			if ready.n < stripe {
				ready.acc, ready.n = r.fill(ready.acc, ready.n)
			}
			for i := range min(stripe, d.height-y) {
				v := &d.dst[(y+i)*d.stride+x]
				magnitude := max(*v, -*v)
				if magnitude == 0 || magnitude&half != 0 {
					continue
				}
				if !ready.take() {
					magnitude &^= 2 * half
				}
				*v = signed(magnitude|half, *v < 0)
			}
		}
	}
}
