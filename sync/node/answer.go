package node

import (
	"strings"

	"eris/clinic"
	"eris/dicom"
)

// Study is a study as an answer at its level says it (PS3.4 C.6.2.1). What is
// in the cache stands nowhere in it; Source is the node's name.
func Study(d *dicom.DataSet, source string) clinic.Study {
	s := clinic.Study{
		Patient:          clinic.PatientOf(d),
		StudyInstanceUID: d.UID(dicom.StudyInstanceUID),
		StudyDate:        d.Date(dicom.StudyDate), StudyTime: d.Time(dicom.StudyTime),
		AccessionNumber:    d.String(dicom.AccessionNumber),
		StudyDescription:   d.String(dicom.StudyDescription),
		ModalitiesInStudy:  given(d.Strings(dicom.ModalitiesInStudy)),
		BodyPartsExamined:  given(d.Strings(dicom.BodyPartExamined)),
		InstitutionName:    d.String(dicom.InstitutionName),
		ReferringPhysician: d.Name(dicom.ReferringPhysicianName),
		NumberOfSeries:     d.IntOr(dicom.NumberOfStudyRelatedSeries, 0),
		ExpectedInstances:  d.IntOr(dicom.NumberOfStudyRelatedInstances, 0),
		Completeness:       clinic.Absent,
		Source:             source,
		Report:             clinic.ReportNone,
	}
	return s
}

// Series is a series as an answer at its level says it; ExpectedInstances is
// what the archive counts, 0 when it does not say.
func Series(d *dicom.DataSet, study dicom.UID) clinic.Series {
	return clinic.Series{
		StudyInstanceUID: study, SeriesInstanceUID: d.UID(dicom.SeriesInstanceUID),
		SeriesNumber: d.IntOr(dicom.SeriesNumber, 0), Modality: d.String(dicom.Modality),
		SeriesDescription: d.String(dicom.SeriesDescription), BodyPartExamined: d.String(dicom.BodyPartExamined),
		Laterality: strings.ToUpper(d.String(dicom.Laterality)), ProtocolName: d.String(dicom.ProtocolName),
		ExpectedInstances: d.IntOr(dicom.NumberOfSeriesRelatedInstances, 0),
	}
}

// Instance is an instance as an answer at its level says it. The paths and hashes
// of the cache are empty, and what the archive did not say is zero.
func Instance(d *dicom.DataSet, study, series dicom.UID) clinic.Instance {
	return clinic.Instance{
		StudyInstanceUID: study, SeriesInstanceUID: series,
		SOPInstanceUID: d.UID(dicom.SOPInstanceUID), SOPClassUID: d.UID(dicom.SOPClassUID),
		InstanceNumber: d.IntOr(dicom.InstanceNumber, 0), NumberOfFrames: d.IntOr(dicom.NumberOfFrames, 1),
		Rows: d.IntOr(dicom.Rows, 0), Columns: d.IntOr(dicom.Columns, 0),
	}
}

// given drops the empty values of a list; nil when none is left.
func given(values []string) []string {
	var list []string
	for _, v := range values {
		if v != "" {
			list = append(list, v)
		}
	}
	return list
}
