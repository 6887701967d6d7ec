package jpeg

import (
	"context"
	"fmt"

	"eris/dicom/codec"
)

// progressive is the process of annex G: the coefficients of the whole picture
// come bit by bit and band by band, and are kept until all are there.
type progressive[T uint8 | uint16] struct {
	frame      *frame
	coef       [][][64]int16 // by component, row by row
	quantizers [4]*[64]int32
	known      [4][64]int8 // by component: the lowest bit that came, or unknown
	scans      int

	bits   bitReader
	header *scan
	last   [4]int // DC coefficients
	ends   int    // how many bands more end at their first coefficient (G.1.2.2)
}

const unknown = 127

// maxScans is more than any encoder makes. Scans are cheap to write, and each
// goes over the whole picture.
const maxScans = 256

func newProgressive[T uint8 | uint16](f *frame) *progressive[T] {
	p := &progressive[T]{frame: f}
	for i, c := range f.components {
		p.coef = append(p.coef, make([][64]int16, f.mcuRows*c.down*f.mcuColumns*c.across))
		for k := range p.known[i] {
			p.known[i][k] = unknown
		}
	}
	return p
}

// complete: every coefficient to its last bit; when the stream has ended, the
// first of each component suffice, for the encoder may have wanted no more.
func (p *progressive[T]) complete(ended bool) bool {
	for i := range p.frame.components {
		if p.known[i][0] == unknown {
			return false
		}
		for _, low := range p.known[i] {
			if low != 0 && !ended {
				return false
			}
		}
	}
	return true
}

func (p *progressive[T]) scan(ctx context.Context, s *stream, header *scan) error {
	if err := p.check(header); err != nil {
		return err
	}
	for _, c := range header.components {
		if p.quantizers[c.index] == nil {
			p.quantizers[c.index] = c.quantizer
		}
		for k := header.from; k <= header.to; k++ {
			p.known[c.index][k] = int8(header.low)
		}
	}
	p.header = header
	return p.frame.visit(ctx, s, &p.bits, header, p)
}

// check holds the scan against G.1.1.1.
func (p *progressive[T]) check(header *scan) error {
	first := header.from == 0
	switch p.scans++; {
	case p.scans > maxScans:
		return fmt.Errorf("%w: more than %d scans", codec.ErrLimit, maxScans)
	case header.from > header.to, header.to > 63, first && header.to != 0, !first && len(header.components) > 1,
		header.low > 13, header.high != 0 && header.high != header.low+1:
		return fmt.Errorf("%w: scan of coefficients %d to %d, bits %d to %d",
			codec.ErrCorrupt, header.from, header.to, header.high, header.low)
	}
	for _, c := range header.components {
		if !p.follows(header, &p.known[c.index]) {
			return fmt.Errorf("%w: scan of bits that do not come next", codec.ErrCorrupt)
		}
	}
	return header.ready(first && header.high == 0, !first, true)
}

// follows says that a scan has the bits below the known ones, and that the
// first coefficient came first. Thus no stream goes over a coefficient more
// often than it has bits.
func (p *progressive[T]) follows(header *scan, known *[64]int8) bool {
	if header.from > 0 && known[0] == unknown {
		return false
	}
	before := int8(unknown)
	if header.high > 0 {
		before = int8(header.high)
	}
	for _, low := range known[header.from : header.to+1] {
		if low != before {
			return false
		}
	}
	return true
}

func (p *progressive[T]) begin() { p.last, p.ends = [4]int{}, 0 }

func (p *progressive[T]) block(i, x, y int) {
	c := &p.header.components[i]
	coef := &p.coef[c.index][y*p.frame.mcuColumns*c.across+x]
	switch {
	case p.header.from > 0 && p.header.high == 0:
		p.band(c.ac, coef)
	case p.header.from > 0:
		p.refine(c.ac, coef)
	case p.header.high == 0:
		_, diff := c.dc.next(&p.bits)
		p.last[i] += diff
		coef[0] = int16(p.last[i] << p.header.low)
	case p.bits.take(1) == 1:
		coef[0] |= 1 << p.header.low
	}
}

// band reads the first bits of a band of coefficients (G.1.2.2).
func (p *progressive[T]) band(ac *huffman, coef *[64]int16) {
	if p.ends > 0 {
		p.ends--
		return
	}
	for k := p.header.from; k <= p.header.to; k++ {
		run, v := ac.next(&p.bits)
		if v == 0 {
			if run < 15 {
				p.ends = 1<<run - 1 + p.bits.take(run)
				return
			}
			k += 15
			continue
		}
		if k += run; k > p.header.to {
			p.bits.bad = true
			return
		}
		coef[zigzag[k]] = int16(v << p.header.low)
	}
}

// refine reads one more bit of a band of coefficients (G.1.2.3).
func (p *progressive[T]) refine(ac *huffman, coef *[64]int16) {
	k := p.header.from
	for p.ends == 0 && k <= p.header.to {
		run, v := ac.next(&p.bits)
		if v == 0 && run < 15 {
			p.ends = 1<<run + p.bits.take(run)
			break
		}
		k = p.correct(coef, k, run)
		if v != 0 && k <= p.header.to {
			coef[zigzag[k]] = int16(v << p.header.low)
		}
		k++
	}
	if p.ends > 0 {
		p.correct(coef, k, 64)
		p.ends--
	}
}

// correct gives each coefficient from k on that is not 0 its next bit, passes
// over so many zeros, and stops at the zero behind them or after the band.
func (p *progressive[T]) correct(coef *[64]int16, k, zeros int) int {
	for ; k <= p.header.to; k++ {
		c := &coef[zigzag[k]]
		if *c == 0 {
			if zeros == 0 {
				return k
			}
			zeros--
			continue
		}
		if p.bits.take(1) == 0 {
			continue
		}
		if *c > 0 {
			*c += 1 << p.header.low
		} else {
			*c -= 1 << p.header.low
		}
	}
	return k
}

// image transforms the blocks.
func (p *progressive[T]) image(ctx context.Context) (*codec.Image, error) {
	planes := newPlanes[T](p.frame)
	var wide [64]int32
	for i, blocks := range p.coef {
		across := p.frame.mcuColumns * p.frame.components[i].across
		for n := range blocks {
			if n%across == 0 && ctx.Err() != nil {
				return nil, ctx.Err()
			}
			for k, v := range &blocks[n] {
				wide[k] = int32(v)
			}
			out, stride := planes[i].block(n%across, n/across)
			inverse(&wide, p.quantizers[i], out, stride, p.frame.bits)
		}
	}
	return assembled(ctx, p.frame, planes)
}
