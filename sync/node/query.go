package node

import "eris/dicom"

// Query chooses studies (PS3.18 8.3.4, PS3.4 C.2.2.2); empty fields do not
// filter. PatientID, PatientName and AccessionNumber may hold the wildcards * and ?.
type Query struct {
	PatientID        string
	PatientName      string // as DICOM writes it: Family^Given, "Образц*"
	PatientBirthDate dicom.Date
	AccessionNumber  string
	StudyInstanceUID dicom.UID
	Modality         string // a code that the study has among its series
	From, To         dicom.Date
	Fuzzy            bool // names that are nearly the same too, where the node can (PS3.18 8.3.4.2)
	Limit            int  // at most so many studies; 0 is all
}

// Dates is the range match of From and To (PS3.4 C.2.2.2.5): either end may be
// open, and it is empty when both are.
func (q Query) Dates() string {
	switch a, b := q.From.DICOM(), q.To.DICOM(); {
	case a == "" && b == "":
		return ""
	case a == b:
		return a
	default:
		return a + "-" + b
	}
}
