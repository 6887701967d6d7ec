package viewer

import (
	"math/bits"

	"eris/dicom"
	"eris/viewer/lut"
)

// Tags of look-up tables, which only the viewer reads.
const (
	lutDescriptor   dicom.Tag = 0x00283002
	lutExplanation  dicom.Tag = 0x00283003
	modalityLUTType dicom.Tag = 0x00283004
	lutData         dicom.Tag = 0x00283006
	voiLUTSequence  dicom.Tag = 0x00283010
)

// tableOf reads a modality or VOI LUT (PS3.3 C.11.1.1.1, C.11.2.1.1); signed
// says that its input may be below 0. ok is false for one without entries.
func tableOf(d *dicom.DataSet, signed bool) (t lut.Table, ok bool) {
	n, first, width, ok := descriptor(d, lutDescriptor, signed)
	if !ok {
		return t, false
	}
	t = lut.Table{First: first, Bits: width, Entries: entriesOf(d.Bytes(lutData), width, n), Explanation: d.String(lutExplanation)}
	if len(t.Entries) == 0 {
		return t, false
	}
	most := uint16(1)
	for _, v := range t.Entries {
		most = max(most, v)
	}
	// Some writers give the bits of a word instead of those in use, or too few.
	t.Bits = max(min(t.Bits, 16), bits.Len16(most))
	return t, true
}

// descriptor reads a LUT descriptor: number of entries, first input, bits of an entry.
func descriptor(d *dicom.DataSet, t dicom.Tag, signed bool) (n, first, width int, ok bool) {
	v := d.Floats(t)
	if len(v) < 3 {
		return 0, 0, 0, false
	}
	n, first, width = int(uint16(int(v[0]))), int(uint16(int(v[1]))), int(v[2])
	if n == 0 {
		n = 1 << 16 // PS3.3 C.11.1.1.1: 0 means 2^16
	}
	if signed {
		first = int(int16(first))
	}
	return n, first, width, width >= 1
}

// entriesOf reads n entries; those of 8 bits may be packed one to a byte.
func entriesOf(b []byte, width, n int) []uint16 {
	out := make([]uint16, 0, min(n, len(b)))
	if width <= 8 && len(b) <= n+1 {
		for _, v := range b[:min(n, len(b))] {
			out = append(out, uint16(v))
		}
		return out
	}
	for i := 0; i+1 < len(b) && len(out) < n; i += 2 {
		out = append(out, uint16(b[i])|uint16(b[i+1])<<8)
	}
	return out
}

// voisOf are the windows, then the VOI LUTs of the file (PS3.3 C.11.2), each
// with its explanation.
// usual is the function of windows that name none.
func voisOf(d *dicom.DataSet, usual lut.Function) []lut.VOI {
	function := lut.Function(d.String(dicom.VOILUTFunction))
	if function == "" {
		function = usual
	}
	centers, widths, why := d.Floats(dicom.WindowCenter), d.Floats(dicom.WindowWidth), d.Strings(dicom.WindowCenterWidthExplanation)
	var out []lut.VOI
	for i := range min(len(centers), len(widths)) {
		v := lut.VOI{Window: lut.Window{Center: centers[i], Width: widths[i]}, Function: function}
		if i < len(why) {
			v.Explanation = why[i]
		}
		if v.Window.Valid(function) {
			out = append(out, v)
		}
	}
	for _, item := range d.Items(voiLUTSequence) {
		// PS3.3 C.11.2.1.1: the input is signed where modality values can be.
		if t, ok := tableOf(item, isSigned(d) || d.FloatOr(dicom.RescaleIntercept, 0) < 0); ok {
			out = append(out, lut.VOI{Table: &t, Window: t.Window(), Explanation: t.Explanation})
		}
	}
	return out
}
