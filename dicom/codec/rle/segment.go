package rle

import (
	"encoding/binary"
	"fmt"

	"eris/dicom/codec"
)

// partBytes is how much of a segment is unpacked at once: the parts of all
// segments of a pixel stay in the nearest cache until they are put together.
const partBytes = 4096

// maxPacket is the most that a packet makes; wide is how much is written at
// once where that is simpler than to write just enough.
const (
	maxPacket = 128
	wide      = 16
)

// segment is unpacked part by part.
type segment struct {
	packed []byte
	filled int // bytes of buf; behind a part, what its last packet had more
	buf    [partBytes + maxPacket + wide]byte
}

// part unpacks the next n bytes, at most partBytes. They are good until the
// next call.
func (s *segment) part(n int) ([]byte, error) {
	s.quick(n)
	if s.filled < n {
		if err := s.careful(n); err != nil {
			return nil, err
		}
	}
	return s.buf[:n], nil
}

// drop forgets the first n bytes.
func (s *segment) drop(n int) { s.filled = copy(s.buf[:], s.buf[n:s.filled]) }

// quick unpacks (PS3.5 G.3.2) while a whole packet is surely there, so that it
// need not look where a packet ends.
func (s *segment) quick(n int) {
	packed, filled := s.packed, s.filled
	for filled < n && len(packed) > maxPacket {
		out := s.buf[filled:][:maxPacket+wide]
		switch control := int(int8(packed[0])); {
		case control >= 0:
			literal := packed[1:][:maxPacket]
			copy(out[:wide], literal[:wide])
			if control >= wide {
				copy(out[wide:control+1], literal[wide:control+1])
			}
			packed, filled = packed[control+2:], filled+control+1
		case control != -128:
			repeat(out, packed[1], 1-control)
			packed, filled = packed[2:], filled+1-control
		default:
			packed = packed[1:]
		}
	}
	s.packed, s.filled = packed, filled
}

// repeat writes n or more times v.
func repeat(out []byte, v byte, n int) {
	eight := uint64(v) * 0x0101010101010101
	binary.LittleEndian.PutUint64(out, eight)
	binary.LittleEndian.PutUint64(out[8:], eight)
	for i := wide; i < n; i += 8 {
		binary.LittleEndian.PutUint64(out[i:], eight)
	}
}

// careful unpacks the last packets.
func (s *segment) careful(n int) error {
	for s.filled < n && len(s.packed) > 0 {
		control := int(int8(s.packed[0]))
		s.packed = s.packed[1:]
		out := s.buf[s.filled:]
		switch {
		case control >= 0:
			length := min(control+1, n-s.filled) // what is not needed may be missing
			if length > len(s.packed) {
				return fmt.Errorf("%w: a literal of %d bytes runs past the end", codec.ErrCorrupt, length)
			}
			take := min(control+1, len(s.packed))
			copy(out, s.packed[:take])
			s.packed, s.filled = s.packed[take:], s.filled+take
		case control != -128:
			if len(s.packed) == 0 {
				return fmt.Errorf("%w: a run without its byte", codec.ErrCorrupt)
			}
			repeat(out, s.packed[0], 1-control)
			s.packed, s.filled = s.packed[1:], s.filled+1-control
		}
	}
	if s.filled < n {
		return fmt.Errorf("%w: a segment ends early", codec.ErrCorrupt)
	}
	return nil
}
