package dimse

import (
	"strings"

	"eris/dicom"
	"eris/sync/node"
)

// Levels of the hierarchies (PS3.4 C.6).
const (
	levelPatient = "PATIENT"
	levelStudy   = "STUDY"
	levelSeries  = "SERIES"
	levelImage   = "IMAGE"
)

// newIdentifier is an empty question on a level. It always declares its
// character set, since many archives answer in the set they are asked in.
func newIdentifier(level string, set string) *dicom.DataSet {
	d := dicom.NewDataSet()
	if d.SetCharacterSet(set) != nil {
		d.SetCharacterSet(string(UTF8)) // it is one of those that can be written
	}
	d.SetString(dicom.QueryRetrieveLevel, level)
	return d
}

// returned asks for attributes without matching (PS3.4 C.2.2.1.2).
func returned(d *dicom.DataSet, tags ...dicom.Tag) {
	for _, t := range tags {
		if _, ok := d.Get(t); !ok {
			d.SetString(t)
		}
	}
}

// studyIdentifier asks for studies (PS3.4 C.6.2.1.2); empty keys match all.
func studyIdentifier(q node.Query, a attempt) *dicom.DataSet {
	d := newIdentifier(levelStudy, a.spelling.characterSet())
	d.SetString(dicom.PatientName, a.name)
	d.SetString(dicom.PatientID, q.PatientID)
	d.SetString(dicom.PatientBirthDate, q.PatientBirthDate.DICOM())
	d.SetString(dicom.AccessionNumber, q.AccessionNumber)
	d.SetString(dicom.StudyInstanceUID, string(q.StudyInstanceUID))
	d.SetString(dicom.ModalitiesInStudy, q.Modality)
	d.SetString(dicom.StudyDate, q.Dates())
	returned(d, dicom.StudyTime, dicom.StudyID, dicom.StudyDescription, dicom.ReferringPhysicianName,
		dicom.PatientSex, dicom.IssuerOfPatientID, dicom.InstitutionName, dicom.BodyPartExamined,
		dicom.NumberOfStudyRelatedSeries, dicom.NumberOfStudyRelatedInstances)
	return d
}

func seriesIdentifier(study dicom.UID) *dicom.DataSet {
	d := newIdentifier(levelSeries, string(UTF8))
	d.SetUID(dicom.StudyInstanceUID, study)
	returned(d, dicom.SeriesInstanceUID, dicom.SeriesNumber, dicom.Modality, dicom.SeriesDescription, dicom.BodyPartExamined,
		dicom.Laterality, dicom.ProtocolName, dicom.NumberOfSeriesRelatedInstances)
	return d
}

func imageIdentifier(w wanted) *dicom.DataSet {
	d := newIdentifier(levelImage, string(UTF8))
	d.SetUID(dicom.StudyInstanceUID, w.study)
	d.SetUID(dicom.SeriesInstanceUID, w.series)
	d.SetUID(dicom.SOPInstanceUID, w.instance)
	returned(d, dicom.SOPClassUID)
	return d
}

// wanted names a study, one of its series, or one instance of that: empty
// identifiers do not narrow.
type wanted struct{ study, series, instance dicom.UID }

// identifier asks for w to be sent (PS3.4 C.4.2.1.4).
func (w wanted) identifier() *dicom.DataSet {
	d := dicom.NewDataSet()
	level := levelStudy
	d.SetUID(dicom.StudyInstanceUID, w.study)
	if w.series != "" {
		level = levelSeries
		d.SetUID(dicom.SeriesInstanceUID, w.series)
	}
	if w.instance != "" {
		level = levelImage
		d.SetUID(dicom.SOPInstanceUID, w.instance)
	}
	d.SetString(dicom.QueryRetrieveLevel, level)
	return d
}

// wildcards says that a value is a pattern (PS3.4 C.2.2.2.4).
func wildcards(s string) bool { return strings.ContainsAny(s, "*?") }
