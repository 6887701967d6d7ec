package dicom_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"eris/dicom"
)

// corpusFile is one row of the corpus index.
type corpusFile struct {
	path                         string
	frames, modality             string
	patient                      string
	study                        string
	readByPydicom, readByDcmdump bool
}

// corpus is the root of the real files and its index; the test is skipped
// where they are not.
func corpus(t testing.TB) (root string, files []corpusFile) {
	t.Helper()
	root = os.Getenv("ERIS_CORPUS")
	if root == "" {
		root = filepath.Join("..", "..", "shared", "corpus")
	}
	index, err := os.ReadFile(filepath.Join(root, "index.tsv"))
	if err != nil {
		t.Skip("corpus of real files skipped: set ERIS_CORPUS")
	}
	for _, line := range strings.Split(strings.TrimSpace(string(index)), "\n")[1:] {
		c := strings.Split(line, "\t")
		files = append(files, corpusFile{
			path: c[0], modality: c[4], frames: c[8], patient: c[11], study: c[12],
			readByPydicom: c[14] == "yes", readByDcmdump: c[15] == "yes",
		})
	}
	return root, files
}

// plainKind says that an error is of a kind a caller can act on.
func plainKind(err error) bool {
	for _, kind := range []error{dicom.ErrNotDICOM, dicom.ErrCorrupt, dicom.ErrLimit, dicom.ErrUnsupported} {
		if errors.Is(err, kind) {
			return true
		}
	}
	return false
}

func TestCorpusIsReadOrRefusedPlainly(t *testing.T) {
	root, files := corpus(t)
	var slowest time.Duration
	var slowestPath string
	read, refused, decoded, undecoded, repaired := 0, 0, 0, 0, 0
	for _, c := range files {
		path := filepath.Join(root, c.path)
		start := time.Now()
		f, err := dicom.Open(path)
		if err != nil {
			refused++
			if !plainKind(err) || !strings.HasPrefix(err.Error(), path) || strings.Contains(err.Error(), "\n") {
				t.Errorf("refused without file or kind: %v", err)
			}
			if c.readByPydicom || c.readByDcmdump {
				t.Logf("refused, though others read it: %v", strings.TrimPrefix(err.Error(), root))
				if !strings.HasPrefix(c.path, "fuzzing-corpus") {
					t.Errorf("%s comes from a real archive and is refused", c.path)
				}
			}
			continue
		}
		read++
		if len(f.Repairs) > 0 {
			repaired++
			t.Logf("%s: %s", c.path, strings.Join(f.Repairs, "; "))
		}
		if got := string(f.UID(dicom.StudyInstanceUID)); c.study != "" && len(f.Repairs) == 0 && got != strings.TrimSpace(c.study) {
			t.Errorf("%s: study %q, index has %q", c.path, got, c.study)
		}
		good, bad := decodeSome(t, c.path, f)
		decoded, undecoded = decoded+good, undecoded+bad
		if d := time.Since(start); d > slowest {
			slowest, slowestPath = d, c.path
		}
	}
	var memory runtime.MemStats
	runtime.ReadMemStats(&memory)
	t.Logf("%d read (%d with repairs), %d refused; %d frames decoded, %d not; slowest %v %s; %d MB of memory in all",
		read, repaired, refused, decoded, undecoded, slowest, slowestPath, memory.Sys>>20)
	if memory.Sys > 1<<30 {
		t.Errorf("reading the corpus took %d MB", memory.Sys>>20)
	}
}

// decodeSome decodes the first and the last frame.
func decodeSome(t *testing.T, path string, f *dicom.File) (good, bad int) {
	for _, i := range []int{0, f.NumberOfFrames() - 1} {
		if i < 0 || f.NumberOfFrames() == 0 {
			continue
		}
		frame, err := f.Frame(context.Background(), i)
		if err != nil {
			bad++
			if !plainKind(err) {
				t.Errorf("%s: %v", path, err)
			}
			if !errors.Is(err, dicom.ErrUnsupported) {
				t.Logf("%s: %v", path, err)
			}
			continue
		}
		good++
		if n := frame.Rows * frame.Columns * frame.SamplesPerPixel; frame.Samples() != n {
			t.Errorf("%s: %d samples of %d", path, frame.Samples(), n)
		}
	}
	return good, bad
}

func TestCorpusIsTheSameAfterWriting(t *testing.T) {
	root, files := corpus(t)
	for _, c := range files {
		f, err := dicom.Open(filepath.Join(root, c.path))
		if err != nil {
			continue
		}
		var written bytes.Buffer
		if err := f.Write(&written); err != nil {
			t.Errorf("%s: write: %v", c.path, err)
			continue
		}
		b := written.Bytes()
		again, err := dicom.Read(bytes.NewReader(b), int64(len(b)), dicom.DefaultLimits())
		if err != nil {
			t.Errorf("%s: read again: %v", c.path, err)
			continue
		}
		if len(again.Repairs) > 0 {
			t.Errorf("%s: what was written needs repair: %v", c.path, again.Repairs)
		}
		sameDataSet(t, c.path, f.DataSet, again.DataSet)
		sameFrames(t, c.path, f, again)
	}
}

func sameDataSet(t *testing.T, path string, want, got *dicom.DataSet) {
	t.Helper()
	for e := range want.All() {
		if e.Tag.Element() == 0 {
			continue
		}
		other, ok := got.Get(e.Tag)
		if !ok || len(other.Items) != len(e.Items) {
			t.Errorf("%s: %s lost", path, e.Tag)
			continue
		}
		if !bytes.Equal(bytes.TrimRight(other.Raw, " \x00"), bytes.TrimRight(e.Raw, " \x00")) {
			t.Errorf("%s: %s %s changed from %d to %d bytes", path, e.Tag, e.VR, len(e.Raw), len(other.Raw))
		}
		for i := range e.Items {
			sameDataSet(t, path+" "+e.Tag.String(), e.Items[i], other.Items[i])
		}
	}
}

func sameFrames(t *testing.T, path string, want, got *dicom.File) {
	t.Helper()
	if want.NumberOfFrames() != got.NumberOfFrames() {
		t.Errorf("%s: %d frames became %d", path, want.NumberOfFrames(), got.NumberOfFrames())
		return
	}
	if want.NumberOfFrames() == 0 {
		return
	}
	a, errA := want.Frame(context.Background(), 0)
	b, errB := got.Frame(context.Background(), 0)
	if (errA == nil) != (errB == nil) {
		t.Errorf("%s: frame: %v, after writing: %v", path, errA, errB)
		return
	}
	if errA != nil {
		return
	}
	if !slices.Equal(a.Pix8, b.Pix8) || !slices.Equal(a.Pix16, b.Pix16) {
		t.Errorf("%s: samples changed", path)
	}
}

// The same slice, decoded from each syntax that loses nothing.
func TestCorpusSyntaxesGiveTheSamePixels(t *testing.T) {
	root, _ := corpus(t)
	paths, err := filepath.Glob(filepath.Join(root, "cornerstone3D/packages/dicomImageLoader/testImages/CTImage.dcm_*.dcm"))
	if err != nil || len(paths) < 10 {
		t.Skipf("the slice in many syntaxes is not there: %d files, %v", len(paths), err)
	}
	var want *dicom.Frame
	compared := 0
	for _, path := range paths {
		f, err := dicom.Open(path)
		if err != nil {
			t.Errorf("%v", err)
			continue
		}
		if lossy := f.TransferSyntax; !dicom.Decodable(lossy) || lossy == dicom.JPEGBaseline8Bit || lossy == dicom.JPEGExtended12Bit ||
			lossy == dicom.JPEGSpectralSelection || lossy == dicom.JPEGFullProgression ||
			lossy == dicom.JPEG2000 || lossy == dicom.JPEGLSNearLossless {
			continue
		}
		frame, err := f.Frame(context.Background(), 0)
		if err != nil {
			t.Errorf("%s: %v", path, err)
			continue
		}
		if want == nil {
			want = frame
			continue
		}
		compared++
		for i := range want.Pix16 {
			if frame.Value(i) != want.Value(i) {
				t.Errorf("%s: sample %d is %d, not %d", filepath.Base(path), i, frame.Value(i), want.Value(i))
				break
			}
		}
	}
	if compared < 2 {
		t.Errorf("only %d slices compared", compared)
	}
}

// One-bit pixels are packed before RLE encodes them.
func TestCorpusBitsInRLE(t *testing.T) {
	root, _ := corpus(t)
	dir := filepath.Join(root, "pydicom-data/data_store/data")
	for packed, plain := range map[string]string{
		"liver_rle.dcm": "liver.dcm", "liver_nonbyte_aligned_rle.dcm": "liver_nonbyte_aligned.dcm",
	} {
		got, err := dicom.Open(filepath.Join(dir, packed))
		if err != nil {
			t.Skipf("%s is not there: %v", packed, err)
		}
		want, err := dicom.Open(filepath.Join(dir, plain))
		if err != nil {
			t.Skipf("%s is not there: %v", plain, err)
		}
		for i := range 3 {
			a, errA := got.Frame(context.Background(), i)
			b, errB := want.Frame(context.Background(), i)
			if errA != nil || errB != nil || !slices.Equal(a.Pix8, b.Pix8) {
				t.Errorf("%s: frame %d: %v, %v", packed, i, errA, errB)
			}
		}
	}
}

// Names in the character sets that real files declare (PS3.5 annexes H to K).
func TestCorpusNamesInTheirCharacterSets(t *testing.T) {
	root, files := corpus(t)
	want := map[string]string{
		"chrArab.dcm": "قباني^لنزار", "chrFren.dcm": "Buc^Jérôme", "chrGerm.dcm": "Äneas^Rüdiger",
		"chrGreek.dcm": "Διονυσιος", "chrH31.dcm": "Yamada^Tarou=山田^太郎=やまだ^たろう",
		"chrH32.dcm": "ﾔﾏﾀﾞ^ﾀﾛｳ=山田^太郎=やまだ^たろう", "chrHbrw.dcm": "שרון^דבורה",
		"chrI2.dcm": "Hong^Gildong=洪^吉洞=홍^길동", "chrKoreanMulti.dcm": "김희중",
		"chrRuss.dcm": "Люкceмбypг", "chrX1.dcm": "Wang^XiaoDong=王^小東=", "chrX2.dcm": "Wang^XiaoDong=王^小东=",
	}
	seen := 0
	for _, c := range files {
		name, ok := want[filepath.Base(c.path)]
		if !ok {
			continue
		}
		f, err := dicom.Open(filepath.Join(root, c.path))
		if err != nil {
			t.Errorf("%v", err)
			continue
		}
		seen++
		if got := f.String(dicom.PatientName); got != name || f.CharacterSet().Repaired {
			t.Errorf("%s: %q, %+v", c.path, got, f.CharacterSet())
		}
	}
	if seen < len(want) {
		t.Logf("%d of %d files are there", seen, len(want))
	}
}

func TestCorpusDirectories(t *testing.T) {
	root, files := corpus(t)
	directories := 0
	for _, c := range files {
		f, err := dicom.Open(filepath.Join(root, c.path))
		if err != nil || f.Meta.UID(dicom.MediaStorageSOPClassUID) != dicom.MediaStorageDirectoryStorage {
			continue
		}
		directories++
		records := f.Items(dicom.DirectoryRecordSequence)
		if len(records) == 0 && !strings.Contains(c.path, "empty") {
			t.Errorf("%s: no records", c.path)
		}
		for _, record := range records {
			if record.String(dicom.DirectoryRecordType) == "" {
				t.Errorf("%s: a directory record without type", c.path)
			}
		}
	}
	if directories < 5 {
		t.Errorf("%d directories", directories)
	}
}
