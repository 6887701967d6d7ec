package desk_test

import (
	"bytes"
	"testing"

	"eris/app/desk"
	"eris/clinic/dose"
	"eris/dicom"
	"eris/dicom/dicomtest"
)

// doseReport is a radiation dose report of a study (TID 10011): its DLP in all.
func doseReport(t *testing.T, s dicomtest.Study, dlp string) []byte {
	t.Helper()
	code := func(value, scheme string) *dicom.DataSet {
		d := dicom.NewDataSet()
		d.SetString(dicom.CodeValue, value)
		d.SetString(dicom.CodingSchemeDesignator, scheme)
		d.SetString(dicom.CodeMeaning, value)
		return d
	}
	number := dicom.NewDataSet()
	number.SetString(dicom.Tag(0x0040A30A), dlp) // Numeric Value
	number.SetItems(dicom.Tag(0x004008EA), code("mGy.cm", "UCUM"))
	total := dicom.NewDataSet()
	total.SetString(dicom.ValueType, "NUM")
	total.SetString(dicom.RelationshipType, "CONTAINS")
	total.SetItems(dicom.ConceptNameCodeSequence, code("113813", "DCM"))
	total.SetItems(dicom.Tag(0x0040A300), number)
	sum := dicom.NewDataSet()
	sum.SetString(dicom.ValueType, "CONTAINER")
	sum.SetString(dicom.RelationshipType, "CONTAINS")
	sum.SetItems(dicom.ConceptNameCodeSequence, code("113811", "DCM"))
	sum.SetItems(dicom.ContentSequence, total)
	f := dicomtest.Report(s, "", "")
	f.DataSet.SetUID(dicom.SOPClassUID, "1.2.840.10008.5.1.4.1.1.88.67")
	f.DataSet.SetUID(dicom.SOPInstanceUID, dicom.DeriveUID("dose", string(s.UID())+dlp))
	f.DataSet.SetItems(dicom.ConceptNameCodeSequence, code("113701", "DCM"))
	f.DataSet.SetItems(dicom.ContentSequence, sum)
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func addObject(t *testing.T, d *desk.Desk, object []byte) {
	t.Helper()
	if _, err := d.Store.Add(t.Context(), bytes.NewReader(object), ""); err != nil {
		t.Fatal(err)
	}
}

// TestDosesOfACard has a measured exam, one of which only the kind is known, and
// one of another person under the ID.
func TestDosesOfACard(t *testing.T) {
	d := openDesk(t)
	measured, typical, other := chest("20261111", "КТ ОГК"), chest("20260301", "КТ ОГК"), chest("20261101", "КТ ОГК")
	other.PatientName = "Примерова^Зоя"
	for _, s := range []dicomtest.Study{measured, typical, other} {
		add(t, d, s, 2)
	}
	addObject(t, d, doseReport(t, measured, "350"))
	if err := d.ReadDoses(t.Context()); err != nil {
		t.Fatal(err)
	}
	c := card(t, d, order())
	e, ok := c.DoseOf(measured.UID())
	if !ok || e.Basis != dose.Measured || e.Source != dose.FromReport || e.Values[dose.DLP] != 350 || e.Effective < 4 || e.Effective > 6 {
		t.Errorf("measured: %+v", e)
	}
	if e, ok = c.DoseOf(typical.UID()); !ok || e.Basis != dose.FromTypical || e.Effective == 0 {
		t.Errorf("typical: %+v", e)
	}
	if _, ok = c.DoseOf(other.UID()); ok || c.Doses.Doubtful != 1 {
		t.Errorf("another's exam is summed up: %+v", c.Doses)
	}
	if c.Typical == nil || c.Doses.TwelveMonths.All().Exams != 2 || c.Doses.TwelveMonths.All().Typical == 0 {
		t.Errorf("typical %+v, twelve months %+v", c.Typical, c.Doses.TwelveMonths)
	}
	// A second report of the same study is read when it has come.
	addObject(t, d, doseReport(t, typical, "100"))
	if err := d.ReadDoses(t.Context()); err != nil {
		t.Fatal(err)
	}
	if e, _ = card(t, d, order()).DoseOf(typical.UID()); e.Basis != dose.Measured || e.Values[dose.DLP] != 100 {
		t.Errorf("after its report came: %+v", e)
	}
	sheet, err := d.DoseSheet(t.Context(), order().Patient)
	if err != nil || len(sheet.Exams) != 2 || len(sheet.Years) != 1 || sheet.Years[0].Year != 2026 {
		t.Errorf("%+v, %v", sheet, err)
	}
}

// TestABrokenDoseReport tells nothing, and the exam has its typical dose.
func TestABrokenDoseReport(t *testing.T) {
	d := openDesk(t)
	s := chest("20261111", "КТ ОГК")
	add(t, d, s, 2)
	addObject(t, d, doseReport(t, s, "a lot"))
	if err := d.ReadDoses(t.Context()); err != nil {
		t.Fatal(err)
	}
	if e, ok := card(t, d, order()).DoseOf(s.UID()); !ok || e.Basis != dose.FromTypical || len(e.Dropped) == 0 {
		t.Errorf("%+v", e)
	}
	if due, err := d.Store.DoseDue(t.Context(), 1, 10); err != nil || len(due) != 0 {
		t.Errorf("it is read again and again: %v, %v", due, err)
	}
}
