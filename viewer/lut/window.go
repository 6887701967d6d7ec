package lut

import "math"

// Window is the part of the modality values that is shown: WindowCenter and WindowWidth.
type Window struct{ Center, Width float64 }

// Function is VOILUTFunction (PS3.3 C.11.2.1.3).
type Function string

// The functions of PS3.3 C.11.2.1; an empty one is Linear.
const (
	Linear      Function = "LINEAR"
	LinearExact Function = "LINEAR_EXACT"
	Sigmoid     Function = "SIGMOID"
)

// widest keeps a window within what can be computed: samples of 32 bits, in
// counts per second for instance, go as far.
const widest = 1 << 40

// Valid reports a window that can be used as it is: finite, and at least 1
// wide, or just wider than nothing for the two functions that allow it
// (PS3.3 C.11.2.1.2.1, C.11.2.1.3.2).
func (w Window) Valid(f Function) bool {
	if math.IsNaN(w.Center) || math.IsInf(w.Center, 0) || math.IsNaN(w.Width) || math.IsInf(w.Width, 0) {
		return false
	}
	if f == LinearExact || f == Sigmoid {
		return w.Width > 0
	}
	return w.Width >= 1
}

// Clamped is the nearest window that a hand may set: width 1 or more, finite.
func (w Window) Clamped() Window { return w.ClampedTo(1) }

// ClampedTo is the nearest window of at least a width that a hand may set.
func (w Window) ClampedTo(least float64) Window {
	return Window{Center: between(w.Center, -widest, widest, 0), Width: between(w.Width, least, widest, least)}
}

func between(v, low, high, otherwise float64) float64 {
	if math.IsNaN(v) {
		return otherwise
	}
	return math.Max(low, math.Min(high, v))
}

// Brightness is the share of full brightness, 0 to 1, of modality value x.
func (w Window) Brightness(f Function, x float64) float64 {
	switch f {
	case LinearExact: // PS3.3 C.11.2.1.3.2
		return ramp((x - w.Center + w.Width/2) / w.Width)
	case Sigmoid: // PS3.3 C.11.2.1.3.1
		return 1 / (1 + math.Exp(-4*(x-w.Center)/w.Width))
	}
	return w.linear(x)
}

// linear is PS3.3 C.11.2.1.2.1; the first test also answers for width 1, where
// the slope has no meaning.
func (w Window) linear(x float64) float64 {
	middle, span := w.Center-0.5, w.Width-1
	switch {
	case x <= middle-span/2:
		return 0
	case x > middle+span/2:
		return 1
	}
	return (x - middle + span/2) / span
}

func ramp(y float64) float64 { return math.Max(0, math.Min(1, y)) }
