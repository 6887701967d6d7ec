package jpeg2000

import (
	"fmt"

	"eris/dicom/codec"
)

// extensions are the marker segments of 15444-2 (Table A.1) without which the
// samples come out wrong, and what they stand for. They are refused, wherever they are.
var extensions = map[int]string{
	0xFF5A: "a quantization default of precincts (QPD)",
	0xFF5B: "a quantization of a component's precincts (QPC)",
	0xFF70: "a variable DC offset (DCO)",
	0xFF71: "visual masking (VMS)",
	0xFF72: "a downsampling factor style (DFS)",
	0xFF73: "an arbitrary decomposition style (ADS)",
	0xFF76: "a non-linear point transform (NLT)",
	0xFF79: "an arbitrary wavelet (ATK)",
}

// Multiple component transformations of SGcod (15444-2).
const (
	mctNone    = 0
	mctPart1   = 1
	mctArrays  = 2
	mctWavelet = 4 // or both kinds with mctArrays
)

// applySGMCT takes the multiple component transformation of SGcod.
func (c *coding) applySGMCT(v int) error {
	switch v {
	case mctNone, mctPart1, mctArrays:
		c.mct, c.multi.used = v == mctPart1, v == mctArrays
		return nil
	case mctWavelet, mctWavelet | mctArrays:
		return fmt.Errorf("%w: a wavelet-based multiple component transformation of 15444-2", codec.ErrUnsupported)
	}
	return fmt.Errorf("%w: multiple component transformation %d", codec.ErrUnsupported, v)
}

// applyCBD takes the bit depths of the reconstructed components (15444-2
// A.3.6): SIZ has those of the coded ones. Bit 15 of Ncbd: one for all.
func (c *codestream) applyCBD(b []byte) error {
	r := &reader{b: b}
	n := r.u16()
	same, n := n&0x8000 != 0, n&0x7FFF
	if n > maxComponents {
		return fmt.Errorf("%w: %d components", codec.ErrUnsupported, n)
	}
	c.outputs = nil
	for i := range n {
		if i > 0 && same {
			c.outputs = append(c.outputs, c.outputs[0])
			continue
		}
		bits := r.u8()
		c.outputs = append(c.outputs, component{bits: bits&0x7F + 1, signed: bits&0x80 != 0})
	}
	if r.short || n == 0 {
		return fmt.Errorf("%w: a short CBD", codec.ErrCorrupt)
	}
	return nil
}

// settleOutputs finds what the reconstructed components are. An image has one
// kind of sample; coded ones may differ where a transform makes them equal.
func (c *codestream) settleOutputs() error {
	stated := c.outputs != nil
	if !stated {
		c.outputs = c.siz.components
	}
	first, coded := c.outputs[0], c.siz.components[0]
	for _, o := range c.outputs {
		switch {
		case o.bits > maxBits:
			return fmt.Errorf("%w: %d bits", codec.ErrUnsupported, o.bits)
		case o.bits != first.bits || o.signed != first.signed:
			return fmt.Errorf("%w: components of different kinds", codec.ErrUnsupported)
		}
	}
	c.coding.multi.outputs, c.coding.multi.stated = c.outputs, stated
	for _, o := range c.siz.components {
		if stated && (o.dx != coded.dx || o.dy != coded.dy) {
			return fmt.Errorf("%w: a multiple component transformation of unequal components", codec.ErrUnsupported)
		}
	}
	return c.coding.multi.check()
}
