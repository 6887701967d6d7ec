package dicomweb

import (
	"net/url"
	"strconv"

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
	set(dicom.AccessionNumber, q.AccessionNumber)
	set(dicom.StudyInstanceUID, string(q.StudyInstanceUID))
	set(dicom.ModalitiesInStudy, q.Modality)
	set(dicom.StudyDate, q.Dates())
	return v
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
