package dicomtest

import (
	"fmt"

	"eris/dicom"
)

// Study is what the objects of one synthetic study have in common. Empty UIDs
// are derived from the other fields, so that the same study is the same
// everywhere.
type Study struct {
	PatientName, PatientID, IssuerOfPatientID string
	BirthDate, Sex                            string // YYYYMMDD; M, F
	StudyInstanceUID                          dicom.UID
	Date, Time                                string // YYYYMMDD, HHMMSS
	AccessionNumber, StudyDescription         string
	BodyPartExamined, Laterality              string
	InstitutionName                           string
	CharacterSet                              string // a defined term; empty is ISO_IR 192
	Contrast                                  bool
	English                                   bool // reports have English headings
	// Syntax is ExplicitVRLittleEndian when empty.
	Syntax dicom.UID
}

func (s Study) uid(words ...string) dicom.UID {
	return dicom.DeriveUID(append([]string{"synthetic", s.PatientID, s.Date, s.Time, s.StudyDescription}, words...)...)
}

// UID is the StudyInstanceUID.
func (s Study) UID() dicom.UID {
	if s.StudyInstanceUID != "" {
		return s.StudyInstanceUID
	}
	return s.uid("study")
}

// object starts an object of the study: patient, study, series and SOP common.
func (s Study) object(class dicom.UID, modality, series string, seriesNumber, instance int) *dicom.File {
	d := dicom.NewDataSet()
	set := s.CharacterSet
	if set == "" {
		set = "ISO_IR 192"
	}
	if err := d.SetCharacterSet(set); err != nil {
		panic(fmt.Sprintf("dicomtest: %v", err)) // a mistake of the test, not of data
	}
	d.SetUID(dicom.SOPClassUID, class)
	d.SetUID(dicom.SOPInstanceUID, s.uid(series, fmt.Sprint(seriesNumber), fmt.Sprint(instance)))
	d.SetUID(dicom.StudyInstanceUID, s.UID())
	d.SetUID(dicom.SeriesInstanceUID, s.uid(series, fmt.Sprint(seriesNumber)))
	d.SetString(dicom.PatientName, s.PatientName)
	d.SetString(dicom.PatientID, s.PatientID)
	d.SetString(dicom.IssuerOfPatientID, s.IssuerOfPatientID)
	d.SetString(dicom.PatientBirthDate, s.BirthDate)
	d.SetString(dicom.PatientSex, s.Sex)
	d.SetString(dicom.StudyDate, s.Date)
	d.SetString(dicom.SeriesDate, s.Date)
	d.SetString(dicom.ContentDate, s.Date)
	d.SetString(dicom.StudyTime, s.Time)
	d.SetString(dicom.ContentTime, s.Time)
	d.SetString(dicom.AccessionNumber, s.AccessionNumber)
	d.SetString(dicom.StudyID, s.AccessionNumber)
	d.SetString(dicom.StudyDescription, s.StudyDescription)
	d.SetString(dicom.InstitutionName, s.InstitutionName)
	d.SetString(dicom.ReferringPhysicianName, "")
	d.SetString(dicom.Manufacturer, "ERIS synthetic")
	d.SetString(dicom.Modality, modality)
	d.SetString(dicom.SeriesDescription, series)
	d.SetString(dicom.BodyPartExamined, s.BodyPartExamined)
	d.SetInt(dicom.SeriesNumber, seriesNumber)
	d.SetInt(dicom.InstanceNumber, instance)
	if s.Laterality != "" {
		d.SetString(dicom.Laterality, s.Laterality)
	}
	if s.Contrast {
		d.SetString(dicom.ContrastBolusAgent, "Synthetic contrast")
	}
	syntax := s.Syntax
	if syntax == "" {
		syntax = dicom.ExplicitVRLittleEndian
	}
	return &dicom.File{DataSet: d, TransferSyntax: syntax}
}

// image writes the image pixel attributes (PS3.3 C.7.6.3) and the pixels of a
// picture with one sample per pixel.
func image16(f *dicom.File, rows, columns, stored int, signed bool, pixels []byte) {
	f.SetInt(dicom.SamplesPerPixel, 1)
	f.SetString(dicom.PhotometricInterpretation, "MONOCHROME2")
	f.SetInt(dicom.Rows, rows)
	f.SetInt(dicom.Columns, columns)
	f.SetInt(dicom.BitsAllocated, 16)
	f.SetInt(dicom.BitsStored, stored)
	f.SetInt(dicom.HighBit, stored-1)
	representation := 0
	if signed {
		representation = 1
	}
	f.SetInt(dicom.PixelRepresentation, representation)
	f.SetPixelData(pixels)
}
