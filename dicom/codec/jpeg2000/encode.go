package jpeg2000

import (
	"encoding/binary"
	"fmt"
	"math/bits"

	"eris/dicom/codec"
)

// Progression is the order of packets that Encode makes.
type Progression int

// Progressions: all of one quality or all of one resolution come first.
const (
	LRCP Progression = orderLRCP
	RPCL Progression = orderRPCL
)

// EncodeOptions of Encode; the zero value makes five levels at most.
type EncodeOptions struct {
	// Levels of decomposition: 0 stands for five, or for as many as leave the
	// lowest resolution a side of 32; below 0 for none.
	Levels int
	// MCT has the first three components go through the reversible colour
	// transform, which suits RGB.
	MCT bool
	// Progression is LRCP or RPCL.
	Progression Progression
	// Workers is how many goroutines encode; 0 and 1 stand for the calling one.
	Workers int
}

// guardBits of the streams made here; that the coefficients fit is seen to by
// the exponents.
const guardBits = 2

// maxEncodedBits bounds what Encode takes: coefficients have some bits more.
const maxEncodedBits = 24

// Encode makes a codestream without loss: one tile, one layer, the 5/3 wavelet,
// blocks of 64 by 64.
func Encode(m *codec.Image, opts EncodeOptions) ([]byte, error) {
	e, err := newEncoder(m, opts)
	if err != nil {
		return nil, err
	}
	e.transform(m)
	e.encodeBlocks()
	packets, err := e.packets()
	if err != nil {
		return nil, err
	}
	out := e.mainHeader()
	out = binary.BigEndian.AppendUint16(out, markerSOT)
	out = binary.BigEndian.AppendUint16(out, sotBytes-2)
	out = binary.BigEndian.AppendUint16(out, 0)
	out = binary.BigEndian.AppendUint32(out, uint32(sotBytes+2+len(packets)))
	out = append(out, 0, 1) // the first tile-part of one
	out = binary.BigEndian.AppendUint16(out, markerSOD)
	out = append(out, packets...)
	return binary.BigEndian.AppendUint16(out, markerEOC), nil
}

// encoder holds an image on its way to a codestream.
type encoder struct {
	opts   EncodeOptions
	siz    siz
	coding *coding
	tile   *tile
	levels int
	coded  map[*block]*codedBlock
}

func newEncoder(m *codec.Image, opts EncodeOptions) (*encoder, error) {
	n := m.Rows * m.Columns * m.Components
	switch {
	case m.Rows < 1 || m.Columns < 1 || m.Components < 1 || m.Components > maxComponents || m.Bits < 1 || len(m.Pix8)+len(m.Pix16)+len(m.Pix32) != n:
		return nil, fmt.Errorf("%w: %d rows, %d columns, %d components of %d bits", codec.ErrCorrupt, m.Rows, m.Columns, m.Components, m.Bits)
	case m.Bits > maxEncodedBits:
		return nil, fmt.Errorf("%w: %d bits", codec.ErrUnsupported, m.Bits)
	case opts.Progression != LRCP && opts.Progression != RPCL:
		return nil, fmt.Errorf("%w: progression %d", codec.ErrUnsupported, opts.Progression)
	}
	opts.MCT = opts.MCT && m.Components >= 3
	e := &encoder{opts: opts, levels: levels(opts.Levels, m.Rows, m.Columns)}
	e.siz.image = rect{0, 0, m.Columns, m.Rows}
	e.siz.tile = e.siz.image
	e.coding = &coding{order: int(opts.Progression), layers: 1, mct: opts.MCT}
	for range m.Components {
		e.siz.components = append(e.siz.components, component{m.Bits, m.Signed, 1, 1})
		e.coding.components = append(e.coding.components, e.componentCoding(m.Bits))
	}
	var err error
	e.tile, err = newTile(&e.siz, 0, e.coding, 0, 0)
	return e, err
}

// levels of decomposition that an image gets.
func levels(wanted, rows, columns int) int {
	switch {
	case wanted < 0:
		return 0
	case wanted > 0:
		return min(wanted, maxLevels)
	}
	return max(0, min(5, bits.Len(uint(min(rows, columns)))-6))
}

func (e *encoder) componentCoding(depth int) componentCoding {
	c := componentCoding{styleRank: 1, quantRank: 1}
	c.style = style{levels: e.levels, xcb: 6, ycb: 6, reversible: true}
	for i := range c.precincts {
		c.precincts[i].x, c.precincts[i].y = 15, 15
	}
	c.guard = guardBits
	for band := range 3*e.levels + 1 {
		kind := bandLL
		if band > 0 {
			kind = (band-1)%3 + 1
		}
		c.steps = append(c.steps, quantStep{exponent: depth + gain(kind)})
	}
	return c
}

// mainHeader is SOC, SIZ, COD and QCD (15444-1 A.4, A.5, A.6).
func (e *encoder) mainHeader() []byte {
	out := binary.BigEndian.AppendUint16(nil, markerSOC)
	out = appendSegment(out, markerSIZ, e.sizSegment())
	mct := byte(0)
	if e.opts.MCT {
		mct = 1
	}
	out = appendSegment(out, markerCOD, []byte{0, byte(e.coding.order), 0, 1, mct, byte(e.levels), 6 - 2, 6 - 2, 0, 1})
	quantization := []byte{guardBits << 5}
	for _, step := range e.coding.components[0].steps {
		quantization = append(quantization, byte(step.exponent<<3))
	}
	return appendSegment(out, markerQCD, quantization)
}

func (e *encoder) sizSegment() []byte {
	b := []byte{0, 0}
	for _, v := range []int{e.siz.image.x1, e.siz.image.y1, 0, 0, e.siz.image.x1, e.siz.image.y1, 0, 0} {
		b = binary.BigEndian.AppendUint32(b, uint32(v))
	}
	b = binary.BigEndian.AppendUint16(b, uint16(len(e.siz.components)))
	for _, c := range e.siz.components {
		bits := byte(c.bits - 1)
		if c.signed {
			bits |= 0x80
		}
		b = append(b, bits, 1, 1)
	}
	return b
}

func appendSegment(out []byte, marker uint16, b []byte) []byte {
	out = binary.BigEndian.AppendUint16(out, marker)
	out = binary.BigEndian.AppendUint16(out, uint16(2+len(b)))
	return append(out, b...)
}
