package desk_test

import (
	"testing"

	"eris/app/desk"
	"eris/sync/orthanctest"
)

// TestArchivesAreAskedWhoElseItMayBe asks an archive that knows the patient under
// another hospital's ID, in either script, and a namesake born on another day.
func TestArchivesAreAskedWhoElseItMayBe(t *testing.T) {
	archive := orthanctest.StartDIMSE(t)
	known := func(id, name, birth string) {
		s := chest("20261111", "КТ ОГК")
		s.PatientID, s.PatientName, s.BirthDate = id, name, birth
		upload(t, archive.URL, s, 1)
	}
	known("H3-1", "Образцова^Мария^Тестовна", "19610412")
	known("H3-2", "OBRAZTSOVA^MARIYA", "19610412")
	known("H3-3", "Образцова^Мария^Тестовна", "19880101")
	known("H3-4", "Образцова^Зинаида^Примеровна", "19610412")
	for name, address := range map[string]string{"DICOMweb": archive.URL, "DIMSE": "dicom://" + orthanctest.AETitle + "@" + archive.Address} {
		t.Run(name, func(t *testing.T) {
			d := workstation(t, t.TempDir(), address)
			d.Ask(t.Context(), order().Patient)
			c := card(t, d, order())
			if c.Sources[0].Err != nil {
				t.Fatal(c.Sources[0].Err)
			}
			found := map[string]desk.Candidate{}
			for _, k := range c.Candidates {
				found[k.Patient.PatientID] = k
			}
			if len(found) != 2 || len(found["H3-1"].Priors) != 1 || len(found["H3-2"].Priors) != 1 {
				t.Errorf("candidates %+v", c.Candidates)
			}
			if len(c.Verdict.Priors) != 0 {
				t.Errorf("%d exams of candidates are counted", len(c.Verdict.Priors))
			}
			for _, id := range []string{"H3-3", "H3-4"} {
				if s, err := d.Store.PersonsOf(t.Context(), id); err != nil || len(s) != 0 {
					t.Errorf("%s is another person and was kept: %+v, %v", id, s, err)
				}
			}
		})
	}
}
