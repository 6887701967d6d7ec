package dicom

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
)

// element is the attribute as an element; ok is false when its value lies elsewhere.
func (j jsonElement) element(t Tag, depth int) (e Element, ok bool, err error) {
	e = Element{Tag: t, VR: j.VR}
	if _, known := vrTable[string(e.VR)]; !known {
		e.VR = t.VR()
	}
	switch {
	case j.BulkDataURI != "":
		return e, false, nil
	case e.VR == "SQ":
		e.Items, err = j.items(depth)
		return e, true, err
	case j.InlineBinary != "":
		e.Raw, err = base64.StdEncoding.DecodeString(j.InlineBinary)
		if err != nil {
			return e, false, fmt.Errorf("%w: InlineBinary: %w", ErrCorrupt, err)
		}
		return e, true, nil
	case len(j.Value) == 0:
		return e, true, nil
	}
	values, err := j.values()
	if err != nil {
		return e, false, err
	}
	e.Raw, err = rawOf(e.VR, values)
	return e, true, err
}

func (j jsonElement) items(depth int) ([]*DataSet, error) {
	items := []*DataSet{}
	if len(j.Value) == 0 {
		return items, nil
	}
	var raw []json.RawMessage
	if err := json.Unmarshal(j.Value, &raw); err != nil {
		return nil, fmt.Errorf("%w: sequence: %w", ErrCorrupt, err)
	}
	for _, b := range raw {
		if bytes.Equal(b, []byte("null")) {
			b = []byte("{}")
		}
		item, err := dataSetFromJSON(b, depth+1)
		if err != nil {
			return nil, err
		}
		items = append(items, item)
	}
	return items, nil
}

// values are the Value array as strings, null as "".
func (j jsonElement) values() ([]string, error) {
	decoder := json.NewDecoder(bytes.NewReader(j.Value))
	decoder.UseNumber()
	var raw []any
	if err := decoder.Decode(&raw); err != nil {
		return nil, fmt.Errorf("%w: Value: %w", ErrCorrupt, err)
	}
	values := make([]string, len(raw))
	for i, v := range raw {
		switch v := v.(type) {
		case nil:
		case string:
			values[i] = v
		case json.Number:
			values[i] = v.String()
		case map[string]any:
			values[i] = nameFromJSON(v)
		default:
			return nil, fmt.Errorf("%w: Value holds %T", ErrCorrupt, v)
		}
	}
	return values, nil
}

func nameFromJSON(groups map[string]any) string {
	var parts [3]string
	for i, key := range []string{"Alphabetic", "Ideographic", "Phonetic"} {
		parts[i], _ = groups[key].(string)
	}
	return strings.TrimRight(strings.Join(parts[:], "="), "=")
}

// rawOf are the value bytes of a VR, in UTF-8 and little endian.
func rawOf(vr VR, values []string) ([]byte, error) {
	if vr.info().kind != kindNumber {
		return padded([]byte(strings.Join(values, `\`)), vr.padding()), nil
	}
	var raw []byte
	for _, s := range values {
		var err error
		if raw, err = appendParsed(raw, vr, s); err != nil {
			return nil, err
		}
	}
	return raw, nil
}

// appendParsed appends one number; 64-bit ones keep all their bits.
func appendParsed(raw []byte, vr VR, s string) ([]byte, error) {
	switch vr {
	case "AT":
		t, err := tagOf(s)
		return binary.LittleEndian.AppendUint16(binary.LittleEndian.AppendUint16(raw, t.Group()), t.Element()), err
	case "UV":
		if v, err := strconv.ParseUint(s, 10, 64); err == nil {
			return binary.LittleEndian.AppendUint64(raw, v), nil
		}
	case "SV":
		if v, err := strconv.ParseInt(s, 10, 64); err == nil {
			return binary.LittleEndian.AppendUint64(raw, uint64(v)), nil
		}
	}
	v, err := strconv.ParseFloat(s, 64) // NaN and Inf come as strings
	if err != nil {
		return nil, fmt.Errorf("%w: %s value is no number", ErrCorrupt, vr)
	}
	return appendNumber(raw, vr, v), nil
}
