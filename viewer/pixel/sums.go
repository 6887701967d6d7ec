package pixel

import (
	"math"

	"eris/viewer/lut"
)

// Sums gathers what measurements read; the zero Sums is empty.
type Sums struct {
	Count                     int64
	sum, squares, least, most float64
	shift                     float64 // the first value, taken off so that squares stay exact
}

// Add gathers the pixels of one row from column first up to and without end,
// leaving out padding and what is not in the image.
func (s *Sums) Add(m *Image, row, first, end int) {
	first, end = max(first, 0), min(end, m.Columns)
	if m.Gray == nil || row < 0 || row >= m.Rows || first >= end {
		return
	}
	for i := row*m.Columns + first; i < row*m.Columns+end; i++ {
		if m.padding(m.Gray[i]) {
			continue
		}
		if v, ok := m.read(m.stored(i)); ok {
			s.one(v)
		}
	}
}

func (s *Sums) one(v float64) {
	if s.Count == 0 {
		s.least, s.most, s.shift = v, v, v
	}
	s.Count++
	s.least, s.most = min(s.least, v), max(s.most, v)
	v -= s.shift
	s.sum += v
	s.squares += v * v
}

// Statistics are mean, standard deviation of the population (divided by
// Count), least and most; ok is false when Count is 0.
func (s Sums) Statistics() (mean, deviation, least, most float64, ok bool) {
	if s.Count == 0 {
		return 0, 0, 0, 0, false
	}
	n := float64(s.Count)
	off := s.sum / n
	return s.shift + off, math.Sqrt(math.Max(s.squares/n-off*off, 0)), s.least, s.most, true
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
	total := 0
	for _, v := range m.Gray {
		if !m.padding(v) {
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
	line := m.Line()
	a, b := line.Value(float64(low)), line.Value(float64(high))
	return lut.Window{Center: (a+b)/2 + 0.5, Width: math.Abs(b-a) + 1}.Clamped()
}
