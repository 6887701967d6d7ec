package jpeg

import (
	"bytes"
	"encoding/binary"
	"fmt"

	"eris/dicom/codec"
)

// Markers (table B.1), the second of their two bytes.
const (
	sof0  = 0xC0 // baseline DCT
	sof1  = 0xC1 // extended sequential DCT
	sof2  = 0xC2 // progressive DCT
	sof3  = 0xC3 // lossless
	dht   = 0xC4 // Huffman tables
	jpg   = 0xC8 // reserved for extensions
	dac   = 0xCC // arithmetic conditioning
	sof15 = 0xCF // the last kind of frame
	rst0  = 0xD0 // restart interval ends
	rst7  = 0xD7
	soi   = 0xD8 // start of image
	eoi   = 0xD9 // end of image
	sos   = 0xDA // start of scan
	dqt   = 0xDB // quantization tables
	dnl   = 0xDC // number of lines
	dri   = 0xDD // restart interval
	dhp   = 0xDE // hierarchical progression
	app0  = 0xE0 // JFIF (T.871)
	app14 = 0xEE // Adobe (T.872)
	sof55 = 0xF7 // JPEG-LS (T.87)
	tem   = 0x01
)

// stream is the compressed bytes and how far they were read.
type stream struct {
	b   []byte
	pos int
}

// marker goes behind the next marker. Fill bytes before it (B.1.1.2) and what
// else does not belong there are skipped.
func (s *stream) marker() (code byte, ok bool) {
	for {
		i := bytes.IndexByte(s.b[s.pos:], 0xFF)
		if i < 0 {
			return 0, false
		}
		s.pos += i + 1
		for s.pos < len(s.b) && s.b[s.pos] == 0xFF {
			s.pos++
		}
		if s.pos == len(s.b) {
			return 0, false
		}
		s.pos++
		if code := s.b[s.pos-1]; code != 0 {
			return code, true
		}
	}
}

// segment goes behind the parameters of a marker (B.1.1.4).
func (s *stream) segment() ([]byte, error) {
	rest := s.b[s.pos:]
	if len(rest) < 2 {
		return nil, fmt.Errorf("%w: it ends within a marker segment", codec.ErrCorrupt)
	}
	n := int(binary.BigEndian.Uint16(rest))
	if n < 2 || n > len(rest) {
		return nil, fmt.Errorf("%w: marker segment of %d bytes where %d are left", codec.ErrCorrupt, n, len(rest))
	}
	s.pos += n
	return rest[2:n], nil
}

// lines finds the number of lines in a DNL segment (B.2.5), which follows the
// first scan; no entropy-coded byte looks like its marker. 0 without one.
func (s *stream) lines() int {
	rest := s.b[s.pos:]
	i := bytes.Index(rest, []byte{0xFF, dnl, 0, 4})
	if i < 0 || len(rest) < i+6 {
		return 0
	}
	return int(binary.BigEndian.Uint16(rest[i+4:]))
}
