package jpeg

import (
	"encoding/binary"
	"fmt"

	"eris/dicom/codec"
)

// LosslessParams is how EncodeLossless writes; its zero value is DICOM's
// process 14, selection value 1.
type LosslessParams struct {
	Predictor      int  // of table H.1, 1 to 7; 0 stands for 1
	PointTransform int  // lowest bits that are left out
	RestartRows    int  // rows in a restart interval; 0 without
	Separate       bool // a scan for each component
}

// EncodeLossless writes a picture of 2 to 16 bits by the lossless process
// (annex H), with the shortest Huffman codes.
func EncodeLossless(m *codec.Image, p LosslessParams) ([]byte, error) {
	if p.Predictor == 0 {
		p.Predictor = 1
	}
	if err := p.check(m); err != nil {
		return nil, err
	}
	e := losslessEncoder{LosslessParams: p, Image: m, samples: m.Pix16}
	if m.Pix8 != nil {
		e.samples = widened(m.Pix8)
	}
	e.out = append(e.out, 0xFF, soi)
	e.frame()
	if p.Separate {
		for i := range m.Components {
			e.scan(i, 1)
		}
	} else {
		e.scan(0, m.Components)
	}
	return append(e.out, 0xFF, eoi), nil
}

func (p LosslessParams) check(m *codec.Image) error {
	switch n := m.Rows * m.Columns * m.Components; {
	case m.Bits < 2 || m.Bits > 16 || m.Components < 1 || m.Components > 4,
		p.Predictor < 1 || p.Predictor > 7 || p.PointTransform < 0 || p.PointTransform >= m.Bits:
		return fmt.Errorf("%w: %d components of %d bits, predictor %d, point transform %d",
			codec.ErrUnsupported, m.Components, m.Bits, p.Predictor, p.PointTransform)
	case m.Rows < 1 || m.Columns < 1 || m.Rows > 0xFFFF || m.Columns > 0xFFFF || p.RestartRows < 0 || p.RestartRows*m.Columns > 0xFFFF:
		return fmt.Errorf("%w: %d rows and %d columns, %d rows in an interval", codec.ErrLimit, m.Rows, m.Columns, p.RestartRows)
	case len(m.Pix8) != n && len(m.Pix16) != n:
		return fmt.Errorf("%w: %d and %d samples where %d are needed", codec.ErrCorrupt, len(m.Pix8), len(m.Pix16), n)
	}
	return nil
}

func widened(in []uint8) []uint16 {
	out := make([]uint16, len(in))
	for i, v := range in {
		out[i] = uint16(v)
	}
	return out
}

type losslessEncoder struct {
	LosslessParams
	*codec.Image
	samples []uint16
	out     []byte
}

// segment writes a marker and its parameters.
func (e *losslessEncoder) segment(marker byte, body ...byte) {
	e.out = append(e.out, 0xFF, marker)
	e.out = binary.BigEndian.AppendUint16(e.out, uint16(2+len(body)))
	e.out = append(e.out, body...)
}

func (e *losslessEncoder) frame() {
	body := []byte{byte(e.Bits), byte(e.Rows >> 8), byte(e.Rows), byte(e.Columns >> 8), byte(e.Columns), byte(e.Components)}
	for i := range e.Components {
		body = append(body, byte(i+1), 0x11, 0)
	}
	e.segment(sof3, body...)
	if e.RestartRows > 0 {
		e.segment(dri, byte(e.RestartRows*e.Columns>>8), byte(e.RestartRows*e.Columns))
	}
}

// scan writes n components from the first on, each with codes of its own.
func (e *losslessEncoder) scan(first, n int) {
	diffs := make([][]uint16, n)
	codes := make([]*codeBook, n)
	header := []byte{byte(n)}
	for i := range n {
		diffs[i] = e.differences(first + i)
		codes[i] = newCodeBook(diffs[i])
		e.segment(dht, codes[i].segment(byte(i))...)
		header = append(header, byte(first+i+1), byte(i)<<4)
	}
	e.segment(sos, append(header, byte(e.Predictor), 0, byte(e.PointTransform))...)
	var w bitWriter
	for y := range e.Rows {
		if e.RestartRows > 0 && y > 0 && y%e.RestartRows == 0 {
			w.flush()
			w.out = append(w.out, 0xFF, rst0+byte((y/e.RestartRows-1)%8))
		}
		for x := y * e.Columns; x < (y+1)*e.Columns; x++ {
			for i := range n {
				codes[i].write(&w, diffs[i][x])
			}
		}
	}
	w.flush()
	e.out = append(e.out, w.out...)
}

// differences are the samples of a component less their predictions (H.1.2).
func (e *losslessEncoder) differences(component int) []uint16 {
	at := func(x, y int) int {
		return int(e.samples[(y*e.Columns+x)*e.Components+component]) >> e.PointTransform
	}
	var out []uint16
	for y := range e.Rows {
		begins := y == 0 || e.RestartRows > 0 && y%e.RestartRows == 0
		for x := range e.Columns {
			var prediction int
			switch {
			case begins && x == 0:
				prediction = 1 << (e.Bits - e.PointTransform - 1)
			case begins:
				prediction = at(x-1, y)
			case x == 0:
				prediction = at(x, y-1)
			default:
				prediction = predict(e.Predictor, at(x-1, y), at(x, y-1), at(x-1, y-1))
			}
			out = append(out, uint16(at(x, y)-prediction))
		}
	}
	return out
}

// predict is table H.1: from the samples to the left, above, and above left.
func predict(selection, a, b, c int) int {
	return [...]int{0, a, b, c, a + b - c, a + (b-c)>>1, b + (a-c)>>1, (a + b) >> 1}[selection]
}
