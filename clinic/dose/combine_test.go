package dose_test

import (
	"testing"

	"eris/clinic/dose"
	"eris/dicom"
)

// header is the header of a radiograph.
func header(sop, event dicom.UID, dap float64) dose.Report {
	d := dicom.NewDataSet()
	d.SetString(dicom.Modality, "DX")
	d.SetUID(dicom.SOPInstanceUID, sop)
	if event != "" {
		d.SetUID(0x00083010, event)
	}
	d.SetFloat(0x0018115E, dap)
	return dose.ReadHeader(d)
}

func shot(event dicom.UID, dap string) node {
	return container("113706", uid("113769", event), number("122130", dap, "Gy.cm2"))
}

func accumulated(dap string) node { return container("113702", number("113722", dap, "Gy.cm2")) }

func scoped(kind string, of dicom.UID) node {
	n := code("113705", kind, "DCM", uid("121126", of))
	return n
}

// The same radiation told of several times counts once, by the most trusted.
func TestCombine(t *testing.T) {
	step := dicom.NewDataSet()
	step.SetUID(dicom.SOPInstanceUID, "1.9")
	step.SetFloat(0x0018115E, 40) // dGy.cm2
	mpps, _ := dose.ReadStep(step)
	r := func(object dicom.UID, children ...node) dose.Report { return read(t, report(object, children...)) }
	for name, c := range map[string]struct {
		reports []dose.Report
		dap     float64 // Gy.cm2
		events  int
		source  dose.Source
	}{
		"sent twice":                       {[]dose.Report{r("1.1", shot("2.1", "1")), r("1.1", shot("2.1", "1"))}, 1, 1, dose.FromReport},
		"sent again as another object":     {[]dose.Report{r("1.1", shot("2.1", "1")), r("1.2", shot("2.1", "1"))}, 1, 1, dose.FromReport},
		"cumulative after each step":       {[]dose.Report{r("1.1", shot("2.1", "1")), r("1.2", shot("2.1", "1"), shot("2.2", "2"))}, 3, 2, dose.FromReport},
		"totals only, growing":             {[]dose.Report{r("1.1", scoped("113014", "5.1"), accumulated("1")), r("1.2", scoped("113014", "5.1"), accumulated("3"))}, 3, 0, dose.FromReport},
		"totals only, two steps":           {[]dose.Report{r("1.1", scoped("113016", "5.1"), accumulated("1")), r("1.2", scoped("113016", "5.2"), accumulated("3"))}, 4, 0, dose.FromReport},
		"two steps and the study of both":  {[]dose.Report{r("1.1", scoped("113016", "5.1"), accumulated("1")), r("1.2", scoped("113016", "5.2"), accumulated("3")), r("1.3", scoped("113014", "5"), accumulated("4"))}, 4, 0, dose.FromReport},
		"fluoroscopy beyond the events":    {[]dose.Report{r("1.1", accumulated("10"), shot("2.1", "4"))}, 10, 1, dose.FromReport},
		"rounded events":                   {[]dose.Report{r("1.1", accumulated("10"), shot("2.1", "9.99"))}, 9.99, 1, dose.FromReport},
		"a total of nothing":               {[]dose.Report{r("1.1", accumulated("0"), shot("2.1", "4"))}, 4, 1, dose.FromReport},
		"events without UID":               {[]dose.Report{r("1.1", shot("", "4"), shot("", "4")), r("1.2", shot("", "4"), shot("", "4"))}, 8, 0, dose.FromReport},
		"report, step and headers":         {[]dose.Report{header("3.1", "2.1", 10), header("3.2", "2.2", 20), mpps, r("1.1", shot("2.1", "1"), shot("2.2", "2"))}, 3, 2, dose.FromReport},
		"step and headers":                 {[]dose.Report{header("3.1", "", 10), mpps, header("3.2", "", 20)}, 4, 0, dose.FromStep},
		"headers":                          {[]dose.Report{header("3.1", "", 10), header("3.2", "", 20)}, 3, 2, dose.FromHeader},
		"headers of one event":             {[]dose.Report{header("3.1", "2.1", 10), header("3.2", "2.1", 10)}, 1, 1, dose.FromHeader},
		"headers with UIDs of their own":   {[]dose.Report{header("3.1", "9.1", 10), r("1.1", shot("2.1", "1"))}, 1, 1, dose.FromReport},
		"an event the report lacks":        {[]dose.Report{header("3.1", "2.1", 10), r("1.1", shot("2.1", "1")), {Source: dose.FromHeader, Object: "3.2", Events: []dose.Event{{UID: "2.1", Values: dose.Values{dose.DAP: 1}}, {UID: "2.2", Values: dose.Values{dose.DAP: 2}}}}}, 3, 2, dose.FromReport},
		"a report without values, headers": {[]dose.Report{header("3.1", "2.1", 10), r("1.1", container("113706", uid("113769", "2.1")))}, 1, 1, dose.FromHeader},
		"nothing":                          {nil, 0, 0, ""},
	} {
		got := dose.Combine(c.reports)
		if v := got.Values()[dose.DAP]; !near(v, c.dap) || len(got.Events) != c.events || got.Source() != c.source {
			t.Errorf("%s: %v Gy.cm2 in %d events from %q, want %v in %d from %q", name, v, len(got.Events), got.Source(), c.dap, c.events, c.source)
		}
	}
}

func TestHeader(t *testing.T) {
	d := dicom.NewDataSet()
	d.SetString(dicom.Modality, "MG")
	d.SetString(dicom.ImageLaterality, "L")
	d.SetFloat(0x00400316, 0.013) // dGy
	if r := dose.ReadHeader(d); !near(r.Events[0].Values[dose.AGDLeft], 1.3) {
		t.Errorf("glandular dose: %+v", r)
	}
	d.SetString(dicom.ImageType, "DERIVED", "SECONDARY")
	if r := dose.ReadHeader(d); !r.Empty() {
		t.Errorf("a picture made of others tells %+v", r)
	}
	if r := header("3.1", "", -1); len(r.Events) != 0 || len(r.Dropped) != 1 {
		t.Errorf("a negative dose: %+v", r)
	}
	if r := header("3.1", "", 0); !r.Empty() {
		t.Errorf("a dose that was not measured: %+v", r)
	}
	// One exposure sent for processing and for presentation is one event.
	twin := func(sop dicom.UID) dose.Report {
		d := dicom.NewDataSet()
		d.SetString(dicom.Modality, "DX")
		d.SetUID(dicom.SOPInstanceUID, sop)
		d.SetUID(dicom.StudyInstanceUID, "1.5")
		d.SetString(dicom.AcquisitionTime, "101112.5")
		d.SetFloat(0x0018115E, 3)
		return dose.ReadHeader(d)
	}
	if r := dose.Combine([]dose.Report{twin("3.1"), twin("3.2")}); len(r.Events) != 1 {
		t.Errorf("two pictures of one exposure are %d events", len(r.Events))
	}
	// CT slices of one acquisition, plain and multi-frame.
	slice := dicom.NewDataSet()
	slice.SetString(dicom.Modality, "CT")
	slice.SetFloat(dicom.CTDIvol, 8)
	frames, exposure := dicom.NewDataSet(), dicom.NewDataSet()
	exposure.SetFloat(dicom.CTDIvol, 9)
	exposure.SetItems(0x00189346, coded("113691", "DCM"))
	group := dicom.NewDataSet()
	group.SetItems(0x00189321, exposure)
	frames.SetString(dicom.Modality, "CT")
	frames.SetItems(0x52009229, group)
	if r := dose.ReadHeader(slice); r.Events[0].Values[dose.CTDIvol] != 8 {
		t.Errorf("CTDIvol: %+v", r)
	}
	if r := dose.ReadHeader(frames); r.Events[0].Values[dose.CTDIvol] != 9 || r.Events[0].Phantom != 32 {
		t.Errorf("CTDIvol of a multi-frame image: %+v", r)
	}
}

func TestStep(t *testing.T) {
	d := dicom.NewDataSet()
	item := dicom.NewDataSet()
	item.SetUID(dicom.StudyInstanceUID, "1.7")
	d.SetItems(0x00400270, item)
	d.SetFloat(0x0018115E, 12.5)
	d.SetString(0x00400300, "65")
	r, studies := dose.ReadStep(d)
	if len(studies) != 1 || studies[0] != "1.7" || !near(r.Total[dose.DAP], 1.25) || r.Total[dose.Fluoro] != 65 {
		t.Errorf("step: %+v of %v", r, studies)
	}
}
