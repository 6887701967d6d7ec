package jpeg2000

import (
	"fmt"

	"eris/dicom/codec"
	"eris/dicom/codec/jpeg2000/ht"
)

// Bounds of a code-block (15444-1 Table A.18).
const (
	maxBlockSamples = 4096
	// maxColumnWords is the most that a block needs with a border of one
	// column and one stripe: 1024 columns of one stripe.
	maxColumnWords = (1024 + 2) * 3
)

// maxPlanes is the most bit-planes of a block: a sample has one bit for the
// half of its last bit-plane, and one for its sign.
const maxPlanes = 30

// firstRaw is the first pass that bypasses the arithmetic coder (15444-1 D.6).
const firstRaw = 10

// blockDecoder decodes code-blocks, one after another (15444-1 annex D).
type blockDecoder struct {
	mq            mqDecoder
	raw           rawReader
	width, height int
	stripes       int
	modes         int
	zero          *[512]uint8 // zeroCoding of the band
	mask          uint64      // of the column words that are seen
	joined        []byte      // a segment that came in several chunks
	// columns are the words of the stripes, one row of width+2 for each and
	// one above and one below.
	columns [maxColumnWords]uint64
	// samples are sign and magnitude, twice the number and with the half of
	// the last bit-plane that was decoded: four of a column beside each other.
	samples [maxBlockSamples]uint32
	rows    [maxBlockSamples]int32 // what the HT decoder answers
	ht      ht.Decoder
}

// begin clears what is known of the samples.
func (d *blockDecoder) begin(b *block, kind, modes int) {
	d.width, d.height, d.modes = b.width(), b.height(), modes
	d.stripes = (d.height + 3) / 4
	d.zero = &zeroCoding[kind]
	d.mask = ^uint64(0)
	if modes&styleCausal != 0 {
		d.mask = causalMask
	}
	clear(d.columns[:(d.width+2)*(d.stripes+2)])
	clear(d.samples[:d.width*d.stripes*4])
}

// decode decodes a block of Mb planes into samples.
func (d *blockDecoder) decode(b *block, chunks []chunk, kind, modes, planes int) error {
	d.begin(b, kind, modes)
	planes -= int(b.missing)
	if planes <= 0 {
		return nil // no plane is left that a pass could be of
	}
	if planes > maxPlanes {
		return fmt.Errorf("%w: %d bit-planes", codec.ErrUnsupported, planes)
	}
	d.mq.reset()
	done, most := 0, 3*planes-2
	for n := b.first; n > 0 && done < most; {
		var segment []byte
		var passes int
		segment, passes, n = d.segment(chunks, n)
		passes = min(passes, most-done)
		d.passes(segment, done, passes, planes)
		done += passes
	}
	return nil
}

// segment joins the chunks of the segment that begins with chunk n.
func (d *blockDecoder) segment(chunks []chunk, n int32) (b []byte, passes int, next int32) {
	c := &chunks[n-1]
	b, passes, next = c.bytes, int(c.passes), c.next
	if next == 0 || chunks[next-1].begins {
		return b, passes, next
	}
	d.joined = append(d.joined[:0], b...)
	for next > 0 && !chunks[next-1].begins {
		c := &chunks[next-1]
		d.joined = append(d.joined, c.bytes...)
		passes, next = passes+int(c.passes), c.next
	}
	return d.joined, passes, next
}

// passes decodes those of one segment: the first of a block is a clean-up,
// then each plane has significance, refinement and clean-up (15444-1 D.3).
func (d *blockDecoder) passes(segment []byte, done, passes, planes int) {
	raw := d.modes&styleBypass != 0 && done >= firstRaw && done%3 != 0
	if raw {
		d.raw.start(segment)
	} else {
		d.mq.start(segment)
	}
	for i := done; i < done+passes; i++ {
		plane := uint(planes - 1 - (i+2)/3)
		switch {
		case i%3 == 0:
			d.cleanUp(plane)
		case i%3 == 1 && raw:
			d.significanceRaw(plane)
		case i%3 == 1:
			d.significance(plane)
		case raw:
			d.refinementRaw(plane)
		default:
			d.refinement(plane)
		}
		if d.modes&styleReset != 0 {
			d.mq.reset()
		}
	}
}

// stripe is the column words of a stripe with those of its border, and the
// rows that it has: four but for the last.
func (d *blockDecoder) stripe(s int) (words, above, below []uint64, rows uint64) {
	n := d.width + 2
	rows = fourRows
	if left := d.height - 4*s; left < 4 {
		rows = rows >> (3 * uint(4-left))
	}
	above, words, below = d.columns[s*n:], d.columns[(s+1)*n:], d.columns[(s+2)*n:]
	return words[:n], above[:n], below[:n], rows
}

// become notes that the sample of a row's digit is significant: in its own
// word, and above or below when it lies at an edge of the stripe.
func become(word uint64, above, below *uint64, t uint, sign uint64) uint64 {
	v := significant | sign*negative
	switch t {
	case 0:
		*above |= v << 15
	case 9:
		*below |= v
	}
	return word | v<<(t+3)
}
