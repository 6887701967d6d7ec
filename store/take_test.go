package store_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
	"time"

	"eris/dicom"
	"eris/store"
)

// take gives each object to Take and expects that it is promised.
func take(t *testing.T, s *store.Store, objects ...[]byte) (uids []dicom.UID) {
	t.Helper()
	for _, o := range objects {
		a, err := s.Take(t.Context(), bytes.NewReader(o), "CT1")
		if err != nil {
			t.Fatal(err)
		}
		uids = append(uids, a.SOPInstanceUID)
	}
	return uids
}

func TestTakenIsIndexedSoonAndAtTheLatestByClose(t *testing.T) {
	dir := t.TempDir()
	s := open(t, store.Params{Dir: dir})
	objects := slices(t, person("Тестов^Тест", "T"), 5)
	uids := take(t, s, objects[:3]...)
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(10 * time.Millisecond) {
		if _, err := s.Open(t.Context(), uids[2]); err == nil {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("a taken file has no row")
		}
	}
	uids = append(uids, take(t, s, objects[3:]...)...)
	if again := take(t, s, objects[0]); again[0] != uids[0] {
		t.Errorf("the same object again is %s", again[0])
	}
	s.Close()
	wholeAndClean(t, dir, uids)
}

// wholeAndClean opens a cache and expects exactly these instances and nothing left over.
func wholeAndClean(t *testing.T, dir string, uids []dicom.UID) {
	t.Helper()
	s := open(t, store.Params{Dir: dir})
	for _, uid := range uids {
		if _, err := s.Open(t.Context(), uid); err != nil {
			t.Errorf("a promised instance is lost: %v", err)
		}
	}
	if v, err := s.Verify(t.Context()); err != nil || v.Files != len(uids) || len(v.Problems) > 0 {
		t.Errorf("verify: %+v, %v", v, err)
	}
	if left, _ := os.ReadDir(filepath.Join(dir, "incoming")); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
}

// awaitLog waits until objects are taken through the log.
func awaitLog(t *testing.T, dir string) {
	t.Helper()
	for range 500 {
		if _, err := os.Stat(filepath.Join(dir, "taken.log")); err == nil {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatal("there is no log")
}

// TestTakenOutlivesAKill copies a cache at a moment when objects are promised and
// have neither files nor rows, as a kill would leave it.
func TestTakenOutlivesAKill(t *testing.T) {
	dir := t.TempDir()
	s := open(t, store.Params{Dir: dir})
	first := take(t, s, slices(t, person("Тестов^Тест", "FIRST"), 1)...)
	awaitLog(t, dir)
	release := s.HoldFiles()
	promised := take(t, s, slices(t, person("Тестов^Тест", "T"), 5)...)
	killed := filepath.Join(t.TempDir(), "copy")
	if err := os.CopyFS(killed, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	release()
	uids := append(first, promised...)
	for _, start := range []string{"the next start", "the one after"} {
		t.Run(start, func(t *testing.T) { wholeAndClean(t, killed, uids) })
	}
	s.Close()
	wholeAndClean(t, dir, uids)
}
