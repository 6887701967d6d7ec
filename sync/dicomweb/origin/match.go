package origin

import (
	"net/http"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"

	"eris/clinic"
	"eris/dicom"
	"eris/sync/node"
)

// keys are the attributes one may search by, as PS3.18 8.3.4.1 writes them:
// the keyword or the tag.
var keys = map[string]func(q *node.Query, v string){
	"PatientID":         func(q *node.Query, v string) { q.PatientID = v },
	"PatientName":       func(q *node.Query, v string) { q.PatientName = v },
	"PatientBirthDate":  func(q *node.Query, v string) { q.PatientBirthDate = dicom.ParseDate(v) },
	"AccessionNumber":   func(q *node.Query, v string) { q.AccessionNumber = v },
	"StudyInstanceUID":  func(q *node.Query, v string) { q.StudyInstanceUID = dicom.UID(v) },
	"ModalitiesInStudy": func(q *node.Query, v string) { q.Modality = v },
	"StudyDate":         setDates,
}

var keyTags = map[string]string{
	dicom.PatientID.Hex(): "PatientID", dicom.PatientName.Hex(): "PatientName", dicom.PatientBirthDate.Hex(): "PatientBirthDate",
	dicom.AccessionNumber.Hex(): "AccessionNumber", dicom.StudyInstanceUID.Hex(): "StudyInstanceUID",
	dicom.ModalitiesInStudy.Hex(): "ModalitiesInStudy", dicom.StudyDate.Hex(): "StudyDate",
}

func setDates(q *node.Query, v string) {
	from, to, ranged := strings.Cut(v, "-")
	if !ranged {
		to = from
	}
	q.From, q.To = dicom.ParseDate(from), dicom.ParseDate(to)
}

// queryOf reads the matching keys. Keys that are not known do not filter, as
// PS3.18 8.3.4.1 allows; a value that cannot be read is the client's mistake.
func queryOf(values url.Values) (node.Query, error) {
	var q node.Query
	for name, v := range values {
		if keyword, ok := keyTags[strings.ToUpper(name)]; ok {
			name = keyword
		}
		set, ok := keys[name]
		if !ok || v[0] == "" {
			continue
		}
		set(&q, v[0])
		switch {
		case name == "StudyDate" && !q.From.Valid() && !q.To.Valid():
			return q, httpError{http.StatusBadRequest, "StudyDate is no date and no range of dates"}
		case name == "PatientBirthDate" && !q.PatientBirthDate.Valid():
			return q, httpError{http.StatusBadRequest, "PatientBirthDate is no date"}
		}
	}
	return q, nil
}

// plain is q with only what a cache can look up as it stands.
func plain(q node.Query) node.Query {
	for _, s := range []*string{&q.PatientID, &q.AccessionNumber} {
		if strings.ContainsAny(*s, "*?") {
			*s = ""
		}
	}
	q.PatientName = ""
	return q
}

// matches decides whether a study answers the query (PS3.4 C.2.2.2).
func matches(q node.Query, s clinic.Study) bool {
	return wild(q.PatientID, s.Patient.PatientID) &&
		wild(strings.ToLower(q.PatientName), strings.ToLower(s.Patient.PatientName.String())) &&
		(!q.PatientBirthDate.Valid() || q.PatientBirthDate.Compare(s.Patient.PatientBirthDate) == 0) &&
		wild(q.AccessionNumber, s.AccessionNumber) &&
		(q.StudyInstanceUID == "" || slices.Contains(strings.FieldsFunc(string(q.StudyInstanceUID), listed), string(s.StudyInstanceUID))) &&
		(q.Modality == "" || slices.Contains(s.ModalitiesInStudy, q.Modality)) &&
		(!q.From.Valid() || s.StudyDate.Valid() && q.From.Compare(s.StudyDate) <= 0) &&
		(!q.To.Valid() || s.StudyDate.Valid() && q.To.Compare(s.StudyDate) >= 0)
}

// listed separates the UIDs of a list (PS3.18 8.3.4.1).
func listed(r rune) bool { return r == ',' || r == '\\' }

// quoted takes the meaning from what path.Match knows and DICOM does not.
var quoted = strings.NewReplacer(`\`, `\\`, `[`, `\[`, "/", "\x01")

// wild matches * and ? (PS3.4 C.2.2.2.4); an empty pattern matches all.
func wild(pattern, value string) bool {
	if pattern == "" {
		return true
	}
	ok, err := path.Match(quoted.Replace(pattern), strings.ReplaceAll(value, "/", "\x01"))
	return err == nil && ok
}

// window cuts limit and offset out of a list (PS3.18 8.3.4.4).
func window[T any](list []T, values url.Values) []T {
	offset, limit := number(values.Get("offset"), 0), number(values.Get("limit"), len(list))
	list = list[min(offset, len(list)):]
	return list[:min(limit, len(list))]
}

func number(s string, otherwise int) int {
	if n, err := strconv.Atoi(s); err == nil && n >= 0 {
		return n
	}
	return otherwise
}
