package pixel

import (
	"math"

	"eris/viewer/lut"
)

// Sums gathers stored values; the zero Sums is empty.
type Sums struct {
	Count, Sum, Squares int64
	Least, Most         int // of the stored values; meaningless while Count is 0
}

// Add gathers the pixels of one row from column first up to and without end,
// leaving out padding and what is not in the image. Stored values have 16
// bits, so 2^31 pixels fit without overflow.
func (s *Sums) Add(m *Image, row, first, end int) {
	first, end = max(first, 0), min(end, m.Columns)
	if m.Gray == nil || row < 0 || row >= m.Rows || first >= end {
		return
	}
	padFirst, padEnd := m.PaddingIndices()
	for _, v := range m.Gray[row*m.Columns+first : row*m.Columns+end] {
		if uint32(v)-padFirst < padEnd-padFirst {
			continue
		}
		s.one(int(v) - m.Offset)
	}
}

func (s *Sums) one(v int) {
	if s.Count == 0 {
		s.Least, s.Most = v, v
	}
	s.Count++
	s.Sum += int64(v)
	s.Squares += int64(v) * int64(v)
	s.Least, s.Most = min(s.Least, v), max(s.Most, v)
}

// Statistics are mean, standard deviation of the population (divided by
// Count), least and most, in modality values; ok is false when Count is 0.
func (s Sums) Statistics(r lut.Rescale) (mean, deviation, least, most float64, ok bool) {
	if s.Count == 0 {
		return 0, 0, 0, 0, false
	}
	n := float64(s.Count)
	storedMean := float64(s.Sum) / n
	variance := float64(s.Squares)/n - storedMean*storedMean
	least, most = r.Value(float64(s.Least)), r.Value(float64(s.Most))
	return r.Value(storedMean), math.Sqrt(math.Max(variance, 0)) * math.Abs(r.Slope),
		math.Min(least, most), math.Max(least, most), true
}

// FullWindow shows every value of the image. Color images answer with the
// window that changes nothing.
func (m *Image) FullWindow() lut.Window { return m.between(m.Low, m.High) }

// RobustWindow shows the values between the 0.5th and the 99.5th percentile,
// so that a metal marker or a collimator edge does not eat the contrast.
func (m *Image) RobustWindow() lut.Window {
	if m.Gray == nil || m.Low > m.High {
		return m.FullWindow()
	}
	var counts [1 << 16]int
	padFirst, padEnd := m.PaddingIndices()
	total := 0
	for _, v := range m.Gray {
		if uint32(v)-padFirst >= padEnd-padFirst {
			counts[v]++
			total++
		}
	}
	tail := total / 200
	low, high := m.Low, m.High
	for left := tail - counts[low]; left >= 0 && low < high; left -= counts[low] {
		low++
	}
	for left := tail - counts[high]; left >= 0 && high > low; left -= counts[high] {
		high--
	}
	return m.between(low, high)
}

// between is the window whose ends show two indices just black and just
// white (PS3.3 C.11.2.1.2.1).
func (m *Image) between(low, high uint16) lut.Window {
	if m.Gray == nil || low > high {
		return lut.Window{Center: 128, Width: 256}
	}
	a := m.Meaning.Rescale.Value(float64(m.Stored(low)))
	b := m.Meaning.Rescale.Value(float64(m.Stored(high)))
	return lut.Window{Center: (a+b)/2 + 0.5, Width: math.Abs(b-a) + 1}.Clamped()
}
