package dicom

import (
	"encoding/binary"
	"fmt"
	"math"
	"slices"
	"strings"
	"sync"
)

// nativeSpan is where the bytes of native frame i lie: frames follow each other
// without gaps, those of 1 and 12 bits even within a byte (PS3.5 8.1.1).
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
	have := min(s.n, p.value.at+p.value.n-s.at)
	if err := p.fill((*buf)[:have], []span{{s.at, have}}); err != nil {
		return nil, err
	}
	clear((*buf)[have:])
	frame, err := p.samples(*buf, m, i, lead, swap)
	if err == nil {
		frame.Truncated = have < s.n
	}
	return frame, err
}

// samples decodes the bytes b of native frame i; with swap they are whole
// words of which the first lead bytes belong to the frame before.
func (p *pixelData) samples(b []byte, m imageFormat, i int, lead int64, swap bool) (*Frame, error) {
	switch {
	case m.packed():
		return m.decodePacked(b, i)
	case swap:
		return decodeNative(swapped(b, 2)[lead:], m, p.big)
	}
	return decodeNative(b, m, p.big)
}

// wholeWords widens s to 16-bit words, and tells by how much at its start: in
// big endian OW of 8-bit samples the first of two is the lower byte (PS3.5 8.1.1).
func (p *pixelData) wholeWords(s span) (wide span, lead int64) {
	from, to := s.at-p.value.at, s.at-p.value.at+s.n
	first := from &^ 1
	last := (to + 1) &^ 1
	return span{p.value.at + first, last - first}, from - first
}

// packed says that samples do not fill whole bytes.
func (m imageFormat) packed() bool { return m.allocated%8 != 0 }

// decodePacked unpacks a frame of 1- or 12-bit cells, which may begin inside a byte.
func (m imageFormat) decodePacked(b []byte, i int) (*Frame, error) {
	start := int(int64(i) * m.bits() % 8)
	n := m.pixels() * m.samples
	if (start+n*m.allocated+7)/8 > len(b) {
		return nil, fmt.Errorf("%w: frame %d of %d bytes is too short", ErrCorrupt, i, len(b))
	}
	f := m.frame()
	if m.allocated == 1 {
		f.Pix8 = interleaved(bitsOf(b, start, n), m)
		return f, nil
	}
	f.Pix16, f.BitsAllocated = interleaved(cellsOf(b, start/4, n), m), 16
	return f, nil
}

// decodeNative turns the bytes of one native frame into samples (PS3.5 8.1).
// b may be longer than the frame, and is not kept.
func decodeNative(b []byte, m imageFormat, big bool) (*Frame, error) {
	if need := (m.bits() + 7) / 8; int64(len(b)) < need {
		return nil, fmt.Errorf("%w: frame of %d bytes where %d rows and %d columns need %d",
			ErrCorrupt, len(b), m.rows, m.columns, need)
	}
	if m.packed() {
		return m.decodePacked(b, 0)
	}
	f := m.frame()
	n := m.pixels() * m.samples
	switch {
	case m.allocated == 64:
		f.Float64 = interleaved(floats64(b, n, big), m)
	case m.float:
		f.Float32 = interleaved(floats32(b, n, big), m)
	case m.allocated == 32:
		f.Pix32 = interleaved(words32(b, n, big), m)
	case m.allocated == 16:
		f.Pix16 = interleaved(words(b, n, big), m)
	case m.halved():
		f.Pix8 = widened(b, m)
		f.PhotometricInterpretation = strings.TrimSuffix(m.photometric, "_422")
	default:
		f.Pix8 = interleaved(append([]uint8(nil), b[:n]...), m)
	}
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

func words32(b []byte, n int, big bool) []uint32 {
	out, order := make([]uint32, n), coding{big: big}.order()
	for i := range out {
		out[i] = order.Uint32(b[4*i:])
	}
	return out
}

func floats32(b []byte, n int, big bool) []float32 {
	out, order := make([]float32, n), coding{big: big}.order()
	for i := range out {
		out[i] = math.Float32frombits(order.Uint32(b[4*i:]))
	}
	return out
}

func floats64(b []byte, n int, big bool) []float64 {
	out, order := make([]float64, n), coding{big: big}.order()
	for i := range out {
		out[i] = math.Float64frombits(order.Uint64(b[8*i:]))
	}
	return out
}

// cellsOf unpacks n cells of 12 bits from half byte start on: two in three
// bytes, the first in the lower bits (PS3.5 8.1.1).
func cellsOf(b []byte, start, n int) []uint16 {
	out := make([]uint16, n)
	for i := range out {
		at := start + 3*i // in half bytes
		pair := uint16(b[at/2])
		if at/2+1 < len(b) {
			pair |= uint16(b[at/2+1]) << 8
		}
		out[i] = pair >> (4 * (at % 2)) & 0xFFF
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
func interleaved[T uint8 | uint16 | uint32 | float32 | float64](in []T, m imageFormat) []T {
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

// widened gives every pixel its own chrominance: the kinds that end in _422 store
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
