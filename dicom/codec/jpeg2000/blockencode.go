package jpeg2000

import (
	"math/bits"
	"slices"
)

// codedBlock is what a code-block has become.
type codedBlock struct {
	bytes  []byte
	planes int // that are not all 0
}

// passes of a block: the first plane has but a clean-up.
func (c *codedBlock) passes() int { return max(0, 3*c.planes-2) }

// blockEncoder encodes code-blocks, one after another (15444-1 annex D). It
// shares the column words of the decoder.
type blockEncoder struct {
	blockDecoder
	coder mqEncoder
}

// encode encodes the samples of a block of a band.
func (e *blockEncoder) encode(b *block, in *band, coefficients []int32) *codedBlock {
	e.begin(b, in.kind, 0)
	planes := e.load(b, in, coefficients)
	coded := &codedBlock{planes: planes}
	if planes == 0 {
		return coded
	}
	e.coder.reset()
	for p := planes - 1; p >= 0; p-- {
		if p < planes-1 {
			e.encodeSignificance(uint(p))
			e.encodeRefinement(uint(p))
		}
		e.encodeCleanUp(uint(p))
	}
	coded.bytes = slices.Clone(e.coder.flush())
	return coded
}

// load takes the coefficients as sign and magnitude, and answers how many
// bit-planes they have.
func (e *blockEncoder) load(b *block, in *band, coefficients []int32) int {
	all := uint32(0)
	for y := range e.height {
		row := coefficients[in.offset+(b.y0-in.y0+y)*in.width()+b.x0-in.x0:][:e.width]
		for x, v := range row {
			sign := uint32(v) >> 31
			magnitude := uint32(max(v, -v))
			all |= magnitude
			e.samples[4*((y>>2)*e.width+x)+y&3] = sign<<31 | magnitude
		}
	}
	return bits.Len32(all)
}

// sample is the sample of a row's digit in a stripe's column.
func (e *blockEncoder) sample(s, x int, t uint) uint32 {
	return e.samples[4*(s*e.width+x-1)+int(t/3)]
}

// sign codes the sign of a sample and notes that it is significant.
func (e *blockEncoder) sign(sample uint32, word, v uint64, above, below *uint64, t uint) uint64 {
	code := signCoding[signIndex(v)]
	sign := sample >> 31
	e.coder.code(sign^uint32(code>>7), code&31)
	return become(word, above, below, t, uint64(sign))
}

// eachColumn calls do with the columns of all stripes: the word, those of the
// three columns laid over each other, and the rows there are.
func (e *blockEncoder) eachColumn(do func(s, x int, word, w, rows uint64, above, below *uint64) uint64) {
	for s := range e.stripes {
		words, above, below, rows := e.stripe(s)
		for x := 1; x < len(words)-1; x++ {
			word := words[x]
			words[x] = do(s, x, word, words[x-1]|word<<1|words[x+1]<<2, rows, &above[x], &below[x])
		}
	}
}

// encodeSignificance is 15444-1 D.3.1.
func (e *blockEncoder) encodeSignificance(plane uint) {
	e.eachColumn(func(s, x int, word, w, rows uint64, above, below *uint64) uint64 {
		near := (w | w>>1 | w>>2) & sixRows
		todo := (near | near>>3 | near>>6) & rows &^ (word >> 3)
		for todo != 0 {
			t := uint(bits.TrailingZeros64(todo))
			todo &= todo - 1
			sample := e.sample(s, x, t)
			bit := sample >> plane & 1
			e.coder.code(bit, e.zero[w>>t&0x1FF])
			word |= visited << t
			if bit != 0 {
				word = e.sign(sample, word, w>>t, above, below, t)
				w |= word << 1
				todo |= 8 << t & rows &^ (word >> 3)
			}
		}
		return word
	})
}

// encodeRefinement is 15444-1 D.3.3.
func (e *blockEncoder) encodeRefinement(plane uint) {
	e.eachColumn(func(s, x int, word, w, rows uint64, _, _ *uint64) uint64 {
		todo := word >> 3 & rows &^ (word >> 36)
		after := word | todo*refined
		for ; todo != 0; todo &= todo - 1 {
			t := uint(bits.TrailingZeros64(todo))
			e.coder.code(e.sample(s, x, t)>>plane&1, refinementContext(w>>t, word>>(t+48)))
		}
		return after
	})
}

// encodeCleanUp is 15444-1 D.3.4.
func (e *blockEncoder) encodeCleanUp(plane uint) {
	e.eachColumn(func(s, x int, word, w, rows uint64, above, below *uint64) uint64 {
		todo := rows &^ (word>>3 | word>>36)
		first := uint(64)
		if w&0o777777 == 0 && rows == fourRows {
			if first = e.run(s, x, plane); first == 64 {
				return word
			}
			todo = fourRows >> first << first
		}
		for ; todo != 0; todo &= todo - 1 {
			t := uint(bits.TrailingZeros64(todo))
			sample := e.sample(s, x, t)
			bit := sample >> plane & 1
			if t != first {
				e.coder.code(bit, e.zero[w>>t&0x1FF])
			}
			if bit != 0 {
				word = e.sign(sample, word, w>>t, above, below, t)
				w |= word << 1
			}
		}
		return word &^ (fourRows * visited)
	})
}

// run codes that a column has no significant sample, or the digit of the first
// of them; 64 stands for none (15444-1 Table D.5).
func (e *blockEncoder) run(s, x int, plane uint) uint {
	for row := range uint(4) {
		if e.sample(s, x, 3*row)>>plane&1 != 0 {
			e.coder.code(1, contextRun)
			e.coder.code(uint32(row>>1), contextUniform)
			e.coder.code(uint32(row&1), contextUniform)
			return 3 * row
		}
	}
	e.coder.code(0, contextRun)
	return 64
}
