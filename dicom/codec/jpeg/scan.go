package jpeg

import (
	"fmt"

	"eris/dicom/codec"
)

// scan is the header of a pass over components (B.2.3), with the tables it uses.
type scan struct {
	components []scanComponent
	from, to   int // spectral selection; of a lossless scan, from is the predictor
	high, low  int // successive approximation; low is the point transform too
	restart    int
}

type scanComponent struct {
	component
	index     int
	dc, ac    *huffman // may be nil
	quantizer *[64]int32
}

func (d *decoder) readScan(body []byte) (*scan, error) {
	if len(body) < 1 || body[0] < 1 || body[0] > 4 || len(body) < 4+2*int(body[0]) {
		return nil, fmt.Errorf("%w: scan header of %d bytes", codec.ErrCorrupt, len(body))
	}
	n := int(body[0])
	s := &scan{restart: d.restart}
	for c := body[1 : 1+2*n]; len(c) > 0; c = c[2:] {
		if err := d.addTo(s, c[0], c[1]>>4, c[1]&15); err != nil {
			return nil, err
		}
	}
	rest := body[1+2*n:]
	s.from, s.to, s.high, s.low = int(rest[0]), int(rest[1]), int(rest[2]>>4), int(rest[2]&15)
	return s, nil
}

// addTo adds the first component of the name that the scan does not have yet:
// some encoders call all of them the same.
func (d *decoder) addTo(s *scan, id, dc, ac byte) error {
	for i, c := range d.frame.components {
		if c.id != id || s.has(i) {
			continue
		}
		if dc > 3 || ac > 3 {
			return fmt.Errorf("%w: Huffman tables %d and %d", codec.ErrCorrupt, dc, ac)
		}
		s.components = append(s.components, scanComponent{
			component: c, index: i, dc: d.huffman[0][dc], ac: d.huffman[1][ac], quantizer: d.quantize[c.quantizer],
		})
		return nil
	}
	return fmt.Errorf("%w: scan of component %d, which the frame does not have", codec.ErrCorrupt, id)
}

func (s *scan) has(index int) bool {
	for _, c := range s.components {
		if c.index == index {
			return true
		}
	}
	return false
}

// ready fails when a table that the scan needs was not given.
func (s *scan) ready(dc, ac, quantizer bool) error {
	for _, c := range s.components {
		if dc && c.dc == nil || ac && c.ac == nil || quantizer && c.quantizer == nil {
			return fmt.Errorf("%w: a table of component %d is missing", codec.ErrCorrupt, c.id)
		}
	}
	return nil
}
