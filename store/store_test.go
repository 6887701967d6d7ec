package store_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"eris/clinic"
	"eris/dicom"
	"eris/dicom/dicomtest"
	"eris/store"
)

func open(t testing.TB, p store.Params) *store.Store {
	t.Helper()
	if p.Dir == "" {
		p.Dir = t.TempDir()
	}
	s, err := store.Open(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func person(name, id string) dicomtest.Study {
	return dicomtest.Study{PatientName: name, PatientID: id, BirthDate: "19610412", Sex: "F", Date: "20261111",
		Time: "101500", AccessionNumber: "A-" + id, StudyDescription: "КТ ОГК", BodyPartExamined: "CHEST"}
}

// slices are the objects of one small CT as bytes.
func slices(t testing.TB, s dicomtest.Study, n int) [][]byte {
	t.Helper()
	var list [][]byte
	for f := range dicomtest.CT(dicomtest.CTParams{Study: s, Body: dicomtest.Thorax(dicomtest.ThoraxParams{}), Size: 16, Slices: n}) {
		list = append(list, encode(t, f))
	}
	return list
}

func encode(t testing.TB, f *dicom.File) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func add(t testing.TB, s *store.Store, source string, objects ...[]byte) []store.Added {
	t.Helper()
	var list []store.Added
	for _, b := range objects {
		a, err := s.Add(t.Context(), bytes.NewReader(b), source)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, a)
	}
	return list
}

func TestAddKeepsTheBytes(t *testing.T) {
	s := open(t, store.Params{})
	objects := slices(t, person("Образцова^Мария^Тестовна", "T1"), 3)
	added := add(t, s, "north", objects...)
	for i, a := range added {
		if a.Outcome != store.Stored {
			t.Errorf("instance %d: outcome %s", i, a.Outcome)
		}
		path, err := s.Path(t.Context(), a.SOPInstanceUID)
		if err != nil {
			t.Fatal(err)
		}
		if have, err := os.ReadFile(path); err != nil || !bytes.Equal(have, objects[i]) {
			t.Errorf("instance %d is not on the disk as it was received (%v)", i, err)
		}
	}
	studies, err := s.Studies(t.Context(), store.StudyFilter{})
	if err != nil || len(studies) != 1 {
		t.Fatalf("studies: %v, %v", studies, err)
	}
	got := studies[0]
	if got.NumberOfInstances != 3 || got.NumberOfSeries != 1 || got.Completeness != clinic.Complete || got.Source != "north" ||
		got.Patient.PatientName.Display() != "Образцова Мария Тестовна" || got.StudyDescription != "КТ ОГК" ||
		len(got.ModalitiesInStudy) != 1 || got.StudyDate.ISO() != "2026-11-11" {
		t.Errorf("study row: %+v", got)
	}
	list, err := s.Instances(t.Context(), got.StudyInstanceUID, added[0].SeriesInstanceUID)
	if err != nil || len(list) != 3 || len(list[1].ImagePositionPatient) != 3 || list[2].Rows != 16 {
		t.Errorf("instances: %+v, %v", list, err)
	}
}

func TestTheSameInstanceTwice(t *testing.T) {
	s := open(t, store.Params{})
	first := person("Тестов^Тест", "T2")
	object := slices(t, first, 1)[0]
	other := first
	other.InstitutionName = "elsewhere" // the same UIDs, other bytes
	changed := slices(t, other, 1)[0]
	got := add(t, s, "", object, object, changed, changed)
	want := []store.Outcome{store.Stored, store.Duplicate, store.Aside, store.Aside}
	for i := range got {
		if got[i].Outcome != want[i] {
			t.Errorf("arrival %d: %s, want %s", i, got[i].Outcome, want[i])
		}
	}
	path, err := s.Path(t.Context(), got[0].SOPInstanceUID)
	if err != nil {
		t.Fatal(err)
	}
	if have, _ := os.ReadFile(path); !bytes.Equal(have, object) {
		t.Error("the first file was changed")
	}
	v, err := s.Verify(t.Context())
	if err != nil || v.Files != 1 || v.Aside != 1 || len(v.Problems) != 0 {
		t.Errorf("verify: %+v, %v", v, err)
	}
}

func TestAddFromManyGoroutines(t *testing.T) {
	s := open(t, store.Params{})
	objects := slices(t, person("Примеров^Пётр", "T3"), 120)
	var group sync.WaitGroup
	errs := make(chan error, len(objects))
	for _, b := range objects {
		group.Go(func() {
			_, err := s.Add(context.Background(), bytes.NewReader(b), "")
			errs <- err
		})
	}
	group.Wait()
	close(errs)
	for err := range errs {
		if err != nil {
			t.Error(err)
		}
	}
	v, err := s.Verify(t.Context())
	if err != nil || v.Files != len(objects) || len(v.Problems) > 0 {
		t.Errorf("verify: %+v, %v", v, err)
	}
}

func TestRefused(t *testing.T) {
	s := open(t, store.Params{})
	for name, b := range map[string][]byte{
		"empty": {}, "text": []byte("this is no image, it is a letter to the editor, and a rather long one so that it is not too short"),
		"header only": slices(t, person("Тестов", "T4"), 1)[0][:140],
	} {
		if _, err := s.Add(t.Context(), bytes.NewReader(b), ""); err == nil {
			t.Errorf("%s was accepted", name)
		}
	}
	left, err := os.ReadDir(filepath.Join(s.Dir, "incoming"))
	if err != nil || len(left) != 0 {
		t.Errorf("refused files left %v behind (%v)", left, err)
	}
}

func TestSearch(t *testing.T) {
	s := open(t, store.Params{})
	for i, name := range []string{"Щукина^Алёна^Тестовна", "Шаблонов^Семён", "SHCHUKIN^PETR", "Образцов^Ёж"} {
		p := person(name, fmt.Sprint("S", i))
		p.Date = fmt.Sprintf("2026%02d01", i+1)
		add(t, s, "", slices(t, p, 1)...)
	}
	for _, c := range []struct {
		filter store.StudyFilter
		want   int
	}{
		{store.StudyFilter{Name: "щук"}, 2},
		{store.StudyFilter{Name: "Shchuk"}, 2},
		{store.StudyFilter{Name: "алена щ"}, 1},
		{store.StudyFilter{Name: "еж"}, 1},
		{store.StudyFilter{Name: "укина"}, 0},
		{store.StudyFilter{Text: "S1"}, 1},
		{store.StudyFilter{Text: "A-S2"}, 1},
		{store.StudyFilter{Text: "ШАБЛОНОВ"}, 1},
		{store.StudyFilter{PatientID: "S3"}, 1},
		{store.StudyFilter{Modality: "CT"}, 4},
		{store.StudyFilter{Modality: "C"}, 0},
		{store.StudyFilter{From: dicom.ParseDate("20260201"), To: dicom.ParseDate("20260301")}, 2},
		{store.StudyFilter{Limit: 3}, 3},
	} {
		got, err := s.Studies(t.Context(), c.filter)
		if err != nil || len(got) != c.want {
			t.Errorf("%+v found %d, want %d (%v)", c.filter, len(got), c.want, err)
		}
	}
}

func TestSecondCopyIsRefused(t *testing.T) {
	s := open(t, store.Params{})
	if _, err := store.Open(t.Context(), store.Params{Dir: s.Dir}); !errors.Is(err, store.ErrLocked) {
		t.Errorf("second open: %v", err)
	}
}

func TestReportBecomesPartOfTheStudy(t *testing.T) {
	s := open(t, store.Params{})
	p := person("Образцова^Мария", "T5")
	add(t, s, "", slices(t, p, 1)...)
	add(t, s, "", encode(t, dicomtest.Report(p, "Очаг 9 мм.", "Контроль.")))
	got, err := s.Study(t.Context(), p.UID())
	if err != nil || got.Report != clinic.ReportFinal || got.ReportText != "Описание: Очаг 9 мм.\nЗаключение: Контроль." {
		t.Errorf("report %q %q, %v", got.Report, got.ReportText, err)
	}
}

func TestArchiveAnswersDoNotOverrideFiles(t *testing.T) {
	s := open(t, store.Params{})
	p := person("Образцова^Мария", "T6")
	add(t, s, "", slices(t, p, 2)...)
	answer := clinic.Study{StudyInstanceUID: p.UID(), StudyDescription: "other words", ExpectedInstances: 5, InstitutionName: "Clinic"}
	known := clinic.Study{StudyInstanceUID: "2.25.77", StudyDate: dicom.ParseDate("20250101"), ExpectedInstances: 9}
	if err := s.SaveStudies(t.Context(), []clinic.Study{answer, known}); err != nil {
		t.Fatal(err)
	}
	got, err := s.Study(t.Context(), p.UID())
	if err != nil || got.StudyDescription != "КТ ОГК" || got.Completeness != clinic.Partial || got.InstitutionName != "Clinic" {
		t.Errorf("study: %+v, %v", got, err)
	}
	if got, err = s.Study(t.Context(), "2.25.77"); err != nil || got.Completeness != clinic.Absent {
		t.Errorf("metadata only: %+v, %v", got, err)
	}
}

// TestAnArchiveCorrectsAPatient: a study that only the archive has was filed
// under another person first.
func TestAnArchiveCorrectsAPatient(t *testing.T) {
	s := open(t, store.Params{})
	answer := clinic.Study{StudyInstanceUID: dicom.NewUID(), Source: "north", ExpectedInstances: 3, StudyDate: dicom.ParseDate("20250101"),
		Patient: clinic.Patient{PatientID: "WRONG", PatientName: dicom.ParsePersonName("Тестов^Пётр")}}
	right := answer
	right.Patient = clinic.Patient{PatientID: "RIGHT", PatientName: dicom.ParsePersonName("Образцова^Мария")}
	right.StudyDate = dicom.ParseDate("20250102")
	for _, a := range []clinic.Study{answer, right} {
		if err := s.SaveStudies(t.Context(), []clinic.Study{a}); err != nil {
			t.Fatal(err)
		}
	}
	for filter, want := range map[store.StudyFilter]int{{PatientID: "WRONG"}: 0, {PatientID: "RIGHT"}: 1, {Name: "тестов"}: 0, {Name: "образцова"}: 1} {
		if list, err := s.Studies(t.Context(), filter); err != nil || len(list) != want {
			t.Errorf("%+v finds %d studies, want %d; %v", filter, len(list), want, err)
		}
	}
}

func TestEvictionTakesTheLongestUnused(t *testing.T) {
	clock := time.Unix(1_800_000_000, 0)
	s := open(t, store.Params{Quota: 1, Now: func() time.Time { clock = clock.Add(time.Minute); return clock }})
	studies := map[string]dicomtest.Study{}
	for _, id := range []string{"old", "used", "pinned", "unsent", "imported"} {
		p := person("Тестов^"+id, id)
		studies[id] = p
		source := "north"
		if id == "imported" {
			source = ""
		}
		add(t, s, source, slices(t, p, 1)...)
		// The archive has all of each, but only half of the one imported from a disc.
		if id == "imported" {
			add(t, s, source, slices(t, p, 2)[1])
		}
		answer := clinic.Study{StudyInstanceUID: p.UID(), Patient: clinic.Patient{PatientID: id}, Source: "north", ExpectedInstances: 1}
		if err := s.SaveStudies(t.Context(), []clinic.Study{answer}); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Touch(t.Context(), studies["used"].UID()); err != nil {
		t.Fatal(err)
	}
	if err := s.Pin(t.Context(), clinic.Patient{PatientID: "pinned"}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Record(t.Context(), store.Entry{Kind: "measurement", StudyInstanceUID: studies["unsent"].UID(), Body: []byte(`{}`)}); err != nil {
		t.Fatal(err)
	}
	if evicted, err := s.Evict(t.Context()); err != nil || len(evicted) != 0 {
		t.Errorf("what was used just now was evicted: %v, %v", evicted, err)
	}
	clock = clock.Add(24 * time.Hour)
	evicted, err := s.Evict(t.Context())
	if err != nil || len(evicted) != 2 || evicted[0] != studies["old"].UID() || evicted[1] != studies["used"].UID() {
		t.Fatalf("evicted %v, %v", evicted, err)
	}
	got, err := s.Study(t.Context(), studies["old"].UID())
	if err != nil || got.Completeness != clinic.Absent || got.ExpectedInstances != 1 {
		t.Errorf("an evicted study must stay known: %+v, %v", got, err)
	}
	if v, err := s.Verify(t.Context()); err != nil || len(v.Problems) > 0 || v.Files != 4 {
		t.Errorf("verify: %+v, %v", v, err)
	}
}

func TestWhatJustCameIsNotEvictedFirst(t *testing.T) {
	clock := time.Unix(1_800_000_000, 0)
	s := open(t, store.Params{Now: func() time.Time { clock = clock.Add(time.Minute); return clock }})
	read, fresh := person("Тестов^Давно", "E1"), person("Тестов^Сейчас", "E2")
	for _, p := range []dicomtest.Study{read, fresh} {
		if err := s.SaveStudies(t.Context(), []clinic.Study{{StudyInstanceUID: p.UID(), Source: "north", ExpectedInstances: 2}}); err != nil {
			t.Fatal(err)
		}
	}
	add(t, s, "north", slices(t, read, 2)...)
	if err := s.Touch(t.Context(), read.UID()); err != nil {
		t.Fatal(err)
	}
	add(t, s, "north", slices(t, fresh, 2)...)
	_, bytes, err := s.CountStudies(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	s.SetQuota(bytes - 1)
	clock = clock.Add(24 * time.Hour)
	evicted, err := s.Evict(t.Context())
	if err != nil || len(evicted) != 1 || evicted[0] != read.UID() {
		t.Errorf("evicted %v, %v; wanted the one opened before the other came", evicted, err)
	}
}

// TestEvictionWhileTheStudyComesBack adds a study's objects again and again
// while it is evicted: no row may lose its file.
func TestEvictionWhileTheStudyComesBack(t *testing.T) {
	var hours atomic.Int64 // each look at the clock is hours later, so that nothing is too fresh to go
	s := open(t, store.Params{Quota: 1, Now: func() time.Time { return time.Unix(1_800_000_000+3*3600*hours.Add(1), 0) }})
	p := person("Тестов^Туда", "E3")
	objects := slices(t, p, 12)
	if err := s.SaveStudies(t.Context(), []clinic.Study{{StudyInstanceUID: p.UID(), Source: "north", ExpectedInstances: len(objects)}}); err != nil {
		t.Fatal(err)
	}
	var group errgroup.Group
	for _, b := range objects {
		group.Go(func() error {
			for range 12 {
				if _, err := s.Add(t.Context(), bytes.NewReader(b), "north"); err != nil {
					return err
				}
			}
			return nil
		})
	}
	done := make(chan error)
	go func() { done <- group.Wait() }()
	for {
		if _, err := s.Evict(t.Context()); err != nil {
			t.Error(err)
		}
		select {
		case err := <-done:
			if err != nil {
				t.Error(err)
			}
			if v, err := s.Verify(t.Context()); err != nil || len(v.Problems) > 0 {
				t.Errorf("verify: %q, %v", v.Problems, err)
			}
			return
		default:
		}
	}
}

func TestThumbnailIsMadeOnce(t *testing.T) {
	drawn := 0
	s := open(t, store.Params{Thumbnail: func(_ context.Context, path string) ([]byte, error) {
		drawn++
		if _, err := dicom.Open(path); err != nil {
			t.Error(err)
		}
		return []byte("picture"), nil
	}})
	p := person("Тестов", "T7")
	a := add(t, s, "", slices(t, p, 3)...)
	for range 2 {
		b, err := s.ThumbnailPNG(t.Context(), p.UID(), a[0].SeriesInstanceUID)
		if err != nil || string(b) != "picture" {
			t.Errorf("%q, %v", b, err)
		}
	}
	if drawn != 1 {
		t.Errorf("drawn %d times", drawn)
	}
}

func TestOrdersNodesAndSettings(t *testing.T) {
	s := open(t, store.Params{})
	ctx := t.Context()
	o := clinic.Order{AccessionNumber: "7", Text: "КТ ОГК", Scheduled: time.Unix(10, 0)}
	earlier := clinic.Order{AccessionNumber: "8", Scheduled: time.Unix(5, 0)}
	if err := errors.Join(s.SaveOrders(ctx, o, earlier), s.SaveNode(ctx, "north", map[string]string{"url": "http://x"}),
		s.SaveSetting(ctx, "language", "en"), s.NoteAsked(ctx, "north", "T1")); err != nil {
		t.Fatal(err)
	}
	orders, err := s.Orders(ctx)
	if err != nil || len(orders) != 2 || orders[1].Text != "КТ ОГК" {
		t.Errorf("orders %+v, %v", orders, err)
	}
	var language string
	if err := s.Setting(ctx, "language", &language); err != nil || language != "en" {
		t.Errorf("setting %q, %v", language, err)
	}
	asked, err := s.Asked(ctx, "T1")
	if err != nil || asked["north"].IsZero() {
		t.Errorf("asked %v, %v", asked, err)
	}
	names := ""
	if err := s.Nodes(ctx, func(name string, options []byte) error { names += name + string(options); return nil }); err != nil || names != `north{"url":"http://x"}` {
		t.Errorf("nodes %q, %v", names, err)
	}
	if err := s.RemoveNode(ctx, "south"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("removing an unknown node: %v", err)
	}
}

func TestAddAfterClose(t *testing.T) {
	s := open(t, store.Params{})
	object := slices(t, person("Тестов", "T8"), 1)[0]
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Add(t.Context(), bytes.NewReader(object), ""); err == nil {
		t.Error("a closed cache took an object")
	}
}
