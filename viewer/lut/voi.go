package lut

import "math"

// Table is a look-up table: a modality LUT (PS3.3 C.11.1.1.1) or a VOI LUT
// (C.11.2.1.1). Inputs below First take the first entry, those beyond the end
// the last.
type Table struct {
	First       int
	Bits        int // of an entry: 8 to 16
	Entries     []uint16
	Explanation string
}

// At is the entry for x, rounded to the nearest input.
func (t *Table) At(x float64) uint16 {
	i := math.Round(x) - float64(t.First)
	return t.Entries[int(math.Max(0, math.Min(i, float64(len(t.Entries)-1))))]
}

// Brightness is the share of full brightness, 0 to 1, for modality value x.
func (t *Table) Brightness(x float64) float64 {
	return float64(t.At(x)) / float64(uint32(1)<<t.Bits-1)
}

// Window is the window over all inputs that have an entry of their own: where
// a hand begins that changes the table into a window.
func (t *Table) Window() Window {
	n := float64(len(t.Entries))
	return Window{Center: float64(t.First) + n/2, Width: n}.Clamped()
}

// VOI says how modality values become brightness: by Table when it is set,
// else by Window and Function. Explanation is the file's own word for it.
type VOI struct {
	Window      Window
	Function    Function
	Table       *Table
	Explanation string
}

// Brightness is the share of full brightness, 0 to 1, of modality value x.
func (v VOI) Brightness(x float64) float64 {
	if v.Table != nil {
		return v.Table.Brightness(x)
	}
	return v.Window.Brightness(v.Function, x)
}
