package desk_test

import (
	"testing"
	"time"

	"eris/clinic"
	"eris/clinic/effect"
	"eris/dicom"
)

// What is shown, opened and decided is counted with the clinic and the usual
// dose of the ordered exam, until the exam turns up in the archive all the same.
func TestEffect(t *testing.T) {
	d := openDesk(t)
	services, err := d.Services(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	services.Clinic = "Поликлиника (тест)"
	if err := d.SaveServices(t.Context(), services); err != nil {
		t.Fatal(err)
	}
	own := order()
	knownStudy(t, d, own.Patient, "1.2.1", "20261111")
	c := card(t, d, own)
	for _, what := range []effect.Kind{effect.Shown, effect.Opened} {
		if err := d.Note(t.Context(), c, what, "1.2.1"); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := d.Decide(t.Context(), c, clinic.UsePrior, "", "", "", "ru"); err != nil {
		t.Fatal(err)
	}
	count := func() []effect.Row {
		orders, err := d.Effect(t.Context(), d.Now().Add(-time.Hour), d.Now().Add(time.Hour))
		if err != nil {
			t.Fatal(err)
		}
		return effect.Count(orders, effect.ByClinic, nil)
	}
	rows := count()
	if len(rows) != 1 || rows[0].Key != services.Clinic || rows[0].Opened != 1 || rows[0].Exposures != 1 || rows[0].MSv < 1 || rows[0].MSvUnknown != 0 {
		t.Fatalf("counted %+v", rows)
	}
	made := clinic.Study{Patient: own.Patient, StudyInstanceUID: "1.2.9", StudyDate: dicom.DateOf(d.Now()), AccessionNumber: own.AccessionNumber, Source: "city"}
	if err := d.Store.SaveStudies(t.Context(), []clinic.Study{made}); err != nil {
		t.Fatal(err)
	}
	if rows := count(); rows[0].Exposures != 0 || rows[0].MadeAnyway != 1 {
		t.Errorf("an exam that was made all the same counts as avoided: %+v", rows)
	}
}
