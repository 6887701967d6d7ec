package dicomweb

import (
	"bytes"
	"encoding/json"
	"strconv"

	"eris/dicom"
)

// dataSet reads one object. When it breaks a rule of the DICOM JSON model, the
// attributes that keep the rules, or can be mended, are read: a bad age must
// not hide a study.
func dataSet(b []byte) (*dicom.DataSet, error) {
	d := dicom.NewDataSet()
	if err := json.Unmarshal(b, d); err == nil {
		return d, nil
	}
	b, ok := mended(b, 0)
	if !ok {
		return nil, errNoJSON
	}
	d = dicom.NewDataSet()
	if err := json.Unmarshal(b, d); err != nil {
		return nil, errNoJSON
	}
	return d, nil
}

// mendDepth bounds nesting, as the reader of package dicom does.
const mendDepth = 32

// attribute is an attribute of the DICOM JSON model (PS3.18 F.2.2).
type attribute struct {
	VR           string            `json:"vr,omitempty"`
	Value        []json.RawMessage `json:"Value,omitempty"`
	InlineBinary string            `json:"InlineBinary,omitempty"`
	BulkDataURI  string            `json:"BulkDataURI,omitempty"`
}

// mended is the object with those attributes that can be read.
func mended(b []byte, depth int) (json.RawMessage, bool) {
	var given map[string]json.RawMessage
	if depth > mendDepth || json.Unmarshal(b, &given) != nil {
		return nil, false
	}
	good := map[string]json.RawMessage{}
	for tag, raw := range given {
		one, err := json.Marshal(map[string]attribute{tag: mendedAttribute(tag, raw, depth)})
		if err == nil && json.Unmarshal(one, dicom.NewDataSet()) == nil {
			good[tag] = one[len(tag)+4 : len(one)-1] // {"tag":attribute}
		}
	}
	b, err := json.Marshal(good)
	return b, err == nil
}

// mendedAttribute leaves out what cannot be read: items, and empty strings
// where numbers are expected (dcm4chee-arc issue 5007).
func mendedAttribute(tag string, raw json.RawMessage, depth int) attribute {
	a := attributeOf(tag, raw)
	switch a.VR {
	case "SQ":
		a.Value = mendedItems(a.Value, depth)
	case "AT", "FL", "FD", "SL", "SS", "SV", "UL", "US", "UV":
		a.Value = given(a.Value)
	}
	return a
}

// attributeOf brings to the form of the standard what archives are known to
// send: a VR that is null or lacking, a value without its list (dcm4che pull
// 1079), and values without anything around them.
func attributeOf(tag string, raw json.RawMessage) attribute {
	loose := map[string]json.RawMessage{}
	if json.Unmarshal(raw, &loose) != nil {
		loose = map[string]json.RawMessage{"Value": raw}
	}
	a := attribute{VR: word(loose["vr"]), InlineBinary: word(loose["InlineBinary"]), BulkDataURI: word(loose["BulkDataURI"])}
	if json.Unmarshal(loose["Value"], &a.Value) != nil && len(loose["Value"]) > 0 {
		a.Value = []json.RawMessage{loose["Value"]}
	}
	if a.VR == "" {
		a.VR = string(tagOf(tag).VR())
	}
	return a
}

// tagOf is the tag that a key names, 0 when it is none.
func tagOf(key string) dicom.Tag {
	n, err := strconv.ParseUint(key, 16, 32)
	if err != nil || len(key) != 8 {
		return 0
	}
	return dicom.Tag(n)
}

func mendedItems(items []json.RawMessage, depth int) []json.RawMessage {
	var good []json.RawMessage
	for _, item := range items {
		if b, ok := mended(item, depth+1); ok {
			good = append(good, b)
		}
	}
	return good
}

// given drops the values that are empty.
func given(values []json.RawMessage) []json.RawMessage {
	var good []json.RawMessage
	for _, v := range values {
		if v = bytes.TrimSpace(v); string(v) != "null" && string(v) != `""` {
			good = append(good, v)
		}
	}
	return good
}

// word is a string, alone or as the first of a list; "" when it is none.
func word(raw json.RawMessage) string {
	var s string
	var list []string
	if json.Unmarshal(raw, &s) != nil && json.Unmarshal(raw, &list) == nil && len(list) > 0 {
		s = list[0]
	}
	return s
}
