package jpeg2000

import (
	"fmt"
	"slices"

	"eris/dicom/codec"
)

// Bits of the code-block style (15444-1 Table A.19, 15444-15 A.4).
const (
	styleBypass   = 0x01
	styleReset    = 0x02
	styleTermAll  = 0x04
	styleCausal   = 0x08
	styleSegments = 0x20
	styleHT       = 0x40
	styleMixed    = 0x80
)

// maxLevels of decomposition (15444-1 Table A.15).
const maxLevels = 32

// maxChanges bounds the progression order changes of a header.
const maxChanges = 4096

// coding is what a main or a tile header says of how components are coded.
type coding struct {
	order      int // progression
	layers     int
	mct        bool // the component transform of 15444-1
	multi      multi
	sop, eph   bool
	components []componentCoding
	changes    []change
	tile       bool // a tile header: it prevails over the main one
	ownChanges bool // the changes are the tile's own
	seen       bool // COD has been there
}

// componentCoding is what COD or COC, QCD or QCC, and RGN say of a component.
type componentCoding struct {
	style
	quantization
	roi                  int // SPrgn: the shift of the region of interest
	styleRank, quantRank int
}

// style is the SPcod parameters (15444-1 Table A.15).
type style struct {
	levels     int
	xcb, ycb   int // exponents of the code-block's size
	modes      int
	reversible bool
	precincts  [maxLevels + 1]struct{ x, y int } // PPx, PPy of each resolution
}

// change is one progression of a POC (15444-1 A.6.6): the bounds of resolution
// and component, and the layer where it ends.
type change struct {
	resolution0, resolution1 int
	component0, component1   int
	layer1                   int
	order                    int
}

// Precedence of what is said of a component (15444-1 A.6.1, A.6.2): the tile's
// COC over the tile's COD over the main COC over the main COD.
func (c *coding) rank(component bool) int {
	rank := 1
	if component {
		rank++
	}
	if c.tile {
		rank += 2
	}
	return rank
}

// forTile is a copy that a tile header may change.
func (c *coding) forTile() *coding {
	t := *c
	t.tile = true
	t.components = slices.Clone(c.components)
	t.multi = c.multi.forTile()
	return &t
}

// apply takes one marker segment; those that say nothing of coding are ignored.
func (c *coding) apply(marker int, b []byte) error {
	if what := extensions[marker]; what != "" {
		return fmt.Errorf("%w: %s, of 15444-2", codec.ErrUnsupported, what)
	}
	r := &reader{b: b}
	var err error
	switch marker {
	case markerCOD:
		err = c.applyCOD(r)
	case markerCOC:
		err = c.applyCOC(r)
	case markerQCD:
		err = c.applyQCD(r)
	case markerQCC:
		err = c.applyQCC(r)
	case markerRGN:
		err = c.applyRGN(r)
	case markerPOC:
		err = c.applyPOC(r)
	case markerMCT:
		err = c.multi.applyMCT(r)
	case markerMCC:
		err = c.multi.applyMCC(r)
	case markerMCO:
		err = c.multi.applyMCO(r)
	case markerCBD:
		err = fmt.Errorf("%w: component bit depths in a tile header", codec.ErrUnsupported)
	}
	if err == nil && r.short {
		err = fmt.Errorf("%w: a short marker segment %X", codec.ErrCorrupt, marker)
	}
	return err
}

// applyCOD takes the coding style default (15444-1 A.6.1).
func (c *coding) applyCOD(r *reader) error {
	scod := r.u8()
	c.sop, c.eph = scod&2 != 0, scod&4 != 0
	c.order, c.layers = r.u8(), r.u16()
	if err := c.applySGMCT(r.u8()); err != nil {
		return err
	}
	if c.order > orderCPRL || c.layers == 0 {
		return fmt.Errorf("%w: progression %d of %d layers", codec.ErrCorrupt, c.order, c.layers)
	}
	s, err := parseStyle(r, scod&1 != 0)
	if err != nil {
		return err
	}
	c.seen = true
	for i := range c.components {
		c.components[i].setStyle(s, c.rank(false))
	}
	return nil
}

// applyCOC takes the coding style of one component (15444-1 A.6.2).
func (c *coding) applyCOC(r *reader) error {
	component, err := c.component(r)
	if err != nil {
		return err
	}
	scoc := r.u8()
	s, err := parseStyle(r, scoc&1 != 0)
	if err != nil {
		return err
	}
	component.setStyle(s, c.rank(true))
	return nil
}

// component takes the index of a component and finds it. It has one byte, as
// there are never more than 256 components here.
func (c *coding) component(r *reader) (*componentCoding, error) {
	i := r.u8()
	if i >= len(c.components) {
		return nil, fmt.Errorf("%w: component %d of %d", codec.ErrCorrupt, i, len(c.components))
	}
	return &c.components[i], nil
}

func (c *componentCoding) setStyle(s style, rank int) {
	if rank >= c.styleRank {
		c.style, c.styleRank = s, rank
	}
}

// parseStyle takes the SPcod or SPcoc parameters (15444-1 Tables A.15 to A.21).
func parseStyle(r *reader, precincts bool) (s style, err error) {
	s.levels = r.u8()
	s.xcb, s.ycb = r.u8()+2, r.u8()+2
	s.modes = r.u8()
	transform := r.u8()
	s.reversible = transform == 1
	switch {
	case s.levels > maxLevels || s.xcb > 10 || s.ycb > 10 || s.xcb+s.ycb > 12:
		return s, fmt.Errorf("%w: %d levels, blocks of 2^%d by 2^%d", codec.ErrCorrupt, s.levels, s.xcb, s.ycb)
	case transform > 1:
		return s, fmt.Errorf("%w: wavelet %d", codec.ErrUnsupported, transform)
	case s.modes&styleMixed != 0:
		return s, fmt.Errorf("%w: blocks of two kinds", codec.ErrUnsupported)
	}
	for i := range s.precincts[:s.levels+1] {
		p := &s.precincts[i]
		p.x, p.y = 15, 15
		if precincts {
			b := r.u8()
			p.x, p.y = b&15, b>>4
		}
		// Above the lowest resolution a precinct spans two bands, so halves.
		if i > 0 && (p.x == 0 || p.y == 0) && !r.short {
			return s, fmt.Errorf("%w: a precinct of one column or row", codec.ErrCorrupt)
		}
	}
	return s, nil
}

// applyRGN takes the shift of a region of interest (15444-1 A.6.3).
func (c *coding) applyRGN(r *reader) error {
	component, err := c.component(r)
	if err != nil {
		return err
	}
	if kind := r.u8(); kind != 0 {
		return fmt.Errorf("%w: region of interest %d", codec.ErrUnsupported, kind)
	}
	component.roi = r.u8()
	if component.roi > 37 {
		return fmt.Errorf("%w: a region of interest shifted by %d", codec.ErrCorrupt, component.roi)
	}
	return nil
}

// applyPOC takes progression order changes. Those of a tile replace those of
// the main header, those of its later tile-parts follow (15444-1 A.6.6).
func (c *coding) applyPOC(r *reader) error {
	if c.tile && !c.ownChanges {
		c.changes, c.ownChanges = nil, true
	}
	for len(r.b) >= 7 {
		var p change
		p.resolution0, p.component0 = r.u8(), r.u8()
		p.layer1, p.resolution1, p.component1, p.order = r.u16(), r.u8(), r.u8(), r.u8()
		if p.component1 == 0 {
			p.component1 = len(c.components) // 0 stands for 256
		}
		if p.order > orderCPRL || len(c.changes) >= maxChanges {
			return fmt.Errorf("%w: a progression order change", codec.ErrCorrupt)
		}
		c.changes = append(c.changes, p)
	}
	return nil
}
