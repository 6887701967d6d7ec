package store_test

import (
	"bytes"
	"errors"
	"os"
	"syscall"
	"testing"
	"time"

	"eris/dicom"
	"eris/dicom/dicomtest"
	"eris/store"
)

// small mounts a file system of a few MB, so that a disk can really be full.
func small(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=6m"); err != nil {
		t.Skipf("a small disk needs the right to mount: %v", err)
	}
	t.Cleanup(func() { syscall.Unmount(dir, 0) })
	return dir
}

func TestDiskFull(t *testing.T) {
	dir := small(t)
	s, err := store.Open(t.Context(), store.Params{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	big := person("Тестов^Тест", "FULL")
	stored, failures := 0, 0
	var last dicom.UID
	for _, b := range wide(t, big, 40) {
		a, err := s.Add(t.Context(), bytes.NewReader(b), "")
		switch {
		case err == nil:
			stored++
			last = a.SOPInstanceUID
		case errors.Is(err, store.ErrFull):
			failures++
		default:
			t.Fatalf("a full disk is told as: %v", err)
		}
	}
	if stored == 0 || failures == 0 {
		t.Fatalf("%d stored, %d refused: the disk was not full in the middle", stored, failures)
	}
	if _, err := s.Open(t.Context(), last); err != nil {
		t.Errorf("what was stored is lost: %v", err)
	}
	if err := errors.Join(s.Close(), syscall.Mount("", dir, "", syscall.MS_REMOUNT, "size=12m")); err != nil {
		t.Fatal(err)
	}
	if s, err = store.Open(t.Context(), store.Params{Dir: dir}); err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	// When the index was what had no room, a file that was refused is in its place
	// already, and its intent has been finished now.
	v, err := s.Verify(t.Context())
	if err != nil || v.Files < stored || v.Files > stored+1 || len(v.Problems) > 0 {
		t.Errorf("%d stored, verify %+v, %v", stored, v, err)
	}
	left, _ := os.ReadDir(dir + "/incoming")
	if len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
}

// TestTakenOnAFullDisk lets the disk fill up between the promise and the file.
func TestTakenOnAFullDisk(t *testing.T) {
	dir := small(t)
	s, err := store.Open(t.Context(), store.Params{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	uids := take(t, s, slices(t, person("Тестов^Тест", "FIRST"), 1)...)
	awaitLog(t, dir)
	filler := dir + "/filler"
	if err := os.WriteFile(filler, make([]byte, 8<<20), 0o600); !errors.Is(err, syscall.ENOSPC) {
		t.Fatalf("the disk did not fill up: %v", err)
	}
	uids = append(uids, take(t, s, wide(t, person("Тестов^Тест", "FULL"), 2)...)...)
	for _, o := range slices(t, person("Тестов^Тест", "X"), 200) { // as long as the log's own objects have no files, no more are promised
		a, err := s.Take(t.Context(), bytes.NewReader(o), "")
		if err != nil {
			if !errors.Is(err, store.ErrFull) {
				t.Errorf("with no room: %v", err)
			}
			break
		}
		uids = append(uids, a.SOPInstanceUID)
		time.Sleep(10 * time.Millisecond)
	}
	if _, err := s.Open(t.Context(), uids[1]); err == nil {
		t.Error("the disk was not full")
	}
	if err := os.Remove(filler); err != nil {
		t.Fatal(err)
	}
	add(t, s, "", slices(t, person("Тестов^Тест", "Y"), 1)...) // finishes what was left
	for _, uid := range uids {
		if _, err := s.Open(t.Context(), uid); err != nil {
			t.Errorf("a promised instance is lost: %v", err)
		}
	}
}

// wide are slices large enough to fill a small disk.
func wide(t *testing.T, p dicomtest.Study, n int) [][]byte {
	t.Helper()
	one := slices(t, p, 1)[0]
	f, err := dicom.Read(bytes.NewReader(one), int64(len(one)), dicom.DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	var list [][]byte
	for range n {
		f.SetUID(dicom.SOPInstanceUID, dicom.NewUID())
		f.SetInt(dicom.Rows, 400)
		f.SetInt(dicom.Columns, 400)
		f.Meta = nil
		f.SetPixelData(make([]byte, 2*400*400))
		list = append(list, encode(t, f))
	}
	return list
}

func TestReadOnlyFolder(t *testing.T) {
	dir := small(t)
	if err := syscall.Mount("", dir, "", syscall.MS_REMOUNT|syscall.MS_RDONLY, ""); err != nil {
		t.Skipf("a read-only disk needs the right to mount: %v", err)
	}
	if _, err := store.Open(t.Context(), store.Params{Dir: dir}); !errors.Is(err, store.ErrReadOnly) {
		t.Errorf("a read-only folder is told as: %v", err)
	}
}
