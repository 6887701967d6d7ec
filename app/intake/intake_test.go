package intake_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"eris/app/intake"
	"eris/dicom/corpustest"
	"eris/dicom/dicomtest"
	"eris/store"
)

func objects(t *testing.T, id string, n int) [][]byte {
	t.Helper()
	s := dicomtest.Study{PatientName: "Тестов^Тест", PatientID: id, Date: "20260101", StudyDescription: "КТ"}
	var list [][]byte
	for f := range dicomtest.CT(dicomtest.CTParams{Study: s, Body: dicomtest.Thorax(dicomtest.ThoraxParams{}), Size: 16, Slices: n}) {
		var b bytes.Buffer
		if err := f.Write(&b); err != nil {
			t.Fatal(err)
		}
		list = append(list, b.Bytes())
	}
	return list
}

func run(t *testing.T, paths ...string) intake.Report {
	t.Helper()
	s, err := store.Open(t.Context(), store.Params{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	report, err := (&intake.Intake{Store: s}).Run(t.Context(), paths...)
	if err != nil {
		t.Fatal(err)
	}
	v, err := s.Verify(t.Context())
	if err != nil || v.Files != report.Stored || len(v.Problems) > 0 {
		t.Errorf("verify %+v, %v; report %+v", v, err, report)
	}
	return report
}

func write(t *testing.T, dir, name string, b []byte) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, b, 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestFolderWithEverything(t *testing.T) {
	dir := t.TempDir()
	ct := objects(t, "F", 5)
	for i, b := range ct {
		write(t, dir, fmt.Sprintf("ct/%d", i), b)
	}
	write(t, dir, "ct/copy", ct[0])
	write(t, dir, "letter.txt", []byte("nothing to see"))
	write(t, dir, "empty", nil)
	write(t, dir, ".DS_Store", []byte{0})
	write(t, dir, "cut.dcm", objects(t, "C", 1)[0][:200])
	if runtime.GOOS != "windows" {
		if err := os.Symlink(dir, filepath.Join(dir, "loop")); err != nil {
			t.Fatal(err)
		}
	}
	r := run(t, dir, filepath.Join(dir, "absent"))
	if r.Stored != 5 || r.Duplicates != 1 || len(r.Refused) != 4 || r.Skipped != 2 {
		t.Errorf("%+v", r)
	}
	for _, refusal := range r.Refused {
		if refusal.Path == "" || refusal.Err == nil {
			t.Errorf("a refusal without its reason: %+v", refusal)
		}
	}
}

func TestZip(t *testing.T) {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i, object := range objects(t, "Z", 40) {
		w, err := z.Create(fmt.Sprintf("study/%d.dcm", i))
		if err != nil {
			t.Fatal(err)
		}
		w.Write(object)
	}
	if w, err := z.Create("study/readme.txt"); err == nil {
		w.Write([]byte("words"))
	}
	z.Close()
	dir := t.TempDir()
	r := run(t, write(t, dir, "disc.zip", b.Bytes()), write(t, dir, "broken.zip", b.Bytes()[:400]))
	if r.Stored != 40 || len(r.Refused) != 2 {
		t.Errorf("%+v", r)
	}
}

func TestDICOMDIR(t *testing.T) {
	var found []string
	filepath.WalkDir(corpustest.Root(t), func(path string, d os.DirEntry, err error) error {
		if err == nil && strings.HasSuffix(path, "dicomdirtests/DICOMDIR") {
			found = append(found, path)
		}
		return nil
	})
	if len(found) == 0 {
		t.Skip("the corpus with its DICOMDIR file sets is absent")
	}
	r := run(t, found[0])
	if r.Stored == 0 || r.Skipped != 1 {
		t.Errorf("%s: %+v", found[0], r)
	}
	t.Logf("%s: %d stored, %d refused", found[0], r.Stored, len(r.Refused))
}
