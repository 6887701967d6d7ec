package evidence_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"eris/clinic"
	"eris/clinic/evidence"
	"eris/dicom"
	"eris/dicom/dicomtest"
)

// TestDrawingsAreWhatOthersRead: dcmtk checks the presentation state against the
// standard and puts it over its picture.
func TestDrawingsAreWhatOthersRead(t *testing.T) {
	var image *dicom.File
	for f := range dicomtest.CT(dicomtest.CTParams{Study: dicomtest.Study{PatientName: "Образцова^Мария^Тестовна", PatientID: "T-1", Sex: "F", Date: "20261111", Time: "101500"},
		Body: dicomtest.Thorax(dicomtest.ThoraxParams{}), Size: 64, Slices: 1}) {
		image = f
	}
	of := study
	of.StudyInstanceUID = image.UID(dicom.StudyInstanceUID)
	shown := clinic.Instance{StudyInstanceUID: of.StudyInstanceUID, SeriesInstanceUID: image.UID(dicom.SeriesInstanceUID),
		SOPInstanceUID: image.UID(dicom.SOPInstanceUID), SOPClassUID: dicom.CTImageStorage, Rows: 64, Columns: 64}
	film := slice("2.25.30", "2.25.31")
	film.StudyInstanceUID = of.StudyInstanceUID
	mm := evidence.Code{Value: "mm", Scheme: "UCUM", Meaning: "mm"}
	report := evidence.Report{Groups: []evidence.Group{
		{Image: shown, Shades: evidence.Grays, Graphic: evidence.Graphic{Type: "POLYLINE", Data: []float64{10.5, 20.5, 40.5, 20.5}},
			Values: []evidence.Value{{Concept: evidence.Length, Number: 21.09375, Units: mm}}},
		{Image: shown, Shades: evidence.Grays, Graphic: evidence.Graphic{Type: "ELLIPSE", Data: []float64{10, 20, 30, 20, 20, 15, 20, 25}},
			Values: []evidence.Value{{Concept: evidence.Mean, Number: -712.5, Units: evidence.Code{Value: "[hnsf'U]", Scheme: "UCUM", Meaning: "HU"}}}},
		{Image: film, Shades: evidence.Inverted, Graphic: evidence.Graphic{Type: "POINT", Data: []float64{5, 5}}},
		{Image: film, Shades: evidence.Colors, Graphic: evidence.Graphic{Type: "POINT", Data: []float64{5, 5}}},
	}}
	h := header
	of.Patient.PatientName, of.StudyDescription = dicom.ParsePersonName("OBRAZTSOVA^MARIYA"), "CT" // dcmpschk reads no UTF-8
	h.Study, h.InstitutionName = of, "Clinic 5"
	f, ok := report.Presentation(h, evidence.Grays)
	if !ok {
		t.Fatal("no presentation state")
	}
	annotations := f.Items(dicom.Tag(0x00700001))
	if len(annotations) != 2 || annotations[0].Items(dicom.Tag(0x00700008))[0].String(dicom.Tag(0x00700006)) != "Length 21.1 mm" ||
		!slices.Equal(annotations[0].Items(dicom.Tag(0x00700009))[0].Floats(dicom.GraphicData), []float64{10.5, 20.5, 40.5, 20.5}) {
		t.Errorf("annotations %v", annotations)
	}
	if areas := f.Items(dicom.Tag(0x0070005A)); len(areas) != 1 || len(areas[0].Items(dicom.Tag(0x00081140))) != 1 {
		t.Errorf("one picture is shown by %d areas", len(areas))
	}
	inverted, ok := report.Presentation(h, evidence.Inverted)
	if !ok || inverted.String(dicom.Tag(0x20500020)) != "INVERSE" || len(inverted.Items(dicom.Tag(0x00700001))) != 1 {
		t.Error("the film's lines are not its own")
	}
	if _, ok := report.Presentation(h, evidence.Colors); ok {
		t.Error("a gray presentation state speaks of a colour picture")
	}

	dir := t.TempDir()
	save := func(name string, f *dicom.File) string {
		var b bytes.Buffer
		if err := f.Write(&b); err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	tool := func(name string, args ...string) {
		path, err := exec.LookPath(name)
		if err != nil {
			t.Skip(name + " is not installed")
		}
		out, err := exec.Command(path, args...).CombinedOutput()
		if err != nil || strings.Contains(string(out), "E: ") || strings.Contains(string(out), "failed") {
			t.Errorf("%s: %v\n%s", name, err, out)
		}
	}
	state := save("state.dcm", f)
	tool("dcmpschk", state)
	tool("dcmpschk", save("inverted.dcm", inverted))
	tool("dcmp2pgm", "-p", state, save("image.dcm", image), filepath.Join(dir, "image.pgm"))
}
