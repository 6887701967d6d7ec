package jpeg2000_test

import (
	"math"
	"math/rand/v2"

	"eris/dicom/codec"
)

// synthetic is an image with slopes, edges, a texture and noise, over the
// whole range of its bits.
func synthetic(rows, columns, components, bits int, signed bool) *codec.Image {
	m := codec.NewImage(rows, columns, components, bits, signed)
	random := rand.New(rand.NewPCG(uint64(rows), uint64(columns)))
	most := 1<<bits - 1
	for i := range rows * columns * components {
		c, x, y := i%components, i/components%columns, i/components/columns
		v := float64(x*(c+1)+2*y) / float64(columns*components+2*rows)
		v += 0.1 * math.Sin(float64(x)/3) * math.Cos(float64(y)/5)
		if (x/16+y/24)%3 == 0 {
			v += 0.3
		}
		v += 0.02 * random.NormFloat64()
		n := max(0, min(most, int(v*float64(most))))
		if signed {
			n -= (most + 1) / 2
		}
		set(m, i, n)
	}
	return m
}

// set puts a sample into an image.
func set(m *codec.Image, i, v int) {
	switch {
	case m.Pix8 != nil:
		m.Pix8[i] = uint8(v)
	case m.Pix16 != nil:
		m.Pix16[i] = uint16(v)
	default:
		m.Pix32[i] = uint32(v)
	}
}

// raw is the samples as OpenJPEG reads them: little endian, one component
// after another, every dx-th column and dy-th row.
func raw(m *codec.Image, steps [][2]int) []byte {
	var b []byte
	for c := range m.Components {
		for y := 0; y < m.Rows; y += steps[c][1] {
			for x := 0; x < m.Columns; x += steps[c][0] {
				v := at(m, (y*m.Columns+x)*m.Components+c)
				for k := range codec.SampleBytes(m.Bits) {
					b = append(b, byte(v>>(8*k)))
				}
			}
		}
	}
	return b
}
