package desk_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"eris/app/desk"
	"eris/clinic"
	"eris/dicom"
	"eris/dicom/dicomtest"
	"eris/store"
	"eris/sync/orthanctest"
)

// clock is a clock that a test sets.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// clinicDesk is a workstation of a clinic with so many attached patients, T1 on;
// T1 is the patient of the order.
func clinicDesk(t *testing.T, c *clock, url string, patients int) *desk.Desk {
	t.Helper()
	s, err := store.Open(t.Context(), store.Params{Dir: t.TempDir(), Thumbnail: desk.Thumbnail, Now: c.now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	d, err := desk.Open(t.Context(), desk.Params{Store: s, Now: c.now, Keyring: desk.NoKeyring{}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(d.Close)
	if err := d.SaveArchive(t.Context(), "city", desk.ArchiveOptions{URL: url}); err != nil {
		t.Fatal(err)
	}
	var list []clinic.Patient
	for i := range patients {
		list = append(list, clinic.Patient{PatientID: fmt.Sprint("T", i+1)})
	}
	if _, _, err := s.SavePopulation(t.Context(), "clinic 5", list, false); err != nil {
		t.Fatal(err)
	}
	return d
}

// of gives a study to another patient.
func of(id string, s dicomtest.Study) dicomtest.Study {
	s.PatientID, s.PatientName, s.BirthDate = id, "Примеров^"+id, "19700101"
	return s
}

// syncIndex brings the index up to date, as quickly as the archive can.
func syncIndex(t *testing.T, d *desk.Desk) desk.IndexedArchive {
	t.Helper()
	results, err := d.SyncIndex(t.Context(), desk.IndexOptions{Rate: 1e6})
	if err != nil || len(results) != 1 {
		t.Fatal(results, err)
	}
	return results[0]
}

// listener counts the questions that an archive gets over DICOMweb.
type listener struct {
	mu    sync.Mutex
	asked []string // of each question, what it filters by
}

func listen(t *testing.T, archive string) (*listener, string) {
	t.Helper()
	target, err := url.Parse(archive)
	if err != nil {
		t.Fatal(err)
	}
	l := &listener{}
	proxy := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(&url.URL{Scheme: target.Scheme, Host: target.Host})
		q := r.In.URL.Query()
		l.mu.Lock()
		defer l.mu.Unlock()
		for name, tag := range map[string]dicom.Tag{"patient": dicom.PatientID, "day": dicom.StudyDate, "study": dicom.StudyInstanceUID} {
			if q.Has(tag.Hex()) {
				l.asked = append(l.asked, name)
			}
		}
	}}
	server := httptest.NewServer(proxy)
	t.Cleanup(server.Close)
	return l, server.URL + target.Path
}

// heard is what was asked since the last time, counted.
func (l *listener) heard() map[string]int {
	l.mu.Lock()
	defer l.mu.Unlock()
	n := map[string]int{}
	for _, name := range l.asked {
		n[name]++
	}
	l.asked = nil
	return n
}

// TestTheIndexFollowsTheArchive asks for each patient once, then for what is
// new only, and sees that a study deleted in the archive is gone here.
func TestTheIndexFollowsTheArchive(t *testing.T) {
	archive := orthanctest.StartDIMSE(t)
	l, web := listen(t, archive.URL)
	for name, address := range map[string]string{"DICOMweb": web, "DIMSE": "dicom://" + orthanctest.AETitle + "@" + archive.Address} {
		t.Run(name, func(t *testing.T) { followArchive(t, archive, address, l, name == "DICOMweb") })
	}
}

func followArchive(t *testing.T, archive *orthanctest.Orthanc, address string, l *listener, heard bool) {
	c := &clock{at: today}
	old, deleted, fresh := chest("20200505", "КТ ОГК"), chest("20261122", "КТ ОГК"), chest("20261123", "КТ ОГК")
	later, stranger := of("T2", chest("20261123", "КТ ОГК")), of("STRANGER", chest("20261123", "КТ ОГК"))
	for _, s := range []dicomtest.Study{old, deleted, stranger} {
		upload(t, archive.URL, s, 1)
	}
	d := clinicDesk(t, c, address, 100)
	l.heard()
	check := func(step string, got desk.IndexedArchive, want desk.IndexedArchive, asked map[string]int) {
		t.Helper()
		want.Archive = "city"
		if got != want {
			t.Errorf("%s: %+v, want %+v", step, got, want)
		}
		if n := l.heard(); heard && fmt.Sprint(n) != fmt.Sprint(asked) {
			t.Errorf("%s: asked %v, want %v", step, n, asked)
		}
	}
	check("first", syncIndex(t, d), desk.IndexedArchive{Patients: 100, Changed: 2}, map[string]int{"patient": 100})
	if _, err := d.Store.Study(t.Context(), stranger.UID()); err == nil {
		t.Error("the study of a stranger is kept")
	}
	c.pass(time.Hour)
	check("nothing new", syncIndex(t, d), desk.IndexedArchive{Days: 4}, map[string]int{"day": 4})
	for _, s := range []dicomtest.Study{fresh, later} {
		upload(t, archive.URL, s, 1)
	}
	reader{d, archive, deleted.UID()}.remove(t)
	c.pass(time.Hour)
	check("news", syncIndex(t, d), desk.IndexedArchive{Days: 4, Changed: 2, Gone: 1}, map[string]int{"day": 4, "study": 1})
	for uid, known := range map[dicom.UID]bool{old.UID(): true, deleted.UID(): false, fresh.UID(): true, later.UID(): true, stranger.UID(): false} {
		s, err := d.Store.Study(t.Context(), uid)
		if (err == nil) != known || known && (s.Completeness != clinic.Absent || s.Source != "city") {
			t.Errorf("%s: %+v, %v", uid, s, err)
		}
	}
	if state, err := d.Population(t.Context()); err != nil || state.Patients != 100 || state.Studies != 3 || len(state.Archives) != 1 ||
		state.Archives[0].Left != 0 || !state.Archives[0].Through.Equal(c.now()) {
		t.Errorf("state %+v, %v", state, err)
	}
	c.pass(40 * 24 * time.Hour)
	got := syncIndex(t, d)
	if got.Patients != 100 || got.Err != nil || got.Changed != 0 {
		t.Errorf("after a month everybody is asked for again: %+v", got)
	}
	for _, s := range []dicomtest.Study{old, later, fresh, stranger} { // for the next protocol
		reader{d, archive, s.UID()}.remove(t)
	}
}

// TestFewPatientsAreAskedForOneByOne has less to do than a list of days.
func TestFewPatientsAreAskedForOneByOne(t *testing.T) {
	archive := orthanctest.Start(t)
	l, web := listen(t, archive.URL)
	c := &clock{at: today}
	d := clinicDesk(t, c, web, 3)
	syncIndex(t, d)
	upload(t, archive.URL, chest("20200101", "КТ ОГК"), 1) // its day would not be listed
	c.pass(time.Hour)
	l.heard()
	got := syncIndex(t, d)
	if n := l.heard(); got.Patients != 3 || got.Changed != 1 || n["patient"] != 3 || n["day"] != 0 {
		t.Errorf("%+v, asked %v", got, n)
	}
}

// TestAnInterruptedIndexGoesOn stops in the middle of the first questions.
func TestAnInterruptedIndexGoesOn(t *testing.T) {
	archive := orthanctest.Start(t)
	c := &clock{at: today}
	d := clinicDesk(t, c, archive.URL, 60)
	ctx, stop := context.WithCancel(t.Context())
	results, err := d.SyncIndex(ctx, desk.IndexOptions{Rate: 1e6, Progress: func(s desk.IndexedArchive) {
		if s.Patients == 25 {
			stop()
		}
	}})
	if err != nil || results[0].Err == nil || results[0].Patients != 25 || d.LastError("city") != nil {
		t.Fatalf("%+v, %v, %v", results, err, d.LastError("city"))
	}
	if got := syncIndex(t, d); got.Patients != 35 {
		t.Errorf("then %+v", got)
	}
}

// TestTheCardWithoutAnArchive judges from the index and says how old it is.
func TestTheCardWithoutAnArchive(t *testing.T) {
	archive := orthanctest.Start(t)
	upload(t, archive.URL, chest("20261111", "КТ органов грудной клетки"), 1)
	c := &clock{at: today}
	d := clinicDesk(t, c, archive.URL, 2)
	if got := syncIndex(t, d); got.Err != nil || got.Changed != 1 {
		t.Fatalf("%+v", got)
	}
	c.pass(time.Hour)
	if got := syncIndex(t, d); got.Err != nil || got.Changed != 0 {
		t.Fatalf("%+v", got)
	}
	indexed := c.now()
	archive.Stop(t)
	c.pass(48 * time.Hour)
	d.Ask(t.Context(), clinic.Patient{PatientID: "T1"})
	card, err := d.Card(t.Context(), order())
	if err != nil || !card.Verdict.Repeat || card.Verdict.Best.Study.Completeness != clinic.Absent || card.Verdict.Best.Study.Source != "city" {
		t.Fatalf("%+v, %v", card.Verdict, err)
	}
	if at, ok := card.FromIndex(); !ok || !at.Equal(indexed) || !card.Known().Equal(indexed) || !card.Silent() {
		t.Errorf("from the index: %v of %v, %+v", ok, at, card.Sources)
	}
	stranger := order()
	stranger.Patient = clinic.Patient{PatientID: "STRANGER"}
	if card, err := d.Card(t.Context(), stranger); err != nil || !card.Known().IsZero() {
		t.Errorf("a stranger's card: %+v, %v", card.Sources, err)
	} else if _, ok := card.FromIndex(); ok {
		t.Error("a stranger's card rests on the index")
	}
	archive.Start(t)
	d.Ask(t.Context(), clinic.Patient{PatientID: "T1"})
	if card, err = d.Card(t.Context(), order()); err != nil {
		t.Fatal(err)
	}
	if _, ok := card.FromIndex(); ok || !card.Known().Equal(c.now()) {
		t.Errorf("with the archive back: %+v", card.Sources)
	}
}

// TestAnArchiveThatListsNoDays is asked for each patient instead.
func TestAnArchiveThatListsNoDays(t *testing.T) {
	var days, patients int
	var mu sync.Mutex
	archive := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		if strings.Contains(r.URL.RawQuery, dicom.StudyDate.Hex()+"=") {
			days++
			http.Error(w, "too much", http.StatusInternalServerError)
			return
		}
		patients++
		w.WriteHeader(http.StatusNoContent)
	}))
	defer archive.Close()
	c := &clock{at: today}
	d := clinicDesk(t, c, archive.URL, 100)
	if got := syncIndex(t, d); got.Err != nil || got.Patients != 100 {
		t.Fatalf("%+v", got)
	}
	c.pass(time.Hour)
	got := syncIndex(t, d)
	mu.Lock()
	defer mu.Unlock()
	if got.Err != nil || got.Patients != 100 || days == 0 || patients != 200 {
		t.Errorf("%+v, days %d, patients %d", got, days, patients)
	}
}
