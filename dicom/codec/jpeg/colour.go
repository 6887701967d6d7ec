package jpeg

import "bytes"

// marks are what segments before the first scan say of colour.
type marks struct {
	jfif, adobe bool
	transform   byte // of the Adobe segment
}

// note reads a JFIF (T.871 10.1) or an Adobe (T.872 6.5.3) segment.
func (m *marks) note(code byte, body []byte) {
	switch {
	case code == app0 && bytes.HasPrefix(body, []byte("JFIF\x00")):
		m.jfif = true
	case code == app14 && bytes.HasPrefix(body, []byte("Adobe")) && len(body) >= 12:
		m.adobe, m.transform = true, body[11]
	}
}

// converted says whether the components are YCbCr. JFIF has nothing else; an
// Adobe segment says it; without either rgb, the word of the data set, counts,
// and the names of the components.
func (m *marks) converted(f *frame, rgb bool) bool {
	if len(f.components) != 3 {
		return false
	}
	if m.jfif {
		return true
	}
	if m.adobe && m.transform == 0 {
		return false
	}
	named := f.components[0].id == 'R' && f.components[1].id == 'G' && f.components[2].id == 'B'
	return !named && (m.adobe || !rgb)
}

// Factors of T.871 clause 7, with 16 bits of fraction.
const (
	fraction = 16
	redByCr  = 91881  // 1.402
	bluByCb  = 116130 // 1.772
	grnByCb  = 22554  // 0.34414
	grnByCr  = 46802  // 0.71414
	half     = 1 << (fraction - 1)
)

// writeRGB writes a row of pixels from samples of so many bits.
func writeRGB[T uint8 | uint16](out, luma, blue, red []T, bits int) {
	most, middle := int32(1)<<bits-1, int32(1)<<(bits-1)
	blue, red = blue[:len(luma)], red[:len(luma)]
	for x, v := range luma {
		y, cb, cr := int32(v), int32(blue[x])-middle, int32(red[x])-middle
		pixel := out[3*x:][:3]
		pixel[0] = T(clamp(y+(redByCr*cr+half)>>fraction, most))
		pixel[1] = T(clamp(y+(half-grnByCb*cb-grnByCr*cr)>>fraction, most))
		pixel[2] = T(clamp(y+(bluByCb*cb+half)>>fraction, most))
	}
}

func clamp(v, most int32) int32 {
	if uint32(v) <= uint32(most) {
		return v
	}
	if v < 0 {
		return 0
	}
	return most
}
