package jpegls

import (
	"encoding/binary"
	"fmt"

	"eris/dicom/codec"
)

// EncodeOptions says how to encode; the zero value is lossless, a scan for
// each component.
type EncodeOptions struct {
	Near       int
	Interleave Interleave
	// preset and restart are for streams that others write.
	preset  preset
	restart int
}

// Encode writes an image of 2 to 16 bits and 1 to 4 components. Signed samples
// are written as their low Bits bits.
func Encode(m *codec.Image, opts EncodeOptions) ([]byte, error) {
	if err := encodable(m, opts); err != nil {
		return nil, fmt.Errorf("jpeg-ls: %w", err)
	}
	p, err := opts.preset.complete(m.Bits, opts.Near)
	if err != nil {
		return nil, fmt.Errorf("jpeg-ls: %w", err)
	}
	e := encoder{image: m, opts: opts, preset: p}
	e.header()
	for _, s := range e.scans() {
		if err := e.scan(s); err != nil {
			return nil, fmt.Errorf("jpeg-ls: %w", err)
		}
	}
	return append(e.out, 0xFF, markEOI), nil
}

func encodable(m *codec.Image, opts EncodeOptions) error {
	n := m.Rows * m.Columns * m.Components
	switch {
	case m.Rows <= 0 || m.Columns <= 0 || m.Components < 1 || m.Components > 4 || m.Bits < 2 || m.Bits > 16:
		return fmt.Errorf("%w: %d rows, %d columns, %d components of %d bits", codec.ErrUnsupported, m.Rows, m.Columns, m.Components, m.Bits)
	case len(m.Pix8)+len(m.Pix16) != n || m.Pix8 != nil && m.Bits > 8:
		return fmt.Errorf("%w: %d samples where %d of %d bits are needed", codec.ErrCorrupt, len(m.Pix8)+len(m.Pix16), n, m.Bits)
	case opts.Near < 0 || opts.Interleave < None || opts.Interleave > Sample:
		return fmt.Errorf("%w: near %d, interleave %d", codec.ErrUnsupported, opts.Near, opts.Interleave)
	}
	return nil
}

// encoder is the state of one Encode.
type encoder struct {
	image  *codec.Image
	opts   EncodeOptions
	preset preset
	out    []byte
}

// scans lists the scans by the interleave.
func (e *encoder) scans() []scan {
	var all []int
	var each []scan
	for c := range e.image.Components {
		all = append(all, c)
		each = append(each, scan{components: []int{c}, allowed: e.opts.Near})
	}
	if e.opts.Interleave == None || len(all) == 1 {
		return each
	}
	return []scan{{components: all, allowed: e.opts.Near, interleave: e.opts.Interleave}}
}

// header writes what comes before the first scan (T.87 C.2).
func (e *encoder) header() {
	m := e.image
	e.out = append(make([]byte, 0, m.Rows*m.Columns*m.Components+64), 0xFF, markSOI)
	rows, columns := m.Rows, m.Columns
	if rows > 0xFFFF || columns > 0xFFFF {
		size := binary.BigEndian.AppendUint32([]byte{4, 4}, uint32(rows))
		e.segment(markLSE, binary.BigEndian.AppendUint32(size, uint32(columns)))
		rows, columns = 0, 0 // T.87 C.2.4.1.4
	}
	frame := []byte{byte(m.Bits), byte(rows >> 8), byte(rows), byte(columns >> 8), byte(columns), byte(m.Components)}
	for c := range m.Components {
		frame = append(frame, byte(c+1), 0x11, 0)
	}
	e.segment(markSOF, frame)
	if e.opts.preset != (preset{}) {
		b := []byte{1}
		for _, v := range []int{e.preset.maxval, e.preset.t1, e.preset.t2, e.preset.t3, e.preset.reset} {
			b = binary.BigEndian.AppendUint16(b, uint16(v))
		}
		e.segment(markLSE, b)
	}
	if e.opts.restart > 0 {
		e.segment(markDRI, binary.BigEndian.AppendUint32(nil, uint32(e.opts.restart)))
	}
}

// segment writes a marker segment.
func (e *encoder) segment(mark byte, b []byte) {
	e.out = append(e.out, 0xFF, mark, byte((len(b)+2)>>8), byte(len(b)+2))
	e.out = append(e.out, b...)
}

// scan writes one scan.
func (e *encoder) scan(s scan) error {
	head := []byte{byte(len(s.components))}
	for _, c := range s.components {
		head = append(head, byte(c+1), 0)
	}
	e.segment(markSOS, append(head, byte(s.allowed), byte(s.interleave), 0))
	w := newLineWriter(e.out, newModel(e.preset, s.allowed), s, e.image.Columns)
	for y := range e.image.Rows {
		if e.opts.restart > 0 && y > 0 && y%e.opts.restart == 0 {
			w.restart(y/e.opts.restart - 1)
		}
		if err := w.load(e.image, y); err != nil {
			return err
		}
		w.next()
	}
	e.out = w.bits.finish()
	return nil
}
