package clinic

import (
	"slices"

	"eris/dicom"
)

// Identifier is a number of a patient and who gives it out: an
// IssuerOfPatientID, or the system of a FHIR identifier. clinic/identity says
// what kind of number it is.
type Identifier struct {
	ID     string `json:"id"`
	Issuer string `json:"issuer,omitempty"`
}

// Attributes of identifiers (PS3.6 6).
const (
	issuerQualifiers  = dicom.Tag(0x00100024) // IssuerOfPatientIDQualifiersSequence
	universalEntityID = dicom.Tag(0x00400032)
	otherPatientIDs   = dicom.Tag(0x00101000) // retired, and still written
)

// mostIdentifiers bounds what is kept of one patient's numbers.
const mostIdentifiers = 32

// PatientOf is the patient that a data set names (PS3.3 C.7.1.1).
func PatientOf(d *dicom.DataSet) Patient {
	p := Patient{
		PatientID:         d.String(dicom.PatientID),
		IssuerOfPatientID: d.String(dicom.IssuerOfPatientID),
		PatientName:       d.Name(dicom.PatientName),
		PatientBirthDate:  d.Date(dicom.PatientBirthDate),
		PatientSex:        d.String(dicom.PatientSex),
	}
	for _, item := range d.Items(dicom.OtherPatientIDsSequence) {
		p.AddIdentifier(Identifier{item.String(dicom.PatientID), issuerOf(item)})
	}
	for _, id := range d.Strings(otherPatientIDs) {
		if !slices.ContainsFunc(p.OtherPatientIDs, func(have Identifier) bool { return have.ID == id }) {
			p.AddIdentifier(Identifier{ID: id})
		}
	}
	return p
}

// issuerOf is the issuer's name, else its identifier among the qualifiers
// (PS3.3 Table 10-18).
func issuerOf(d *dicom.DataSet) string {
	if issuer := d.String(dicom.IssuerOfPatientID); issuer != "" {
		return issuer
	}
	for _, q := range d.Items(issuerQualifiers) {
		if id := q.String(universalEntityID); id != "" {
			return id
		}
	}
	return ""
}

// AddIdentifier adds a number once; an empty one and the patient's own are none.
func (p *Patient) AddIdentifier(i Identifier) {
	own := i.ID == p.PatientID && (i.Issuer == "" || i.Issuer == p.IssuerOfPatientID)
	if i.ID != "" && !own && len(p.OtherPatientIDs) < mostIdentifiers && !slices.Contains(p.OtherPatientIDs, i) {
		p.OtherPatientIDs = append(slices.Clip(p.OtherPatientIDs), i)
	}
}
