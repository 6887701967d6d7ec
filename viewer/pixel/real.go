package pixel

import "eris/viewer/lut"

// Real maps stored values to real world values (PS3.3 C.7.6.16.2.11): by Line,
// or by Values when there are some, of which the first belongs to stored value
// First. Outside of Range nothing is known.
type Real struct {
	Line   lut.Rescale
	First  int
	Values []float64
	Range  lut.Range
	Units  string
}

func (r *Real) value(stored float64) (v float64, ok bool) {
	switch i := int(stored) - r.First; {
	case !r.Range.Holds(stored):
		return 0, false
	case r.Values == nil:
		return r.Line.Value(stored), true
	case i < 0 || i >= len(r.Values):
		return 0, false
	default:
		return r.Values[i], true
	}
}

// Units are those of what measurements read; "" when unknown.
func (m *Image) Units() string {
	if m.Meaning.Real != nil {
		return m.Meaning.Real.Units
	}
	return m.Meaning.Units
}

// read is what measurements read where that is stored: the real world value,
// else the modality value.
func (m *Image) read(stored float64) (v float64, ok bool) {
	if m.Meaning.Real != nil {
		return m.Meaning.Real.value(stored)
	}
	return m.Meaning.Rescale.Value(stored), true
}
