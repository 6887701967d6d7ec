package jpeg

import (
	"bytes"

	"eris/dicom/codec"
)

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

// colour is what the stream says its components are. JFIF has nothing but
// YCbCr; an Adobe segment says it; so may the names of the components.
func (m *marks) colour(f *frame) codec.Colour {
	switch {
	case len(f.components) != 3:
		return codec.Unstated
	case m.jfif:
		return codec.YCbCr
	case m.adobe && m.transform == 0:
		return codec.RGB
	case f.components[0].id == 'R' && f.components[1].id == 'G' && f.components[2].id == 'B':
		return codec.RGB
	case m.adobe:
		return codec.YCbCr
	}
	return codec.Unstated
}
