package clinic_test

import (
	"testing"

	"eris/clinic"
	"eris/dicom"
)

func TestSamePerson(t *testing.T) {
	base := clinic.Patient{PatientID: "T1", PatientName: dicom.ParsePersonName("Образцова^Мария^Тестовна"), PatientBirthDate: dicom.ParseDate("19610412"), PatientSex: "F"}
	changed := func(change func(*clinic.Patient)) clinic.Patient {
		p := base
		change(&p)
		return p
	}
	for name, c := range map[string]struct {
		other clinic.Patient
		want  bool
	}{
		"equal":          {base, true},
		"Latin spelling": {changed(func(p *clinic.Patient) { p.PatientName = dicom.ParsePersonName("OBRAZTSOVA^MARIIA") }), true},
		"bare ID":        {clinic.Patient{PatientID: "T1"}, true},
		"double surname": {changed(func(p *clinic.Patient) {
			p.PatientName = dicom.ParsePersonName("Образцова-Тестова^Мария")
		}), true},
		"other family": {changed(func(p *clinic.Patient) { p.PatientName = dicom.ParsePersonName("Примерова^Мария") }), false},
		"other birth":  {changed(func(p *clinic.Patient) { p.PatientBirthDate = dicom.ParseDate("19610413") }), false},
		"other sex":    {changed(func(p *clinic.Patient) { p.PatientSex = "M" }), false},
	} {
		if got := clinic.SamePerson(base, c.other); got != c.want {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
	a, b := base, base
	a.IssuerOfPatientID, b.IssuerOfPatientID = "clinic 1", "clinic 2"
	if clinic.SamePerson(a, b) {
		t.Error("one ID from two issuers is two IDs")
	}
}
