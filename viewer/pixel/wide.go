package pixel

import (
	"math"

	"eris/dicom"
	"eris/viewer/lut"
)

// noPixel is the index of what is no pixel in samples of more than 16 bits:
// padding, and floating point values that are no numbers.
const noPixel = 0xFFFF

// takeWide makes samples of 32 bits and of floating point indices, spread over
// the values that occur. The stored values are kept for measurements.
func (m *Image) takeWide(f *dicom.Frame) {
	n := f.Columns * f.Rows
	m.Gray, m.exact = make([]uint16, n), make([]float64, n)
	low, high := math.Inf(1), math.Inf(-1)
	for i := range m.exact {
		v := f.Float(i)
		m.exact[i] = v
		if m.isValue(v) {
			low, high = math.Min(low, v), math.Max(high, v)
		}
	}
	m.padFirst, m.padEnd = noPixel, noPixel+1
	if low > high {
		low, high = 0, 0
	}
	whole := f.Float32 == nil && f.Float64 == nil
	step := (high - low) / (noPixel - 1)
	if step == 0 || whole && step < 1 {
		step = 1
	}
	m.Scale = lut.Rescale{Slope: step, Intercept: low}
	for i, v := range m.exact {
		m.Gray[i] = noPixel
		if m.isValue(v) {
			m.Gray[i] = uint16(math.Min((v-low)/step+0.5, noPixel-1))
		}
	}
	if whole && step == 1 {
		m.exact = nil // the indices say it all
	}
}

func (m *Image) isValue(v float64) bool {
	return !math.IsNaN(v) && !math.IsInf(v, 0) && (m.Meaning.Padding == nil || !m.Meaning.Padding.Holds(v))
}

// applyTable replaces indices by what the modality LUT makes of their stored
// values, so that everything behind it reads modality values (PS3.3 C.11.1.1).
func (m *Image) applyTable() {
	t := m.Meaning.Table
	if t == nil {
		return
	}
	for i, v := range m.Gray {
		if m.padding(v) {
			m.Gray[i] = noPixel
			continue
		}
		m.Gray[i] = min(t.At(m.stored(i)), noPixel-1)
	}
	if m.padEnd > m.padFirst {
		m.padFirst, m.padEnd = noPixel, noPixel+1
	}
	m.Scale, m.Meaning.Rescale, m.exact = lut.Identity(), lut.Identity(), nil
}
