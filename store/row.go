package store

import (
	"encoding/json"
	"slices"
	"strings"

	"eris/clinic"
	"eris/dicom"
)

// row is what the index keeps of one file.
type row struct {
	study    clinic.Study
	series   clinic.Series
	instance clinic.Instance
	// What a rejection note takes back, and why.
	withdraws    []dicom.UID
	withdrawnFor string
}

// readRow takes the index row from a file's header. Absent UIDs make ok false:
// such an object cannot be found again.
func readRow(f *dicom.File) (r row, ok bool) {
	r.study = studyOf(f.DataSet)
	r.series = seriesOf(f.DataSet)
	r.instance = instanceOf(f)
	r.withdrawnFor, r.withdraws = withdrawnBy(f.DataSet)
	if text, status := reportOf(f.DataSet); text != "" {
		r.study.ReportText, r.study.Report = text, status
	}
	return r, r.study.StudyInstanceUID != "" && r.series.SeriesInstanceUID != "" && r.instance.SOPInstanceUID != ""
}

func studyOf(d *dicom.DataSet) clinic.Study {
	s := clinic.Study{
		Patient:            clinic.PatientOf(d),
		StudyInstanceUID:   d.UID(dicom.StudyInstanceUID),
		StudyDate:          d.Date(dicom.StudyDate),
		StudyTime:          d.Time(dicom.StudyTime),
		AccessionNumber:    d.String(dicom.AccessionNumber),
		StudyDescription:   d.String(dicom.StudyDescription),
		InstitutionName:    d.String(dicom.InstitutionName),
		ReferringPhysician: d.Name(dicom.ReferringPhysicianName),
		Laterality:         laterality(d),
		Report:             clinic.ReportNone,
	}
	if m := d.String(dicom.Modality); m != "" {
		s.ModalitiesInStudy = []string{m}
	}
	if b := d.String(dicom.BodyPartExamined); b != "" {
		s.BodyPartsExamined = []string{b}
	}
	if d.Has(dicom.ContrastBolusAgent) {
		s.Contrast = "iv"
	}
	return s
}

func laterality(d *dicom.DataSet) string {
	for _, t := range []dicom.Tag{dicom.ImageLaterality, dicom.Laterality} {
		if v := strings.ToUpper(d.String(t)); v == "L" || v == "R" || v == "B" {
			return v
		}
	}
	return ""
}

func seriesOf(d *dicom.DataSet) clinic.Series {
	return clinic.Series{
		StudyInstanceUID:  d.UID(dicom.StudyInstanceUID),
		SeriesInstanceUID: d.UID(dicom.SeriesInstanceUID),
		SeriesNumber:      d.IntOr(dicom.SeriesNumber, 0),
		Modality:          d.String(dicom.Modality),
		SeriesDescription: d.String(dicom.SeriesDescription),
		BodyPartExamined:  d.String(dicom.BodyPartExamined),
		Laterality:        laterality(d),
		ProtocolName:      d.String(dicom.ProtocolName),
	}
}

func instanceOf(f *dicom.File) clinic.Instance {
	return clinic.Instance{
		StudyInstanceUID:        f.UID(dicom.StudyInstanceUID),
		SeriesInstanceUID:       f.UID(dicom.SeriesInstanceUID),
		SOPInstanceUID:          f.UID(dicom.SOPInstanceUID),
		SOPClassUID:             f.UID(dicom.SOPClassUID),
		TransferSyntaxUID:       f.TransferSyntax,
		InstanceNumber:          f.IntOr(dicom.InstanceNumber, 0),
		NumberOfFrames:          f.NumberOfFrames(),
		Rows:                    f.IntOr(dicom.Rows, 0),
		Columns:                 f.IntOr(dicom.Columns, 0),
		ImageType:               f.Strings(dicom.ImageType),
		ImagePositionPatient:    triple(f.Floats(dicom.ImagePositionPatient), 3),
		ImageOrientationPatient: triple(f.Floats(dicom.ImageOrientationPatient), 6),
		FrameOfReferenceUID:     f.UID(dicom.FrameOfReferenceUID),
	}
}

// triple keeps a vector only when it has the length it must have.
func triple(v []float64, n int) []float64 {
	if len(v) != n {
		return nil
	}
	return v
}

// Tags of the report objects (PS3.3 C.17.2, C.17.3).
const (
	completionFlag   = dicom.Tag(0x0040A491)
	verificationFlag = dicom.Tag(0x0040A493)
	contentSequence  = dicom.Tag(0x0040A730)
	textValue        = dicom.Tag(0x0040A160)
	valueType        = dicom.Tag(0x0040A040)
	conceptName      = dicom.Tag(0x0040A043)
)

// structuredReports are the SOP classes whose TEXT items are a report a person
// wrote (PS3.4 B.5): basic text, enhanced and comprehensive SR.
var structuredReports = map[dicom.UID]bool{
	"1.2.840.10008.5.1.4.1.1.88.11": true,
	"1.2.840.10008.5.1.4.1.1.88.22": true,
	"1.2.840.10008.5.1.4.1.1.88.33": true,
}

// measurementReport is the title of a list of measurements (PS3.16 TID 1500),
// which reports nothing in words.
const measurementReport = "126000"

// reportOf is the text of a structured report; final when it is complete and
// verified (PS3.3 C.17.2).
func reportOf(d *dicom.DataSet) (text string, status clinic.ReportStatus) {
	titles := d.Items(conceptName)
	measured := len(titles) > 0 && titles[0].String(dicom.CodeValue) == measurementReport
	if measured || !structuredReports[d.UID(dicom.SOPClassUID)] {
		return "", clinic.ReportNone
	}
	status = clinic.ReportPreliminary
	if d.String(completionFlag) == "COMPLETE" && d.String(verificationFlag) == "VERIFIED" {
		status = clinic.ReportFinal
	}
	return strings.Join(reportLines(d, 0), "\n"), status
}

func reportLines(d *dicom.DataSet, depth int) (lines []string) {
	const deepest = 16 // a report by hand has three levels; the limit is for hostile ones
	if depth > deepest {
		return nil
	}
	for _, item := range d.Items(contentSequence) {
		if item.String(valueType) == "TEXT" {
			line := item.String(textValue)
			if names := item.Items(conceptName); len(names) > 0 && names[0].String(dicom.CodeMeaning) != "" {
				line = names[0].String(dicom.CodeMeaning) + ": " + line
			}
			lines = append(lines, line)
		}
		lines = append(lines, reportLines(item, depth+1)...)
	}
	return lines
}

// place is the JSON column of an instance: what orders a stack.
type place struct {
	ImageType   []string  `json:"type,omitempty"`
	Position    []float64 `json:"ipp,omitempty"`
	Orientation []float64 `json:"iop,omitempty"`
	Reference   dicom.UID `json:"for,omitempty"`
}

func placeJSON(i clinic.Instance) string {
	b, err := json.Marshal(place{i.ImageType, i.ImagePositionPatient, i.ImageOrientationPatient, i.FrameOfReferenceUID})
	if err != nil { // a NaN among the numbers: the place is unknown
		return "{}"
	}
	return string(b)
}

func (p place) into(i *clinic.Instance) {
	i.ImageType, i.ImagePositionPatient = p.ImageType, p.Position
	i.ImageOrientationPatient, i.FrameOfReferenceUID = p.Orientation, p.Reference
}

// addTo adds values to a list without repeats, keeping the order.
func addTo(list []string, values ...string) []string {
	for _, v := range values {
		if v != "" && !slices.Contains(list, v) {
			list = append(list, v)
		}
	}
	return list
}
