package jpeg

import (
	"encoding/binary"
	"fmt"

	"eris/dicom/codec"
)

// frame is the header of the picture (B.2.2).
type frame struct {
	rows, columns, bits int
	components          []component
	acrossMax, downMax  int // the largest sampling factors
	mcuRows, mcuColumns int // of an interleaved scan of blocks
}

// component is one colour of the frame.
type component struct {
	id            byte
	across, down  int // sampling factors
	quantizer     byte
	rows, columns int // samples (A.1.1)
}

// readFrame reads the header; its sizes are still to be measured.
func readFrame(body []byte) (*frame, error) {
	if len(body) < 6 || len(body) < 6+3*int(body[5]) {
		return nil, fmt.Errorf("%w: frame header of %d bytes", codec.ErrCorrupt, len(body))
	}
	f := &frame{
		bits: int(body[0]), rows: int(binary.BigEndian.Uint16(body[1:])), columns: int(binary.BigEndian.Uint16(body[3:])),
		acrossMax: 1, downMax: 1,
	}
	if n := body[5]; n < 1 || n > 4 {
		return nil, fmt.Errorf("%w: %d components", codec.ErrUnsupported, n)
	}
	for c := body[6 : 6+3*int(body[5])]; len(c) > 0; c = c[3:] {
		if err := f.add(component{id: c[0], across: int(c[1] >> 4), down: int(c[1] & 15), quantizer: c[2]}); err != nil {
			return nil, err
		}
	}
	return f, nil
}

func (f *frame) add(c component) error {
	if c.across < 1 || c.across > 4 || c.down < 1 || c.down > 4 || c.quantizer > 3 {
		return fmt.Errorf("%w: component sampled %d × %d with quantizer %d", codec.ErrCorrupt, c.across, c.down, c.quantizer)
	}
	f.acrossMax, f.downMax = max(f.acrossMax, c.across), max(f.downMax, c.down)
	f.components = append(f.components, c)
	return nil
}

// measure finds the sizes of the components (A.1.1) and of the MCUs (A.2.3).
// The factors of an only component say nothing: its scan is not interleaved.
func (f *frame) measure() {
	if len(f.components) == 1 {
		f.acrossMax, f.downMax = 1, 1
		f.components[0].across, f.components[0].down = 1, 1
	}
	f.mcuColumns = ceil(f.columns, 8*f.acrossMax)
	f.mcuRows = ceil(f.rows, 8*f.downMax)
	for i := range f.components {
		c := &f.components[i]
		c.columns = ceil(f.columns*c.across, f.acrossMax)
		c.rows = ceil(f.rows*c.down, f.downMax)
	}
}

func ceil(a, b int) int { return (a + b - 1) / b }

// blocks is how many blocks the components have, whole MCUs of them.
func (f *frame) blocks() int {
	n := 0
	for _, c := range f.components {
		n += f.mcuRows * c.down * f.mcuColumns * c.across
	}
	return n
}

// bound refuses a frame whose units, of at least so many bits each, cannot all
// be in so few bytes: neither memory nor time is spent on a mere claim.
func bound(units, bits, bytes int) error {
	if units > bytes/bits*8+8 {
		return fmt.Errorf("%w: %d bytes cannot hold the picture", codec.ErrCorrupt, bytes)
	}
	return nil
}
