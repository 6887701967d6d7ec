package jpeg2000

// Enumerated colour spaces of a JP2 file (15444-1 Table I.10).
const (
	ColourSRGB = 16
	ColourGrey = 17
	ColourSYCC = 18
)

// Header is what a codestream says of its image.
type Header struct {
	Rows, Columns, Components int
	Bits                      int
	Signed                    bool
	// Levels of decomposition that every component has, as the main header
	// says: the most that Options.Reduce may discard.
	Levels int
	// Reversible says that the 5/3 wavelet is used.
	Reversible bool
	// MCT says that the first three components go through a colour transform,
	// which Decode undoes.
	MCT bool
	// HT says that there are high-throughput blocks (15444-15).
	HT bool
	// Colour is the enumerated colour space of a JP2 file; 0 when not stated.
	// Decode does not act on it: samples of ColourSYCC stay YCC.
	Colour int
}

// ReadHeader reads the main header of a codestream or JP2 file.
func ReadHeader(src []byte) (Header, error) {
	stream, colour, err := unwrap(src)
	if err != nil {
		return Header{}, err
	}
	c, _, err := parseMain(stream)
	if err != nil {
		return Header{}, err
	}
	h := c.header()
	h.Colour = colour
	return h, nil
}

func (c *codestream) header() Header {
	size, first := c.siz.size(), c.outputs[0]
	h := Header{
		Rows: size.height(), Columns: size.width(), Components: len(c.outputs),
		Bits: first.bits, Signed: first.signed,
		Levels: maxLevels, Reversible: true, MCT: c.coding.mct, HT: c.ht,
	}
	for _, component := range c.coding.components {
		h.Levels = min(h.Levels, component.levels)
		h.Reversible = h.Reversible && component.reversible
		h.HT = h.HT || component.modes&styleHT != 0
	}
	return h
}
