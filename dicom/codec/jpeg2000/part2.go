package jpeg2000

import (
	"fmt"

	"eris/dicom/codec"
)

// extensions are the marker segments of 15444-2 (Table A.1) without which the
// samples come out wrong, and what they stand for. They are refused, wherever they are.
var extensions = map[int]string{
	0xFF5A:    "a quantization default of precincts (QPD)",
	0xFF5B:    "a quantization of a component's precincts (QPC)",
	0xFF70:    "a variable DC offset (DCO)",
	0xFF71:    "visual masking (VMS)",
	0xFF72:    "a downsampling factor style (DFS)",
	0xFF73:    "an arbitrary decomposition style (ADS)",
	markerMCT: "a multiple component transform array (MCT)",
	markerMCC: "a multiple component collection (MCC)",
	0xFF76:    "a non-linear point transform (NLT)",
	markerMCO: "a multiple component transform order (MCO)",
	markerCBD: "component bit depths (CBD)",
	0xFF79:    "an arbitrary wavelet (ATK)",
}

// Values of the multiple component transformation of SGcod (15444-2 Table A.9).
const (
	mctNone = iota
	mctPart1
)

// applySGMCT takes the multiple component transformation of SGcod.
func (c *coding) applySGMCT(v int) error {
	if v != mctNone && v != mctPart1 {
		return fmt.Errorf("%w: multiple component transformation %d of 15444-2", codec.ErrUnsupported, v)
	}
	c.mct = v == mctPart1
	return nil
}
