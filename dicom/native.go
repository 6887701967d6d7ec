package dicom

import (
	"encoding/binary"
	"fmt"
)

// decodeNative turns the bytes of one native frame into samples (PS3.5 8.1).
// b may be longer than the frame.
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
