package jpeg2000

import "math/bits"

// The passes go down the stripes, along the columns of each, and through the
// samples of a column (15444-1 D.1). What a column has to do is a set of rows
// as octal digits, so that samples that a pass leaves out cost nothing. The
// lines of mqDecoder.symbol stand in the loops, d in a register.

// significance is the significance propagation pass (15444-1 D.3.1): samples
// that are not significant but have a neighbour that is.
func (d *blockDecoder) significance(plane uint) {
	q, zero, mask, value := &d.mq, d.zero, d.mask, uint32(3)<<plane
	rest := q.d
	for s := range d.stripes {
		words, above, below, rows := d.stripe(s)
		samples := d.samples[4*s*d.width:]
		left, word := uint64(0), words[1]
		for x := 1; x < len(words)-1; x++ {
			right := words[x+1]
			w := (left | word<<1 | right<<2) & mask
			near := (w | w>>1 | w>>2) & sixRows
			todo := (near | near>>3 | near>>6) & rows &^ (word >> 3)
			if todo == 0 {
				left, word = word, right
				continue
			}
			for todo != 0 {
				t := uint(bits.TrailingZeros64(todo)) & 63
				todo &= todo - 1
				v := w >> t
				context := zero[v&0x1FF]
				state := q.contexts[context]
				bit := uint32(state) & 1
				if rest -= int64(state &^ stateBits); rest < 0 {
					rest, bit = q.turn(rest, state, context)
				}
				word |= visited << t
				if bit == 0 {
					continue
				}
				code := signCoding[signIndex(v)]
				context = code & 31
				state = q.contexts[context]
				bit = uint32(state) & 1
				if rest -= int64(state &^ stateBits); rest < 0 {
					rest, bit = q.turn(rest, state, context)
				}
				bit ^= uint32(code >> 7)
				samples[4*(x-1)+int(t*11>>5)] = bit<<31 | value
				word = become(word, &above[x], &below[x], t, uint64(bit))
				w |= (significant | uint64(bit)*negative) << (t + 4)
				todo |= 8 << t & rows &^ (word >> 3) // the next row has a neighbour now
			}
			words[x] = word
			left, word = word, right
		}
	}
	q.d = rest
}

// refinement is the magnitude refinement pass (15444-1 D.3.3): samples that
// were significant before this plane.
func (d *blockDecoder) refinement(plane uint) {
	q, mask, less := &d.mq, d.mask, uint32(1)<<plane
	rest := q.d
	for s := range d.stripes {
		words, _, _, rows := d.stripe(s)
		samples := d.samples[4*s*d.width:]
		left, word := uint64(0), words[1]
		for x := 1; x < len(words)-1; x++ {
			right := words[x+1]
			todo := word >> 3 & rows &^ (word >> 36)
			if todo == 0 {
				left, word = word, right
				continue
			}
			w := (left | word<<1 | right<<2) & mask
			words[x] = word | todo*refined
			for ; todo != 0; todo &= todo - 1 {
				t := uint(bits.TrailingZeros64(todo)) & 63
				context := refinementContext(w>>t, word>>(t+48))
				state := q.contexts[context]
				bit := uint32(state) & 1
				if rest -= int64(state &^ stateBits); rest < 0 {
					rest, bit = q.turn(rest, state, context)
				}
				samples[4*(x-1)+int(t*11>>5)] += bit<<(plane+1) - less
			}
			left, word = words[x], right
		}
	}
	q.d = rest
}

// refinementContext is 15444-1 Table D.4.
func refinementContext(v, again uint64) uint8 {
	if again&1 != 0 {
		return contextRefine + 2
	}
	if v&neighbours != 0 {
		return contextRefine + 1
	}
	return contextRefine
}

// cleanUp is the clean-up pass (15444-1 D.3.4): samples that the others left
// out, and columns without a significant neighbour as one symbol.
func (d *blockDecoder) cleanUp(plane uint) {
	q, zero, mask, value := &d.mq, d.zero, d.mask, uint32(3)<<plane
	rest := q.d
	for s := range d.stripes {
		words, above, below, rows := d.stripe(s)
		samples := d.samples[4*s*d.width:]
		left, word := uint64(0), words[1]
		for x := 1; x < len(words)-1; x++ {
			right := words[x+1]
			w := (left | word<<1 | right<<2) & mask
			todo := rows &^ (word>>3 | word>>36)
			first := uint(64) // a row known to be significant
			if w&0o777777 == 0 && rows == fourRows {
				state := q.contexts[contextRun]
				bit := uint32(state) & 1
				if rest -= int64(state &^ stateBits); rest < 0 {
					rest, bit = q.turn(rest, state, contextRun)
				}
				if bit == 0 {
					left, word = word, right
					continue
				}
				q.d = rest
				first = 3 * uint(q.symbol(contextUniform)<<1|q.symbol(contextUniform))
				rest = q.d
				todo = fourRows >> first << first
			}
			for todo != 0 {
				t := uint(bits.TrailingZeros64(todo)) & 63
				todo &= todo - 1
				v := w >> t
				if t != first {
					context := zero[v&0x1FF]
					state := q.contexts[context]
					bit := uint32(state) & 1
					if rest -= int64(state &^ stateBits); rest < 0 {
						rest, bit = q.turn(rest, state, context)
					}
					if bit == 0 {
						continue
					}
				}
				code := signCoding[signIndex(v)]
				context := code & 31
				state := q.contexts[context]
				bit := uint32(state) & 1
				if rest -= int64(state &^ stateBits); rest < 0 {
					rest, bit = q.turn(rest, state, context)
				}
				bit ^= uint32(code >> 7)
				samples[4*(x-1)+int(t*11>>5)] = bit<<31 | value
				word = become(word, &above[x], &below[x], t, uint64(bit))
				w |= (significant | uint64(bit)*negative) << (t + 4)
			}
			word &^= fourRows * visited
			words[x] = word
			left, word = word, right
		}
	}
	q.d = rest
	if d.modes&styleSegments != 0 {
		for range 4 { // 15444-1 D.5: 1010, of use to those who repair
			q.symbol(contextUniform)
		}
	}
}
