package lut

// Rescale is the modality LUT as a straight line (PS3.3 C.11.1.1.2).
type Rescale struct{ Slope, Intercept float64 }

// Identity leaves stored values as they are.
func Identity() Rescale { return Rescale{Slope: 1} }

// Value is the modality value of a stored one.
func (r Rescale) Value(stored float64) float64 { return stored*r.Slope + r.Intercept }

// Then is the line that first goes r, then next.
func (r Rescale) Then(next Rescale) Rescale {
	return Rescale{Slope: r.Slope * next.Slope, Intercept: next.Value(r.Intercept)}
}

// Range is an interval of stored values, both ends included.
type Range struct{ Low, High float64 }

// Holds reports whether the value lies in the range.
func (r Range) Holds(stored float64) bool { return stored >= r.Low && stored <= r.High }

// Recipe says how a sample becomes gray.
type Recipe struct {
	// Rescale goes from samples, numbered as Fill's, to modality values.
	Rescale Rescale
	VOI     VOI
	// Inverted turns black and white round: MONOCHROME1 (PS3.3 C.7.6.3.1.2),
	// or the reader's wish, but not both.
	Inverted bool
	// Display is the curve of the screen; nil for one that takes grays as they are.
	Display *Display
}

// Gray is the byte for one sample.
func (r Recipe) Gray(sample int) uint8 {
	y := r.VOI.Brightness(r.Rescale.Value(float64(sample)))
	if r.Display != nil {
		if r.Inverted {
			y = 1 - y
		}
		return r.Display.Gray(y)
	}
	g := uint8(y*255 + 0.5)
	if r.Inverted {
		return 255 - g
	}
	return g
}

// Fill writes the gray of samples first, first+1, … into table.
func (r Recipe) Fill(table []uint8, first int) {
	for i := range table {
		table[i] = r.Gray(first + i)
	}
}
