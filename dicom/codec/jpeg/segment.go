package jpeg

import (
	"bytes"
	"slices"
)

// beginSegment gives b the entropy-coded bytes from here to the next marker.
func (s *stream) beginSegment(b *bitReader) {
	if b.buf == nil {
		b.buf = slices.Grow(b.buf, len(s.b)-s.pos+spare)
	}
	b.start(s.unstuffed(b.buf[:0]))
}

// nextSegment goes on behind a restart marker. What is left of the last
// interval was skipped with it, and its number does not matter: some encoders
// do not count. Without such a marker the interval is lost, and b empty.
func (s *stream) nextSegment(b *bitReader) {
	if !s.atRestart() {
		b.start(b.buf[:0])
		return
	}
	s.pos += 2
	s.beginSegment(b)
}

func (s *stream) atRestart() bool {
	return len(s.b)-s.pos >= 2 && s.b[s.pos] == 0xFF && s.b[s.pos+1] >= rst0 && s.b[s.pos+1] <= rst7
}

// unstuffed appends the bytes up to the next marker without the zeros that
// follow each 0xFF among them (B.1.1.5), and stays before the marker.
func (s *stream) unstuffed(out []byte) []byte {
	for {
		rest := s.b[s.pos:]
		i := bytes.IndexByte(rest, 0xFF)
		if i < 0 {
			s.pos = len(s.b)
			return append(out, rest...)
		}
		out = append(out, rest[:i]...)
		after := i + 1
		for after < len(rest) && rest[after] == 0xFF { // fill bytes
			after++
		}
		switch {
		case after == len(rest):
			s.pos = len(s.b)
			return out
		case rest[after] != 0:
			s.pos += after - 1
			return out
		}
		out = append(out, 0xFF)
		s.pos += after + 1
	}
}
