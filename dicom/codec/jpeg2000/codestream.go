package jpeg2000

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"

	"eris/dicom/codec"
)

// codestream is a codestream taken apart: its main header and tile-parts.
type codestream struct {
	siz    siz
	coding coding
	// outputs are the components of the image: those of SIZ, or those that a
	// transform of 15444-2 makes of them.
	outputs []component
	ht      bool // CAP announces 15444-15
	packed  packedHeaders
	parts   []tilePart
	cut     bool // it ends before its end
}

// tilePart is the bytes of one tile-part (15444-1 A.4.2).
type tilePart struct {
	tile, index int
	header      []byte // the marker segments between SOT and SOD
	packed      []byte // its packet headers, where PPM holds them
	body        []byte
}

// sotBytes is the size of SOT with its marker.
const sotBytes = 12

// parseMain takes the main header, up to the first SOT.
func parseMain(b []byte) (*codestream, []byte, error) {
	r := &reader{b: b}
	if r.u16() != markerSOC {
		return nil, nil, fmt.Errorf("%w: no SOC", codec.ErrCorrupt)
	}
	marker, parameters := r.segment()
	if marker != markerSIZ {
		return nil, nil, fmt.Errorf("%w: no SIZ", codec.ErrCorrupt)
	}
	c := &codestream{}
	var err error
	if c.siz, err = parseSIZ(parameters); err != nil {
		return nil, nil, err
	}
	c.coding.components = make([]componentCoding, len(c.siz.components))
	for !startsWith(r.b, markerSOT) {
		marker, parameters := r.segment()
		if r.short || marker < 0xFF00 {
			return nil, nil, fmt.Errorf("%w: the main header ends early", codec.ErrCorrupt)
		}
		if err := c.applyMain(marker, parameters); err != nil {
			return nil, nil, err
		}
	}
	if !c.coding.seen || c.coding.components[0].quantRank == 0 {
		return nil, nil, fmt.Errorf("%w: a main header without COD or QCD", codec.ErrCorrupt)
	}
	return c, r.b, c.settleOutputs()
}

func (c *codestream) applyMain(marker int, b []byte) error {
	switch marker {
	case markerCAP:
		r := &reader{b: b}
		c.ht = r.u32()&(1<<(32-15)) != 0 // Pcap: bit 15 from the top is part 15
		return nil
	case markerCBD:
		return c.applyCBD(b)
	case markerPPM:
		return c.packed.add(b)
	}
	return c.coding.apply(marker, b)
}

// parseParts finds the tile-parts that follow the main header. Damage ends
// the search: what was found before may be decoded.
func (c *codestream) parseParts(b []byte) error {
	columns, rows := c.siz.tiles()
	for b = skipComments(b); startsWith(b, markerSOT); b = skipComments(b) {
		part, rest, ok := c.parsePart(b)
		if !ok || part.tile >= columns*rows {
			c.cut = true
			break
		}
		c.parts = append(c.parts, part)
		b = rest
	}
	if !startsWith(b, markerEOC) {
		c.cut = true
	}
	if len(c.parts) == 0 {
		return fmt.Errorf("%w: no tile-part", codec.ErrCorrupt)
	}
	if err := c.packed.assign(c.parts); err != nil {
		return err
	}
	slices.SortStableFunc(c.parts, func(a, b tilePart) int {
		return cmp.Or(cmp.Compare(a.tile, b.tile), cmp.Compare(a.index, b.index))
	})
	there := 1
	for i, p := range c.parts[1:] {
		if p.tile != c.parts[i].tile {
			there++
		}
	}
	c.cut = c.cut || there < columns*rows
	return nil
}

func startsWith(b []byte, marker int) bool {
	return len(b) >= 2 && int(b[0])<<8|int(b[1]) == marker
}

// skipComments passes comments between tile-parts, where encoders put padding.
func skipComments(b []byte) []byte {
	for startsWith(b, markerCOM) {
		r := &reader{b: b}
		r.segment()
		b = r.b
	}
	return b
}

// parsePart takes the tile-part at the start of b.
func (c *codestream) parsePart(b []byte) (p tilePart, rest []byte, ok bool) {
	r := &reader{b: b}
	r.u32() // marker and length
	p.tile = r.u16()
	length := r.u32() // Psot: from SOT to the end of the tile-part
	p.index = r.u8()
	r.u8() // TNsot is of use to nobody who has the whole codestream
	switch {
	case r.short || length != 0 && length < sotBytes+2:
		return p, nil, false
	case length == 0:
		length = len(b) // 0: it goes on to EOC
		if bytes.HasSuffix(b, []byte{markerEOC >> 8, markerEOC & 0xFF}) {
			length = max(length-2, sotBytes)
		}
	case length > len(b):
		length, c.cut = len(b), true
	}
	rest = b[length:]
	r.b = b[sotBytes:length]
	for start := r.b; ; {
		if startsWith(r.b, markerSOD) {
			p.header, p.body = start[:len(start)-len(r.b)], r.b[2:]
			return p, rest, true
		}
		if marker, _ := r.segment(); r.short || marker < 0xFF00 {
			return p, nil, false
		}
	}
}

// tileParts calls do with the parts of each tile that is there.
func (c *codestream) tileParts(do func(index int, parts []tilePart) error) error {
	for parts := c.parts; len(parts) > 0; {
		n := 1
		for n < len(parts) && parts[n].tile == parts[0].tile {
			n++
		}
		if err := do(parts[0].tile, parts[:n]); err != nil {
			return err
		}
		parts = parts[n:]
	}
	return nil
}
