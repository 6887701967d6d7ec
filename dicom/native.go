package dicom

import (
	"encoding/binary"
	"fmt"
	"slices"
	"sync"
)

// nativeSpan is where the bytes of native frame i lie: frames follow each other
// without gaps, one-bit frames even within a byte (PS3.5 8.1.1).
func (p *pixelData) nativeSpan(m imageFormat, i int) span {
	first, last := int64(i)*m.bits()/8, (int64(i+1)*m.bits()+7)/8
	return span{p.value.at + first, last - first}
}

// scratch holds buffers for the bytes of native frames between reading and
// decoding, so that scrolling does not allocate each frame twice.
var scratch = sync.Pool{New: func() any { return new([]byte) }}

// nativeFrame reads and decodes native frame i.
func (f *File) nativeFrame(p *pixelData, m imageFormat, i int) (*Frame, error) {
	if n := f.NumberOfFrames(); i < 0 || i >= n {
		return nil, f.noSuchFrame(i, n)
	}
	s := p.nativeSpan(m, i)
	lead := int64(0)
	swap := p.big && p.vr == "OW" && m.allocated == 8
	if swap {
		s, lead = p.wholeWords(s)
	}
	buf := scratch.Get().(*[]byte)
	defer scratch.Put(buf)
	*buf = slices.Grow((*buf)[:0], int(s.n))[:s.n]
	if err := p.fill(*buf, []span{s}); err != nil {
		return nil, err
	}
	switch {
	case m.allocated == 1:
		return m.decodeBits(*buf, i)
	case swap:
		return decodeNative(swapped(*buf, 2)[lead:], m, p.big)
	}
	return decodeNative(*buf, m, p.big)
}

// wholeWords widens s to 16-bit words, and tells by how much at its start: in
// big endian OW of 8-bit samples the first of two is the lower byte (PS3.5 8.1.1).
func (p *pixelData) wholeWords(s span) (wide span, lead int64) {
	from, to := s.at-p.value.at, s.at-p.value.at+s.n
	first := from &^ 1
	last := min((to+1)&^1, p.value.n)
	return span{p.value.at + first, last - first}, from - first
}

// decodeBits unpacks a frame of one-bit pixels, which may begin inside a byte.
func (m imageFormat) decodeBits(b []byte, i int) (*Frame, error) {
	start := int(int64(i) * m.bits() % 8)
	n := m.pixels() * m.samples
	if (start+n+7)/8 > len(b) {
		return nil, fmt.Errorf("%w: frame %d of %d bytes is too short", ErrCorrupt, i, len(b))
	}
	f := m.frame()
	f.Pix8 = interleaved(bitsOf(b, start, n), m)
	return f, nil
}

// decodeNative turns the bytes of one native frame into samples (PS3.5 8.1).
// b may be longer than the frame, and is not kept.
func decodeNative(b []byte, m imageFormat, big bool) (*Frame, error) {
	if need := (m.bits() + 7) / 8; int64(len(b)) < need {
		return nil, fmt.Errorf("%w: frame of %d bytes where %d rows and %d columns need %d",
			ErrCorrupt, len(b), m.rows, m.columns, need)
	}
	f := m.frame()
	switch {
	case m.allocated == 16:
		f.Pix16 = interleaved(words(b, m.pixels()*m.samples, big), m)
	case m.halved():
		f.Pix8 = widened(b, m)
	default:
		f.Pix8 = interleaved(append([]uint8(nil), b[:m.pixels()*m.samples]...), m)
	}
	f.toRGB()
	return f, nil
}

// words reads n 16-bit values.
func words(b []byte, n int, big bool) []uint16 {
	out := make([]uint16, n)
	b = b[:2*n]
	if big {
		for i := range out {
			out[i] = binary.BigEndian.Uint16(b[2*i:])
		}
		return out
	}
	i := 0
	for ; i+4 <= n; i += 4 {
		v := binary.LittleEndian.Uint64(b[2*i:])
		o := out[i : i+4 : i+4]
		o[0], o[1], o[2], o[3] = uint16(v), uint16(v>>16), uint16(v>>32), uint16(v>>48)
	}
	for ; i < n; i++ {
		out[i] = binary.LittleEndian.Uint16(b[2*i:])
	}
	return out
}

// bitsOf unpacks n one-bit pixels from bit start on, lowest bit first (PS3.5 8.1.1).
func bitsOf(b []byte, start, n int) []uint8 {
	out := make([]uint8, n)
	for i := range out {
		at := start + i
		out[i] = b[at/8] >> (at % 8) & 1
	}
	return out
}

// interleaved brings planes (RRR GGG BBB) into pixel order (RGB RGB RGB).
func interleaved[T uint8 | uint16](in []T, m imageFormat) []T {
	if !m.planar || m.samples == 1 {
		return in
	}
	n := m.pixels()
	out := make([]T, len(in))
	for s := range m.samples {
		for i, v := range in[s*n : (s+1)*n] {
			out[i*m.samples+s] = v
		}
	}
	return out
}

// widened gives every pixel its own chrominance: YBR_FULL_422 stores
// Y1 Y2 Cb Cr for each pair of columns (PS3.3 C.7.6.3.1.2).
func widened(b []byte, m imageFormat) []uint8 {
	out := make([]uint8, 0, m.pixels()*3)
	pairs := (m.columns + 1) / 2
	for row := range m.rows {
		for pair := range pairs {
			p := b[(row*pairs+pair)*4:][:4]
			out = append(out, p[0], p[2], p[3])
			if 2*pair+1 < m.columns {
				out = append(out, p[1], p[2], p[3])
			}
		}
	}
	return out
}
