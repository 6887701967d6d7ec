package evidence_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"eris/clinic"
	"eris/clinic/evidence"
	"eris/dicom"
)

var study = clinic.Study{
	Patient: clinic.Patient{PatientID: "T-1", PatientName: dicom.ParsePersonName("Образцова^Мария^Тестовна"),
		PatientBirthDate: dicom.ParseDate("19600102"), PatientSex: "F"},
	StudyInstanceUID: "2.25.10", StudyDate: dicom.ParseDate("20261111"), StudyTime: dicom.ParseTime("101500"),
	AccessionNumber: "A-1", StudyDescription: "КТ ОГК", ModalitiesInStudy: []string{"CT"},
}

var header = evidence.Header{Study: study, SeriesNumber: 9001, InstitutionName: "Поликлиника 5", StationName: "R1",
	Made: time.Date(2026, 11, 23, 9, 10, 0, 0, time.UTC), Language: "ru"}

func slice(series, instance dicom.UID) clinic.Instance {
	return clinic.Instance{StudyInstanceUID: "2.25.10", SeriesInstanceUID: series, SOPInstanceUID: instance,
		SOPClassUID: dicom.CTImageStorage, Rows: 512, Columns: 512}
}

// written is a document after a way through bytes, and what dcmtk prints of it.
func written(t *testing.T, f *dicom.File) (again *dicom.File, printed string) {
	t.Helper()
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	again, err := dicom.Read(bytes.NewReader(b.Bytes()), int64(b.Len()), dicom.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	dsrdump, err := exec.LookPath("dsrdump")
	if err != nil {
		t.Log("dsrdump is not there: what dcmtk says of the document was not looked at")
		return again, ""
	}
	path := filepath.Join(t.TempDir(), "document.dcm")
	if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(dsrdump, "+Pn", "+U8", "+Pt", path).CombinedOutput()
	// dcmtk speaks of what it does not check itself.
	complaints := strings.NewReplacer("W: The VR checker does not support this Specific Character Set: ISO_IR 192", "",
		"W: Check for template constraints not yet supported", "").Replace(string(out))
	if err != nil || strings.Contains(complaints, "E: ") || strings.Contains(complaints, "W: ") {
		t.Fatalf("dsrdump: %v\n%s", err, out)
	}
	return again, string(out)
}

func TestAKeyObjectSelectionIsReadBack(t *testing.T) {
	document := clinic.Instance{StudyInstanceUID: "2.25.11", SeriesInstanceUID: "2.25.12", SOPInstanceUID: "2.25.13", SOPClassUID: dicom.BasicTextSRStorage}
	want := evidence.KeyObject{Title: evidence.ForReferringProvider, Description: "Очаг в S3 справа",
		References: []clinic.Instance{slice("2.25.20", "2.25.21"), slice("2.25.20", "2.25.22"), slice("2.25.30", "2.25.31"), document}}
	f, printed := written(t, want.File(header))
	got, err := evidence.ReadKeyObject(f.DataSet)
	if err != nil {
		t.Fatal(err)
	}
	if got.Title != want.Title || got.Description != want.Description || len(got.References) != 4 || got.Rejects() {
		t.Errorf("read %+v", got)
	}
	for i, r := range got.References {
		w := want.References[i]
		if r.StudyInstanceUID != w.StudyInstanceUID || r.SeriesInstanceUID != w.SeriesInstanceUID || r.SOPInstanceUID != w.SOPInstanceUID || r.SOPClassUID != w.SOPClassUID {
			t.Errorf("reference %d: %+v, want %+v", i, r, w)
		}
	}
	if printed != "" && !strings.Contains(printed, "Очаг в S3 справа") {
		t.Errorf("dcmtk reads another text:\n%s", printed)
	}
	if f.String(dicom.PatientID) != "T-1" || f.Name(dicom.PatientName).Alphabetic.Family != "Образцова" || f.UID(dicom.StudyInstanceUID) != "2.25.10" {
		t.Error("it belongs to somebody else")
	}
	if _, err := evidence.ReadKeyObject(evidence.Report{}.File(header).DataSet); err == nil {
		t.Error("a report was read as a key object selection")
	}
}

func TestRejectionNotesAreKnown(t *testing.T) {
	for title, rejects := range map[evidence.Code]bool{
		evidence.RejectedForQuality: true, evidence.RejectedForSafety: true, evidence.IncorrectWorklist: true,
		evidence.RetentionExpired: true, evidence.OfInterest: false,
	} {
		if k := (evidence.KeyObject{Title: title}); k.Rejects() != rejects {
			t.Errorf("%s: rejects %v", title.Meaning, k.Rejects())
		}
	}
}

func TestAMeasurementReportIsWhatOthersRead(t *testing.T) {
	report := evidence.Report{Partial: true, Replaces: []clinic.Instance{{StudyInstanceUID: "2.25.10", SeriesInstanceUID: "2.25.90",
		SOPInstanceUID: "2.25.91", SOPClassUID: dicom.ComprehensiveSRStorage}},
		Groups: []evidence.Group{
			{TrackingID: "Length 1", TrackingUID: "2.25.50", Image: slice("2.25.20", "2.25.21"),
				Graphic: evidence.Graphic{Type: "POLYLINE", Data: []float64{10.5, 20.5, 40.5, 20.5}},
				Values:  []evidence.Value{{Concept: evidence.Length, Number: 21.0937512345, Units: evidence.Code{Value: "mm", Scheme: "UCUM", Meaning: "mm"}}}},
			{TrackingID: "Ellipse 1", TrackingUID: "2.25.51", Image: slice("2.25.30", "2.25.31"), Frame: 3,
				Graphic: evidence.Graphic{Type: "ELLIPSE", Data: []float64{10, 20, 30, 20, 20, 15, 20, 25}},
				Values:  []evidence.Value{{Concept: evidence.Mean, Number: -712.5, Units: evidence.Code{Value: "[hnsf'U]", Scheme: "UCUM", Meaning: "HU"}}}},
		}}
	h := header
	h.Observer = dicom.ParsePersonName("Врачёв^Тест")
	f, printed := written(t, report.File(h))
	for _, want := range []string{"Imaging Measurement Report", "21.0937512", "Ellipse 1", "-712.5", "Врачёв^Тест", "Measured while"} {
		if printed != "" && !strings.Contains(printed, want) {
			t.Errorf("dcmtk does not read %q:\n%s", want, printed)
		}
	}
	evidenceItems := f.Items(dicom.CurrentRequestedProcedureEvidenceSequence)
	if len(evidenceItems) != 1 || len(evidenceItems[0].Items(dicom.ReferencedSeriesSequence)) != 2 {
		t.Error("the evidence does not name both series")
	}
	if len(f.Items(dicom.PredecessorDocumentsSequence)) != 1 {
		t.Error("it does not say what it replaces")
	}
}
