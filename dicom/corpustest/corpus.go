// Package corpustest finds the corpus of real DICOM files that tests are held
// against: the folder named by ERIS_CORPUS, else ../shared/corpus beside the
// module. Where it is absent a test is skipped, saying so.
package corpustest

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// File is a row of the corpus's index.
type File struct {
	Path string // to open it
	Name string // within the corpus, with slashes
	// The columns of the index, as it has them.
	Modality, TransferSyntax, Rows, Frames, Bits, Photometric string
	PatientID, StudyInstanceUID                               string
	ReadByPydicom, ReadByDcmdump                              bool
}

// Generated says that the file was made to break readers.
func (f File) Generated() bool { return strings.HasPrefix(f.Name, "fuzzing-corpus/") }

// columns of the index.
const columns = 16

// Root is the folder of the corpus.
func Root(t testing.TB) string {
	t.Helper()
	root := os.Getenv("ERIS_CORPUS")
	if root == "" {
		root = filepath.Join(module(t), "..", "shared", "corpus")
	}
	if _, err := os.Stat(filepath.Join(root, "index.tsv")); err != nil {
		t.Skip("corpus of real files skipped: set ERIS_CORPUS")
	}
	return root
}

// module is the root of the module that is tested.
func module(t testing.TB) string {
	t.Helper()
	folder, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(folder, "go.mod")); err == nil {
			return folder
		}
		up := filepath.Dir(folder)
		if up == folder {
			t.Fatal("no go.mod above the test")
		}
		folder = up
	}
}

// Files are the rows of the index for which keep is true, in its order.
func Files(t testing.TB, keep func(File) bool) []File {
	t.Helper()
	root := Root(t)
	index, err := os.ReadFile(filepath.Join(root, "index.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	var files []File
	for _, line := range strings.Split(strings.TrimSpace(string(index)), "\n")[1:] {
		c := strings.Split(line, "\t")
		if len(c) < columns {
			t.Fatalf("the corpus's index has a row of %d columns: %q", len(c), line)
		}
		f := File{
			Path: filepath.Join(root, filepath.FromSlash(c[0])), Name: c[0],
			Modality: c[4], TransferSyntax: c[5], Rows: c[6], Frames: c[8], Bits: c[9], Photometric: c[10],
			PatientID: c[11], StudyInstanceUID: c[12],
			ReadByPydicom: c[14] == "yes", ReadByDcmdump: c[15] == "yes",
		}
		if keep(f) {
			files = append(files, f)
		}
	}
	return files
}

// All keeps every file, Images those whose index says that they have rows.
func All(File) bool      { return true }
func Images(f File) bool { return f.Rows != "" }
