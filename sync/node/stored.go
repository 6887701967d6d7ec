package node

import "eris/dicom"

// Stored is what an archive answered about sent objects (PS3.18 10.5.3, PS3.4 B.2.3).
type Stored struct {
	Taken  []Reference
	Failed []StoreFailure
	// Transcoded are those of Taken that were sent in another transfer syntax
	// than they have here, because the archive takes no other.
	Transcoded []Reference
}

// Reference names one object.
type Reference struct{ SOPClassUID, SOPInstanceUID dicom.UID }

// StoreFailure is one object that was not taken. Reason is the code of PS3.18
// Annex I.2 or PS3.7 C.5, e.g. 0xA700: out of resources.
type StoreFailure struct {
	Reference
	Reason int
}
