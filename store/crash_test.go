package store_test

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"eris/clinic"
	"eris/dicom"
	"eris/dicom/dicomtest"
	"eris/store"
)

// TestMain lets the test binary be the program that is killed.
func TestMain(m *testing.M) {
	if dir := os.Getenv("ERIS_STORE_VICTIM"); dir != "" {
		victim(dir)
		return
	}
	os.Exit(m.Run())
}

// victim adds the objects it finds for ever, printing each UID that was
// acknowledged, and journals as many entries.
func victim(dir string) {
	ctx := context.Background()
	s, err := store.Open(ctx, store.Params{Dir: dir})
	if err != nil {
		os.Stdout.WriteString("error " + err.Error() + "\n")
		return
	}
	files, _ := filepath.Glob(filepath.Join(os.Getenv("ERIS_STORE_OBJECTS"), "*"))
	for i, f := range files {
		go func() {
			a, err := addOrTake(ctx, s, f, i%2 == 0)
			if err == nil {
				os.Stdout.WriteString("stored " + string(a.SOPInstanceUID) + "\n")
			}
			if e, err := s.Record(ctx, store.Entry{Kind: "note", Body: json.RawMessage(`{"n":1}`)}); err == nil {
				os.Stdout.WriteString("journal " + e.ID + "\n")
			}
		}()
	}
	time.Sleep(time.Minute)
}

func addOrTake(ctx context.Context, s *store.Store, path string, add bool) (store.Added, error) {
	if add {
		return s.AddFile(ctx, path)
	}
	f, err := os.Open(path)
	if err != nil {
		return store.Added{}, err
	}
	defer f.Close()
	return s.Take(ctx, f, "")
}

func TestKilledAtAnyMoment(t *testing.T) {
	if testing.Short() {
		t.Skip("kills processes for some seconds")
	}
	objects := t.TempDir()
	for i, b := range slices(t, person("Тестов^Тест", "K"), 80) {
		if err := os.WriteFile(filepath.Join(objects, string(rune('A'+i/26))+string(rune('a'+i%26))), b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	total := 0
	for delay := 40 * time.Millisecond; delay < 900*time.Millisecond; delay += 95 * time.Millisecond {
		dir := t.TempDir()
		acknowledged := kill(t, dir, objects, delay)
		total += len(acknowledged)
		s, err := store.Open(t.Context(), store.Params{Dir: dir})
		if err != nil {
			t.Fatalf("after a kill at %v: %v", delay, err)
		}
		v, err := s.Verify(t.Context())
		if err != nil || len(v.Problems) > 0 {
			t.Errorf("after a kill at %v: %v, %v", delay, v.Problems, err)
		}
		entries, err := s.Entries(t.Context(), "note", "")
		if err != nil {
			t.Fatal(err)
		}
		noted := map[string]bool{}
		for _, e := range entries {
			noted[e.ID] = true
		}
		for _, line := range acknowledged {
			kind, id, _ := bytes.Cut(line, []byte(" "))
			switch string(kind) {
			case "stored":
				if _, err := s.Open(t.Context(), dicom.UID(id)); err != nil {
					t.Errorf("kill at %v: acknowledged instance lost: %v", delay, err)
				}
			case "journal":
				if !noted[string(id)] {
					t.Errorf("kill at %v: acknowledged entry %s lost", delay, id)
				}
			default:
				t.Errorf("the victim said %q", line)
			}
		}
		s.Close()
	}
	if total == 0 {
		t.Error("no victim got as far as to store anything: nothing was tested")
	}
}

// kill runs a victim for a while and returns its complete lines.
func kill(t *testing.T, dir, objects string, after time.Duration) [][]byte {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "ERIS_STORE_VICTIM="+dir, "ERIS_STORE_OBJECTS="+objects)
	var out bytes.Buffer
	cmd.Stdout = &out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	time.Sleep(after)
	cmd.Process.Kill()
	cmd.Wait() // the error is the kill
	lines := bytes.Split(out.Bytes(), []byte("\n"))
	return lines[:len(lines)-1]
}

// TestFinishesIntents lays down what a kill between rename and row leaves.
func TestFinishesIntents(t *testing.T) {
	dir := t.TempDir()
	s := open(t, store.Params{Dir: dir})
	objects := slices(t, person("Тестов^Тест", "I"), 2)
	a := add(t, s, "", objects...)
	path, err := s.Path(t.Context(), a[0].SOPInstanceUID)
	if err != nil {
		t.Fatal(err)
	}
	s.Close()
	forget(t, dir, a[0].SOPInstanceUID)
	rel, _ := filepath.Rel(dir, path)
	list, _ := json.Marshal([]string{filepath.ToSlash(rel), "../outside.dcm"})
	for name, content := range map[string][]byte{"intents/1.add": list, "incoming/2.part": objects[0][:50], "intents/3.add": []byte(`["instan`)} {
		if err := os.WriteFile(filepath.Join(dir, filepath.FromSlash(name)), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	s = open(t, store.Params{Dir: dir})
	if _, err := s.Open(t.Context(), a[0].SOPInstanceUID); err != nil {
		t.Errorf("the finished file is not visible: %v", err)
	}
	if left, _ := os.ReadDir(filepath.Join(dir, "incoming")); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
	if v, err := s.Verify(t.Context()); err != nil || len(v.Problems) != 0 {
		t.Errorf("verify: %+v, %v", v, err)
	}
}

// TestFailedBatchIsFinishedByTheNext refuses the rows of a batch whose files
// are in their places already.
func TestFailedBatchIsFinishedByTheNext(t *testing.T) {
	dir := t.TempDir()
	s := open(t, store.Params{Dir: dir})
	objects := slices(t, person("Тестов^Тест", "F"), 2)
	db, err := sql.Open("sqlite", filepath.Join(dir, "eris.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec(`CREATE TRIGGER refuse BEFORE INSERT ON instance BEGIN SELECT raise(ABORT, 'refused'); END`); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Add(t.Context(), bytes.NewReader(objects[0]), ""); err == nil {
		t.Fatal("an object without a row was acknowledged")
	}
	if _, err := db.Exec(`DROP TRIGGER refuse`); err != nil {
		t.Fatal(err)
	}
	add(t, s, "", objects[1])
	if v, err := s.Verify(t.Context()); err != nil || len(v.Problems) != 0 || v.Files != 2 {
		t.Errorf("verify: %+v, %v", v, err)
	}
}

func TestFailedAddLeavesNothing(t *testing.T) {
	dir := t.TempDir()
	s := open(t, store.Params{Dir: dir})
	p := person("Тестов^Тест", "N")
	if err := os.WriteFile(filepath.Join(dir, "instances", string(p.UID())), nil, 0o600); err != nil { // where a folder must be
		t.Fatal(err)
	}
	if _, err := s.Add(t.Context(), bytes.NewReader(slices(t, p, 1)[0]), ""); err == nil {
		t.Fatal("an object without a place was acknowledged")
	}
	if left, _ := os.ReadDir(filepath.Join(dir, "incoming")); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestDamagedJournalLineKeepsNobodyOut(t *testing.T) {
	dir := t.TempDir()
	s := open(t, store.Params{Dir: dir})
	for _, id := range []string{"a", "b", "c"} {
		if _, err := s.Record(t.Context(), store.Entry{ID: id, Kind: "measurement", Body: json.RawMessage(`{"mm":1}`)}); err != nil {
			t.Fatal(err)
		}
	}
	s.Close()
	journal := filepath.Join(dir, "journal", "journal.jsonl")
	b, err := os.ReadFile(journal)
	if err != nil {
		t.Fatal(err)
	}
	lines := bytes.SplitAfter(b, []byte("\n"))
	copy(lines[1], make([]byte, 10)) // a block that the disk lost reads as zeros
	damaged := bytes.Join(lines, nil)
	if err := os.WriteFile(journal, damaged, 0o600); err != nil {
		t.Fatal(err)
	}
	os.Remove(filepath.Join(dir, "eris.db"))
	s = open(t, store.Params{Dir: dir})
	if entries, err := s.Entries(t.Context(), "measurement", ""); err != nil || len(entries) != 2 {
		t.Errorf("entries: %+v, %v", entries, err)
	}
	if kept, _ := os.ReadFile(journal); !bytes.Equal(kept, damaged) {
		t.Error("the file that people's work lies in was changed")
	}
}

// forget takes a row out as if it had never been written.
func forget(t *testing.T, dir string, uid dicom.UID) {
	t.Helper()
	db, err := sql.Open("sqlite", filepath.Join(dir, "eris.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec(`DELETE FROM instance WHERE sop_instance_uid = ?`, uid); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec(`UPDATE study SET number_of_instances = number_of_instances - 1`); err != nil {
		t.Fatal(err)
	}
}

func TestVerifyFindsDamage(t *testing.T) {
	s := open(t, store.Params{})
	a := add(t, s, "", slices(t, person("Тестов", "V"), 3)...)
	paths := make([]string, len(a))
	for i := range a {
		paths[i], _ = s.Path(t.Context(), a[i].SOPInstanceUID)
	}
	b, _ := os.ReadFile(paths[0])
	b[len(b)-1] ^= 1
	os.WriteFile(paths[0], b, 0o600)
	os.Remove(paths[1])
	os.WriteFile(filepath.Join(filepath.Dir(paths[2]), "stray.dcm"), b, 0o600)
	v, err := s.Verify(t.Context())
	if err != nil || len(v.Problems) != 3 {
		t.Errorf("problems: %q, %v", v.Problems, err)
	}
}

func TestRebuildFromFilesAndJournal(t *testing.T) {
	dir := t.TempDir()
	s := open(t, store.Params{Dir: dir})
	add(t, s, "", slices(t, person("Образцова^Мария", "R1"), 5)...)
	add(t, s, "", slices(t, person("Примеров^Пётр", "R2"), 2)...)
	if _, err := s.Record(t.Context(), store.Entry{ID: "m1", Kind: "measurement", Body: json.RawMessage(`{"mm":9.5}`)}); err != nil {
		t.Fatal(err)
	}
	if err := s.SaveSetting(t.Context(), "language", "en"); err != nil {
		t.Fatal(err)
	}
	s.Close()
	for _, damage := range []string{"none", "index gone", "index garbage"} {
		index := filepath.Join(dir, "eris.db")
		switch damage {
		case "index gone":
			os.Remove(index)
		case "index garbage":
			os.WriteFile(index, bytes.Repeat([]byte("garbage "), 2000), 0o600)
			if _, err := store.Open(t.Context(), store.Params{Dir: dir}); !errors.Is(err, store.ErrDamaged) {
				t.Errorf("opening garbage: %v", err)
			}
		}
		r, err := store.Rebuild(t.Context(), store.Params{Dir: dir, Now: func() time.Time { return time.Now().Add(time.Duration(len(damage)) * time.Second) }})
		if err != nil || r.Files != 7 || len(r.Refused) != 0 {
			t.Fatalf("%s: %+v, %v", damage, r, err)
		}
		s, err := store.Open(t.Context(), store.Params{Dir: dir})
		if err != nil {
			t.Fatal(err)
		}
		studies, err := s.Studies(t.Context(), store.StudyFilter{Name: "образц"})
		if err != nil || len(studies) != 1 || studies[0].NumberOfInstances != 5 {
			t.Errorf("%s: %+v, %v", damage, studies, err)
		}
		entries, err := s.Entries(t.Context(), "measurement", "")
		if err != nil || len(entries) != 1 || string(entries[0].Body) != `{"mm":9.5}` {
			t.Errorf("%s: journal %+v, %v", damage, entries, err)
		}
		var language string
		if s.Setting(t.Context(), "language", &language); damage == "none" && language != "en" {
			t.Errorf("the setting was lost")
		}
		s.Close()
	}
}

func TestRebuildKeepsWhatArchivesSaid(t *testing.T) {
	dir := t.TempDir()
	s := open(t, store.Params{Dir: dir})
	part, far := person("Образцова^Мария", "R3"), person("Примеров^Пётр", "R4")
	for _, p := range []dicomtest.Study{part, far} {
		answer := clinic.Study{StudyInstanceUID: p.UID(), Source: "north", ExpectedInstances: 5,
			Patient: clinic.Patient{PatientID: p.PatientID, PatientName: dicom.ParsePersonName(p.PatientName)}}
		if err := s.SaveStudies(t.Context(), []clinic.Study{answer}); err != nil {
			t.Fatal(err)
		}
	}
	add(t, s, "north", slices(t, part, 2)...)
	s.Close()
	if _, err := store.Rebuild(t.Context(), store.Params{Dir: dir}); err != nil {
		t.Fatal(err)
	}
	s = open(t, store.Params{Dir: dir})
	if got, err := s.Study(t.Context(), part.UID()); err != nil || got.Completeness != clinic.Partial || got.Source != "north" || got.NumberOfInstances != 2 {
		t.Errorf("the part: %+v, %v", got, err)
	}
	found, err := s.Studies(t.Context(), store.StudyFilter{Name: "примеров"})
	if err != nil || len(found) != 1 || found[0].Completeness != clinic.Absent || found[0].ExpectedInstances != 5 {
		t.Errorf("the one in the archive only: %+v, %v", found, err)
	}
	if v, err := s.Verify(t.Context()); err != nil || len(v.Problems) > 0 {
		t.Errorf("verify: %q, %v", v.Problems, err)
	}
}

func TestRebuildLeavesAnOpenCacheAlone(t *testing.T) {
	dir := t.TempDir()
	open(t, store.Params{Dir: dir})
	if _, err := store.Rebuild(t.Context(), store.Params{Dir: dir}); !errors.Is(err, store.ErrLocked) {
		t.Errorf("rebuilding an open cache: %v", err)
	}
	if _, err := os.Stat(filepath.Join(dir, "eris.db")); err != nil {
		t.Errorf("the index was moved away under an open cache: %v", err)
	}
}

func TestNewerIndexIsRefused(t *testing.T) {
	dir := t.TempDir()
	s := open(t, store.Params{Dir: dir})
	s.Close()
	db, err := sql.Open("sqlite", filepath.Join(dir, "eris.db"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec(`INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, 1)`); err != nil {
		t.Fatal(err)
	}
	db.Close()
	if _, err := store.Open(t.Context(), store.Params{Dir: dir}); !errors.Is(err, store.ErrNewer) {
		t.Errorf("opened: %v", err)
	}
}
