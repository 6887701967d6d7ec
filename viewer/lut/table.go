package lut

// Rescale is the modality LUT as a straight line (PS3.3 C.11.1.1.2).
type Rescale struct{ Slope, Intercept float64 }

// Identity leaves stored values as they are.
func Identity() Rescale { return Rescale{Slope: 1} }

// Value is the modality value of a stored one.
func (r Rescale) Value(stored float64) float64 { return stored*r.Slope + r.Intercept }

// Range is an interval of stored values, both ends included.
type Range struct{ Low, High int }

// Holds reports whether the value lies in the range.
func (r Range) Holds(stored int) bool { return stored >= r.Low && stored <= r.High }

// Recipe says how a stored value becomes gray.
type Recipe struct {
	Rescale  Rescale
	Window   Window
	Function Function
	// Inverted turns black and white round: MONOCHROME1 (PS3.3 C.7.6.3.1.2),
	// or the reader's wish, but not both.
	Inverted bool
	// Padding is shown black whatever the rest says; nil when there is none.
	Padding *Range
}

// Gray is the byte for one stored value.
func (r Recipe) Gray(stored int) uint8 {
	if r.Padding != nil && r.Padding.Holds(stored) {
		return 0
	}
	g := uint8(r.Window.Brightness(r.Function, r.Rescale.Value(float64(stored)))*255 + 0.5)
	if r.Inverted {
		return 255 - g
	}
	return g
}

// Fill writes the gray of stored values first, first+1, … into table.
func (r Recipe) Fill(table []uint8, first int) {
	for i := range table {
		table[i] = r.Gray(first + i)
	}
}
