package dicomweb

import (
	"net/url"

	"eris/dicom"
	"eris/sync/node"
)

// values are the query parameters of a question (PS3.18 8.3.4).
func values(q node.Query) url.Values {
	v := url.Values{}
	set := func(t dicom.Tag, value string) {
		if value != "" {
			v.Set(t.Hex(), value)
		}
	}
	set(dicom.PatientID, q.PatientID)
	set(dicom.PatientName, q.PatientName)
	set(dicom.PatientBirthDate, q.PatientBirthDate.DICOM())
	set(dicom.AccessionNumber, q.AccessionNumber)
	set(dicom.StudyInstanceUID, string(q.StudyInstanceUID))
	set(dicom.ModalitiesInStudy, q.Modality)
	set(dicom.StudyDate, q.Dates())
	if q.Fuzzy && q.PatientName != "" {
		v.Set("fuzzymatching", "true")
	}
	return v
}

// include asks for attributes an archive may leave out otherwise (PS3.18 8.3.4.3).
func include(v url.Values, tags ...dicom.Tag) url.Values {
	for _, t := range tags {
		v.Add("includefield", t.Hex())
	}
	return v
}
