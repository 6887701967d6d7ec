package desk_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"

	"eris/app/desk"
	"eris/clinic"
	"eris/clinic/identity"
	"eris/dicom"
	"eris/store"
)

// numbered is the order's patient as another clinic has her, with a СНИЛС.
func numbered(id, name, birth, snils string) clinic.Patient {
	p := clinic.Patient{PatientID: id, IssuerOfPatientID: "TEST-" + id, PatientName: dicom.ParsePersonName(name),
		PatientBirthDate: dicom.ParseDate(birth), PatientSex: "F"}
	if snils != "" {
		p.AddIdentifier(clinic.Identifier{ID: snils, Issuer: identity.SystemSNILS})
	}
	return p
}

const marias = "112-233-445 95"

// known lets the index know a chest CT of a patient.
func knownStudy(t *testing.T, d *desk.Desk, p clinic.Patient, uid, date string) {
	t.Helper()
	s := clinic.Study{Patient: p, StudyInstanceUID: dicom.UID(uid), StudyDate: dicom.ParseDate(date), StudyDescription: "КТ органов грудной клетки",
		ModalitiesInStudy: []string{"CT"}, BodyPartsExamined: []string{"CHEST"}, AccessionNumber: "A" + uid, ExpectedInstances: 10, Source: "city"}
	if err := d.Store.SaveStudies(t.Context(), []clinic.Study{s}); err != nil {
		t.Fatal(err)
	}
}

func withSNILS(o clinic.Order) clinic.Order {
	o.Patient.AddIdentifier(clinic.Identifier{ID: marias, Issuer: identity.SystemSNILS})
	return o
}

func card(t *testing.T, d *desk.Desk, o clinic.Order) desk.Card {
	t.Helper()
	c, err := d.Card(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestStrongNumberLinksByItself(t *testing.T) {
	d := openDesk(t)
	other := numbered("N7", "OBRAZTSOVA^MARIIA", "19610412", marias)
	knownStudy(t, d, other, "1.2.7", "20261111")
	for range 2 { // said once, however often it is looked at
		c := card(t, d, withSNILS(order()))
		if !c.Verdict.Repeat || len(c.Verdict.Priors) != 1 || len(c.Linked) != 1 || len(c.Candidates) != 0 {
			t.Fatalf("%+v", c)
		}
		if m := c.Identity["1.2.7"]; m.Confidence != identity.Certain || m.Reason != identity.ByNumber {
			t.Errorf("%+v", m)
		}
	}
	entries, err := d.Store.Entries(t.Context(), "link", "")
	if err != nil || len(entries) != 1 {
		t.Fatalf("%d entries, %v", len(entries), err)
	}
	// From the other side it is the same link.
	back := order()
	back.AccessionNumber, back.Patient = "O9", other
	knownStudy(t, d, order().Patient, "1.2.1", "20261001")
	if c := card(t, d, back); len(c.Verdict.Priors) != 2 || c.Identity["1.2.7"].Confidence != identity.Own || c.Identity["1.2.1"].Confidence != identity.Certain {
		t.Errorf("%+v", c.Identity)
	}
	p, err := d.Pair(t.Context(), "1.2.7", "1.2.1")
	if err != nil || p.Prior.StudyInstanceUID != "1.2.1" {
		t.Errorf("a linked prior cannot be opened beside: %+v, %v", p.Prior, err)
	}
}

func TestNameAndBirthDateOnlyAsk(t *testing.T) {
	d := openDesk(t)
	other := numbered("N7", "OBRAZTSOVA^MARIIA", "19610412", "")
	knownStudy(t, d, other, "1.2.7", "20261111")
	c := card(t, d, withSNILS(order()))
	if c.Verdict.Repeat || len(c.Verdict.Priors) != 0 || len(c.Candidates) != 1 || len(c.Candidates[0].Priors) != 1 {
		t.Fatalf("a candidate counts, or is not shown: %+v", c)
	}
	if _, err := d.Link(t.Context(), c.Order.Patient, c.Candidates[0].Patient, "Пробный"); err != nil {
		t.Fatal(err)
	}
	c = card(t, d, order())
	if m := c.Identity["1.2.7"]; !c.Verdict.Repeat || m.Confidence != identity.Confirmed || len(c.Candidates) != 0 {
		t.Errorf("%+v, %+v", m, c.Candidates)
	}
}

func TestConflictingNumbersBlock(t *testing.T) {
	d := openDesk(t)
	other := numbered("N7", "Образцова^Мария^Тестовна", "19610412", "920-000-100 00")
	knownStudy(t, d, other, "1.2.7", "20261111")
	o := withSNILS(order())
	c := card(t, d, o)
	if len(c.Verdict.Priors) != 0 || len(c.Candidates) != 1 || c.Candidates[0].Match.Confidence != identity.Conflict {
		t.Fatalf("%+v", c)
	}
	if _, err := d.Link(t.Context(), o.Patient, other, "Пробный"); !errors.Is(err, desk.ErrConflict) {
		t.Errorf("linked: %v", err)
	}
	if m, err := d.LinkIndexed(t.Context(), o.Patient, other); err != nil || m.Confidence != identity.Conflict {
		t.Errorf("linked by the index: %+v, %v", m, err)
	}
}

// TestALinkOverAThirdDoesNotReachAConflict: A with B and B with C are linked,
// and the numbers of A and C contradict.
func TestALinkOverAThirdDoesNotReachAConflict(t *testing.T) {
	d := openDesk(t)
	a := numbered("A", "Образцова^Мария^Тестовна", "19610412", marias)
	b := numbered("B", "Образцова^Мария^Тестовна", "19610412", "")
	c := numbered("C", "Образцова^Мария^Тестовна", "19610412", "920-000-100 00")
	e := numbered("E", "Образцова^Мария^Тестовна", "19610412", "")
	for _, pair := range [][2]clinic.Patient{{a, b}, {b, c}, {b, e}} {
		if _, err := d.Link(t.Context(), pair[0], pair[1], "Пробный"); err != nil {
			t.Fatal(err)
		}
	}
	ids := func(p clinic.Patient) (list []string) {
		linked, err := d.LinkedPatients(t.Context(), p)
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range linked {
			list = append(list, l.Patient.PatientID)
		}
		slices.Sort(list)
		return list
	}
	if got := ids(a); !slices.Equal(got, []string{"B", "E"}) {
		t.Errorf("A is linked to %v", got)
	}
	if err := d.Unlink(t.Context(), a, e, "Пробный"); err != nil {
		t.Fatal(err)
	}
	if got := ids(a); !slices.Equal(got, []string{"B"}) {
		t.Errorf("A is linked to %v, although E is said to be another", got)
	}
}

// TestAnIDOfTwoPeople: a link is of one of those who have the ID.
func TestAnIDOfTwoPeople(t *testing.T) {
	d := openDesk(t)
	her := numbered("N7", "Образцова^Мария", "19610412", marias)
	knownStudy(t, d, her, "1.2.7", "20261111")
	stranger := her
	stranger.PatientName, stranger.PatientBirthDate, stranger.OtherPatientIDs = dicom.ParsePersonName("Макетова^Инна"), dicom.ParseDate("19880130"), nil
	knownStudy(t, d, stranger, "1.2.8", "20261112")
	c := card(t, d, withSNILS(order()))
	if len(c.Verdict.Priors) != 1 || c.Verdict.Priors[0].Study.StudyInstanceUID != "1.2.7" || len(c.Doubtful) != 1 {
		t.Errorf("%d priors, %d doubtful", len(c.Verdict.Priors), len(c.Doubtful))
	}
	o := order()
	o.Patient = stranger
	if c := card(t, d, o); len(c.Linked) != 0 || len(c.Verdict.Priors) != 1 || c.Verdict.Priors[0].Study.StudyInstanceUID != "1.2.8" {
		t.Errorf("the stranger got the link: %+v", c.Linked)
	}
}

func TestUnlinkAndConsequences(t *testing.T) {
	d := openDesk(t)
	other := numbered("N7", "Образцова^Мария^Тестовна", "19610412", marias)
	knownStudy(t, d, other, "1.2.7", "20261111")
	o := withSNILS(order())
	c := card(t, d, o)
	if _, err := d.Decide(t.Context(), c, clinic.UsePrior, "1.2.7", "", "", "ru"); err != nil {
		t.Fatal(err)
	}
	later := o
	later.AccessionNumber, later.Text, later.Modality = "O2", "МРТ головного мозга", "MR"
	if _, err := d.Decide(t.Context(), card(t, d, later), clinic.JustifiedRepeat, "", clinic.NewSymptoms, "", "ru"); err != nil {
		t.Fatal(err)
	}
	link := c.Linked[0].Link
	got, err := d.Consequences(t.Context(), link)
	if err != nil || len(got.Priors) != 1 || len(got.Rested) != 1 || got.Rested[0].AccessionNumber != o.AccessionNumber || len(got.Rested)+len(got.Meanwhile) != 2 {
		t.Fatalf("%+v, %v", got, err)
	}
	if err := d.Unlink(t.Context(), link.A, link.B, "Пробный"); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		c = card(t, d, o)
		if len(c.Verdict.Priors) != 0 || len(c.Linked) != 0 || len(c.Candidates) != 1 || c.Candidates[0].Match.Reason != identity.Undone {
			t.Errorf("taken back, and it counts again: %+v", c)
		}
	}
	if entries, err := d.Store.Entries(t.Context(), "", ""); err != nil || !slices.ContainsFunc(entries, func(e store.Entry) bool { return e.Kind == "link" }) {
		t.Errorf("the link is gone from the journal: %v", err)
	}
	// A person may link them again.
	if _, err := d.Link(t.Context(), link.A, link.B, "Пробный"); err != nil {
		t.Fatal(err)
	}
	if c = card(t, d, o); c.Identity["1.2.7"].Confidence != identity.Confirmed {
		t.Errorf("%+v", c.Identity)
	}
}

func TestNewbornsAndBareIDsAreNotLinked(t *testing.T) {
	d := openDesk(t)
	baby := numbered("NB1", "Образцова^НР", "20261120", marias)
	knownStudy(t, d, baby, "1.2.7", "20261121")
	o := order()
	o.Patient = numbered("NB2", "Образцова^НР", "20261120", marias)
	if c := card(t, d, o); len(c.Linked) != 0 || len(c.Candidates) != 1 || len(c.Verdict.Priors) != 0 {
		t.Errorf("%+v", c)
	}
	// Two people have the ID: with nothing but it, nobody is linked.
	knownStudy(t, d, numbered("N1", "Образцова^Мария", "19610412", marias), "1.2.8", "20261101")
	two := numbered("N1", "Макетова^Инна", "19880130", "")
	two.IssuerOfPatientID = "TEST-N1"
	knownStudy(t, d, two, "1.2.9", "20261101")
	knownStudy(t, d, numbered("N2", "Образцова^Мария", "19610412", marias), "1.2.10", "20261101")
	o.Patient = clinic.Patient{PatientID: "N1"}
	if c := card(t, d, o); len(c.Linked) != 0 || len(c.Verdict.Priors) != 0 || len(c.Doubtful) != 2 {
		t.Errorf("linked %d, priors %d, doubtful %d", len(c.Linked), len(c.Verdict.Priors), len(c.Doubtful))
	}
	// With one owner a bare ID is as good as the name.
	o.Patient = clinic.Patient{PatientID: "N2"}
	if c := card(t, d, o); len(c.Linked) != 1 || len(c.Verdict.Priors) != 2 {
		t.Errorf("linked %d, priors %d", len(c.Linked), len(c.Verdict.Priors))
	}
}

func TestArchivesAreAskedForLinkedIDs(t *testing.T) {
	var mu sync.Mutex
	var asked []string
	archive := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		asked = append(asked, r.URL.Query().Get("00100020")+r.URL.Query().Get("PatientID"))
		w.WriteHeader(http.StatusNoContent)
	}))
	defer archive.Close()
	d := workstation(t, t.TempDir(), archive.URL)
	if _, err := d.Link(t.Context(), order().Patient, numbered("N7", "Образцова^Мария", "19610412", ""), "Пробный"); err != nil {
		t.Fatal(err)
	}
	if c := card(t, d, order()); !c.Sources[0].Asked.IsZero() || len(c.Linked) != 1 {
		t.Fatalf("%+v", c)
	}
	if err := d.Store.NoteAsked(t.Context(), "city", "T1"); err != nil {
		t.Fatal(err)
	}
	if c := card(t, d, order()); !c.Sources[0].Asked.IsZero() {
		t.Error("the archive was not asked for the linked ID, and the card calls itself fresh")
	}
	d.Ask(t.Context(), clinic.Patient{PatientID: "T1"})
	mu.Lock()
	defer mu.Unlock()
	slices.Sort(asked)
	if !slices.Equal(asked, []string{"N7", "T1"}) {
		t.Errorf("asked for %v", asked)
	}
	if c := card(t, d, order()); c.Sources[0].Asked.IsZero() {
		t.Error("asked for both, and not noted")
	}
}

func TestErrSelf(t *testing.T) {
	d := openDesk(t)
	if _, err := d.Link(t.Context(), order().Patient, order().Patient, "Пробный"); !errors.Is(err, desk.ErrSelf) {
		t.Error(err)
	}
}

// Numbers that only the cache knows forbid a link too: neither the order nor the
// one who is chosen tells them.
func TestNumbersOfTheCacheForbidALink(t *testing.T) {
	d := openDesk(t)
	own := order().Patient
	written := own
	written.AddIdentifier(clinic.Identifier{ID: marias, Issuer: identity.SystemSNILS})
	knownStudy(t, d, written, "1.2.1", "20261001")
	other := numbered("N7", own.PatientName.String(), own.PatientBirthDate.Raw, "112-233-446 96")
	knownStudy(t, d, other, "1.2.2", "20261002")
	other.OtherPatientIDs = nil
	if _, err := d.Link(t.Context(), own, other, ""); !errors.Is(err, desk.ErrConflict) {
		t.Errorf("linked: %v", err)
	}
}

// Of many who resemble, some are looked through and the others say that they were not.
func TestManyCandidates(t *testing.T) {
	d := openDesk(t)
	own := order().Patient
	for i := range 30 {
		knownStudy(t, d, numbered(fmt.Sprint("N", i), own.PatientName.String(), own.PatientBirthDate.Raw, ""), fmt.Sprint("1.2.", i+1), "20261001")
	}
	c := card(t, d, order())
	judged := 0
	for _, one := range c.Candidates {
		if one.Judged != (len(one.Priors) == 1) {
			t.Errorf("judged %v with %d priors", one.Judged, len(one.Priors))
		}
		if one.Judged {
			judged++
		}
	}
	if len(c.Candidates) != 30 || judged == 0 || judged == 30 || c.Verdict.Repeat {
		t.Errorf("%d candidates, %d judged, repeat %v", len(c.Candidates), judged, c.Verdict.Repeat)
	}
}
