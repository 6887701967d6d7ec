package evidence

import (
	"fmt"

	"eris/clinic"
	"eris/dicom"
)

// Titles of key object selections (PS3.16 CID 7010, 7011).
var (
	OfInterest           = Code{"113000", "DCM", "Of Interest"}
	RejectedForQuality   = Code{"113001", "DCM", "Rejected for Quality Reasons"}
	ForReferringProvider = Code{"113002", "DCM", "For Referring Provider"}
	RejectedForSafety    = Code{"113037", "DCM", "Rejected for Patient Safety Reasons"}
	IncorrectWorklist    = Code{"113038", "DCM", "Incorrect Modality Worklist Entry"}
	RetentionExpired     = Code{"113039", "DCM", "Data Retention Policy Expired"}
)

// KeyObject is a key object selection: instances, and why they were selected
// (PS3.3 A.35.4, PS3.16 TID 2010).
type KeyObject struct {
	Title       Code
	Description string
	References  []clinic.Instance // only their UIDs and SOP classes matter
}

// Rejects says that the instances are not to be used any more (IHE RAD IOCM,
// volume 3, 6.4 and Table 4.66.4.1.3-1).
func (k KeyObject) Rejects() bool {
	for _, title := range []Code{RejectedForQuality, RejectedForSafety, IncorrectWorklist, RetentionExpired} {
		if k.Title.Is(title) {
			return true
		}
	}
	return false
}

var keyObjectDescription = Code{"113012", "DCM", "Key Object Description"}

// File is the selection as a document of h.Study. Instances of other studies
// may be selected too.
func (k KeyObject) File(h Header) *dicom.File {
	f := h.document(dicom.KeyObjectSelectionStorage, "KO", k.Title.Meaning)
	f.SetItems(dicom.CurrentRequestedProcedureEvidenceSequence, evidenceOf(k.References)...)
	children := append([]*dicom.DataSet{h.language()}, h.observer()...)
	if k.Description != "" {
		children = append(children, text(contains, keyObjectDescription, k.Description))
	}
	for _, i := range k.References {
		d := image(contains, i, 0)
		if !isImage(i) {
			d.SetString(dicom.ValueType, "COMPOSITE")
		}
		children = append(children, d)
	}
	root(f, "2010", k.Title, children...)
	return f
}

// isImage tells pictures from documents and presentation states by what the
// cache knows: documents have no rows.
func isImage(i clinic.Instance) bool { return i.Rows > 0 }

// ReadKeyObject reads a key object selection. Errors: dicom.ErrUnsupported for
// other objects.
func ReadKeyObject(d *dicom.DataSet) (KeyObject, error) {
	if d.UID(dicom.SOPClassUID) != dicom.KeyObjectSelectionStorage {
		return KeyObject{}, fmt.Errorf("%w: not a key object selection", dicom.ErrUnsupported)
	}
	k := KeyObject{Title: codeOf(d, dicom.ConceptNameCodeSequence), References: readEvidence(d)}
	for _, c := range d.Items(dicom.ContentSequence) {
		if codeOf(c, dicom.ConceptNameCodeSequence).Is(keyObjectDescription) {
			k.Description = c.String(dicom.TextValue)
		}
	}
	return k, nil
}
