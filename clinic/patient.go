package clinic

import (
	"slices"

	"eris/dicom"
)

// Patient is one person as one archive knows him.
type Patient struct {
	PatientID         string // local to the issuer
	IssuerOfPatientID string
	PatientName       dicom.PersonName
	PatientBirthDate  dicom.Date
	PatientSex        string // M, F, O or empty
	// OtherPatientIDs are his numbers beside PatientID: of other clinics, of the
	// city, of the pension fund and of the insurance.
	OtherPatientIDs []Identifier `json:",omitempty"`
}

// Equal reports that all that is told of two patients is the same.
func (p Patient) Equal(other Patient) bool {
	return p.Key() == other.Key() && p.PatientName == other.PatientName && p.PatientBirthDate == other.PatientBirthDate &&
		p.PatientSex == other.PatientSex && slices.Equal(p.OtherPatientIDs, other.OtherPatientIDs)
}

// Key is the identity the cache uses: the local ID with its issuer. Two
// patients with one ID and different birth dates or names are told apart by
// the reader, who sees both on every screen.
func (p Patient) Key() string { return p.PatientID + "\x00" + p.IssuerOfPatientID }

// AgeAt is the age in full years on a day; ok is false when a date is unknown.
func (p Patient) AgeAt(day dicom.Date) (years int, ok bool) {
	b := p.PatientBirthDate
	if !b.Valid() || !day.Valid() {
		return 0, false
	}
	years = day.Year - b.Year
	if day.Month < b.Month || day.Month == b.Month && day.Day < b.Day {
		years--
	}
	return years, years >= 0
}

// SamePerson compares two patients who have one PatientID. An ID is local to
// its clinic and gets typed wrongly, so whatever both sides tell must agree.
func SamePerson(a, b Patient) bool {
	if a.IssuerOfPatientID != "" && b.IssuerOfPatientID != "" && a.IssuerOfPatientID != b.IssuerOfPatientID {
		return false
	}
	if a.PatientBirthDate.Valid() && b.PatientBirthDate.Valid() && a.PatientBirthDate.Compare(b.PatientBirthDate) != 0 {
		return false
	}
	if a.PatientSex != "" && b.PatientSex != "" && a.PatientSex != b.PatientSex {
		return false
	}
	return sameName(a.PatientName, b.PatientName)
}

// sameName wants a common family name, in either script; a name that is not
// told contradicts nothing.
func sameName(a, b dicom.PersonName) bool {
	x, y := NameWords(a.Alphabetic.Family), NameWords(b.Alphabetic.Family)
	if len(x) == 0 || len(y) == 0 {
		return true
	}
	return slices.ContainsFunc(x, func(w string) bool { return slices.Contains(y, w) })
}
