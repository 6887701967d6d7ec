package node

import (
	"eris/clinic"
	"eris/dicom"
)

// StudySet is what is known of a study, as an answer at its level says it; the
// counts are those of the cache.
func StudySet(s clinic.Study) *dicom.DataSet {
	d := dicom.NewDataSet()
	text := func(t dicom.Tag, values ...string) {
		if len(values) > 0 {
			d.SetString(t, values...)
		}
	}
	d.SetUID(dicom.StudyInstanceUID, s.StudyInstanceUID)
	text(dicom.StudyDate, s.StudyDate.Raw)
	text(dicom.StudyTime, s.StudyTime.Raw)
	text(dicom.AccessionNumber, s.AccessionNumber)
	text(dicom.ModalitiesInStudy, s.ModalitiesInStudy...)
	text(dicom.StudyDescription, s.StudyDescription)
	text(dicom.InstitutionName, s.InstitutionName)
	text(dicom.ReferringPhysicianName, s.ReferringPhysician.String())
	text(dicom.PatientName, s.Patient.PatientName.String())
	text(dicom.PatientID, s.Patient.PatientID)
	text(dicom.IssuerOfPatientID, s.Patient.IssuerOfPatientID)
	text(dicom.PatientBirthDate, s.Patient.PatientBirthDate.Raw)
	text(dicom.PatientSex, s.Patient.PatientSex)
	text(dicom.BodyPartExamined, s.BodyPartsExamined...)
	d.SetInt(dicom.NumberOfStudyRelatedSeries, s.NumberOfSeries)
	d.SetInt(dicom.NumberOfStudyRelatedInstances, s.NumberOfInstances)
	return d
}

// SeriesSet is what is known of a series, as an answer at its level.
func SeriesSet(s clinic.Series) *dicom.DataSet {
	d := dicom.NewDataSet()
	d.SetUID(dicom.StudyInstanceUID, s.StudyInstanceUID)
	d.SetUID(dicom.SeriesInstanceUID, s.SeriesInstanceUID)
	d.SetString(dicom.Modality, s.Modality)
	d.SetInt(dicom.SeriesNumber, s.SeriesNumber)
	d.SetString(dicom.SeriesDescription, s.SeriesDescription)
	d.SetString(dicom.BodyPartExamined, s.BodyPartExamined)
	d.SetString(dicom.Laterality, s.Laterality)
	d.SetString(dicom.ProtocolName, s.ProtocolName)
	d.SetInt(dicom.NumberOfSeriesRelatedInstances, s.NumberOfInstances)
	return d
}

// InstanceSet is what is known of an instance, as an answer at its level.
func InstanceSet(i clinic.Instance) *dicom.DataSet {
	d := dicom.NewDataSet()
	d.SetUID(dicom.SOPClassUID, i.SOPClassUID)
	d.SetUID(dicom.SOPInstanceUID, i.SOPInstanceUID)
	d.SetUID(dicom.StudyInstanceUID, i.StudyInstanceUID)
	d.SetUID(dicom.SeriesInstanceUID, i.SeriesInstanceUID)
	d.SetInt(dicom.InstanceNumber, i.InstanceNumber)
	if i.Rows > 0 && i.Columns > 0 {
		d.SetInt(dicom.Rows, i.Rows)
		d.SetInt(dicom.Columns, i.Columns)
	}
	if i.NumberOfFrames > 1 {
		d.SetInt(dicom.NumberOfFrames, i.NumberOfFrames)
	}
	return d
}
