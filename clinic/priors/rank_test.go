package priors_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"eris/clinic"
	"eris/clinic/priors"
	"eris/dicom"
)

func TestRankPutsTheReadersFirst(t *testing.T) {
	unreported := prior("CT", "CT chest", 40)
	unreported.Report = clinic.ReportNone
	oldest := prior("DX", "XR chest", 3000)
	middle := prior("CT", "КТ ОГК", 400)
	v := check(t, order("CT", "КТ ОГК"),
		prior("DX", "XR foot left", 1), prior("CT", "CT abdomen", 2), prior("CT", "МСКТ органов грудной клетки", 900), oldest, middle, unreported)
	want := []struct {
		description string
		role        priors.Role
	}{
		{"CT chest", priors.Newest}, {"XR chest", priors.Baseline}, {"КТ ОГК", priors.Reported},
		{"МСКТ органов грудной клетки", ""}, {"CT abdomen", ""}, {"XR foot left", ""},
	}
	for i, w := range want {
		if got := v.Priors[i]; got.Study.StudyDescription != w.description || got.Role != w.role {
			t.Errorf("place %d: got %q as %q, want %q as %q", i, got.Study.StudyDescription, got.Role, w.description, w.role)
		}
	}
	if v.Best == nil || v.Best.Study.StudyDescription != "CT chest" || !v.Repeat {
		t.Errorf("best %v, repeat %v", v.Best, v.Repeat)
	}
}

// scraps are what random orders and priors are made of.
var scraps = []string{
	"КТ", "CT", "РГ", "ОГК", "ОБП", "+", "с к/у", "без", "контраст", "chest", "w/o", "лев.", "R", "C+", "+C", "зуб 3.6", "вчера", "12.12.2025", "2", "назад",
	"упал", "\x00", "ÐÃ", "Р“Р“", "|", "\\", "  ", "перелом", "рак", "шейного", "отдел", "позвоночника", "", "МРТ", "(", "\ufeff", "é", "和", "и\u0306",
}

func randomText(r *rand.Rand) string {
	text := ""
	for range r.IntN(8) {
		text += scraps[r.IntN(len(scraps))] + " "
	}
	return text
}

// TestNoPriorIsEverDropped checks random input: nothing panics, every study
// comes back once, the unrelated stand last, and an unknown region is never
// called unrelated.
func TestNoPriorIsEverDropped(t *testing.T) {
	rules := loadRules(t)
	r := rand.New(rand.NewPCG(7, 7))
	for round := range 300 {
		studies := make([]clinic.Study, r.IntN(20))
		for i := range studies {
			studies[i] = prior(scraps[r.IntN(3)], randomText(r), r.IntN(4000)-100)
			studies[i].StudyInstanceUID = dicom.UID(fmt.Sprint("1.2.", i))
			studies[i].SeriesDescriptions = []string{randomText(r), randomText(r)}
			studies[i].BodyPartsExamined = []string{randomText(r)}
		}
		o := order(scraps[r.IntN(3)], randomText(r))
		o.Reason, o.Code = randomText(r), randomText(r)
		v := priors.Check(o, studies, rules, today)
		seen, unrelated := map[dicom.UID]bool{}, false
		for _, p := range v.Priors {
			seen[p.Study.StudyInstanceUID] = true
			if unrelated && p.Class != priors.Unrelated {
				t.Fatalf("round %d: %s after an unrelated one", round, p.Class)
			}
			unrelated = unrelated || p.Class == priors.Unrelated
			if p.RegionUnknown && p.Class == priors.Unrelated {
				t.Fatalf("round %d: unknown region hidden: %q", round, p.Study.StudyDescription)
			}
			if p.Repeat && (p.Block != "" || p.AgeDays > p.WindowDays || p.Class == priors.Related || p.Class == priors.Unrelated) {
				t.Fatalf("round %d: repeat against the rule: %+v", round, p)
			}
		}
		if len(v.Priors) != len(studies) || len(seen) != len(studies) {
			t.Fatalf("round %d: %d of %d priors came back", round, len(seen), len(studies))
		}
	}
}

func FuzzCheck(f *testing.F) {
	f.Add("КТ ОГК с к/у", "CT CHEST W WO", "травма 3 дня назад", "CHEST")
	f.Add("c+", "+c", "назад", "")
	f.Add("ÐÃ ÎÃÊ", "Р“Р“Р“", "12.12.2025", "L SPINE")
	rules := loadRules(f)
	f.Fuzz(func(t *testing.T, text, description, reason, bodyPart string) {
		o := order("CT", text)
		o.Reason, o.Code, o.BodyPart = reason, text, bodyPart
		s := prior("CT", description, 10)
		s.BodyPartsExamined, s.SeriesDescriptions = []string{bodyPart}, []string{text, description}
		v := priors.Check(o, []clinic.Study{s}, rules, today)
		if len(v.Priors) != 1 || v.Priors[0].Why.Sentence("ru") == "" {
			t.Fatalf("verdict %+v", v)
		}
	})
}

// BenchmarkCheck judges one order against 5,000 priors.
func BenchmarkCheck(b *testing.B) {
	rules := loadRules(b)
	texts := []string{"КТ ОГК нативно", "CT CHEST W WO CONTRAST", "МРТ головного мозга", "РГ левого коленного сустава", "УЗИ ОБП", "Protocol 4", "Ренгенография огранов груднй клетки"}
	var studies []clinic.Study
	for i := range 5000 {
		s := prior("CT", texts[i%len(texts)], i)
		s.SeriesDescriptions = []string{"Lung 1.0", "Med 5.0", fmt.Sprint("Series ", i)}
		studies = append(studies, s)
	}
	b.ResetTimer()
	for b.Loop() {
		priors.Check(order("CT", "КТ ОГК"), studies, rules, today)
	}
}
