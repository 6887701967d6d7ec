package store_test

import (
	"fmt"
	"testing"
	"time"

	"eris/clinic"
	"eris/dicom"
	"eris/dicom/dicomtest"
	"eris/store"
)

// clock is a clock that a test sets.
type clock struct{ at time.Time }

func (c *clock) now() time.Time { return c.at }

func attached(ids ...string) (list []clinic.Patient) {
	for _, id := range ids {
		list = append(list, clinic.Patient{PatientID: id, IssuerOfPatientID: "TEST", PatientName: dicom.ParsePersonName("Образцов^" + id)})
	}
	return list
}

func idsOf(list []clinic.Patient) (ids []string) {
	for _, p := range list {
		ids = append(ids, p.PatientID)
	}
	return ids
}

func TestAListReplacesWhatItBroughtBefore(t *testing.T) {
	s := open(t, store.Params{})
	for _, step := range []struct {
		source         string
		ids            []string
		replace        bool
		added, removed int
		then           []string
	}{
		{"clinic 5", []string{"A", "B"}, false, 2, 0, []string{"A", "B"}},
		{"clinic 6", []string{"C"}, false, 1, 0, []string{"A", "B", "C"}},
		{"clinic 5", []string{"B", "D"}, true, 1, 1, []string{"B", "C", "D"}},
		{"clinic 5", []string{"B"}, false, 0, 0, []string{"B", "C", "D"}},
	} {
		added, removed, err := s.SavePopulation(t.Context(), step.source, attached(step.ids...), step.replace)
		if err != nil || added != step.added || removed != step.removed {
			t.Errorf("%v: added %d, removed %d, %v", step, added, removed, err)
		}
		list, err := s.Population(t.Context(), clinic.Patient{}, 10)
		if err != nil || fmt.Sprint(idsOf(list)) != fmt.Sprint(step.then) {
			t.Errorf("%v: %v, %v", step, idsOf(list), err)
		}
	}
	list, err := s.Population(t.Context(), attached("B")[0], 1)
	if err != nil || fmt.Sprint(idsOf(list)) != "[C]" || list[0].PatientName.Display() == "" {
		t.Errorf("after B: %+v, %v", list, err)
	}
}

// TestAnIndexSpeaksOfThoseItWasAskedFor attaches a patient late and sees that
// what was known of her otherwise does not pass for the index.
func TestAnIndexSpeaksOfThoseItWasAskedFor(t *testing.T) {
	c := &clock{time.Date(2026, 11, 1, 2, 0, 0, 0, time.UTC)}
	s := open(t, store.Params{Now: c.now})
	step := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	attach := func(ids ...string) {
		_, _, err := s.SavePopulation(t.Context(), "list", attached(ids...), false)
		step(err)
	}
	due := func(want ...string) {
		t.Helper()
		list, err := s.PatientsDue(t.Context(), "city", time.Time{}, 10)
		if err != nil || fmt.Sprint(idsOf(list)) != fmt.Sprint(want) {
			t.Errorf("due: %v, want %v, %v", idsOf(list), want, err)
		}
	}
	attach("A")
	step(s.NoteAsked(t.Context(), "city", "B")) // a card asked for her before she came in
	c.at = c.at.Add(time.Hour)
	attach("B")
	due("A", "B")
	step(s.NoteIndexed(t.Context(), "city", c.at))
	step(s.SaveAnswers(t.Context(), "city", []string{"A"}, []clinic.Study{{StudyInstanceUID: "2.25.1", Patient: attached("A")[0], Source: "city"}}))
	due("B")
	c.at = c.at.Add(24 * time.Hour)
	step(s.NoteIndexed(t.Context(), "city", c.at))
	step(s.NoteIndexed(t.Context(), "city", c.at.Add(-48*time.Hour)))
	for id, known := range map[string]bool{"A": true, "B": false, "stranger": false} {
		of, err := s.IndexOf(t.Context(), id)
		if err != nil || known != of["city"].Through.Equal(c.at) {
			t.Errorf("%s: %+v, %v", id, of, err)
		}
	}
	if n, err := s.CountPopulation(t.Context()); err != nil || n.Patients != 2 || n.Studies != 1 || n.Bytes == 0 {
		t.Errorf("%+v, %v", n, err)
	}
	step(s.SaveNode(t.Context(), "city", struct{}{}))
	step(s.RemoveNode(t.Context(), "city"))
	if all, err := s.Indexes(t.Context()); err != nil || len(all) != 0 {
		t.Errorf("after the archive was removed: %v, %v", all, err)
	}
}

// TestPrefetchedStudiesGoFirst fills the cache with a study that was opened
// long ago and one that was only prefetched just now.
func TestPrefetchedStudiesGoFirst(t *testing.T) {
	c := &clock{time.Date(2026, 11, 1, 2, 0, 0, 0, time.UTC)}
	s := open(t, store.Params{Now: c.now})
	var studies []dicomtest.Study
	for i, date := range []string{"20261001", "20261002", "20261003"} {
		study := person("Образцов^Пётр", "A")
		study.Date = date
		studies = append(studies, study)
		if err := s.SaveStudies(t.Context(), []clinic.Study{{StudyInstanceUID: study.UID(), Source: "city", ExpectedInstances: 2}}); err != nil {
			t.Fatal(err)
		}
		if i > 0 {
			if err := s.NotePrefetched(t.Context(), study.UID(), "P01"); err != nil {
				t.Fatal(err)
			}
			c.at = c.at.Add(24 * time.Hour)
		}
		add(t, s, "city", slices(t, study, 2)...)
	}
	opened, prefetched, both := studies[0], studies[1], studies[2]
	if err := s.Touch(t.Context(), both.UID()); err != nil {
		t.Fatal(err)
	}
	if err := s.NotePrefetched(t.Context(), opened.UID(), "P01"); err != nil {
		t.Fatal(err)
	}
	bytes, err := s.PrefetchedBytes(t.Context())
	if _, all, _ := s.CountStudies(t.Context()); err != nil || bytes == 0 || bytes*2 > all {
		t.Errorf("prefetched %d of %d bytes, %v", bytes, all, err)
	}
	c.at = c.at.Add(24 * time.Hour)
	_, all, err := s.CountStudies(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	s.SetQuota(all - 1)
	if gone, err := s.Evict(t.Context()); err != nil || fmt.Sprint(gone) != fmt.Sprint([]dicom.UID{prefetched.UID()}) {
		t.Errorf("evicted %v, want %v, %v", gone, prefetched.UID(), err)
	}
}
