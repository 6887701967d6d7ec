package jpeg

import (
	"bytes"
	"image"
	"image/color"
)

// colour turns the planes of m into RGB; untouched planes are RGB already.
func colour(m *image.YCbCr, rows, columns int, untouched bool) []uint8 {
	out := make([]uint8, 0, rows*columns*3)
	for y := range rows {
		for x := range columns {
			luma, chroma := m.YOffset(x, y), m.COffset(x, y)
			r, g, b := m.Y[luma], m.Cb[chroma], m.Cr[chroma]
			if !untouched {
				r, g, b = color.YCbCrToRGB(r, g, b)
			}
			out = append(out, r, g, b)
		}
	}
	return out
}

// marked says that the stream says itself what its components are: by a JFIF
// or an Adobe segment before the first scan (ITU-T T.871, T.872).
func marked(b []byte) bool {
	for pos := 2; pos+4 <= len(b) && b[pos] == 0xFF; {
		marker, length := b[pos+1], int(b[pos+2])<<8|int(b[pos+3])
		body := b[pos+4:]
		switch {
		case marker == 0xFF: // fill byte
			pos++
			continue
		case marker == 0xDA: // start of scan
			return false
		case marker == 0xE0 && bytes.HasPrefix(body, []byte("JFIF\x00")),
			marker == 0xEE && bytes.HasPrefix(body, []byte("Adobe")):
			return true
		}
		pos += 2 + length
	}
	return false
}
