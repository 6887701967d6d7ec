package jpeg2000_test

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"eris/dicom"
)

// corpusRoot is the folder of real files, or the test is skipped.
func corpusRoot(t testing.TB) string {
	t.Helper()
	root := os.Getenv("ERIS_CORPUS")
	if root == "" {
		root = filepath.Join("..", "..", "..", "..", "shared", "corpus")
	}
	if _, err := os.Stat(filepath.Join(root, "index.tsv")); err != nil {
		t.Skipf("no corpus: %v", err)
	}
	return root
}

// corpusFiles lists the files whose transfer syntax has the prefix.
func corpusFiles(t testing.TB, syntaxes ...string) []string {
	t.Helper()
	root := corpusRoot(t)
	f, err := os.Open(filepath.Join(root, "index.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r := csv.NewReader(f)
	r.Comma, r.LazyQuotes, r.FieldsPerRecord = '\t', true, -1
	rows, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var files []string
	for _, row := range rows {
		for _, s := range syntaxes {
			if strings.HasPrefix(row[5], s) {
				files = append(files, filepath.Join(root, row[0]))
			}
		}
	}
	return files
}

// corpusFrames are the frames of a file that hold a codestream.
func corpusFrames(t testing.TB, path string) [][]byte {
	t.Helper()
	f, err := dicom.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	var frames [][]byte
	for i := range f.NumberOfFrames() {
		b, err := f.EncodedFrame(i)
		if err != nil {
			t.Logf("%s, frame %d: %v", filepath.Base(path), i, err)
			continue
		}
		frames = append(frames, b)
	}
	return frames
}

func TestCorpus(t *testing.T) {
	for _, path := range corpusFiles(t, "JPEG 2000", "1.2.840.10008.1.2.4.20") {
		t.Run(filepath.Base(path), func(t *testing.T) {
			t.Parallel()
			for i, b := range corpusFrames(t, path) {
				checkAgainstOpenJPEG(t, i, b)
			}
		})
	}
}
