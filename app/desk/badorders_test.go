package desk_test

import (
	"fmt"
	"testing"
	"time"

	"eris/app/desk"
	"eris/clinic"
	"eris/clinic/priors"
	"eris/dicom"
	"eris/sync/orthanctest"
)

// TestOrdersThatSayTooLittle get a card that says so.
func TestOrdersThatSayTooLittle(t *testing.T) {
	d := openDesk(t)
	knownStudy(t, d, order().Patient, "1.2.1", "20261111")
	for name, c := range map[string]struct {
		change  func(*clinic.Order)
		unknown bool // the order's region
		repeat  bool
	}{
		"no body part":             {func(o *clinic.Order) { o.BodyPart = "" }, false, true},
		"no modality":              {func(o *clinic.Order) { o.Modality = "" }, false, true},
		"a code that nobody knows": {func(o *clinic.Order) { o.Code = "Z99.99.999" }, false, true},
		"only such a code":         {func(o *clinic.Order) { o.Code, o.Text, o.Modality = "Z99.99.999", "", "" }, true, false},
		"nothing":                  {func(o *clinic.Order) { o.Text, o.Modality = "", "" }, true, false},
		"ordered in the future":    {func(o *clinic.Order) { o.Ordered = o.Ordered.AddDate(1, 0, 0) }, false, false},
		"no patient":               {func(o *clinic.Order) { o.Patient = clinic.Patient{} }, false, false},
	} {
		o := order()
		c.change(&o)
		got := card(t, d, o)
		if got.Verdict.OrderUnknown != c.unknown || got.Verdict.Repeat != c.repeat || got.Verdict.Why.Sentence("ru") == "" {
			t.Errorf("%s: unknown %v, repeat %v, %s", name, got.Verdict.OrderUnknown, got.Verdict.Repeat, got.Verdict.Why.Sentence("ru"))
		}
	}
}

// TestPriorsThatCannotBeOpened are shown with what is lacking.
func TestPriorsThatCannotBeOpened(t *testing.T) {
	d := openDesk(t)
	save := func(uid dicom.UID, date string, change func(*clinic.Study)) {
		s := clinic.Study{StudyInstanceUID: uid, Patient: order().Patient, StudyDate: dicom.ParseDate(date), StudyDescription: "КТ ОГК", ModalitiesInStudy: []string{"CT"},
			Source: "city"}
		change(&s)
		if err := d.Store.SaveStudies(t.Context(), []clinic.Study{s}); err != nil {
			t.Fatal(err)
		}
	}
	save("1.2.1", "20261111", func(s *clinic.Study) { s.ModalitiesInStudy = []string{"SR"} }) // a report alone
	save("1.2.2", "20261112", func(s *clinic.Study) { s.StudyDescription = "" })
	save("1.2.3", "19000101", func(*clinic.Study) {})
	save("1.2.4", "20991231", func(*clinic.Study) {})
	c := card(t, d, order())
	if len(c.Verdict.Priors) != 4 || c.Verdict.Repeat {
		t.Errorf("%d priors, repeat %v", len(c.Verdict.Priors), c.Verdict.Repeat)
	}
	for _, p := range c.Verdict.Priors {
		if p.Repeat {
			t.Errorf("%s: %s", p.Study.StudyInstanceUID, p.Why.Sentence("ru"))
		}
		if p.Why.Sentence("ru") == "" || p.Why.Sentence("en") == "" {
			t.Errorf("%s is not explained", p.Study.StudyInstanceUID)
		}
		if p.Study.StudyInstanceUID == "1.2.2" && !p.RegionUnknown {
			t.Error("a study without words has a region")
		}
	}
}

// TestFiveThousandPriors are judged, none left out.
func TestFiveThousandPriors(t *testing.T) {
	d := openDesk(t)
	var list []clinic.Study
	for i := range 5000 {
		list = append(list, clinic.Study{StudyInstanceUID: dicom.DeriveUID("many", fmt.Sprint(i)), Patient: order().Patient, Source: "city", ModalitiesInStudy: []string{"CT"},
			StudyDescription: "КТ ОГК", StudyDate: dicom.DateOf(time.Date(2026, 11, 11, 0, 0, 0, 0, time.UTC).AddDate(0, 0, -i))})
	}
	if err := d.Store.SaveStudies(t.Context(), list); err != nil {
		t.Fatal(err)
	}
	c := card(t, d, order())
	if len(c.Verdict.Priors) != 5000 || !c.Verdict.Repeat || c.Verdict.Best.AgeDays != 12 || c.Verdict.Count(priors.Same) != 5000 || len(c.Doses.Exams) != 5000 {
		t.Errorf("%d priors, best %+v", len(c.Verdict.Priors), c.Verdict.Best)
	}
}

// BenchmarkTwoArchives is from choosing an order to the verdict with what two real
// archives answer, in a cache of 100,000 studies: the aim is 1.5 s, and 200 ms for
// the verdict from the cache alone.
func BenchmarkTwoArchives(b *testing.B) {
	d := openDesk(b)
	for _, name := range []string{"one", "two"} {
		if err := d.SaveArchive(b.Context(), name, desk.ArchiveOptions{URL: orthanctest.Start(b).URL}); err != nil {
			b.Fatal(err)
		}
	}
	var list []clinic.Study
	for i := range 100_000 {
		p := order().Patient
		if i >= 50 {
			p = clinic.Patient{PatientID: fmt.Sprint("P", i/5), PatientName: dicom.ParsePersonName(fmt.Sprintf("Пациент%dов^Имя", i/5)), PatientBirthDate: dicom.ParseDate("19500101")}
		}
		list = append(list, clinic.Study{StudyInstanceUID: dicom.DeriveUID("hundred", fmt.Sprint(i)), Patient: p, ModalitiesInStudy: []string{"CT"},
			StudyDescription: "КТ ОГК", StudyDate: dicom.ParseDate("20261111")})
	}
	if err := d.Store.SaveStudies(b.Context(), list); err != nil {
		b.Fatal(err)
	}
	var alone time.Duration
	for b.Loop() {
		start := time.Now()
		if _, err := d.Card(b.Context(), order()); err != nil {
			b.Fatal(err)
		}
		alone += time.Since(start)
		d.Ask(b.Context(), order().Patient)
		if c, err := d.Card(b.Context(), order()); err != nil || len(c.Verdict.Priors) != 50 {
			b.Fatal(len(c.Verdict.Priors), err)
		}
	}
	b.ReportMetric(float64(alone.Microseconds())/1000/float64(b.N), "cache-ms")
}
