package clinic

import "eris/dicom"

// ReportStatus says how far the report of a study is.
type ReportStatus string

// The states of a report.
const (
	ReportNone        ReportStatus = "none"
	ReportPreliminary ReportStatus = "preliminary"
	ReportFinal       ReportStatus = "final"
)

// Completeness says how much of a study the cache holds.
type Completeness string

// What the cache can hold of a study.
const (
	Absent   Completeness = "absent"   // known by its metadata only
	Partial  Completeness = "partial"  // some instances
	Complete Completeness = "complete" // every instance the archive named
)

// Study is one study as the index knows it (PS3.3 C.7.2.1).
type Study struct {
	Patient            Patient
	StudyInstanceUID   dicom.UID
	StudyDate          dicom.Date
	StudyTime          dicom.Time
	AccessionNumber    string
	StudyDescription   string
	ModalitiesInStudy  []string
	BodyPartsExamined  []string // distinct values over the series
	SeriesDescriptions []string // distinct values over the series, in series order
	Laterality         string   // L, R, B or empty
	InstitutionName    string
	ReferringPhysician dicom.PersonName
	NumberOfSeries     int
	NumberOfInstances  int // in the cache; see ExpectedInstances

	ExpectedInstances int // as the archive said; 0 when it did not
	Completeness      Completeness
	Source            string // the node it came from; empty for imported files
	Report            ReportStatus
	ReportText        string
	Contrast          string // "none", "iv" or empty for not stated
	Defect            bool   // marked as of insufficient quality
	Withdrawn         Withdrawal
}

// Withdrawal says why nothing of a study counts any more; empty when it does.
type Withdrawal string

// Why a study does not count.
const (
	Rejected Withdrawal = "rejected" // by a rejection note over all its pictures (IHE RAD IOCM)
	Deleted  Withdrawal = "deleted"  // in the archive it came from
)

// Series is one series of a study (PS3.3 C.7.3.1).
type Series struct {
	StudyInstanceUID  dicom.UID
	SeriesInstanceUID dicom.UID
	SeriesNumber      int
	Modality          string
	SeriesDescription string
	BodyPartExamined  string
	Laterality        string
	ProtocolName      string
	NumberOfInstances int
	ExpectedInstances int
}

// Instance is one SOP instance: one Part 10 file.
type Instance struct {
	StudyInstanceUID  dicom.UID
	SeriesInstanceUID dicom.UID
	SOPInstanceUID    dicom.UID
	SOPClassUID       dicom.UID
	TransferSyntaxUID dicom.UID
	InstanceNumber    int
	NumberOfFrames    int
	Rows, Columns     int
	ImageType         []string
	// Where the image lies, so that stacks are ordered without opening files
	// (PS3.3 C.7.6.2.1.1): ImagePositionPatient in mm, ImageOrientationPatient
	// as row and column direction. Nil when the object does not say.
	ImagePositionPatient    []float64
	ImageOrientationPatient []float64
	FrameOfReferenceUID     dicom.UID
	FileBytes               int64
	SHA256                  string // hex, of the file as received
}
