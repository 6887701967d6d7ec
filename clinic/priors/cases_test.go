package priors_test

import (
	"errors"
	"strings"
	"testing"

	"eris/clinic"
	"eris/clinic/priors"
)

const caseHeader = "case_id\torder_date\torder_modality\torder_code\torder_text\torder_body_part\torder_laterality\torder_contrast\torder_reason\t" +
	"prior_date\tprior_modalities\tprior_study_description\tprior_body_part_examined\tprior_series_descriptions\tprior_laterality\tprior_contrast\t" +
	"prior_report\tprior_images\tprior_quality\tlabel\n"

func TestReadCases(t *testing.T) {
	row := "T1\t2026-02-01\tCT\tA06.09.005\tКТ ОГК\tCHEST\tL\tiv\tкашель\t2026-01-11\tPT\\CT\tПЭТ/КТ\tWHOLEBODY\tPET|CT AC\tR\tnone\tfinal\tno\tdefect\tsame\r\n"
	cases, err := priors.ReadCases(strings.NewReader("\ufeff" + caseHeader + row + "\n"))
	if err != nil || len(cases) != 1 {
		t.Fatalf("got %d cases, %v", len(cases), err)
	}
	c := cases[0]
	if c.ID != "T1" || c.Order.Code != "A06.09.005" || c.Order.Reason != "кашель" || c.Order.Scheduled.Day() != 1 {
		t.Errorf("order %+v", c.Order)
	}
	p := c.Prior
	if p.StudyDate.ISO() != "2026-01-11" || len(p.ModalitiesInStudy) != 2 || p.SeriesDescriptions[1] != "CT AC" ||
		p.Completeness != clinic.Absent || !p.Defect || p.Report != clinic.ReportFinal {
		t.Errorf("prior %+v", p)
	}
}

func TestReadCasesRefuses(t *testing.T) {
	for name, text := range map[string]string{
		"nothing":          "",
		"a missing column": "case_id\torder_text\nT1\tКТ\n",
		"a wrong date":     caseHeader + "T1\t01.02.2026\tCT\n",
		"a row too long":   caseHeader + strings.Repeat("x", 2<<20),
	} {
		if _, err := priors.ReadCases(strings.NewReader(text)); !errors.Is(err, priors.ErrCases) {
			t.Errorf("%s: got %v, want ErrCases", name, err)
		}
	}
}

func TestReadCasesShortRow(t *testing.T) {
	cases, err := priors.ReadCases(strings.NewReader(caseHeader + "T2\t2026-02-01\tDX\n"))
	if err != nil || len(cases) != 1 || cases[0].Order.Text != "" {
		t.Fatalf("got %+v, %v", cases, err)
	}
	if v := check(t, cases[0].Order, cases[0].Prior); len(v.Priors) != 1 || v.Repeat {
		t.Errorf("verdict %+v", v)
	}
}
