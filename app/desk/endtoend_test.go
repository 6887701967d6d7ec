package desk_test

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"io"
	"math"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"eris/app/desk"
	"eris/app/words"
	"eris/assets"
	"eris/clinic"
	"eris/clinic/priors"
	"eris/dicom"
	"eris/dicom/corpustest"
	"eris/dicom/dicomtest"
	"eris/store"
	"eris/sync/orthanctest"
	"eris/sync/transfer"
	"eris/viewer"
	"eris/viewer/geom"
	"eris/viewer/measure"
)

// department is what the archive of the test holds.
type department struct {
	order          clinic.Order
	current, prior dicom.UID // two CTs of the order's patient
	late           dicom.UID // a study that is asked for while the archive is away
}

// TestFromTheArchiveToAPriorOnTheScreen is the main job: an order comes up,
// the priors are fetched, the verdict stands, current and prior are drawn, a
// length is measured, all of it again without the archive, and the queue
// empties when it is back.
func TestFromTheArchiveToAPriorOnTheScreen(t *testing.T) {
	for _, source := range []struct {
		name string
		fill func(t *testing.T, url string) department
	}{{"synthetic", fillSynthetic}, {"corpus", fillCorpus}} {
		t.Run(source.name, func(t *testing.T) {
			archive := orthanctest.Start(t)
			d := source.fill(t, archive.URL)
			dir := t.TempDir()
			t.Run("online", func(t *testing.T) { mainJob(t, dir, archive.URL, d, true) })
			archive.Stop(t)
			t.Run("offline", func(t *testing.T) { mainJob(t, dir, archive.URL, d, false) })
			t.Run("back", func(t *testing.T) { comeBack(t, dir, archive, d) })
		})
	}
}

// workstation opens a desk on a cache with one archive.
func workstation(t *testing.T, dir, url string) *desk.Desk {
	t.Helper()
	s, err := store.Open(t.Context(), store.Params{Dir: dir, Thumbnail: desk.Thumbnail})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	d, err := desk.Open(t.Context(), desk.Params{Store: s, Keyring: desk.NoKeyring{}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(d.Close)
	if err := d.SaveArchive(t.Context(), "city", desk.ArchiveOptions{URL: url}); err != nil {
		t.Fatal(err)
	}
	return d
}

func mainJob(t *testing.T, dir, url string, dept department, online bool) {
	d := workstation(t, dir, url)
	d.Ask(t.Context(), dept.order.Patient)
	card, err := d.Card(t.Context(), dept.order)
	if err != nil {
		t.Fatal(err)
	}
	if card.Verdict.Best == nil || card.Verdict.Best.Class != priors.Same || card.Verdict.Count(priors.Same) < 2 {
		t.Fatalf("verdict: %+v", card.Verdict)
	}
	if len(card.Sources) != 1 || card.Sources[0].Asked.IsZero() || (card.Sources[0].Err == nil) != online {
		t.Errorf("sources, online %v: %+v", online, card.Sources)
	}
	if online {
		if err := d.FetchBest(t.Context(), card); err != nil {
			t.Fatal(err)
		}
		settle(t, d)
	}
	read(t, d, dept, online)
}

func settle(t *testing.T, d *desk.Desk) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	if err := d.Settled(ctx); err != nil {
		t.Fatal(err)
	}
}

// read opens the two studies, draws them, and measures 100 columns; the second
// time the measurement is there already.
func read(t *testing.T, d *desk.Desk, dept department, first bool) {
	pair, err := d.Pair(t.Context(), dept.current, dept.prior)
	if err != nil || pair.Current.Completeness != clinic.Complete || pair.Prior.Completeness != clinic.Complete {
		t.Fatalf("pair %+v: %v", pair, err)
	}
	w, err := words.Load(assets.Words(), "ru")
	if err != nil {
		t.Fatal(err)
	}
	changed := make(chan struct{}, 1)
	s := d.NewSession(w, 2, 0, func() {
		select {
		case changed <- struct{}{}:
		default:
		}
	})
	defer func() {
		if err := s.Close(context.Background()); err != nil {
			t.Error(err)
		}
	}()
	var size image.Point
	for i, study := range []clinic.Study{pair.Current, pair.Prior} {
		if err := d.RestoreMeasurements(t.Context(), s, study.StudyInstanceUID); err != nil {
			t.Fatal(err)
		}
		stacks, err := d.Stacks(t.Context(), study.StudyInstanceUID)
		if err != nil {
			t.Fatal(err)
		}
		stack, ok := desk.MainStack(stacks)
		if !ok {
			t.Fatalf("study %s has no pictures", study.StudyInstanceUID)
		}
		s.Show(i, stack, []viewer.Role{viewer.Current, viewer.Prior}[i])
		size = image.Pt(stack.Frames[0].Columns, stack.Frames[0].Rows)
		if picture := drawn(t, s, i, size, changed); !varied(picture) {
			t.Errorf("viewport %d shows nothing", i)
		}
	}
	s.GoTo(0, 1)
	drawn(t, s, 0, size, changed)
	if first {
		measureRow(s, size)
		if err := s.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	checkLength(t, d, s, dept)
}

// drawn waits until a viewport has its picture.
func drawn(t *testing.T, s *viewer.Session, i int, size image.Point, changed <-chan struct{}) *image.RGBA {
	t.Helper()
	for {
		picture := s.Picture(i, size)
		switch v := s.Viewport(i); v.Status {
		case viewer.Ready:
			return picture
		case viewer.Failed:
			t.Fatalf("viewport %d: %v", i, v.Err)
		}
		select {
		case <-changed:
		case <-time.After(20 * time.Second):
			t.Fatalf("viewport %d never got its picture", i)
		}
	}
}

func varied(p *image.RGBA) bool {
	seen := map[uint8]bool{}
	for i := 0; i < len(p.Pix); i += 4 {
		seen[p.Pix[i]] = true
	}
	return len(seen) > 16
}

// measureRow measures across half the columns: the picture is drawn one to one.
func measureRow(s *viewer.Session, size image.Point) {
	action, _ := s.Action("tool-length")
	action.Do()
	s.Activate(0)
	at := func(x int) viewer.Pointer {
		return viewer.Pointer{Viewport: 0, At: geom.Screen{X: float64(x), Y: float64(size.Y / 2)}}
	}
	s.Press(at(size.X / 4))
	s.Drag(at(size.X / 2))
	s.Drag(at(size.X / 4 * 3))
	s.Release(at(size.X / 4 * 3))
}

func checkLength(t *testing.T, d *desk.Desk, s *viewer.Session, dept department) {
	t.Helper()
	marks, err := s.Measurements()
	if err != nil || len(marks) != 1 || !marks[0].Saved || marks[0].Kind != measure.KindLength {
		t.Fatalf("measurements: %+v, %v", marks, err)
	}
	v := s.Viewport(0)
	f, err := d.Store.Open(t.Context(), v.Stack.Frames[v.Index].SOPInstanceUID)
	if err != nil {
		t.Fatal(err)
	}
	columns := v.Stack.Frames[0].Columns
	want := f.Floats(dicom.PixelSpacing)[1] * float64(columns/4*3-columns/4)
	if got := marks[0].Values[0]; math.Abs(got.Number-want) > 0.05 || got.Unit != "mm" {
		t.Errorf("length %v, want %.2f mm", got, want)
	}
}

// comeBack asks for a study while the archive is away and sees it arrive.
func comeBack(t *testing.T, dir string, archive *orthanctest.Orthanc, dept department) {
	d := workstation(t, dir, archive.URL)
	study, err := d.Store.Study(t.Context(), dept.late)
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Fetch(t.Context(), study); err != nil {
		t.Fatal(err)
	}
	waitFor(t, "the job to wait for the archive", func() bool {
		for _, j := range d.Transfer.Jobs() {
			if j.StudyInstanceUID == dept.late && j.State == transfer.Offline {
				return true
			}
		}
		return false
	})
	archive.Start(t)
	d.Transfer.Wake()
	waitFor(t, "the study to arrive", func() bool {
		study, err := d.Store.Study(t.Context(), dept.late)
		if err != nil {
			t.Fatal(err)
		}
		return study.Completeness == clinic.Complete
	})
	settle(t, d)
	if v, err := d.Store.Verify(t.Context()); err != nil || len(v.Problems) > 0 {
		t.Errorf("verify: %v, %v", v.Problems, err)
	}
}

func waitFor(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(time.Minute); !ok(); {
		if time.Now().After(end) {
			t.Fatalf("waited in vain for %s", what)
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// fillSynthetic puts two CTs of one patient, a third study of hers and
// somebody else's into the archive.
func fillSynthetic(t *testing.T, url string) department {
	now, old := chest("20261111", "КТ органов грудной клетки"), chest("20251001", "КТ ОГК")
	late := chest("20240101", "МРТ головного мозга")
	other := chest("20261110", "КТ ОГК")
	other.PatientName, other.PatientID = "Примеров^Пётр", "T2"
	for _, s := range []dicomtest.Study{now, old, late, other} {
		upload(t, url, s, 6)
	}
	return department{order: order(), current: now.UID(), prior: old.UID(), late: late.UID()}
}

// fillCorpus takes the regular CT stack of the corpus as the current study.
func fillCorpus(t *testing.T, url string) department {
	files, _ := filepath.Glob(filepath.Join(corpustest.Root(t), "dcm_qa_ct/In/Philips/S21570/S2020/*"))
	if len(files) == 0 {
		t.Skip("the CT stack of the corpus is absent")
	}
	var first *dicom.File
	for _, path := range files {
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		post(t, url, b)
		if first == nil {
			if first, err = dicom.Open(path); err != nil {
				t.Fatal(err)
			}
		}
	}
	patient := clinic.Patient{PatientID: first.String(dicom.PatientID), PatientName: first.Name(dicom.PatientName),
		PatientBirthDate: first.Date(dicom.PatientBirthDate), PatientSex: first.String(dicom.PatientSex)}
	description := first.String(dicom.StudyDescription)
	if description == "" {
		description = first.String(dicom.SeriesDescription)
	}
	mine := dicomtest.Study{PatientName: patient.PatientName.String(), PatientID: patient.PatientID,
		BirthDate: first.String(dicom.PatientBirthDate), Sex: patient.PatientSex, Date: "20100101",
		StudyDescription: description, BodyPartExamined: first.String(dicom.BodyPartExamined)}
	late := mine
	late.Date, late.StudyDescription, late.BodyPartExamined = "20090101", "CT lumbar spine", "LSPINE"
	upload(t, url, mine, 6)
	upload(t, url, late, 4)
	return department{current: first.UID(dicom.StudyInstanceUID), prior: mine.UID(), late: late.UID(),
		order: clinic.Order{AccessionNumber: "O2", Patient: patient, Modality: "CT", Text: description, BodyPart: mine.BodyPartExamined, Ordered: time.Now()}}
}

func upload(t *testing.T, url string, s dicomtest.Study, slices int) {
	t.Helper()
	for f := range dicomtest.CT(dicomtest.CTParams{Study: s, Body: dicomtest.Thorax(dicomtest.ThoraxParams{Seed: 1}), Size: 128, Slices: slices}) {
		var b bytes.Buffer
		if err := f.Write(&b); err != nil {
			t.Fatal(err)
		}
		post(t, url, b.Bytes())
	}
}

// post gives an object to Orthanc over its own interface.
func post(t testing.TB, url string, object []byte) {
	t.Helper()
	answer, err := http.Post(strings.TrimSuffix(url, "/dicom-web")+"/instances", "application/dicom", bytes.NewReader(object))
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		b, _ := io.ReadAll(answer.Body)
		t.Fatal(fmt.Sprint(answer.Status, " ", string(b)))
	}
}
