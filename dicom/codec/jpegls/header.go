package jpegls

import (
	"bytes"
	"encoding/binary"
	"fmt"

	"eris/dicom/codec"
)

// Codes of markers behind FF (T.87 table C.1, T.81 table B.1).
const (
	markRST = 0xD0 // to D7
	markSOI = 0xD8
	markEOI = 0xD9
	markSOS = 0xDA
	markDNL = 0xDC
	markDRI = 0xDD
	markAP8 = 0xE8
	markSOF = 0xF7 // SOF55
	markLSE = 0xF8
	markTEM = 0x01
)

// Interleave is what stands together in a scan (T.87 C.2.3, ILV).
type Interleave int

const (
	None   Interleave = iota // a scan for each component
	Line                     // a line of each component in turn
	Sample                   // a sample of each component in turn
)

// header gathers what the segments before a scan say.
type header struct {
	bits, rows, columns int
	ids                 []byte // of the components
	preset              preset
	restart             int // lines between restart markers, or 0
	transform           int // colour transform of an APP8 segment 'mrfx'
}

// scan is a start-of-scan segment.
type scan struct {
	components []int // their places in the frame
	allowed    int   // NEAR
	interleave Interleave
}

// segment takes in a segment that is not a scan.
func (h *header) segment(mark byte, b []byte) error {
	switch {
	case mark == markSOF:
		return h.frame(b)
	case mark == markLSE:
		return h.parameters(b)
	case mark == markDRI:
		return h.restartInterval(b)
	case mark == markDNL:
		return h.lines(b)
	case mark == markAP8:
		return h.application(b)
	case mark >= 0xC0 && mark <= 0xCF && mark != 0xC4 && mark != 0xC8 && mark != 0xCC:
		return fmt.Errorf("%w: a JPEG stream, not JPEG-LS", codec.ErrUnsupported)
	}
	return nil // APPn, COM and tables of JPEG
}

// frame reads SOF55 (T.87 C.2.2). A size of 0 is told elsewhere.
func (h *header) frame(b []byte) error {
	if len(b) < 6 || len(b) < 6+3*int(b[5]) || len(h.ids) > 0 {
		return fmt.Errorf("%w: frame header of %d bytes", codec.ErrCorrupt, len(b))
	}
	h.bits = int(b[0])
	h.rows = or(int(binary.BigEndian.Uint16(b[1:])), h.rows)
	h.columns = or(int(binary.BigEndian.Uint16(b[3:])), h.columns)
	n := int(b[5])
	switch {
	case h.bits < 2 || h.bits > 16 || n == 0:
		return fmt.Errorf("%w: %d components of %d bits", codec.ErrCorrupt, n, h.bits)
	case n > 4:
		return fmt.Errorf("%w: %d components", codec.ErrUnsupported, n)
	}
	for i := range n {
		id, sampling := b[6+3*i], b[7+3*i]
		if bytes.IndexByte(h.ids, id) >= 0 {
			return fmt.Errorf("%w: two components %d", codec.ErrCorrupt, id)
		}
		if n > 1 && sampling != 0x11 {
			return fmt.Errorf("%w: subsampled components", codec.ErrUnsupported)
		}
		h.ids = append(h.ids, id)
	}
	return nil
}

// parameters reads LSE (T.87 C.2.4.1). Mapping tables are let pass: a scan
// that uses one is refused.
func (h *header) parameters(b []byte) error {
	switch {
	case len(b) >= 11 && b[0] == 1:
		v := func(i int) int { return int(binary.BigEndian.Uint16(b[1+2*i:])) }
		h.preset = preset{maxval: v(0), t1: v(1), t2: v(2), t3: v(3), reset: v(4)}
	case len(b) >= 2 && b[0] == 4:
		return h.oversize(b[1:])
	case len(b) < 2 || b[0] != 2 && b[0] != 3:
		return fmt.Errorf("%w: parameters of %d bytes", codec.ErrCorrupt, len(b))
	}
	return nil
}

// oversize reads the size of an image that SOF55 has no room for (T.87 C.2.4.1.4).
func (h *header) oversize(b []byte) error {
	width := int(b[0])
	if width < 2 || width > 4 || len(b) < 1+2*width {
		return fmt.Errorf("%w: oversize parameters", codec.ErrCorrupt)
	}
	h.rows, h.columns = or(number(b[1:1+width]), h.rows), or(number(b[1+width:1+2*width]), h.columns)
	return nil
}

// number is a big-endian number of up to four bytes.
func number(b []byte) int {
	v := 0
	for _, c := range b {
		v = v<<8 | int(c)
	}
	return v
}

// restartInterval reads DRI, with a number of two to four bytes (T.87 C.2.5).
func (h *header) restartInterval(b []byte) error {
	if len(b) < 2 || len(b) > 4 {
		return fmt.Errorf("%w: restart interval of %d bytes", codec.ErrCorrupt, len(b))
	}
	h.restart = number(b)
	return nil
}

// lines reads DNL, which says the number of lines after the first scan.
func (h *header) lines(b []byte) error {
	if len(b) < 2 || len(b) > 4 {
		return fmt.Errorf("%w: number of lines in %d bytes", codec.ErrCorrupt, len(b))
	}
	if n := number(b); h.rows == 0 {
		h.rows = n
	}
	return nil
}

// application reads the colour transform of APP8, as HP's first codec and
// CharLS write it; other APP8 segments (SPIFF) say nothing that is needed.
func (h *header) application(b []byte) error {
	if len(b) != 5 || string(b[:4]) != "mrfx" {
		return nil
	}
	if b[4] > 3 {
		return fmt.Errorf("%w: colour transform %d", codec.ErrUnsupported, b[4])
	}
	h.transform = int(b[4])
	return nil
}

// scan reads SOS (T.87 C.2.3).
func (h *header) scan(b []byte) (scan, error) {
	var s scan
	if len(b) < 1 || len(b) < 4+2*int(b[0]) || b[0] == 0 || int(b[0]) > len(h.ids) {
		return s, fmt.Errorf("%w: scan header of %d bytes", codec.ErrCorrupt, len(b))
	}
	n := int(b[0])
	for i := range n {
		c := bytes.IndexByte(h.ids, b[1+2*i])
		if c < 0 {
			return s, fmt.Errorf("%w: a scan of an unknown component", codec.ErrCorrupt)
		}
		if b[2+2*i] != 0 {
			return s, fmt.Errorf("%w: mapping tables", codec.ErrUnsupported)
		}
		s.components = append(s.components, c)
	}
	rest := b[1+2*n:]
	s.allowed, s.interleave = int(rest[0]), Interleave(rest[1])
	switch {
	case s.interleave > Sample, s.interleave == None && n > 1:
		return s, fmt.Errorf("%w: interleave %d of %d components", codec.ErrCorrupt, s.interleave, n)
	case rest[2] != 0:
		return s, fmt.Errorf("%w: point transform", codec.ErrUnsupported)
	}
	if n == 1 {
		s.interleave = None // T.87 C.2.3: the same bits either way
	}
	return s, nil
}
