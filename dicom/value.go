package dicom

import (
	"encoding/binary"
	"math"
	"strconv"
	"strings"
)

func uint32At(b []byte, i int) uint32 { return binary.LittleEndian.Uint32(b[i:]) }

// String is the first value of a text element: decoded, without padding; ""
// when absent. Numbers are formatted.
func (d *DataSet) String(t Tag) string {
	e, ok := d.Get(t)
	if !ok || len(e.Raw) == 0 {
		return ""
	}
	switch e.VR.info().kind {
	case kindNumber:
		return firstOf(numberStrings(e))
	case kindProse:
		return d.prose(e)
	}
	return firstOf(d.values(e))
}

// Strings are all values of a text element (backslash separated), decoded and trimmed.
func (d *DataSet) Strings(t Tag) []string {
	e, ok := d.Get(t)
	if !ok || len(e.Raw) == 0 {
		return nil
	}
	return d.strings(e)
}

func (d *DataSet) strings(e Element) []string {
	switch e.VR.info().kind {
	case kindNumber:
		return numberStrings(e)
	case kindProse:
		return []string{d.prose(e)}
	}
	return d.values(e)
}

func firstOf(values []string) string {
	if len(values) == 0 {
		return ""
	}
	return values[0]
}

// prose is text in which leading spaces and backslashes mean themselves.
func (d *DataSet) prose(e Element) string {
	return strings.TrimRight(d.text.decode(e.Raw), " \x00\r\n\t")
}

// values splits after decoding, since the second byte of a character may be a backslash.
func (d *DataSet) values(e Element) []string {
	values := strings.Split(d.text.decodeAs(e.Raw, e.VR == "PN"), "\\")
	for i, v := range values {
		values[i] = strings.Trim(v, " \x00\t\r\n")
	}
	return values
}

// numbers are the values of a binary number VR, exact up to 53 bits.
func numbers(e Element) []float64 {
	width := e.VR.info().width
	out := make([]float64, len(e.Raw)/width)
	for i := range out {
		out[i] = number(e.VR, e.Raw[i*width:])
	}
	return out
}

func number(vr VR, b []byte) float64 {
	le := binary.LittleEndian
	switch vr {
	case "US", "AT", "OW":
		return float64(le.Uint16(b))
	case "SS":
		return float64(int16(le.Uint16(b)))
	case "UL", "OL":
		return float64(le.Uint32(b))
	case "SL":
		return float64(int32(le.Uint32(b)))
	case "FL", "OF":
		return float64(math.Float32frombits(le.Uint32(b)))
	case "FD", "OD":
		return math.Float64frombits(le.Uint64(b))
	case "SV":
		return float64(int64(le.Uint64(b)))
	}
	return float64(le.Uint64(b)) // UV, OV
}

func numberStrings(e Element) []string {
	if e.VR == "AT" {
		return tagStrings(e.Raw)
	}
	bits := 64
	if e.VR == "FL" {
		bits = 32
	}
	values := numbers(e)
	out := make([]string, len(values))
	for i, v := range values {
		out[i] = strconv.FormatFloat(v, 'f', -1, bits)
	}
	return out
}

func tagStrings(raw []byte) []string {
	var out []string
	for ; len(raw) >= 4; raw = raw[4:] {
		out = append(out, readTag(raw, coding{}).Hex())
	}
	return out
}

// Int is the first value as a whole number: binary VRs, IS, and DS without a fraction.
func (d *DataSet) Int(t Tag) (int, bool) {
	v, ok := d.Float(t)
	if !ok || v != math.Trunc(v) || math.Abs(v) > 1<<53 {
		return 0, false
	}
	return int(v), true
}

// IntOr is Int with a default.
func (d *DataSet) IntOr(t Tag, otherwise int) int {
	if v, ok := d.Int(t); ok {
		return v
	}
	return otherwise
}

// Float is the first value as a number: FD, FL, DS, IS and the integers. NaN and Inf count as absent.
func (d *DataSet) Float(t Tag) (float64, bool) {
	e, ok := d.Get(t)
	if !ok || len(e.Raw) == 0 {
		return 0, false
	}
	if info := e.VR.info(); info.kind == kindNumber {
		if len(e.Raw) < info.width {
			return 0, false
		}
		v := number(e.VR, e.Raw)
		return v, finite(v)
	}
	return parseNumber(firstOf(d.values(e)))
}

func parseNumber(s string) (float64, bool) {
	v, err := strconv.ParseFloat(strings.Replace(s, ",", ".", 1), 64)
	return v, err == nil && finite(v)
}

func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }

// FloatOr is Float with a default.
func (d *DataSet) FloatOr(t Tag, otherwise float64) float64 {
	if v, ok := d.Float(t); ok {
		return v
	}
	return otherwise
}

// Floats are all values as numbers; nil when absent or when one is no number.
func (d *DataSet) Floats(t Tag) []float64 {
	e, ok := d.Get(t)
	if !ok || len(e.Raw) == 0 {
		return nil
	}
	if e.VR.info().kind == kindNumber {
		return allFinite(numbers(e))
	}
	values := d.values(e)
	out := make([]float64, len(values))
	for i, s := range values {
		if out[i], ok = parseNumber(s); !ok {
			return nil
		}
	}
	return out
}

func allFinite(values []float64) []float64 {
	for _, v := range values {
		if !finite(v) {
			return nil
		}
	}
	return values
}

// UID is the first value as a UID, without padding.
func (d *DataSet) UID(t Tag) UID { return UID(d.String(t)) }

// Date is the first value as a DA, perhaps partial.
func (d *DataSet) Date(t Tag) Date { return ParseDate(d.String(t)) }

// Time is the first value as a TM, perhaps partial.
func (d *DataSet) Time(t Tag) Time { return ParseTime(d.String(t)) }

// Name is the first value as a PN, decoded per component group.
func (d *DataSet) Name(t Tag) PersonName { return ParsePersonName(d.String(t)) }
