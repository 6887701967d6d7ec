package dose_test

import (
	"fmt"
	"math"
	"os/exec"
	"path"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"eris/clinic/dose"
	"eris/dicom"
	"eris/dicom/corpustest"
)

// open reads a file of the corpus.
func open(t testing.TB, name string) *dicom.File {
	t.Helper()
	f, err := dicom.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// doseReports are the files of the corpus that report dose, and one that does not.
func doseReports(t testing.TB) (reports []corpustest.File) {
	return corpustest.Files(t, func(f corpustest.File) bool { return strings.HasPrefix(f.Name, "openrem/") })
}

// dumped are quantities of a report as dcmtk prints them: code, kind in the unit
// of the quantity, and whether it is a total.
var dumped = []struct {
	code  string
	kind  dose.Quantity
	total bool
}{
	{"113813", dose.DLP, true}, {"113722", dose.DAP, true}, {"113725", dose.DoseRP, true}, {"111637", dose.AGD, true}, {"113730", dose.Fluoro, true},
	{"113838", dose.DLP, false}, {"122130", dose.DAP, false}, {"113738", dose.DoseRP, false}, {"111631", dose.AGD, false},
	{"113507", dose.Activity, false}, {"113839", dose.Effective, false},
}

// inUnit is written apart from the package's own table.
var inUnit = map[string]float64{
	"mGy.cm": 1, "mGycm": 1, "Gy.m2": 10000, "Gym2": 10000, "dGy.cm2": 0.1, "Gy": 1000, "mGy": 1, "MBq": 1, "mSv": 1, "s": 1,
}

// dump sums the values that dsrdump prints for a code.
func dump(t *testing.T, text, code string) (sum float64, found bool) {
	t.Helper()
	line := regexp.MustCompile(`NUM:\(` + code + `,DCM,"[^"]*"\)="([^"]*)" \(([^,]*),UCUM`)
	for _, m := range line.FindAllStringSubmatch(text, -1) {
		v, err := strconv.ParseFloat(strings.TrimSpace(m[1]), 64)
		factor, known := inUnit[m[2]]
		if err != nil || !known {
			t.Fatalf("dsrdump prints %q", m[0])
		}
		sum, found = sum+v*factor, true
	}
	return sum, found
}

// ours is the same sum as the package reads it.
func ours(r dose.Report, q dose.Quantity, total bool) (sum float64, found bool) {
	values := r.Sum()
	if total {
		values = r.Total
	}
	kinds := []dose.Quantity{q}
	if q == dose.AGD {
		kinds = append(kinds, dose.AGDLeft, dose.AGDRight)
	}
	for _, k := range kinds {
		v, ok := values[k]
		sum, found = sum+v, found || ok
	}
	return sum, found
}

// All dose reports of the corpus are read, and their totals and the sums of
// their events are those that dcmtk's dsrdump prints.
func TestReportsAgainstDsrdump(t *testing.T) {
	tool, err := exec.LookPath("dsrdump")
	if err != nil {
		t.Skip("comparison with dsrdump skipped: install dcmtk")
	}
	var table strings.Builder
	read := 0
	for _, file := range doseReports(t) {
		name := path.Base(file.Name)
		report, err := dose.ReadReport(open(t, file.Path).DataSet)
		if name == "ESR_non-dose.dcm" {
			if err == nil {
				t.Error("a diagnostic report was taken for a dose report")
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		read++
		out, err := exec.CommandContext(t.Context(), tool, "-Ec", "-Er", "-Ev", "-Ee", "+Pc", "+Pl", file.Path).Output()
		if err != nil {
			t.Errorf("%s: dsrdump: %v", name, err)
			continue
		}
		fmt.Fprintf(&table, "%-42s %3d events", name, len(report.Events))
		for _, d := range dumped {
			want, there := dump(t, string(out), d.code)
			got, found := ours(report, d.kind, d.total)
			if there != found || math.Abs(got-want) > 1e-9*math.Max(1, want) {
				t.Errorf("%s: %s (total %v) is %v (%v), dsrdump prints %v (%v)", name, d.kind, d.total, got, found, want, there)
			}
			if there {
				fmt.Fprintf(&table, "  %s%s %.6g", d.kind, map[bool]string{true: "*"}[d.total], got)
			}
		}
		for _, d := range report.Dropped {
			fmt.Fprintf(&table, "  [%s]", d)
		}
		table.WriteByte('\n')
	}
	t.Logf("%d reports; * is the accumulated total, else the sum of events; mGy.cm, Gy.cm2, mGy, MBq, mSv, s\n%s", read, table.String())
	if read != 18 {
		t.Errorf("%d dose reports of the corpus were read, 18 are there: 17 of the dose classes and one Enhanced SR", read)
	}
}

func BenchmarkReadReport(b *testing.B) {
	for _, name := range []string{"CT-RDSR-Siemens_Flash-TAP-SS.dcm", "RF-RDSR-Canon-Ultimaxi-mGyDoseAtRP.dcm"} {
		for _, file := range doseReports(b) {
			if path.Base(file.Name) != name {
				continue
			}
			d := open(b, file.Path).DataSet
			b.Run(name, func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					if _, err := dose.ReadReport(d); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}
