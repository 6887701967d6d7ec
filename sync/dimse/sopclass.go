package dimse

import "eris/dicom"

// SOP classes of the services (PS3.6 A.1) other than storage.
const (
	Verification          dicom.UID = "1.2.840.10008.1.1"
	StorageCommitment     dicom.UID = "1.2.840.10008.1.20.1"
	PerformedProcedure    dicom.UID = "1.2.840.10008.3.1.2.3.3"
	PatientRootFind       dicom.UID = "1.2.840.10008.5.1.4.1.2.1.1"
	PatientRootMove       dicom.UID = "1.2.840.10008.5.1.4.1.2.1.2"
	PatientRootGet        dicom.UID = "1.2.840.10008.5.1.4.1.2.1.3"
	StudyRootFind         dicom.UID = "1.2.840.10008.5.1.4.1.2.2.1"
	StudyRootMove         dicom.UID = "1.2.840.10008.5.1.4.1.2.2.2"
	StudyRootGet          dicom.UID = "1.2.840.10008.5.1.4.1.2.2.3"
	ModalityWorklistFind  dicom.UID = "1.2.840.10008.5.1.4.31"
	commitmentInstanceUID dicom.UID = "1.2.840.10008.1.20.1.1" // well known, PS3.4 J.3.5
)
