package command_test

import (
	"bytes"
	"context"
	"encoding/json"
	"image/png"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"eris/app/command"
	"eris/dicom"
	"eris/dicom/dicomtest"
)

// noDesktop stands where no window can be.
type noDesktop struct{}

func (noDesktop) Open(context.Context, string, string, string) error { return nil }
func (noDesktop) Demo(context.Context, string, string) error         { return nil }
func (noDesktop) Tour(context.Context, string, string) ([]string, error) {
	return []string{"page.png"}, nil
}

// run runs the command line on a cache.
func run(t *testing.T, dir string, args ...string) (code int, out, errOut string) {
	t.Helper()
	var o, e bytes.Buffer
	code = command.Main(t.Context(), append([]string{"--lang", "en", "--data", dir}, args...), &o, &e, noDesktop{})
	return code, o.String(), e.String()
}

// files writes a small CT and returns its folder.
func files(t *testing.T, date string, n int) string {
	t.Helper()
	dir := t.TempDir()
	s := dicomtest.Study{PatientName: "Образцова^Мария", PatientID: "C1", BirthDate: "19610412", Date: date, StudyDescription: "КТ ОГК", BodyPartExamined: "CHEST"}
	for f := range dicomtest.CT(dicomtest.CTParams{Study: s, Body: dicomtest.Thorax(dicomtest.ThoraxParams{}), Size: 32, Slices: n}) {
		var b bytes.Buffer
		if err := f.Write(&b); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, f.String(dicom.InstanceNumber)), b.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestImportListCheckVerify(t *testing.T) {
	cache, pictures := t.TempDir(), files(t, "20261111", 3)
	if err := os.WriteFile(filepath.Join(pictures, "letter.txt"), []byte("words"), 0o600); err != nil {
		t.Fatal(err)
	}
	code, out, errOut := run(t, cache, "import", pictures, "--json")
	var imported struct {
		Stored  int
		Refused []struct{ Path, Reason string }
	}
	if err := json.Unmarshal([]byte(out), &imported); code != 0 || err != nil || imported.Stored != 3 || len(imported.Refused) != 1 ||
		imported.Refused[0].Reason != "This is not a DICOM file." {
		t.Fatalf("import: %d %s %s %v", code, out, errOut, err)
	}
	if code, out, _ = run(t, cache, "studies", "--name", "obraz"); code != 0 || !strings.Contains(out, "Образцова Мария") || !strings.Contains(out, "Studies: 1.") {
		t.Errorf("studies: %d %s", code, out)
	}
	code, out, _ = run(t, cache, "check", "--patient", "C1", "--modality", "ct", "--text", "КТ органов грудной клетки", "--json")
	var checked struct {
		Priors []struct{ Class, Why string }
		Why    string
	}
	if err := json.Unmarshal([]byte(out), &checked); code != 0 || err != nil || len(checked.Priors) != 1 ||
		checked.Priors[0].Class != "same" || checked.Priors[0].Why == "" || checked.Why == "" {
		t.Errorf("check: %d %s %v", code, out, err)
	}
	if code, out, errOut = run(t, cache, "verify"); code != 0 || !strings.Contains(out, ": 3") {
		t.Errorf("verify: %d %s %s", code, out, errOut)
	}
	if code, out, errOut = run(t, cache, "rebuild"); code != 0 || !strings.Contains(out, ": 3") {
		t.Errorf("rebuild: %d %s %s", code, out, errOut)
	}
}

func TestRenderAndDecode(t *testing.T) {
	cache, out := t.TempDir(), t.TempDir()
	file := filepath.Join(files(t, "20261111", 1), "1")
	picture, raw := filepath.Join(out, "a.png"), filepath.Join(out, "a.raw")
	if code, _, errOut := run(t, cache, "render", file, "--out", picture, "--window", "40,400", "--size", "64x48"); code != 0 {
		t.Fatal(errOut)
	}
	f, err := os.Open(picture)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if img, err := png.Decode(f); err != nil || img.Bounds().Dx() != 64 || img.Bounds().Dy() != 48 {
		t.Errorf("picture: %v", err)
	}
	if code, _, errOut := run(t, cache, "decode", file, "--out", raw); code != 0 {
		t.Fatal(errOut)
	}
	if info, err := os.Stat(raw); err != nil || info.Size() != 32*32*2 {
		t.Errorf("stored values: %v, %v", info, err)
	}
}

func TestCaseTable(t *testing.T) {
	table := filepath.Join(t.TempDir(), "cases.tsv")
	header := "case_id\torder_date\torder_modality\torder_code\torder_text\torder_body_part\torder_laterality\torder_contrast\torder_reason\tprior_date\tprior_modalities\tprior_study_description\tprior_body_part_examined\tprior_series_descriptions\tprior_laterality\tprior_contrast\tprior_report\tprior_images\tprior_quality\n"
	rows := "A1\t2026-11-23\tCT\t\tКТ ОГК\tCHEST\t\tnone\t\t2026-11-11\tCT\tКТ органов грудной клетки\tCHEST\t\t\tnone\tfinal\tyes\t\n" +
		"A2\t2026-11-23\tCT\t\tКТ ОГК\tCHEST\t\tnone\t\t2026-11-11\tMR\tМРТ головного мозга\tBRAIN\t\t\tnone\tfinal\tyes\t\n"
	if err := os.WriteFile(table, []byte(header+rows), 0o600); err != nil {
		t.Fatal(err)
	}
	code, out, errOut := run(t, t.TempDir(), "check", "--case", table, "--json")
	var results []struct {
		CaseID             string `json:"case_id"`
		Class, Repeat, Why string
	}
	if err := json.Unmarshal([]byte(out), &results); code != 0 || err != nil || len(results) != 2 {
		t.Fatalf("%d %s %s %v", code, out, errOut, err)
	}
	if results[0].CaseID != "A1" || results[0].Class != "same" || results[0].Repeat != "yes" || results[1].Class != "unrelated" || results[1].Repeat != "no" || results[1].Why == "" {
		t.Errorf("%+v", results)
	}
}

func TestErrorsAreOneSentence(t *testing.T) {
	letter := filepath.Join(t.TempDir(), "letter.txt")
	if err := os.WriteFile(letter, []byte("words"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{
		{"render", letter, "--out", "x.png"}, {"render", letter, "--out", "x.png", "--window", "wide"}, {"decode", letter, "--out", "x"},
		{"check", "--patient", "1"}, {"studies", "--from", "yesterday"}, {"archive", "test", "nowhere"}, {"sync"}, {"import", letter},
		{"nonsense"}, {"archive", "add", "bad", "not a url"},
	} {
		code, _, errOut := run(t, t.TempDir(), args...)
		if code == 0 || strings.Count(errOut, "\n") != 1 || !strings.HasPrefix(errOut, "eris: ") || len(errOut) < 15 {
			t.Errorf("%v: code %d, said %q", args, code, errOut)
		}
	}
}

func TestHelpAndTour(t *testing.T) {
	if code, out, _ := run(t, t.TempDir(), "--help"); code != 0 || !strings.Contains(out, "import") {
		t.Errorf("help: %d %q", code, out)
	}
	if code, out, _ := run(t, t.TempDir(), "tour", "--out", t.TempDir()); code != 0 || out != "page.png\n" {
		t.Errorf("tour: %d %q", code, out)
	}
}

func TestPopulation(t *testing.T) {
	cache := t.TempDir()
	list := filepath.Join(t.TempDir(), "list.csv")
	if err := os.WriteFile(list, []byte("T1;TEST;Образцова Мария;12.04.1961;Ж\nT2;TEST;Примеров Пётр;31.02.1970;М\nT3;TEST;Тестов Тест;;\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if code, _, errOut := run(t, cache, "population", "sync"); code == 0 || !strings.Contains(errOut, "No archive") {
		t.Errorf("sync without an archive: %d %s", code, errOut)
	}
	code, out, errOut := run(t, cache, "population", "import", list)
	if code != 0 || !strings.Contains(out, "New: 2.") || !strings.Contains(out, "line 2: The birth date is no date.") {
		t.Fatalf("import: %d %s %s", code, out, errOut)
	}
	code, out, _ = run(t, cache, "population", "import", "--replace", "--json", list)
	var imported struct {
		Patients, Added, Removed int
		Bad                      []struct{ Line int }
	}
	if err := json.Unmarshal([]byte(out), &imported); code != 0 || err != nil || imported.Patients != 2 || imported.Added != 0 || imported.Removed != 0 || len(imported.Bad) != 1 {
		t.Errorf("again: %d %s %v", code, out, err)
	}
	archive := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) }))
	defer archive.Close()
	run(t, cache, "archive", "add", "city", archive.URL)
	if code, out, errOut = run(t, cache, "population", "sync", "--rate", "1000"); code != 0 || !strings.Contains(out, "city: asked for 2 patients") {
		t.Errorf("sync: %d %s %s", code, out, errOut)
	}
	code, out, _ = run(t, cache, "population", "--json")
	var state struct {
		Patients, Studies int
		Megabytes         float64
		Archives          []struct {
			Archive, Updated string
			Left             int
		}
	}
	if err := json.Unmarshal([]byte(out), &state); code != 0 || err != nil || state.Patients != 2 || state.Megabytes == 0 || len(state.Archives) != 1 ||
		state.Archives[0].Left != 0 || state.Archives[0].Updated == "" {
		t.Errorf("status: %d %s %v", code, out, err)
	}
	if err := os.WriteFile(list, []byte("nobody\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if code, _, errOut = run(t, cache, "population", "import", list); code == 0 || !strings.Contains(errOut, "says no patient") {
		t.Errorf("an empty list: %d %s", code, errOut)
	}
	if code, _, errOut = run(t, cache, "population", "sync", "--archive", "other"); code == 0 {
		t.Errorf("an unknown archive: %d %s", code, errOut)
	}
}
