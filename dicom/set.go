package dicom

import (
	"encoding/binary"
	"math"
	"strconv"
	"strings"
)

// SetString writes text values in the data set's character set, with the VR
// of the dictionary, padded to even length (PS3.5 6.2). Text which that set does
// not have makes the whole data set UTF-8.
func (d *DataSet) SetString(t Tag, values ...string) {
	vr := t.VR()
	switch vr.info().kind {
	case kindNumber:
		d.setNumbers(t, vr, parsedNumbers(values))
		return
	case kindSequence:
		return
	}
	text := strings.Join(values, `\`)
	d.putText(t, vr, text)
}

func (d *DataSet) putText(t Tag, vr VR, text string) {
	if !plain([]byte(text)) && (d.text == nil || d.text.decode(d.text.encode(text)) != text) {
		*d = *d.transcoded(declaredCodec([]string{setUTF8}))
		d.Put(Element{Tag: SpecificCharacterSet, VR: "CS", Raw: []byte(setUTF8)})
	}
	d.Put(Element{Tag: t, VR: vr, Raw: padded(d.text.encode(text), vr.padding())})
}

func parsedNumbers(values []string) []float64 {
	var out []float64
	for _, s := range values {
		if v, ok := parseNumber(strings.TrimSpace(s)); ok {
			out = append(out, v)
		}
	}
	return out
}

// SetInt writes whole numbers with the VR of the dictionary (IS, US, SS, UL, SL).
func (d *DataSet) SetInt(t Tag, values ...int) {
	vr := t.VR()
	if vr == "US" && d.IntOr(PixelRepresentation, 0) == 1 {
		vr = implicitVR(t, true)
	}
	if vr.info().kind == kindNumber {
		numbers := make([]float64, len(values))
		for i, v := range values {
			numbers[i] = float64(v)
		}
		d.setNumbers(t, vr, numbers)
		return
	}
	words := make([]string, len(values))
	for i, v := range values {
		words[i] = strconv.Itoa(v)
	}
	d.SetString(t, words...)
}

// SetFloat writes numbers with the VR of the dictionary (DS, FD, FL).
func (d *DataSet) SetFloat(t Tag, values ...float64) {
	vr := t.VR()
	if vr.info().kind == kindNumber {
		d.setNumbers(t, vr, values)
		return
	}
	words := make([]string, len(values))
	for i, v := range values {
		words[i] = decimalString(v)
	}
	d.SetString(t, words...)
}

// decimalString is v in the sixteen bytes that a DS may have (PS3.5 6.2), as
// precisely as they allow.
func decimalString(v float64) string {
	if !finite(v) {
		return ""
	}
	for precision := -1; ; {
		s := strconv.FormatFloat(v, 'g', precision, 64)
		if len(s) <= 16 {
			return s
		}
		if precision--; precision < 0 {
			precision = 15
		}
	}
}

// setNumbers writes binary numbers; what a VR cannot hold becomes its nearest value.
func (d *DataSet) setNumbers(t Tag, vr VR, values []float64) {
	raw := make([]byte, 0, len(values)*vr.info().width)
	for _, v := range values {
		raw = appendNumber(raw, vr, v)
	}
	d.Put(Element{Tag: t, VR: vr, Raw: raw})
}

func appendNumber(b []byte, vr VR, v float64) []byte {
	le := binary.LittleEndian
	switch vr {
	case "FL":
		return le.AppendUint32(b, math.Float32bits(float32(v)))
	case "FD":
		return le.AppendUint64(b, math.Float64bits(v))
	case "US":
		return le.AppendUint16(b, uint16(clamped(v, 0, math.MaxUint16)))
	case "SS":
		return le.AppendUint16(b, uint16(int16(clamped(v, math.MinInt16, math.MaxInt16))))
	case "UL":
		return le.AppendUint32(b, uint32(clamped(v, 0, math.MaxUint32)))
	case "SL":
		return le.AppendUint32(b, uint32(int32(clamped(v, math.MinInt32, math.MaxInt32))))
	case "AT":
		t := uint32(clamped(v, 0, math.MaxUint32))
		return le.AppendUint16(le.AppendUint16(b, uint16(t>>16)), uint16(t))
	}
	return le.AppendUint64(b, uint64(int64(clamped(v, -1<<53, 1<<53)))) // SV, UV
}

func clamped(v, low, high float64) float64 {
	if math.IsNaN(v) {
		return 0
	}
	return min(max(math.Round(v), low), high)
}

// SetUID writes UIDs.
func (d *DataSet) SetUID(t Tag, values ...UID) {
	words := make([]string, len(values))
	for i, v := range values {
		words[i] = string(v)
	}
	d.SetString(t, words...)
}

// SetItems writes a sequence.
func (d *DataSet) SetItems(t Tag, items ...*DataSet) {
	if items == nil {
		items = []*DataSet{}
	}
	d.Put(Element{Tag: t, VR: "SQ", Items: items})
}

// CopyFrom puts the named elements of other into d, text in d's character
// set. Absent elements are passed over; sequences are shared, not copied.
func (d *DataSet) CopyFrom(other *DataSet, tags ...Tag) {
	for _, t := range tags {
		e, ok := other.Get(t)
		if !ok || e.stored {
			continue
		}
		k := e.VR.info().kind
		if (k != kindText && k != kindProse) || plain(e.Raw) {
			d.Put(e)
			continue
		}
		d.putText(t, e.VR, other.text.decodeAs(e.Raw, e.VR == "PN"))
	}
}
