package dicom

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
)

// jsonElement is one attribute of the DICOM JSON model (PS3.18 F.2.2).
type jsonElement struct {
	VR           VR              `json:"vr"`
	Value        json.RawMessage `json:"Value,omitempty"`
	InlineBinary string          `json:"InlineBinary,omitempty"`
	BulkDataURI  string          `json:"BulkDataURI,omitempty"`
}

// jsonName is a PN value (PS3.18 F.2.2, F.2.3).
type jsonName struct {
	Alphabetic  string `json:",omitempty"`
	Ideographic string `json:",omitempty"`
	Phonetic    string `json:",omitempty"`
}

// jsonMaxDepth bounds nesting in what a server sends.
const jsonMaxDepth = 32

// jsonItem writes an item: its text is UTF-8 like the rest, whatever it declares.
type jsonItem struct{ *DataSet }

// MarshalJSON writes the item without a character set of its own.
func (i jsonItem) MarshalJSON() ([]byte, error) { return i.marshal(true) }

// MarshalJSON writes the DICOM JSON model (PS3.18 F). Pixel data is left out.
func (d *DataSet) MarshalJSON() ([]byte, error) { return d.marshal(false) }

func (d *DataSet) marshal(nested bool) ([]byte, error) {
	out := []byte{'{'}
	for e := range d.All() {
		if isPixelData(e.Tag) || e.stored || e.fragments || e.Tag.Element() == 0 {
			continue
		}
		if e.Tag == SpecificCharacterSet {
			if nested {
				continue
			}
			e.Raw = []byte(setUTF8) // JSON is UTF-8 whatever the object was
		}
		b, err := d.attribute(e)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", e.Tag, err)
		}
		if len(out) > 1 {
			out = append(out, ',')
		}
		out = append(append(append(out, '"'), e.Tag.Hex()...), `":`...)
		out = append(out, b...)
	}
	return append(out, '}'), nil
}

func (d *DataSet) attribute(e Element) ([]byte, error) {
	j, err := d.jsonOf(e)
	if err != nil {
		return nil, err
	}
	return json.Marshal(j)
}

// jsonOf is e in JSON: names as objects, numbers as numbers, bytes in base64.
func (d *DataSet) jsonOf(e Element) (jsonElement, error) {
	j := jsonElement{VR: e.VR}
	kind := e.VR.info().kind
	if kind == kindSequence || e.Items != nil {
		j.VR = "SQ"
		items := make([]jsonItem, len(e.Items))
		for i, item := range e.Items {
			items[i] = jsonItem{item}
		}
		return j.with(len(items), items)
	}
	if len(e.Raw) == 0 {
		return j, nil
	}
	if kind == kindBinary {
		j.InlineBinary = base64.StdEncoding.EncodeToString(e.Raw)
		return j, nil
	}
	values := d.strings(e)
	switch {
	case e.VR == "PN":
		names := jsonEach(values, jsonNameOf)
		return j.with(len(names), names)
	case e.VR == "SV" || e.VR == "UV" || e.VR == "AT":
		words := wholeStrings(e)
		return j.with(len(words), words)
	case kind == kindNumber || e.VR == "IS" || e.VR == "DS":
		numbers := jsonEach(values, jsonNumber)
		return j.with(len(numbers), numbers)
	}
	words := jsonEach(values, jsonWord)
	return j.with(len(words), words)
}

// with sets the value unless it is empty (PS3.18 F.2.5).
func (j jsonElement) with(n int, value any) (jsonElement, error) {
	if n == 0 {
		return j, nil
	}
	var err error
	j.Value, err = json.Marshal(value)
	return j, err
}

func jsonEach(values []string, f func(string) any) []any {
	out := make([]any, len(values))
	for i, s := range values {
		out[i] = f(s)
	}
	return out
}

// jsonWord is a string; an empty one among several is null (PS3.18 F.2.5).
func jsonWord(s string) any {
	if s == "" {
		return nil
	}
	return s
}

func jsonNameOf(s string) any {
	if s == "" {
		return nil
	}
	var groups [3]string
	copy(groups[:], strings.SplitN(s, "=", 3))
	return jsonName{groups[0], groups[1], groups[2]}
}

// jsonNumber is a number as written; what is none stays a string, as PS3.18
// F.2.3.1 allows for DS and IS.
func jsonNumber(s string) any {
	if s == "" {
		return nil
	}
	plus := strings.TrimPrefix(s, "+")
	if json.Valid([]byte(plus)) {
		return json.Number(plus)
	}
	if v, ok := parseNumber(s); ok {
		return v
	}
	return s
}

// wholeStrings are 64-bit numbers and tags, which JSON numbers cannot hold.
func wholeStrings(e Element) []string {
	if e.VR == "AT" {
		return tagStrings(e.Raw)
	}
	var out []string
	for raw := e.Raw; len(raw) >= 8; raw = raw[8:] {
		v := uint64(uint32At(raw, 4))<<32 | uint64(uint32At(raw, 0))
		if e.VR == "SV" {
			out = append(out, strconv.FormatInt(int64(v), 10))
		} else {
			out = append(out, strconv.FormatUint(v, 10))
		}
	}
	return out
}

// UnmarshalJSON reads the DICOM JSON model (PS3.18 F); text is UTF-8. Bulk
// data that is only referred to is left out.
func (d *DataSet) UnmarshalJSON(b []byte) error {
	read, err := dataSetFromJSON(b, 0)
	if err != nil {
		return err
	}
	read.declareUTF8()
	*d = *read
	return nil
}

func dataSetFromJSON(b []byte, depth int) (*DataSet, error) {
	if depth > jsonMaxDepth {
		return nil, fmt.Errorf("%w: JSON sequences nested deeper than %d", ErrLimit, jsonMaxDepth)
	}
	var attributes map[string]jsonElement
	if err := json.Unmarshal(b, &attributes); err != nil {
		return nil, fmt.Errorf("%w: DICOM JSON: %w", ErrCorrupt, err)
	}
	w := &walker{}
	elements := make([]Element, 0, len(attributes))
	for key, j := range attributes {
		t, err := tagOf(key)
		if err != nil {
			return nil, err
		}
		e, ok, err := j.element(t, depth)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", t, err)
		}
		if ok {
			elements = append(elements, e)
		}
	}
	d := &DataSet{elements: w.ordered(elements)}
	if depth > 0 {
		d.Remove(SpecificCharacterSet) // the item is UTF-8 like the rest
	}
	return d, nil
}

// declareUTF8 names the set that text read from JSON is in, where it matters.
func (d *DataSet) declareUTF8() {
	declared := d.Has(SpecificCharacterSet)
	if declared || len(d.foreignText(nil, true)) > 0 {
		d.Put(Element{Tag: SpecificCharacterSet, VR: "CS", Raw: []byte(setUTF8)})
	}
}

// tagOf reads eight hexadecimal digits (PS3.18 F.2.2).
func tagOf(key string) (Tag, error) {
	v, err := strconv.ParseUint(key, 16, 32)
	if err != nil || len(key) != 8 {
		return 0, fmt.Errorf("%w: DICOM JSON: %q is no tag", ErrCorrupt, bytes.ToValidUTF8([]byte(key[:min(len(key), 16)]), nil))
	}
	return Tag(v), nil
}
