package jpeg2000

import (
	"context"
	"errors"
	"fmt"
	"math/bits"

	"eris/dicom/codec"
)

// maxMissing bounds the zero bit-planes of a block: more than Mb and the
// largest shift of a region of interest can be (15444-1 E-2, A.6.3).
const maxMissing = 80

// errCut says that the bytes of a tile end before its packets do. What was
// read until then may be decoded.
var errCut = fmt.Errorf("%w: the packets end early", codec.ErrCorrupt)

// packetReader reads the packets of one tile.
type packetReader struct {
	t       *tile
	body    []byte
	header  *[]byte // where packet headers are: body, or those packed apart
	added   []addition
	packets int
	visits  int // to blocks, that are left
}

// addition is what a packet header announces for a block.
type addition struct {
	b      *block
	passes int
	length int
	begins bool
}

// readPackets reads the packets there are: how many, and whether they ended
// before the progression did.
func (t *tile) readPackets(ctx context.Context, body, packed []byte) (packets int, cut bool, err error) {
	visits := mostVisits(len(body) + len(packed))
	r := &packetReader{t: t, body: body, visits: visits}
	r.header = &r.body
	if packed != nil {
		r.header = &packed
	}
	err = t.packets(visits, func(res *resolution, index, layer int) error {
		if len(*r.header) == 0 {
			return errCut
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		return r.packet(res, index, layer)
	})
	if errors.Is(err, errCut) {
		return r.packets, true, nil
	}
	return r.packets, false, err
}

// packet reads one packet (15444-1 B.9, B.10).
func (r *packetReader) packet(res *resolution, index, layer int) error {
	// No packet begins with a byte 0xFF and one above 0x8F: these are markers.
	if startsWith(r.body, markerSOP) {
		r.body = r.body[min(6, len(r.body)):]
	}
	h := &bitReader{b: *r.header}
	r.added = r.added[:0]
	if h.bit() == 1 {
		if err := r.announcements(h, res, index, layer); err != nil {
			return err
		}
	}
	h.align()
	if h.short {
		return errCut
	}
	*r.header = (*r.header)[h.pos:]
	if startsWith(*r.header, markerEPH) {
		*r.header = (*r.header)[2:]
	}
	if err := r.take(); err != nil {
		return err
	}
	r.packets++
	return nil
}

// take hands the bytes of a packet to the blocks. What is cut short is left
// out: half a segment decodes to noise.
func (r *packetReader) take() error {
	for _, a := range r.added {
		if a.length > len(r.body) {
			return errCut
		}
		r.t.add(a, r.body[:a.length:a.length])
		r.body = r.body[a.length:]
	}
	return nil
}

// add appends a chunk to a block.
func (t *tile) add(a addition, b []byte) {
	t.chunks = append(t.chunks, chunk{bytes: b, passes: int32(a.passes), begins: a.begins})
	n := int32(len(t.chunks))
	if a.b.last > 0 {
		t.chunks[a.b.last-1].next = n
	} else {
		a.b.first = n
	}
	a.b.last = n
}

// announcements reads what a packet header says of each block of a precinct.
func (r *packetReader) announcements(h *bitReader, res *resolution, index, layer int) error {
	p := &res.precincts[index]
	if p.grids == nil {
		if err := r.t.open(res, index); err != nil {
			return err
		}
	}
	tc := &r.t.components[res.component]
	for i := range p.grids {
		g := &p.grids[i]
		if r.visits -= len(g.blocks); r.visits < 0 {
			return fmt.Errorf("%w: too many code-blocks", codec.ErrLimit)
		}
		for k := range g.blocks {
			if err := r.block(h, g, k, layer, tc.modes); err != nil {
				return err
			}
		}
	}
	return nil
}

// block reads what a packet header says of a block (15444-1 B.10.3 to B.10.7).
func (r *packetReader) block(h *bitReader, g *grid, index, layer, modes int) error {
	b := &g.blocks[index]
	x, y := index%g.width, index/g.width
	if b.included {
		if h.bit() == 0 {
			return nil
		}
	} else {
		if !g.inclusion.decode(h, x, y, uint16(layer+1)).known {
			return nil
		}
		b.included = true
		missing := g.missing.decode(h, x, y, maxMissing)
		if !missing.known {
			return fail(h, "zero bit-planes without end")
		}
		b.missing = uint8(missing.low)
	}
	passes := codedPasses(h)
	for h.bit() == 1 {
		if b.lblock++; b.lblock > 32 {
			return fail(h, "the length of a segment has too many bits")
		}
	}
	if modes&styleHT != 0 {
		return r.segmentsHT(h, b, passes)
	}
	return r.segments(h, b, passes, modes)
}

// fail is the error for a header that makes no sense: when it has run past
// its end that is the reason.
func fail(h *bitReader, what string) error {
	if h.short {
		return errCut
	}
	return fmt.Errorf("%w: %s", codec.ErrCorrupt, what)
}

// codedPasses reads a number of passes (15444-1 Table B.4).
func codedPasses(h *bitReader) int {
	if h.bit() == 0 {
		return 1
	}
	if h.bit() == 0 {
		return 2
	}
	if n := h.bits(2); n < 3 {
		return 3 + n
	}
	if n := h.bits(5); n < 31 {
		return 6 + n
	}
	return 37 + h.bits(7)
}

// segments reads the lengths of the segments that the passes lie in
// (15444-1 B.10.7).
func (r *packetReader) segments(h *bitReader, b *block, passes, modes int) error {
	for passes > 0 {
		begins := b.room == 0
		if begins {
			b.room = segmentPasses(int(b.passes), modes)
		}
		n := min(passes, int(b.room))
		r.announce(h, b, n, begins)
		b.room -= int32(n)
		passes -= n
	}
	return nil
}

// announce reads the length of n passes and notes it.
func (r *packetReader) announce(h *bitReader, b *block, n int, begins bool) {
	length := h.bits(int(b.lblock) + bits.Len(uint(n)) - 1)
	r.added = append(r.added, addition{b, n, length, begins})
	b.passes += int32(n)
}

// segmentPasses is how many passes a segment has that begins after so many
// (15444-1 Tables D.8 and D.9).
func segmentPasses(done, modes int) int32 {
	switch {
	case modes&styleTermAll != 0:
		return 1
	case modes&styleBypass == 0:
		return 1 << 30
	case done == 0:
		return firstRaw
	case (done-firstRaw)%3 == 0:
		return 2 // significance and refinement, both raw
	}
	return 1 // clean-up
}

// segmentsHT reads the lengths of the segments of a high-throughput block: one
// with the clean-up pass, one with those that refine. Three passes more than
// these stand for one more bit-plane that is missing (15444-15 B.3).
func (r *packetReader) segmentsHT(h *bitReader, b *block, passes int) error {
	if b.passes == 0 {
		skipped := (passes - 1) / 3
		b.missing += uint8(skipped)
		length := h.bits(int(b.lblock) + bits.Len(uint(3*skipped+1)) - 1)
		r.added = append(r.added, addition{b, 1, length, true})
		b.passes, passes = 1, passes-3*skipped-1
	}
	if passes == 0 {
		return nil
	}
	if int(b.passes)+passes > 3 {
		return fail(h, "more than one set of high-throughput passes")
	}
	r.announce(h, b, passes, b.passes == 1)
	return nil
}
