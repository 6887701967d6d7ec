package store_test

import (
	"os"
	"path/filepath"
	"testing"

	"eris/clinic"
	"eris/clinic/identity"
	"eris/dicom"
	"eris/store"
)

func maria(id, issuer string) clinic.Patient {
	return clinic.Patient{PatientID: id, IssuerOfPatientID: issuer, PatientName: dicom.ParsePersonName("Образцова^Мария^Тестовна"),
		PatientBirthDate: dicom.ParseDate("19610412"), PatientSex: "F"}
}

func links(t *testing.T, s *store.Store, id string) []identity.Link {
	t.Helper()
	list, err := s.LinksOf(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// TestLinksAreWordsOfTheJournal: the latest word counts, nothing is deleted, and
// a rebuilt index knows the same.
func TestLinksAreWordsOfTheJournal(t *testing.T) {
	p := store.Params{Dir: t.TempDir()}
	s := open(t, p)
	a, b, c := maria("T1", "north"), maria("T1", "south"), maria("T3", "")
	for _, step := range []struct {
		to     clinic.Patient
		linked bool
	}{{b, true}, {c, true}, {b, false}} {
		if _, err := s.RecordLink(t.Context(), identity.Link{A: a, B: step.to, By: "Пробный"}, step.linked); err != nil {
			t.Fatal(err)
		}
	}
	check := func(s *store.Store) {
		t.Helper()
		list := links(t, s, "T1")
		if len(list) != 2 || list[0].Linked == list[1].Linked {
			t.Fatalf("%+v", list)
		}
		for _, l := range list {
			if want := l.Other(a.Key()).PatientID == "T3"; l.Linked != want || l.By != "Пробный" || l.Entry == "" {
				t.Errorf("%+v", l)
			}
		}
		if one := links(t, s, "T3"); len(one) != 1 || !one[0].Linked {
			t.Errorf("%+v", one)
		}
		if entries, err := s.Entries(t.Context(), "link", ""); err != nil || len(entries) != 2 {
			t.Errorf("%d entries, %v", len(entries), err)
		}
	}
	check(s)
	s.Close()
	s = open(t, p) // the journal is read again
	check(s)
	s.Close()
	for _, index := range []string{"eris.db", "eris.db-wal", "eris.db-shm"} {
		os.Remove(filepath.Join(p.Dir, index))
	}
	if _, err := store.Rebuild(t.Context(), p); err != nil {
		t.Fatal(err)
	}
	check(open(t, p))
}

func TestPersonsLike(t *testing.T) {
	p := store.Params{Dir: t.TempDir()}
	s := open(t, p)
	add(t, s, "", slices(t, person("OBRAZTSOVA^MARIIA", "T2"), 1)...)
	listed := maria("T1", "north")
	listed.PatientBirthDate = dicom.ParseDate("19611204")
	listed.AddIdentifier(clinic.Identifier{ID: "112-233-445 95", Issuer: "СНИЛС"})
	if _, _, err := s.SavePopulation(t.Context(), "clinic", []clinic.Patient{listed, {PatientID: "T9", PatientName: dicom.ParsePersonName("Макетов^Пётр")}}, false); err != nil {
		t.Fatal(err)
	}
	like := func(s *store.Store, p clinic.Patient) (ids []string) {
		t.Helper()
		list, err := s.PersonsLike(t.Context(), identity.Of(p))
		if err != nil {
			t.Fatal(err)
		}
		for _, one := range list {
			ids = append(ids, one.PatientID)
		}
		return ids
	}
	asked := maria("T5", "")
	byNumber := clinic.Patient{PatientID: "T6", OtherPatientIDs: []clinic.Identifier{{ID: "11223344595", Issuer: identity.SystemSNILS}}}
	check := func(s *store.Store) {
		t.Helper()
		if got := like(s, asked); len(got) != 2 {
			t.Errorf("like %v", got)
		}
		if got := like(s, byNumber); len(got) != 1 || got[0] != "T1" {
			t.Errorf("by number %v", got)
		}
	}
	check(s)
	s.Close()
	if _, err := store.Rebuild(t.Context(), p); err != nil {
		t.Fatal(err)
	}
	s = open(t, p)
	check(s)
	// Keys of another version are made anew.
	if err := s.SaveSetting(t.Context(), "index.nameKeys", 1); err != nil {
		t.Fatal(err)
	}
	s.Close()
	s = open(t, p)
	check(s)
	if list, err := s.Studies(t.Context(), store.StudyFilter{Name: "Образцова"}); err != nil || len(list) != 1 {
		t.Errorf("%d studies, %v", len(list), err)
	}
	// Who is written down no more is not found.
	if _, _, err := s.SavePopulation(t.Context(), "clinic", nil, true); err != nil {
		t.Fatal(err)
	}
	if got := like(s, byNumber); len(got) != 0 {
		t.Errorf("gone, and found: %v", got)
	}
}
