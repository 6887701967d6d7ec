package viewer

import (
	"eris/dicom"
	"eris/viewer/pixel"
)

// Palettes (PS3.3 C.7.9), which only the viewer reads.
const (
	redDescriptor dicom.Tag = 0x00281101
	redData       dicom.Tag = 0x00281201
	redSegmented  dicom.Tag = 0x00281221
)

// paletteOf reads the palette tables; nil when there are none.
func paletteOf(d *dicom.DataSet) *pixel.Palette {
	n, first, width, ok := descriptor(d, redDescriptor, isSigned(d))
	if !ok {
		return nil
	}
	p := &pixel.Palette{First: first}
	for i, table := range []*[]uint8{&p.Red, &p.Green, &p.Blue} {
		values := entriesOf(d.Bytes(redData+dicom.Tag(i)), width, n)
		if packed := d.Bytes(redSegmented + dicom.Tag(i)); len(values) == 0 {
			values = expanded(packed, width, n)
		}
		*table = upper(values, width)
	}
	return p
}

// upper is the upper 8 bits of the entries (PS3.3 C.7.9.2).
func upper(values []uint16, width int) []uint8 {
	out := make([]uint8, len(values))
	for i, v := range values {
		if width > 8 {
			v >>= 8
		}
		out[i] = uint8(v)
	}
	return out
}

// Opcodes of segmented palettes (PS3.3 C.7.9.2.1 to C.7.9.2.3).
const (
	discreteSegment = 0
	linearSegment   = 1
	indirectSegment = 2
)

// segments reads a segmented palette: words, or bytes when entries have 8 bits.
type segments struct {
	words []uint16
	bytes bool
	out   []uint16
	most  int
}

// expanded are the entries of a segmented palette, at most n; what is damaged
// ends it.
func expanded(b []byte, width, n int) []uint16 {
	s := segments{bytes: width <= 8, most: n}
	if s.bytes {
		s.words = entriesOf(b, 8, len(b))
	} else {
		s.words = entriesOf(b, 16, len(b)/2)
	}
	for at := 0; at >= 0 && at < len(s.words) && len(s.out) < n; {
		at = s.segment(at, true)
	}
	return s.out
}

// segment expands the one that begins at word at, and answers where the next
// does; -1 for a damaged one. An indirect segment holds no other.
func (s *segments) segment(at int, indirect bool) int {
	if at+2 > len(s.words) {
		return -1
	}
	count, body := int(s.words[at+1]), s.words[at+2:]
	switch op := s.words[at]; {
	case op == discreteSegment && count <= len(body):
		s.out = append(s.out, body[:min(count, s.most-len(s.out))]...)
		return at + 2 + count
	case op == linearSegment && len(body) >= 1 && len(s.out) > 0:
		s.line(count, int(body[0]))
		return at + 3
	case op == indirectSegment && indirect:
		return s.again(at, count, body)
	}
	return -1
}

// line adds count entries that go straight from the last one to end.
func (s *segments) line(count, end int) {
	from := int(s.out[len(s.out)-1])
	for i := 1; i <= count && len(s.out) < s.most; i++ {
		step := (end - from) * i
		s.out = append(s.out, uint16(from+(2*step+sign(step)*count)/(2*count)))
	}
}

func sign(v int) int {
	if v < 0 {
		return -1
	}
	return 1
}

// again expands count segments that stand elsewhere; their place is given in
// bytes, least significant part first.
func (s *segments) again(at, count int, body []uint16) int {
	parts, bitsOfPart, unit := 2, 16, 2
	if s.bytes {
		parts, bitsOfPart, unit = 4, 8, 1
	}
	if len(body) < parts {
		return -1
	}
	place := 0
	for i, v := range body[:parts] {
		place |= int(v) << (i * bitsOfPart)
	}
	place /= unit
	for range count {
		if place < 0 || place >= len(s.words) || len(s.out) >= s.most {
			break
		}
		place = s.segment(place, false)
	}
	return at + 2 + parts
}
