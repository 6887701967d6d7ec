package rle

import (
	"encoding/binary"

	"eris/dicom/codec"
)

// joined puts n bytes of every segment together to samples, from the pixel at on.
func joined(m *codec.Image, parts [][]byte, at, n int) {
	step := m.Components
	from, to := at*step, (at+n)*step
	switch {
	case m.Pix8 != nil && step == 1:
		copy(m.Pix8[from:to], parts[0])
	case m.Pix8 != nil && step == 3:
		threes(m.Pix8[from:to], parts[0], parts[1], parts[2])
	case m.Pix16 != nil && step == 1:
		words(m.Pix16[from:to], parts[0], parts[1])
	default:
		for s := range step {
			spread(m, parts, s, from, to)
		}
	}
}

// threes interleaves three planes.
func threes(out, r, g, b []byte) {
	g, b = g[:len(r)], b[:len(r)]
	for i, v := range r {
		pixel := out[3*i:][:3]
		pixel[0], pixel[1], pixel[2] = v, g[i], b[i]
	}
}

// words joins high and low bytes, four at a time.
func words(out []uint16, high, low []byte) {
	high, low = high[:len(out)], low[:len(out)]
	i := 0
	for ; i+4 <= len(out); i += 4 {
		v := apart(binary.LittleEndian.Uint32(high[i:]))<<8 | apart(binary.LittleEndian.Uint32(low[i:]))
		o := out[i:][:4]
		o[0], o[1], o[2], o[3] = uint16(v), uint16(v>>16), uint16(v>>32), uint16(v>>48)
	}
	for ; i < len(out); i++ {
		out[i] = uint16(high[i])<<8 | uint16(low[i])
	}
}

// apart gives each of four bytes 16 bits.
func apart(v uint32) uint64 {
	x := uint64(v)
	x = (x | x<<16) & 0x0000FFFF0000FFFF
	return (x | x<<8) & 0x00FF00FF00FF00FF
}

// spread joins the bytes of sample s of the pixels, the most significant first.
func spread(m *codec.Image, parts [][]byte, s, from, to int) {
	step := m.Components
	switch {
	case m.Pix8 != nil:
		for k, i := 0, from+s; i < to; k, i = k+1, i+step {
			m.Pix8[i] = parts[s][k]
		}
	case m.Pix16 != nil:
		high, low := parts[2*s], parts[2*s+1]
		for k, i := 0, from+s; i < to; k, i = k+1, i+step {
			m.Pix16[i] = uint16(high[k])<<8 | uint16(low[k])
		}
	default:
		p := parts[4*s:][:4]
		for k, i := 0, from+s; i < to; k, i = k+1, i+step {
			m.Pix32[i] = uint32(p[0][k])<<24 | uint32(p[1][k])<<16 | uint32(p[2][k])<<8 | uint32(p[3][k])
		}
	}
}
