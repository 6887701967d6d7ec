package dose_test

import (
	"bytes"
	"math"
	"slices"
	"testing"

	"eris/clinic/dose"
	"eris/dicom"
)

func near(a, b float64) bool { return math.Abs(a-b) <= 1e-9*math.Max(1, math.Abs(b)) }

// Every unit that devices write is brought to one; what is in no table is
// dropped and said, never guessed.
func TestUnits(t *testing.T) {
	for _, c := range []struct {
		concept, unit string
		quantity      dose.Quantity
		want          float64 // of the value 2; -1 is dropped
	}{
		{"122130", "Gy.m2", dose.DAP, 20000}, {"122130", "Gym2", dose.DAP, 20000}, {"122130", "dGy.cm2", dose.DAP, 0.2},
		{"122130", "cGy.cm2", dose.DAP, 0.02}, {"122130", "mGy.cm2", dose.DAP, 0.002}, {"122130", "uGy.m2", dose.DAP, 0.02},
		{"122130", "Gy.cm2", dose.DAP, 2}, {"122130", "mGy.m2", dose.DAP, 20},
		{"113738", "Gy", dose.DoseRP, 2000}, {"113738", "mGy", dose.DoseRP, 2}, {"113738", "uGy", dose.DoseRP, 0.002},
		{"113838", "mGy.cm", dose.DLP, 2}, {"113838", "mGycm", dose.DLP, 2}, {"113838", "Gy.cm", dose.DLP, 2000},
		{"113507", "MBq", dose.Activity, 2}, {"113507", "GBq", dose.Activity, 2000}, {"113507", "mCi", dose.Activity, 74},
		{"113839", "uSv", dose.Effective, 0.002},
		{"122130", "MGY.CM2", dose.DAP, -1}, {"122130", "Gy", dose.DAP, -1}, {"113838", "mGy", dose.DLP, -1}, {"113838", "", dose.DLP, -1},
	} {
		r := read(t, report("1.2.3", container("113706", uid("113769", "1.2.9"), number(c.concept, "2", c.unit))))
		got, ok := r.Events[0].Values[c.quantity]
		if c.want < 0 {
			if ok || len(r.Dropped) != 1 || r.Dropped[0].Reason != dose.UnknownUnit || r.Dropped[0].Unit != c.unit {
				t.Errorf("%s in %q: %v %v, dropped %v", c.quantity, c.unit, got, ok, r.Dropped)
			}
			continue
		}
		if !ok || !near(got, c.want) {
			t.Errorf("2 %s of %s is %v %v, want %v", c.unit, c.quantity, got, ok, c.want)
		}
	}
}

// Defects that devices in the field have (domain.md 3.1).
func TestVendorDefects(t *testing.T) {
	empty := number("122130", "1", "Gy.m2")
	empty.SetItems(dicom.MeasuredValueSequence)
	missing := number("113738", "1", "Gy")
	missing.Remove(dicom.MeasuredValueSequence)
	private := number("122130", "7", "Gy.m2")
	private.SetItems(dicom.ConceptNameCodeSequence, coded("122130", "99PHI-IXR-XPER"))
	unitless := number("113838", "5", "mGy.cm")
	unitless.Items(dicom.MeasuredValueSequence)[0].SetItems(dicom.MeasurementUnitsCodeSequence, coded("mGy.cm", "99MAKER"))
	for name, c := range map[string]struct {
		d       *dicom.DataSet
		events  int
		values  dose.Values
		dropped []dose.Dropped
	}{
		"no content sequence":        {report("1.1"), 0, dose.Values{}, nil},
		"an event without content":   {report("1.1", container("113819")), 0, dose.Values{}, nil},
		"empty measured value":       {report("1.1", container("113706", uid("113769", "1.2"), empty)), 1, dose.Values{}, []dose.Dropped{{dose.DAP, dose.NoValue, ""}}},
		"no measured value sequence": {report("1.1", container("113706", uid("113769", "1.2"), missing)), 1, dose.Values{}, []dose.Dropped{{dose.DoseRP, dose.NoValue, ""}}},
		"a private scheme":           {report("1.1", container("113706", uid("113769", "1.2"), private)), 1, dose.Values{}, nil},
		"a private unit":             {report("1.1", container("113819", uid("113769", "1.2"), unitless)), 1, dose.Values{}, []dose.Dropped{{dose.DLP, dose.UnknownUnit, "mGy.cm"}}},
		"a negative dose":            {report("1.1", scan("1.2", "-4")), 1, dose.Values{}, []dose.Dropped{{dose.DLP, dose.NoNumber, "mGy.cm"}}},
		"words for a number":         {report("1.1", scan("1.2", "n/a")), 1, dose.Values{}, []dose.Dropped{{dose.DLP, dose.NoNumber, "mGy.cm"}}},
		"not a number":               {report("1.1", scan("1.2", "NaN")), 1, dose.Values{}, []dose.Dropped{{dose.DLP, dose.NoNumber, "mGy.cm"}}},
		"beyond all bounds":          {report("1.1", scan("1.2", "1e300")), 1, dose.Values{}, []dose.Dropped{{dose.DLP, dose.NoNumber, "mGy.cm"}}},
		"several numbers":            {report("1.1", scan("1.2", `12.5\1\2`)), 1, dose.Values{dose.DLP: 12.5}, nil},
		"a decimal exponent":         {report("1.1", container("113706", uid("113769", "1.2"), number("122130", "1.6e-005", "Gym2"))), 1, dose.Values{dose.DAP: 0.16}, nil},
	} {
		r := read(t, c.d)
		sum := r.Sum()
		same := len(sum) == len(c.values)
		for q, v := range c.values {
			same = same && near(sum[q], v)
		}
		if len(r.Events) != c.events || !same || !slices.Equal(r.Dropped, c.dropped) {
			t.Errorf("%s: %d events, %v, dropped %v", name, len(r.Events), sum, r.Dropped)
		}
	}
}

// The two planes of a biplane device add up, and the two accounts that an
// enhanced report gives of one event are one.
func TestPlanesAndEnhancedReports(t *testing.T) {
	plane := func(p, dap string) node {
		return container("113706", code("113764", p, "DCM"), uid("113769", "1.2.7"), number("122130", dap, "Gy.m2"))
	}
	accumulated := func(p, dap string) node {
		return container("113702", code("113764", p, "DCM"), number("113722", dap, "Gy.m2"))
	}
	r := read(t, report("1.1", accumulated("113620", "0.0001"), accumulated("113621", "0.0002"), plane("113620", "0.0001"), plane("113621", "0.0002")))
	if !near(r.Total[dose.DAP], 3) || !near(r.Sum()[dose.DAP], 3) || len(r.Events) != 2 {
		t.Errorf("biplane: total %v, sum %v, %d events", r.Total, r.Sum(), len(r.Events))
	}
	d := report("1.1",
		container("130000", uid("113769", "1.2.8"), number("113830", "10", "mGy")),
		container("130001", uid("113769", "1.2.8"), number("113838", "200", "mGy.cm"), number("113830", "10", "mGy")))
	d.SetUID(dicom.SOPClassUID, "1.2.840.10008.5.1.4.1.1.88.76")
	if r = read(t, d); len(r.Events) != 1 || !near(r.Events[0].Values[dose.DLP], 200) || !near(r.Events[0].Values[dose.CTDIvol], 10) {
		t.Errorf("enhanced report: %+v", r.Events)
	}
}

// A hostile report ends, and says that it was cut.
func TestBoundedReports(t *testing.T) {
	deep := scan("1.2.3", "1")
	for range 200 {
		deep = container("113819", deep)
	}
	wide := make([]node, 250_000)
	one := number("113830", "1", "mGy")
	for i := range wide {
		wide[i] = one
	}
	for name, d := range map[string]*dicom.DataSet{"deep": report("1.1", deep), "wide": report("1.1", wide...)} {
		r := read(t, d)
		if !slices.Contains(r.Dropped, dose.Dropped{Reason: dose.TooMuch}) {
			t.Errorf("%s: %v", name, r.Dropped)
		}
	}
	if _, err := dose.ReadReport(dicom.NewDataSet()); err == nil {
		t.Error("an empty data set is a report")
	}
}

// FuzzReport throws broken files at the reader and at what follows from it.
func FuzzReport(f *testing.F) {
	f.Add(written(f, report("1.2.3.4", totalDLP("10"), scan("1.2.5", "10"))))
	f.Add(written(f, report("1.2.3.4", container("113702", number("113722", "1e-5", "Gy.m2")))))
	atlas := tables(f)
	f.Fuzz(func(t *testing.T, b []byte) {
		file, err := dicom.Read(bytes.NewReader(b), int64(len(b)), dicom.Limits{Elements: 10_000, HeaderBytes: 1 << 20})
		if err != nil {
			return
		}
		step, _ := dose.ReadStep(file.DataSet)
		reports := []dose.Report{dose.ReadHeader(file.DataSet), step}
		if r, err := dose.ReadReport(file.DataSet); err == nil {
			reports = append(reports, r)
		}
		e := atlas.Exam(study("1.2", "20261111", "CT", "КТ ОГК"), reports)
		if !(e.Effective >= 0) || math.IsInf(float64(e.Effective), 0) {
			t.Fatalf("effective dose %v", e.Effective)
		}
		for q, v := range e.Values {
			if !(v >= 0) {
				t.Fatalf("%s is %v", q, v)
			}
		}
	})
}

func written(t testing.TB, d *dicom.DataSet) []byte {
	t.Helper()
	f := &dicom.File{DataSet: d, TransferSyntax: dicom.ExplicitVRLittleEndian}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
