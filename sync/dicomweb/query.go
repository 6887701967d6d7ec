package dicomweb

import (
	"net/url"
	"strconv"

	"eris/dicom"
)

// Query chooses studies (PS3.18 8.3.4, PS3.4 C.2.2.2); empty fields do not
// filter. PatientID, PatientName and AccessionNumber may hold the wildcards * and ?.
type Query struct {
	PatientID        string
	PatientName      string // as DICOM writes it: Family^Given, "Образц*"
	AccessionNumber  string
	StudyInstanceUID dicom.UID
	Modality         string // a code that the study has among its series
	From, To         dicom.Date
	Limit            int // at most so many studies; 0 is all
}

func (q Query) values() url.Values {
	v := url.Values{}
	set := func(t dicom.Tag, value string) {
		if value != "" {
			v.Set(t.Hex(), value)
		}
	}
	set(dicom.PatientID, q.PatientID)
	set(dicom.PatientName, q.PatientName)
	set(dicom.AccessionNumber, q.AccessionNumber)
	set(dicom.StudyInstanceUID, string(q.StudyInstanceUID))
	set(dicom.ModalitiesInStudy, q.Modality)
	set(dicom.StudyDate, dateRange(q.From, q.To))
	return v
}

// dateRange is a range match (PS3.4 C.2.2.2.5): either end may be open.
func dateRange(from, to dicom.Date) string {
	switch a, b := from.DICOM(), to.DICOM(); {
	case a == "" && b == "":
		return ""
	case a == b:
		return a
	default:
		return a + "-" + b
	}
}

// include asks for attributes an archive may leave out otherwise (PS3.18 8.3.4.3).
func include(v url.Values, tags ...dicom.Tag) url.Values {
	for _, t := range tags {
		v.Add("includefield", t.Hex())
	}
	return v
}

func page(v url.Values, limit, offset int) url.Values {
	v.Set("limit", strconv.Itoa(limit))
	v.Set("offset", strconv.Itoa(offset))
	return v
}
