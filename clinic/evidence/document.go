package evidence

import (
	"cmp"
	"time"

	"eris/clinic"
	"eris/dicom"
)

// Header says to which study a document belongs, who made it and when.
type Header struct {
	Study             clinic.Study
	SOPInstanceUID    dicom.UID // a new one when empty
	SeriesInstanceUID dicom.UID // a new one when empty
	SeriesNumber      int
	InstitutionName   string
	StationName       string
	Observer          dicom.PersonName // who says it; the workstation itself when zero
	Made              time.Time
	Language          string // RFC 5646 of what people read in it, e.g. "ru"
}

// utf8 is the character set of what is made here.
const utf8 = "ISO_IR 192"

// item is an empty item in the character set of its document.
func item() *dicom.DataSet {
	d := dicom.NewDataSet()
	if err := d.SetCharacterSet(utf8); err != nil {
		panic("evidence: " + err.Error()) // a constant
	}
	d.Remove(dicom.SpecificCharacterSet) // inherited
	return d
}

// document is a structured document without content: patient, study, series,
// equipment and document (PS3.3 A.35, C.17.1, C.17.2, C.17.6).
func (h Header) document(class dicom.UID, modality, description string) *dicom.File {
	f := &dicom.File{DataSet: dicom.NewDataSet(), TransferSyntax: dicom.ExplicitVRLittleEndian}
	if err := f.SetCharacterSet(utf8); err != nil {
		panic("evidence: " + err.Error()) // a constant
	}
	p, s := h.Study.Patient, h.Study
	day, clock := h.Made.Format("20060102"), h.Made.Format("150405")
	f.SetUID(dicom.SOPClassUID, class)
	f.SetUID(dicom.SOPInstanceUID, cmp.Or(h.SOPInstanceUID, dicom.NewUID()))
	f.SetUID(dicom.StudyInstanceUID, s.StudyInstanceUID)
	f.SetUID(dicom.SeriesInstanceUID, cmp.Or(h.SeriesInstanceUID, dicom.NewUID()))
	for tag, value := range map[dicom.Tag]string{
		dicom.InstanceCreationDate: day, dicom.StudyDate: s.StudyDate.DICOM(), dicom.SeriesDate: day, dicom.ContentDate: day,
		dicom.StudyTime: s.StudyTime.DICOM(), dicom.SeriesTime: clock, dicom.ContentTime: clock,
		dicom.AccessionNumber: s.AccessionNumber, dicom.Modality: modality, dicom.SeriesDescription: description,
		dicom.StudyDescription: s.StudyDescription, dicom.ReferringPhysicianName: s.ReferringPhysician.String(), dicom.StudyID: "",
		dicom.PatientName: p.PatientName.String(), dicom.PatientID: p.PatientID, dicom.PatientBirthDate: p.PatientBirthDate.DICOM(),
		dicom.PatientSex: p.PatientSex, dicom.Manufacturer: "ERIS", dicom.ManufacturerModelName: "ERIS Workstation",
		dicom.InstitutionName: h.InstitutionName, dicom.StationName: h.StationName,
	} {
		f.SetString(tag, value)
	}
	if p.IssuerOfPatientID != "" {
		f.SetString(dicom.IssuerOfPatientID, p.IssuerOfPatientID)
	}
	f.SetInt(dicom.SeriesNumber, h.SeriesNumber)
	f.SetInt(dicom.InstanceNumber, 1)
	// Type 2: known to be there, and empty.
	f.SetItems(0x00081111) // ReferencedPerformedProcedureStepSequence
	if modality == "SR" {
		f.SetItems(0x0040A372) // PerformedProcedureCodeSequence
	}
	return f
}

// evidenceOf lists instances by study and series (PS3.3 Table C.17-3).
func evidenceOf(list []clinic.Instance) (studies []*dicom.DataSet) {
	series := map[dicom.UID][]*dicom.DataSet{}
	instances := map[dicom.UID][]*dicom.DataSet{}
	seen := map[dicom.UID]bool{}
	var studyOrder []dicom.UID
	seriesOrder := map[dicom.UID][]dicom.UID{}
	for _, i := range list {
		if seen[i.SOPInstanceUID] {
			continue
		}
		seen[i.SOPInstanceUID] = true
		if seriesOrder[i.StudyInstanceUID] == nil {
			studyOrder = append(studyOrder, i.StudyInstanceUID)
		}
		if instances[i.SeriesInstanceUID] == nil {
			seriesOrder[i.StudyInstanceUID] = append(seriesOrder[i.StudyInstanceUID], i.SeriesInstanceUID)
		}
		instances[i.SeriesInstanceUID] = append(instances[i.SeriesInstanceUID], referenceTo(i, 0))
	}
	for _, study := range studyOrder {
		for _, uid := range seriesOrder[study] {
			d := item()
			d.SetUID(dicom.SeriesInstanceUID, uid)
			d.SetItems(dicom.ReferencedSOPSequence, instances[uid]...)
			series[study] = append(series[study], d)
		}
		d := item()
		d.SetUID(dicom.StudyInstanceUID, study)
		d.SetItems(dicom.ReferencedSeriesSequence, series[study]...)
		studies = append(studies, d)
	}
	return studies
}

// referenceTo is an item of a ReferencedSOPSequence; frame 0 is all of it.
func referenceTo(i clinic.Instance, frame int) *dicom.DataSet {
	d := item()
	d.SetUID(dicom.ReferencedSOPClassUID, i.SOPClassUID)
	d.SetUID(dicom.ReferencedSOPInstanceUID, i.SOPInstanceUID)
	if frame > 0 {
		d.SetInt(dicom.ReferencedFrameNumber, frame)
	}
	return d
}

// readEvidence is the way back.
func readEvidence(d *dicom.DataSet) (list []clinic.Instance) {
	for _, study := range d.Items(dicom.CurrentRequestedProcedureEvidenceSequence) {
		for _, series := range study.Items(dicom.ReferencedSeriesSequence) {
			for _, i := range series.Items(dicom.ReferencedSOPSequence) {
				list = append(list, clinic.Instance{StudyInstanceUID: study.UID(dicom.StudyInstanceUID),
					SeriesInstanceUID: series.UID(dicom.SeriesInstanceUID), SOPClassUID: i.UID(dicom.ReferencedSOPClassUID),
					SOPInstanceUID: i.UID(dicom.ReferencedSOPInstanceUID)})
			}
		}
	}
	return list
}
