package pixel

import (
	"math"
	"slices"

	"eris/dicom"
	"eris/viewer/lut"
)

// noPixel is the index of what is no pixel in samples of more than 16 bits:
// padding, and floating point values that are no numbers.
const noPixel = 0xFFFF

// takeWide makes samples of 32 bits and of floating point indices, spread over
// the values that matter; those beyond them share the first and the last. The
// stored values are kept for measurements.
func (m *Image) takeWide(f *dicom.Frame) {
	n := f.Columns * f.Rows
	m.Gray, m.exact = make([]uint16, n), make([]float64, n)
	for i := range m.exact {
		m.exact[i] = f.Float(i)
	}
	m.padFirst, m.padEnd = noPixel, noPixel+1
	m.Fine = f.Float32 != nil || f.Float64 != nil
	low, high := m.spread()
	step := high/(noPixel-1) - low/(noPixel-1)
	if !(step > 0) || !m.Fine && step < 1 {
		step = 1
	}
	m.Scale = lut.Rescale{Slope: step, Intercept: low}
	for i, v := range m.exact {
		m.Gray[i] = noPixel
		if m.isValue(v) {
			m.Gray[i] = uint16(math.Max(0, math.Min((v-low)/step+0.5, noPixel-1)))
		}
	}
	if !m.Fine && step == 1 {
		m.exact = nil // the indices say it all
	}
}

// measured is how many values are looked at for the spread; far is how many
// times the spread of the middle half a value may lie beyond it. Wilder ones,
// as ratios and fits have them, must not leave one shade for all others.
const (
	measured = 1 << 16
	far      = 100
)

// spread is from where to where values are told apart in the picture: all of
// them but the wild ones, and what the file's own windows show.
func (m *Image) spread() (low, high float64) {
	step := max(len(m.exact)/measured, 1)
	var some []float64
	least, most := math.Inf(1), math.Inf(-1)
	for i, v := range m.exact {
		if !m.isValue(v) {
			continue
		}
		least, most = math.Min(least, v), math.Max(most, v)
		if i%step == 0 {
			some = append(some, v)
		}
	}
	if least > most {
		return 0, 0
	}
	low, high = fences(some)
	if s := m.Meaning.Shown; s != nil {
		low, high = math.Min(low, s.Low), math.Max(high, s.High)
	}
	return math.Max(low, least), math.Min(high, most)
}

// fences are the bounds beyond which values are wild; a value that most of them
// have, as a background does, says nothing of the others.
func fences(values []float64) (low, high float64) {
	slices.Sort(values)
	for len(values) > 0 {
		n := len(values)
		first, middle, third := values[n/4], values[n/2], values[n-1-n/4]
		if third > first {
			return first - far*(third-first), third + far*(third-first)
		}
		values = slices.DeleteFunc(values, func(v float64) bool { return v == middle })
	}
	return math.Inf(-1), math.Inf(1)
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
	most := uint16(noPixel)
	if m.padEnd > m.padFirst {
		most-- // the last index is needed for padding
	}
	for i, v := range m.Gray {
		if m.padding(v) {
			m.Gray[i] = noPixel
			continue
		}
		m.Gray[i] = min(t.At(m.stored(i)), most)
	}
	if m.padEnd > m.padFirst {
		m.padFirst, m.padEnd = noPixel, noPixel+1
	}
	m.Scale, m.Meaning.Rescale, m.exact = lut.Identity(), lut.Identity(), nil
}
