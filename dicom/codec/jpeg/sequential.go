package jpeg

import (
	"context"
	"fmt"

	"eris/dicom/codec"
)

// sequential is the baseline and the extended sequential process (annex F):
// each block comes once and goes into its plane at once.
type sequential[T uint8 | uint16] struct {
	frame  *frame
	planes []plane[T]
	seen   []bool

	bits   bitReader
	header *scan
	last   [4]int // DC coefficients
	coef   [64]int32
}

func newSequential[T uint8 | uint16](f *frame) *sequential[T] {
	return &sequential[T]{frame: f, planes: newPlanes[T](f), seen: make([]bool, len(f.components)), bits: bitReader{forgiven: lastCode}}
}

func (q *sequential[T]) complete(bool) bool {
	for _, seen := range q.seen {
		if !seen {
			return false
		}
	}
	return true
}

// scan ignores the spectral selection, which some encoders leave wrong: there
// is only one here (table B.3).
func (q *sequential[T]) scan(ctx context.Context, s *stream, header *scan) error {
	if err := header.ready(true, true, true); err != nil {
		return err
	}
	for _, c := range header.components {
		if q.seen[c.index] {
			return fmt.Errorf("%w: component %d comes twice", codec.ErrCorrupt, c.id)
		}
		q.seen[c.index] = true
	}
	q.header = header
	return q.frame.visit(ctx, s, &q.bits, header, q)
}

func (q *sequential[T]) begin() { q.last = [4]int{} }

// block reads a block (F.2.2) and transforms it.
func (q *sequential[T]) block(i, x, y int) {
	c := &q.header.components[i]
	_, diff := c.dc.next(&q.bits)
	q.last[i] += diff
	q.coef[0] = int32(q.last[i])
	out, stride := q.planes[c.index].block(x, y)
	if q.bits.coefficients(c.ac, &q.coef) {
		inverse(&q.coef, c.quantizer, out, stride, q.frame.bits)
		q.coef = [64]int32{}
		return
	}
	flat(q.coef[0]*c.quantizer[0], out, stride, q.frame.bits)
}

// coefficients reads the coefficients behind the first; false when all are 0.
func (b *bitReader) coefficients(ac *huffman, coef *[64]int32) (any bool) {
	for k := 1; k < 64; k++ {
		run, v := ac.next(b)
		if v == 0 {
			if run != 15 {
				return any
			}
			k += 15
			continue
		}
		if k += run; k > 63 {
			b.bad = true
			return any
		}
		coef[zigzag[k]] = int32(v)
		any = true
	}
	return any
}

func (q *sequential[T]) image(ctx context.Context) (*codec.Image, error) {
	return assembled(ctx, q.frame, q.planes)
}
