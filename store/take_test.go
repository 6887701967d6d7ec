package store_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
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

// TestTakenFilesOutliveAKill lays down what a kill after Take leaves.
func TestTakenFilesOutliveAKill(t *testing.T) {
	dir := t.TempDir()
	open(t, store.Params{Dir: dir}).Close()
	objects := slices(t, person("Тестов^Тест", "T"), 3)
	var uids []dicom.UID
	for i, o := range objects {
		sum := sha256.Sum256(o)
		if i == 2 {
			o = o[:len(o)/2] // this one was promised to nobody
		} else {
			f, err := dicom.Read(bytes.NewReader(o), int64(len(o)), dicom.DefaultLimits())
			if err != nil {
				t.Fatal(err)
			}
			uids = append(uids, f.UID(dicom.SOPInstanceUID))
		}
		name := hex.EncodeToString(sum[:]) + ".7.taken"
		if err := os.WriteFile(filepath.Join(dir, "incoming", name), o, 0o600); err != nil {
			t.Fatal(err)
		}
	}
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
