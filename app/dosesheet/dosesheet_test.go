package dosesheet_test

import (
	"bytes"
	"encoding/csv"
	"os/exec"
	"strings"
	"testing"
	"time"

	"eris/app/dosesheet"
	"eris/app/words"
	"eris/assets"
	"eris/clinic"
	"eris/clinic/anatomy"
	"eris/clinic/dose"
	"eris/dicom"
)

// sheet is of a synthetic patient: a measured CT, fluorograms of which only the
// kind is known, and a formula instead of a description.
func sheet(t *testing.T, exams int) dose.Sheet {
	t.Helper()
	atlas, err := anatomy.Load(assets.Rules())
	if err != nil {
		t.Fatal(err)
	}
	tables, err := dose.Load(assets.Rules(), atlas)
	if err != nil {
		t.Fatal(err)
	}
	p := clinic.Patient{PatientID: "TEST-0001", PatientName: dicom.ParsePersonName("Образцова^Мария^Тестовна"), PatientBirthDate: dicom.ParseDate("19610412"), PatientSex: "F"}
	study := func(n int, date, modality, text string) clinic.Study {
		return clinic.Study{StudyInstanceUID: dicom.DeriveUID("sheet", date+text+string(rune('a'+n%26))), Patient: p, StudyDate: dicom.ParseDate(date), StudyDescription: text,
			ModalitiesInStudy: []string{modality}, BodyPartsExamined: []string{"CHEST"}, InstitutionName: "Городская поликлиника № 5 (синтетическая)"}
	}
	list := []dose.StudyReports{
		{Study: study(0, "20261115", "CT", "КТ органов грудной клетки"), Reports: []dose.Report{{Source: dose.FromReport, Total: dose.Values{dose.DLP: 350}, ScopeKind: dose.ScopeStudy}}},
		{Study: study(1, "20260301", "CT", "=HYPERLINK(\"http://x\")")},
		{Study: study(2, "", "DX", "Флюорография лёгких профилактическая")},
	}
	for i := range exams {
		list = append(list, dose.StudyReports{Study: study(i, time.Date(2026, 1, 1+i, 0, 0, 0, 0, time.UTC).Format("20060102"), "DX", "Флюорография лёгких профилактическая, с очень длинным названием")})
	}
	return tables.Sheet(p, list, time.Date(2026, 11, 27, 12, 0, 0, 0, time.UTC))
}

func russian(t *testing.T) *words.Words {
	t.Helper()
	w, err := words.Load(assets.Words(), "ru")
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func TestCSV(t *testing.T) {
	var b bytes.Buffer
	if err := dosesheet.WriteCSV(&b, russian(t), sheet(t, 1)); err != nil {
		t.Fatal(err)
	}
	r := csv.NewReader(strings.NewReader(strings.TrimPrefix(b.String(), "\ufeff")))
	r.Comma = ';'
	table, err := r.ReadAll()
	if err != nil || len(table) != 5 {
		t.Fatalf("%d lines, %v", len(table), err)
	}
	if got := table[3]; got[0] != "15.11.2026" || got[3] != "по показаниям" || got[5] != "DLP 350 мГр·см" || got[6] != "4,9" || !strings.Contains(got[8], "k = ") {
		t.Errorf("measured: %q", got)
	}
	if got := table[2]; !strings.HasPrefix(got[1], "'=") || !strings.HasPrefix(got[6], "≈ ") {
		t.Errorf("typical: %q", got)
	}
	if got := table[1]; got[3] != "профилактика" || got[7] == "" {
		t.Errorf("preventive: %q", got)
	}
	if got := table[4]; got[0] != "без даты" || got[7] != "" {
		t.Errorf("undated: %q", got)
	}
}

// TestPDF holds the printed text: whose sheet, the exams over several pages, the
// sums, the limit that is passed.
func TestPDF(t *testing.T) {
	var b bytes.Buffer
	if err := dosesheet.WritePDF(&b, russian(t), sheet(t, 60)); err != nil {
		t.Fatal(err)
	}
	if !bytes.HasPrefix(b.Bytes(), []byte("%PDF-")) {
		t.Fatal("no PDF")
	}
	tool, err := exec.LookPath("pdftotext")
	if err != nil {
		t.Skip("pdftotext of poppler-utils is not installed")
	}
	c := exec.CommandContext(t.Context(), tool, "-layout", "-", "-")
	c.Stdin = &b
	out, err := c.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	for _, want := range []string{"Лист учёта дозовых нагрузок", "Образцова Мария Тестовна", "TEST-0001", "15.11.2026", "DLP 350 мГр·см", "страница 2 из", "Профилактические исследования", "предел 1,0 мЗв"} {
		if !strings.Contains(string(out), want) {
			t.Errorf("%q is not on it", want)
		}
	}
}
