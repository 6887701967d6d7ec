package dimse

import (
	"path"
	"slices"
	"strings"

	"eris/dicom"
)

// matches decides whether what is known of a thing answers an identifier (PS3.4
// C.2.2.2). Keys that are not known of it do not filter, as PS3.4 C.2.2.1.3 allows
// for optional ones.
func matches(identifier, known *dicom.DataSet) bool {
	for key := range identifier.All() {
		if !matchesKey(identifier, known, key.Tag) {
			return false
		}
	}
	return true
}

func matchesKey(identifier, known *dicom.DataSet, t dicom.Tag) bool {
	if _, ok := known.Get(t); !ok || t == dicom.SpecificCharacterSet || t == dicom.QueryRetrieveLevel {
		return true
	}
	if !identifier.Has(t) {
		return true // universal, PS3.4 C.2.2.2.3
	}
	values := known.Strings(t)
	switch t.VR() {
	case "UI": // a list, PS3.4 C.2.2.2.2
		return slices.ContainsFunc(identifier.Strings(t), func(want string) bool { return slices.Contains(values, want) })
	case "DA", "TM":
		return slices.ContainsFunc(values, func(v string) bool { return inRange(identifier.String(t), v) })
	case "PN":
		want := strings.ToLower(identifier.String(t))
		return slices.ContainsFunc(values, func(v string) bool { return wild(want, strings.ToLower(v)) })
	case "SQ":
		return true
	}
	// One value of several is enough (PS3.4 C.2.2.2.1, for Modalities in Study C.3.4).
	return slices.ContainsFunc(identifier.Strings(t), func(want string) bool {
		return slices.ContainsFunc(values, func(v string) bool { return wild(want, v) })
	})
}

// inRange matches a date or time against a value or a range with one end open
// (PS3.4 C.2.2.2.5). Both are compared as far as the shorter of them goes.
func inRange(want, value string) bool {
	from, to, ranged := strings.Cut(want, "-")
	if !ranged {
		to = from
	}
	if value = strings.TrimSpace(value); value == "" {
		return false
	}
	return (from == "" || comparePrefix(value, from) >= 0) && (to == "" || comparePrefix(value, to) <= 0)
}

func comparePrefix(a, b string) int {
	n := min(len(a), len(b))
	return strings.Compare(a[:n], b[:n])
}

// quoted takes the meaning from what path.Match knows and DICOM does not.
var quoted = strings.NewReplacer(`\`, `\\`, `[`, `\[`, "/", "\x01")

// wild matches * and ? (PS3.4 C.2.2.2.4).
func wild(pattern, value string) bool {
	if !wildcards(pattern) {
		return pattern == value
	}
	ok, err := path.Match(quoted.Replace(pattern), strings.ReplaceAll(value, "/", "\x01"))
	return err == nil && ok
}
