package jpeg2000

import (
	"cmp"
	"fmt"
	"slices"

	"eris/dicom/codec"
)

// packedHeaders collects packet headers that PPM or PPT markers hold in place
// of the packets (15444-1 A.7.4, A.7.5).
type packedHeaders struct {
	pieces []packedPiece
}

type packedPiece struct {
	index int // Zppm, Zppt
	bytes []byte
}

// add takes the parameters of one PPM or PPT.
func (p *packedHeaders) add(b []byte) error {
	if len(b) < 1 {
		return fmt.Errorf("%w: a short packet header marker", codec.ErrCorrupt)
	}
	p.pieces = append(p.pieces, packedPiece{int(b[0]), b[1:]})
	return nil
}

// joined is the bytes of all pieces in the order of their index.
func (p *packedHeaders) joined() []byte {
	slices.SortStableFunc(p.pieces, func(a, b packedPiece) int { return cmp.Compare(a.index, b.index) })
	var all []byte
	for _, piece := range p.pieces {
		all = append(all, piece.bytes...)
	}
	return all
}

// assign deals the headers of the PPM markers out to the tile-parts, in the
// order these have in the codestream: a length, then as many bytes.
func (p *packedHeaders) assign(parts []tilePart) error {
	if len(p.pieces) == 0 {
		return nil
	}
	r := &reader{b: p.joined()}
	for i := range parts {
		parts[i].packed = r.bytes(r.u32())
		if r.short {
			return fmt.Errorf("%w: PPM has too few headers", codec.ErrCorrupt)
		}
	}
	return nil
}
