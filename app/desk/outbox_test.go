package desk_test

import (
	"bytes"
	"database/sql"
	"encoding/json"
	"fmt"
	"image"
	"io"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"eris/app/desk"
	"eris/clinic"
	"eris/clinic/evidence"
	"eris/dicom"
	"eris/store"
	"eris/sync/dicomweb"
	"eris/sync/orthanctest"
	"eris/sync/transfer"
	"eris/viewer"
	"eris/viewer/geom"
	"eris/viewer/measure"
)

// reader is a workstation with one study of an archive.
type reader struct {
	*desk.Desk
	archive *orthanctest.Orthanc
	study   dicom.UID
}

func newReader(t *testing.T) reader {
	archive := orthanctest.Start(t)
	s := chest("20261111", "КТ ОГК")
	upload(t, archive.URL, s, 4)
	d := workstation(t, t.TempDir(), archive.URL)
	fetchAll(t, d, order().Patient.PatientID)
	return reader{d, archive, s.UID()}
}

func fetchAll(t *testing.T, d *desk.Desk, patient string) {
	t.Helper()
	card := order()
	d.Ask(t.Context(), clinic.Patient{PatientID: patient})
	c, err := d.Card(t.Context(), card)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range c.Verdict.Priors {
		if err := d.Fetch(t.Context(), p.Study); err != nil {
			t.Fatal(err)
		}
	}
	settle(t, d)
}

// measure journals a length on the second slice.
func (r reader) measure(t *testing.T, id string, columns float64, deleted bool) {
	t.Helper()
	instances, err := r.Store.StudyInstances(t.Context(), r.study)
	if err != nil {
		t.Fatal(err)
	}
	at := slices.IndexFunc(instances, func(i clinic.Instance) bool { return i.Rows > 0 })
	i := instances[at+1]
	err = r.RecordMeasurement(t.Context(), viewer.Entry{ID: id, StudyInstanceUID: r.study, SeriesInstanceUID: i.SeriesInstanceUID,
		SOPInstanceUID: i.SOPInstanceUID, Kind: measure.KindLength, Space: viewer.InPixelSpace, Deleted: deleted, Time: time.Now(),
		Points: []geom.Point{{X: 10, Y: 20}, {X: 10 + columns, Y: 20}}})
	if err != nil {
		t.Fatal(err)
	}
}

// leave lets everything leave that may, and waits for it.
func (r reader) leave(t *testing.T) {
	t.Helper()
	for range 2 { // the drawings follow the report that the archive took
		if err := r.Collect(t.Context(), 0); err != nil {
			t.Fatal(err)
		}
		settle(t, r.Desk)
	}
}

// documents are what the archive has of a modality in the study.
func (r reader) documents(t *testing.T, modality string) (list []*dicom.File) {
	t.Helper()
	c, err := dicomweb.New(dicomweb.Options{Name: "look", URL: r.archive.URL})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	series, err := c.Series(t.Context(), r.study)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range series {
		if s.Modality != modality {
			continue
		}
		err := c.Retrieve(t.Context(), r.study, s.SeriesInstanceUID, func(object io.Reader) error {
			b, err := io.ReadAll(object)
			if err != nil {
				return err
			}
			f, err := dicom.Read(bytes.NewReader(b), int64(len(b)), dicom.Limits{})
			list = append(list, f)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return list
}

func TestMeasurementsLeaveOnceAsADocument(t *testing.T) {
	r := newReader(t)
	r.measure(t, "one", 30, false)
	if n, err := r.Unsent(t.Context()); err != nil || n != 1 {
		t.Fatalf("unsent: %d, %v", n, err)
	}
	if err := r.Collect(t.Context(), time.Hour); err != nil || len(r.documents(t, "SR")) != 0 {
		t.Fatalf("a report while the reading went on: %v", err)
	}
	r.leave(t)
	r.leave(t)
	if sent := r.documents(t, "SR"); len(sent) != 1 || sent[0].String(dicom.PatientID) != "T1" || sent[0].UID(dicom.SOPClassUID) != dicom.ComprehensiveSRStorage {
		t.Fatalf("%d reports in the archive", len(sent))
	}
	if n, err := r.Unsent(t.Context()); err != nil || n != 0 {
		t.Errorf("unsent after it is in the archive: %d, %v", n, err)
	}

	r.measure(t, "one", 40, false)
	r.measure(t, "two", 20, false)
	r.leave(t)
	sent := r.documents(t, "SR")
	if len(sent) != 2 {
		t.Fatalf("%d reports, want the first and the one that replaces it", len(sent))
	}
	if !slices.ContainsFunc(sent, func(f *dicom.File) bool { return len(f.Items(dicom.PredecessorDocumentsSequence)) == 1 }) {
		t.Error("the second does not say that it replaces the first")
	}
	if v, err := r.Store.Verify(t.Context()); err != nil || len(v.Problems) > 0 {
		t.Errorf("verify: %v, %v", v.Problems, err)
	}
}

func TestWhatIsTakenBackBeforeItLeftIsNotSent(t *testing.T) {
	r := newReader(t)
	r.measure(t, "one", 30, false)
	r.measure(t, "one", 30, true)
	r.leave(t)
	if n, err := r.Unsent(t.Context()); err != nil || n != 0 || len(r.documents(t, "SR")) != 0 {
		t.Errorf("unsent %d, %v, reports %d", n, err, len(r.documents(t, "SR")))
	}
}

// A document made here is no image that came: a study of which one is missing
// stays a part of itself.
func TestADocumentHidesNoMissingImage(t *testing.T) {
	r := newReader(t)
	if err := r.Store.SaveCount(t.Context(), r.study, 5); err != nil {
		t.Fatal(err)
	}
	r.measure(t, "one", 30, false)
	r.leave(t)
	s, err := r.Store.Study(t.Context(), r.study)
	if err != nil || s.Completeness != clinic.Partial {
		t.Errorf("%d of %d: %s, %v", s.NumberOfInstances, s.ExpectedInstances, s.Completeness, err)
	}
	sent := r.documents(t, "SR")
	if len(sent) != 1 || !strings.Contains(saidIn(sent[0].DataSet), "only in part") {
		t.Error("the document does not say that only a part was measured")
	}
	if drawn := r.documents(t, "PR"); len(drawn) != 1 || len(drawn[0].Items(dicom.Tag(0x00700001))) != 1 {
		t.Errorf("%d presentation states with the line", len(drawn))
	}
	if !slices.Contains(r.drawnWords(t), "part of the study") {
		t.Error("the picture does not say that only a part was measured")
	}
}

// drawnWords are the words that the pictures of the study ask for.
func (r reader) drawnWords(t *testing.T) []string {
	t.Helper()
	var mu sync.Mutex
	var said []string
	changed := make(chan struct{}, 1)
	s := viewer.New(viewer.Params{Loader: r.Store, Now: time.Now, Viewports: 1, Changed: func() {
		select {
		case changed <- struct{}{}:
		default:
		}
	}, Words: func(key string, _ ...any) string {
		mu.Lock()
		defer mu.Unlock()
		said = append(said, key)
		return key
	}})
	defer s.Close(t.Context())
	if err := r.RestoreMeasurements(t.Context(), s, r.study); err != nil {
		t.Fatal(err)
	}
	stacks, err := r.Stacks(t.Context(), r.study)
	if err != nil || !stacks[0].Partial {
		t.Fatalf("%+v, %v", stacks, err)
	}
	s.Show(0, stacks[0], viewer.Current)
	for i := range stacks[0].Frames {
		s.GoTo(0, i)
		drawn(t, s, 0, image.Pt(200, 200), changed)
	}
	mu.Lock()
	defer mu.Unlock()
	return said
}

// saidIn are the texts of a document.
func saidIn(d *dicom.DataSet) (all string) {
	for _, i := range d.Items(dicom.ContentSequence) {
		all += i.String(dicom.TextValue) + "\n" + saidIn(i)
	}
	return all
}

// What a site keeps to itself is not sent, and not lost.
func TestASiteMayKeepItsMeasurements(t *testing.T) {
	r := newReader(t)
	if err := r.SaveOutbox(t.Context(), desk.OutboxOptions{Keep: true}); err != nil {
		t.Fatal(err)
	}
	r.measure(t, "one", 30, false)
	r.leave(t)
	if n, err := r.Unsent(t.Context()); err != nil || n != 1 || len(r.documents(t, "SR")) != 0 {
		t.Errorf("unsent %d, %v", n, err)
	}
}

// A kill between the archive's answer and its being noted must not lead to a
// second document, nor must an index that was lost.
func TestASentDocumentIsNotSentAgain(t *testing.T) {
	r := newReader(t)
	r.measure(t, "one", 30, false)
	r.leave(t)
	unsend(t, r.Store)
	for _, j := range r.Transfer.Jobs() {
		if err := r.Transfer.Forget(t.Context(), j.ID); err != nil {
			t.Fatal(err)
		}
	}
	before := changes(t, r.archive)
	r.leave(t)
	if n, err := r.Unsent(t.Context()); err != nil || n != 0 {
		t.Errorf("unsent: %d, %v", n, err)
	}
	if after := changes(t, r.archive); after != before {
		t.Errorf("the archive changed %d times", after-before)
	}
}

func TestDocumentsWaitForTheArchive(t *testing.T) {
	r := newReader(t)
	r.archive.Stop(t)
	r.measure(t, "one", 30, false)
	if err := r.Collect(t.Context(), 0); err != nil {
		t.Fatal(err)
	}
	waitFor(t, "the document to wait", func() bool { return r.sending(t).State == transfer.Offline })
	if n, err := r.Unsent(t.Context()); err != nil || n != 2 {
		t.Errorf("unsent: %d, %v; want the measurement and its document", n, err)
	}
	r.archive.Start(t)
	r.Transfer.Wake()
	waitFor(t, "the document to leave", func() bool { return r.sending(t).State == transfer.Done })
	if len(r.documents(t, "SR")) != 1 {
		t.Error("the report is not in the archive")
	}
}

// sending is the one job of the outbox.
func (r reader) sending(t *testing.T) transfer.Job {
	t.Helper()
	for _, j := range r.Transfer.Jobs() {
		if j.Kind == transfer.SendEntry {
			return j
		}
	}
	t.Fatal("nothing is in line")
	return transfer.Job{}
}

// A study that the archive gave to another patient meanwhile: nothing is sent
// until a person has decided, and each decision leads to its end.
func TestAConflictComesToAPerson(t *testing.T) {
	for _, choice := range []string{desk.AsArchive, desk.KeepHere} {
		t.Run(choice, func(t *testing.T) {
			r := newReader(t)
			r.measure(t, "one", 30, false)
			r.rename(t, "T9", "Другов^Тест")
			if err := r.Collect(t.Context(), 0); err != nil {
				t.Fatal(err)
			}
			waitFor(t, "the conflict", func() bool { return r.sending(t).State == transfer.Failed })
			j := r.sending(t)
			if j.ErrorKind != "conflict" || len(r.documents(t, "SR")) != 0 {
				t.Fatalf("%s: %s", j.ErrorKind, j.Error)
			}
			if err := r.Settle(t.Context(), j, choice); err != nil {
				t.Fatal(err)
			}
			settle(t, r.Desk)
			if choice == desk.AsArchive {
				r.leave(t)
				if drawn := r.documents(t, "PR"); len(drawn) != 1 || drawn[0].String(dicom.PatientID) != "T9" {
					t.Errorf("%d drawings in the archive", len(drawn))
				}
			}
			sent := r.documents(t, "SR")
			if n, err := r.Unsent(t.Context()); err != nil || n != 0 {
				t.Errorf("unsent: %d, %v", n, err)
			}
			switch {
			case choice == desk.KeepHere && len(sent) != 0:
				t.Error("what was to stay here was sent")
			case choice == desk.KeepHere:
				r.leave(t)
				if slices.ContainsFunc(r.Transfer.Jobs(), func(j transfer.Job) bool { return j.Kind == transfer.SendEntry }) {
					t.Error("it is in line again")
				}
				if unsent, err := r.Store.Unsent(t.Context(), "document"); err != nil || len(unsent) != 1 {
					t.Errorf("nothing keeps it from eviction: %v, %v", unsent, err)
				}
			case choice == desk.AsArchive && (len(sent) != 1 || sent[0].String(dicom.PatientID) != "T9"):
				t.Errorf("%d reports in the archive", len(sent))
			}
			instances, err := r.Store.StudyInstances(t.Context(), r.study)
			if err != nil || !slices.ContainsFunc(instances, func(i clinic.Instance) bool { return i.SOPClassUID == dicom.ComprehensiveSRStorage }) {
				t.Errorf("the document is not among the images here any more: %v", err)
			}
		})
	}
}

func TestTheUseOfAPriorIsWrittenIntoIt(t *testing.T) {
	r := newReader(t)
	card, err := r.Card(t.Context(), order())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.Decide(t.Context(), card, clinic.UsePrior, "", "", "", "ru"); err != nil {
		t.Fatal(err)
	}
	r.leave(t)
	r.leave(t)
	sent := r.documents(t, "KO")
	if len(sent) != 1 {
		t.Fatalf("%d key object selections", len(sent))
	}
	ko, err := evidence.ReadKeyObject(sent[0].DataSet)
	if err != nil || len(ko.References) != 1 || !strings.Contains(ko.Description, order().AccessionNumber) {
		t.Errorf("it says %+v, %v", ko, err)
	}
}

// changes is how often the archive has changed.
func changes(t *testing.T, o *orthanctest.Orthanc) (n int) {
	t.Helper()
	var answer struct{ Last int }
	resp, err := http.Get(strings.TrimSuffix(o.URL, "/dicom-web") + "/changes?last")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if err := json.NewDecoder(resp.Body).Decode(&answer); err != nil {
		t.Fatal(err)
	}
	return answer.Last
}

// rename gives the study in the archive to another patient.
func (r reader) rename(t *testing.T, id, name string) {
	t.Helper()
	r.remove(t)
	r.upload(t, id, name)
}

// upload puts the images that are here into the archive under a patient.
func (r reader) upload(t *testing.T, id, name string) {
	t.Helper()
	instances, err := r.Store.StudyInstances(t.Context(), r.study)
	if err != nil {
		t.Fatal(err)
	}
	for _, i := range instances {
		f, err := r.Store.Open(t.Context(), i.SOPInstanceUID)
		if err != nil {
			t.Fatal(err)
		}
		f.SetString(dicom.PatientID, id)
		f.SetString(dicom.PatientName, name)
		var b bytes.Buffer
		if err := f.Write(&b); err != nil {
			t.Fatal(err)
		}
		post(t, r.archive.URL, b.Bytes())
	}
}

// remove deletes the study in the archive.
func (r reader) remove(t *testing.T) {
	t.Helper()
	base := strings.TrimSuffix(r.archive.URL, "/dicom-web")
	old := lookUp(t, base, fmt.Sprintf(`{"Level":"Study","Query":{"StudyInstanceUID":%q}}`, r.study))
	req, err := http.NewRequestWithContext(t.Context(), http.MethodDelete, base+"/studies/"+old[0], nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatal(resp, err)
	}
	resp.Body.Close()
}

// What the archive changes reaches the check: a study deleted there counts no
// more, one given to another patient is his, one that comes back counts again.
func TestChangesInTheArchiveReachTheCard(t *testing.T) {
	r := newReader(t)
	upload(t, r.archive.URL, chest("20240505", "КТ ОГК"), 1)
	card := func(patient string) desk.Card {
		t.Helper()
		o := order()
		if patient != o.Patient.PatientID {
			o.Patient = clinic.Patient{PatientID: patient}
		}
		r.Ask(t.Context(), clinic.Patient{PatientID: patient})
		c, err := r.Card(t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	if c := card("T1"); !c.Verdict.Repeat || len(c.Verdict.Priors) != 2 {
		t.Fatalf("before: %+v", c.Verdict)
	}
	r.remove(t)
	c := card("T1")
	if c.Verdict.Repeat || len(c.Verdict.Priors) != 2 || c.Verdict.Priors[0].Study.Withdrawn == "" && c.Verdict.Priors[1].Study.Withdrawn == "" {
		t.Errorf("after the deletion: repeat %v, %d priors", c.Verdict.Repeat, len(c.Verdict.Priors))
	}
	r.upload(t, "T9", "Другов^Тест")
	if c := card("T1"); len(c.Verdict.Priors) != 1 {
		t.Errorf("given to another: %d priors", len(c.Verdict.Priors))
	}
	if c := card("T9"); len(c.Verdict.Priors) != 1 || c.Verdict.Priors[0].Study.Withdrawn != "" {
		t.Errorf("the other has %+v", c.Verdict.Priors)
	}
}

func lookUp(t *testing.T, base, query string) (ids []string) {
	t.Helper()
	resp, err := http.Post(base+"/tools/find", "application/json", strings.NewReader(query))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if err := json.NewDecoder(resp.Body).Decode(&ids); err != nil || len(ids) == 0 {
		t.Fatalf("find: %v, %v", ids, err)
	}
	return ids
}

// unsend takes back that the archive has anything, as a lost index would.
func unsend(t *testing.T, s *store.Store) {
	t.Helper()
	db, err := sql.Open("sqlite", filepath.Join(s.Dir, "eris.db")+"?_pragma=busy_timeout(5000)")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec(`UPDATE journal SET sent = 0`); err != nil {
		t.Fatal(err)
	}
}

// A kill came when a report was stored and not yet journaled, and then somebody
// measured on: both reports leave.
func TestAReportThatWasOnlyStoredLeaves(t *testing.T) {
	r := newReader(t)
	r.measure(t, "one", 30, false)
	marks, err := r.Store.Entries(t.Context(), "measurement", r.study)
	if err != nil {
		t.Fatal(err)
	}
	// Another workstation with the same measurement makes the same report.
	twin := workstation(t, t.TempDir(), r.archive.URL)
	fetchAll(t, twin, order().Patient.PatientID)
	if err := twin.RemoveArchive(t.Context(), "city"); err != nil {
		t.Fatal(err)
	}
	if _, err := twin.Store.Record(t.Context(), marks[0]); err != nil {
		t.Fatal(err)
	}
	if err := twin.Collect(t.Context(), 0); err != nil {
		t.Fatal(err)
	}
	for _, i := range must(twin.Store.StudyInstances(t.Context(), r.study)) {
		if i.Rows == 0 {
			file := must(twin.Store.Reader(t.Context(), i.SOPInstanceUID))
			defer file.Close()
			if _, err := r.Store.Add(t.Context(), file, ""); err != nil {
				t.Fatal(err)
			}
		}
	}
	r.measure(t, "two", 40, false)
	r.leave(t)
	if sent := r.documents(t, "SR"); len(sent) != 2 {
		t.Errorf("%d reports in the archive", len(sent))
	}
	if n, err := r.Unsent(t.Context()); err != nil || n != 0 {
		t.Errorf("unsent: %d, %v", n, err)
	}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}
