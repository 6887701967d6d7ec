package priors_test

import (
	"strings"
	"testing"
	"time"

	"eris/clinic"
	"eris/clinic/priors"
	"eris/dicom"
)

// today is the day the orders of these tests are scheduled for.
var today = time.Date(2026, 3, 20, 9, 0, 0, 0, time.UTC)

// order and prior build the two sides of a check from a few words.
func order(modality, text string) clinic.Order {
	return clinic.Order{Modality: modality, Text: text, Scheduled: today}
}

func prior(modality, description string, daysAgo int) clinic.Study {
	return clinic.Study{
		StudyInstanceUID: dicom.DeriveUID(modality, description), ModalitiesInStudy: []string{modality}, StudyDescription: description,
		StudyDate: dicom.DateOf(today.AddDate(0, 0, -daysAgo)), Completeness: clinic.Complete, Report: clinic.ReportFinal,
	}
}

func check(t testing.TB, o clinic.Order, studies ...clinic.Study) priors.Verdict {
	t.Helper()
	return priors.Check(o, studies, loadRules(t), today)
}

// TestDefinition walks through the rules of the definition, each with the pair
// of exams it speaks of.
func TestDefinition(t *testing.T) {
	rules := loadRules(t)
	for _, c := range []struct {
		rule                 string
		modality, text       string
		priorModality, prior string
		days                 int
		class                priors.Class
		repeat               bool
		block                priors.Block
	}{
		{"one family: fluorography and chest film", "DX", "Флюорография профилактическая", "CR", "Рентгенография органов грудной клетки", 200, priors.Same, true, ""},
		{"one family: CR and DX", "CR", "Рентгенография коленного сустава справа", "DX", "XR KNEE RIGHT", 10, priors.Same, true, ""},
		{"window: the last day counts", "CT", "КТ почек нативно", "CT", "CT kidneys without contrast", 90, priors.Same, true, ""},
		{"window: a day later", "CT", "КТ почек нативно", "CT", "CT kidneys without contrast", 91, priors.Same, false, ""},
		{"compound covers", "CT", "КТ печени", "CT", "МСКТ брюшной полости и малого таза", 20, priors.Comparable, true, ""},
		{"part of the order", "MR", "МРТ шейного, грудного и поясничного отделов позвоночника", "MR", "MRI C-spine", 20, priors.Comparable, false, priors.ByPartial},
		{"CT covers the film of a joint", "DX", "Рентгенография голеностопного сустава слева", "CT", "КТ голеностопного сустава слева", 5, priors.Comparable, true, ""},
		{"CT of the chest covers ribs", "DX", "Рентгенография ребер справа", "CT", "CT Thorax", 5, priors.Comparable, true, ""},
		{"a film never covers CT", "CT", "КТ стопы справа", "DX", "РГ правой стопы", 5, priors.Comparable, false, priors.ByModality},
		{"MR does not replace CT", "CT", "CT lumbar spine", "MR", "МРТ пояснично-крестцового отдела", 5, priors.Comparable, false, priors.ByModality},
		{"contrast missing", "MR", "МРТ печени с контрастированием", "MR", "МРТ печени нативно", 5, priors.Comparable, false, priors.ByContrast},
		{"contrast left open", "CT", "КТ шеи", "CT", "CT neck with contrast", 5, priors.Same, true, ""},
		{"stones need a native series", "CT", "КТ почек, камни?", "CT", "CT kidneys portal venous with contrast", 5, priors.Comparable, false, priors.ByContrast},
		{"angiography is not a venous CT", "CT", "КТ-ангиография брюшной аорты", "CT", "CT abdomen with contrast, venous", 5, priors.Comparable, false, priors.ByContrast},
		{"plain CT after an angiogram", "CT", "КТ ОГК нативно", "CT", "CTPA", 5, priors.Comparable, true, ""},
		{"opposite side", "DX", "РГ левой кисти", "DX", "XR HAND RIGHT", 5, priors.Related, false, ""},
		{"one side of both asked", "DX", "РГ обеих стоп", "DX", "РГ стопы справа", 5, priors.Comparable, false, priors.BySide},
		{"both sides hold the asked one", "DX", "РГ стопы слева", "DX", "РГ обеих стоп", 5, priors.Same, true, ""},
		{"side of the prior not recorded", "DX", "РГ локтевого сустава справа", "DX", "РГ локтевого сустава", 5, priors.Same, false, priors.ByUnknown},
		{"functional views", "DX", "Рентгенография шейного отдела позвоночника, функциональные пробы", "DX", "XR C-spine AP LAT", 5, priors.Comparable, false, priors.ByView},
		{"standing views are not seen in CT", "DX", "РГ стоп под нагрузкой обеих", "CT", "КТ обеих стоп", 5, priors.Comparable, false, priors.ByView},
		{"spine on a body CT by chance", "DX", "РГ поясничного отдела позвоночника", "CT", "CT abdomen pelvis", 5, priors.Related, false, ""},
		{"neighbouring segments", "MR", "МРТ шейного отдела позвоночника", "MR", "МРТ грудного отдела позвоночника", 5, priors.Related, false, ""},
		{"nothing in common", "DX", "РГ кисти слева", "MR", "МРТ головного мозга", 5, priors.Unrelated, false, ""},
		{"new injury", "DX", "РГ запястья справа, упал вчера", "DX", "XR wrist R", 5, priors.Same, false, priors.ByEvent},
		{"injury before the prior", "DX", "РГ запястья справа, упал 10 дней назад", "DX", "XR wrist R", 5, priors.Same, true, ""},
		{"old injury", "DX", "РГ запястья справа, травма в анамнезе", "DX", "XR wrist R", 5, priors.Same, true, ""},
		{"planned control", "DX", "РГ ОГК, контроль после лечения пневмонии", "DX", "РГ ОГК", 10, priors.Same, false, priors.ByEvent},
		{"low dose for screening", "CT", "НДКТ легких, скрининг", "CT", "CT chest", 300, priors.Same, true, ""},
		{"low dose for a diagnostic order", "CT", "КТ ОГК", "CT", "LDCT chest", 30, priors.Same, false, priors.ByTechnique},
		{"tracer", "PT", "ПЭТ/КТ с ПСМА", "PT", "PET/CT FDG whole body", 30, priors.Comparable, false, priors.ByTechnique},
		{"dedicated sequence", "MR", "МР-холангиография", "MR", "MRI liver, biliary", 30, priors.Comparable, false, priors.ByTechnique},
		{"CT urography for urography", "RF", "Экскреторная урография", "CT", "CT urography", 30, priors.Comparable, true, ""},
		{"CT of both jaws for a panoramic film", "PX", "Ортопантомограмма", "CT", "КЛКТ обеих челюстей", 30, priors.Comparable, true, ""},
		{"the other jaw", "CT", "КЛКТ верхней челюсти", "CT", "CBCT mandible", 30, priors.Related, false, ""},
		{"the same tooth", "IO", "Снимок зуба 2.1", "IO", "RVG 21", 30, priors.Same, true, ""},
		{"another tooth", "IO", "Снимок зуба 2.1", "IO", "RVG 36", 30, priors.Related, false, ""},
		{"veins are not arteries", "US", "УЗДС артерий нижних конечностей", "US", "Дуплексное сканирование вен нижних конечностей", 5, priors.Related, false, ""},
		{"ultrasound gets an answer too", "US", "УЗИ щитовидной железы", "US", "Thyroid US", 5, priors.Same, true, ""},
		{"densitometry is no film", "BMD", "Денситометрия", "DX", "РГ поясничного отдела", 5, priors.Related, false, ""},
		{"a paper", "DX", "РГ ОГК", "OT", "Информированное согласие", 5, priors.Unrelated, false, ""},
		{"an aborted scan", "CT", "КТ ОГК", "CT", "КТ ОГК прервано", 5, priors.Related, false, ""},
		{"unknown region stays in sight", "DX", "РГ ОГК", "DX", "Protocol 7", 5, priors.Related, false, ""},
		{"unknown order", "DX", "снимок", "DX", "РГ ОГК", 5, priors.Related, false, ""},
		{"the neck of the femur is not the neck", "DX", "РГ шейки бедренной кости слева", "CT", "CT neck", 5, priors.Unrelated, false, ""},
		{"bedside films are daily", "DX", "РГ ОГК в палате передвижным аппаратом", "DX", "Chest AP portable", 2, priors.Same, false, ""},
	} {
		t.Run(c.rule, func(t *testing.T) {
			v := priors.Check(order(c.modality, c.text), []clinic.Study{prior(c.priorModality, c.prior, c.days)}, rules, today)
			p := v.Priors[0]
			if p.Class != c.class || p.Repeat != c.repeat || p.Block != c.block {
				t.Errorf("%q after %q: got %s repeat=%v block=%q (%s), want %s repeat=%v block=%q",
					c.text, c.prior, p.Class, p.Repeat, p.Block, p.Why.Sentence("en"), c.class, c.repeat, c.block)
			}
			if v.Repeat != c.repeat {
				t.Errorf("verdict repeat %v, want %v", v.Repeat, c.repeat)
			}
		})
	}
}

func TestStateOfThePriorStopsARepeat(t *testing.T) {
	base := prior("DX", "РГ ОГК", 3)
	for _, c := range []struct {
		name   string
		change func(*clinic.Study)
		block  priors.Block
	}{
		{"nothing", func(*clinic.Study) {}, ""},
		{"defect", func(s *clinic.Study) { s.Defect = true }, priors.ByQuality},
		{"neither images nor report", func(s *clinic.Study) { s.Completeness, s.Report = clinic.Absent, clinic.ReportPreliminary }, priors.ByAccess},
		{"report only", func(s *clinic.Study) { s.Completeness = clinic.Absent }, ""},
		{"in an archive that can be asked", func(s *clinic.Study) {
			s.Completeness, s.Report, s.Source = clinic.Absent, clinic.ReportNone, "archive"
		}, ""},
		{"no date", func(s *clinic.Study) { s.StudyDate = dicom.Date{} }, priors.ByUnknown},
		{"year only", func(s *clinic.Study) { s.StudyDate = dicom.ParseDate("2026") }, priors.ByUnknown},
		{"placeholder date", func(s *clinic.Study) { s.StudyDate = dicom.ParseDate("19000101") }, priors.ByUnknown},
		{"after the order", func(s *clinic.Study) { s.StudyDate = dicom.ParseDate("20270101") }, priors.ByUnknown},
	} {
		s := base
		c.change(&s)
		p := check(t, order("DX", "РГ ОГК, кашель"), s).Priors[0]
		if p.Class != priors.Same || p.Block != c.block || p.Repeat != (c.block == "") {
			t.Errorf("%s: got %s repeat=%v block=%q, want block %q", c.name, p.Class, p.Repeat, p.Block, c.block)
		}
	}
}

// TestEveryVerdictHasWords: whatever is missing, both languages say something.
func TestEveryVerdictHasWords(t *testing.T) {
	future := order("CT", "КТ ОГК")
	future.Scheduled = today.AddDate(30, 0, 0)
	old := prior("CT", "CT chest", 0)
	old.StudyDate = dicom.ParseDate("19000101")
	for name, v := range map[string]priors.Verdict{
		"no priors":         check(t, order("CT", "КТ ОГК")),
		"empty order":       check(t, clinic.Order{}, prior("CT", "CT chest", 5)),
		"empty prior":       check(t, order("CT", "КТ ОГК"), clinic.Study{}),
		"both empty":        check(t, clinic.Order{}, clinic.Study{}),
		"order far ahead":   check(t, future, prior("CT", "CT chest", 5)),
		"prior of 1900":     check(t, order("CT", "КТ ОГК"), old),
		"no modality":       check(t, order("", "КТ ОГК"), prior("", "CT chest", 5)),
		"unrelated only":    check(t, order("CT", "КТ ОГК"), prior("DX", "XR foot left", 5)),
		"unheard of family": check(t, order("XX", "???"), prior("YY", "\x00\xff", 5)),
	} {
		sentences := []string{v.Why.Sentence("ru"), v.Why.Sentence("en")}
		for _, p := range v.Priors {
			sentences = append(sentences, p.Why.Sentence("ru"), p.Why.Sentence("en"))
		}
		for _, s := range sentences {
			if len(s) < 10 || strings.ContainsAny(s, "{}") || strings.Contains(s, ": ;") || strings.Contains(s, "  ") {
				t.Errorf("%s: bad sentence %q", name, s)
			}
		}
		if v.RulesVersion == "" {
			t.Errorf("%s: no rules version", name)
		}
	}
}

func TestNoModalityIsReadFromTheWords(t *testing.T) {
	p := check(t, order("", "КТ ОГК"), prior("", "CT chest", 5)).Priors[0]
	if p.Class != priors.Same || !p.Repeat || p.Rule != "R06" {
		t.Errorf("got %s repeat=%v rule %s", p.Class, p.Repeat, p.Rule)
	}
}

func TestSentenceStatesTheFacts(t *testing.T) {
	p := check(t, order("CT", "КТ ОГК нативно"), prior("CT", "CT chest without contrast", 21)).Priors[0]
	for lang, want := range map[string]string{
		"en": "Done 21 days ago: CT chest, without contrast; same exam: same modality and region; rule R06: within 90 days; final report.",
		"ru": "Выполнено 21 день назад: КТ: органы грудной клетки, без контраста; такое же исследование: та же модальность и область; правило R06: в пределах 90 дн.; заключение окончательное.",
	} {
		if got := p.Why.Sentence(lang); got != want {
			t.Errorf("%s:\n got %s\nwant %s", lang, got, want)
		}
	}
}
