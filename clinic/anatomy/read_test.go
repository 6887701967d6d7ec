package anatomy_test

import (
	"errors"
	"strings"
	"testing"
	"testing/fstest"

	"eris/assets"
	"eris/clinic"
	"eris/clinic/anatomy"
	"eris/dicom"
)

func loadAtlas(t testing.TB) *anatomy.Atlas {
	t.Helper()
	atlas, err := anatomy.Load(assets.Rules())
	if err != nil {
		t.Fatal(err)
	}
	return atlas
}

func regions(e anatomy.Exam) string {
	var out []string
	for _, r := range e.Regions {
		out = append(out, string(r))
	}
	return strings.Join(out, " ")
}

// TestOrderWords reads order texts as they are written: full words,
// abbreviations, typing errors, wrong alphabets, transliteration.
func TestOrderWords(t *testing.T) {
	atlas := loadAtlas(t)
	for _, c := range []struct{ modality, text, want string }{
		{"CT", "Компьютерная томография органов грудной полости", "chest"},
		{"CT", "МСКТ брюшной полости, забрюшинного пространства и малого таза с болюсным к/у", "abdomen pelvis"},
		{"CT", "CT THORAX/ABDOMEN/PELVIS", "abdomen chest pelvis"},
		{"CT", "CT C/A/P", "abdomen chest pelvis"},
		{"CT", "CT Abd/Pelvis w/o", "abdomen pelvis"},
		{"CT", "CTA head & neck", "brainvessels neckvessels"},
		{"CT", "КТ-урография", "kidneys"},
		{"CT", "LSpine", "lspine"},
		{"CT", "Head^Routine", "brain"},
		{"CT", "КЛКТ зубов верхней челюсти", "maxilla"},
		{"DX", "Рентгенография грудного и поясничного отделов позвоночника", "lspine tspine"},
		{"DX", "РГ п/к отдела позвоночника", "lspine"},
		{"DX", "PГ OГK", "chest"},
		{"DX", "Ренгенография огранов груднй клетки", "chest"},
		{"DX", "Rentgen kolennogo sustava sprava", "knee"},
		{"DX", "ÐÃ ÎÃÊ", "chest"},
		{"DX", "Рентгенография шейки бедренной кости", "hip"},
		{"DX", "Рентгенография 1 пальца правой стопы", "toe"},
		{"DX", "рентген 2 пальца левой кисти", "finger"},
		{"DX", "КТ головы", "skull"}, // in a radiograph, the head is the skull
		{"DX", "рентген", ""},
		{"MR", "МРТ головного мозга и гипофиза", "brain sella"},
		{"MR", "МРТ брюшной полости + МРХПГ", "abdomen"},
		{"US", "УЗИ органов брюшной полости и почек", "abdomen kidneys"},
		{"US", "УЗИ печени, желчного пузыря, поджелудочной железы", "abdomen"},
		{"US", "УЗИ ПЖ", ""}, // pancreas or prostate: not to be guessed
		{"US", "ДС БЦА", "neckvessels"},
		{"MG", "скрининг", "breast"},
		{"BMD", "Денситометрия", "hip lspine"},
		{"RF", "Рентгеноскопия желудка и двенадцатиперстной кишки", "duodenum stomach"},
		{"NM", "Bone scan whole body", "skeleton"},
		{"DX", "РГ стопы, боль в колене", "foot"},
		{"CT", "КТ ОГК, рак молочной железы", "chest"},
	} {
		if got := regions(atlas.Order(clinic.Order{Modality: c.modality, Text: c.text}, dicom.Date{})); got != c.want {
			t.Errorf("%s %q: got %q, want %q", c.modality, c.text, got, c.want)
		}
	}
}

// TestSourcesInTurn: text before code before body part for an order.
func TestSourcesInTurn(t *testing.T) {
	atlas := loadAtlas(t)
	for _, c := range []struct {
		order  clinic.Order
		want   string
		source anatomy.Source
	}{
		{clinic.Order{Modality: "CT", Text: "КТ ГМ", Code: "A06.09.005", BodyPart: "KNEE"}, "brain", anatomy.FromText},
		{clinic.Order{Modality: "CT", Text: "КТ 1 зоны", Code: "A06.09.005", BodyPart: "KNEE"}, "chest", anatomy.FromCode},
		{clinic.Order{Modality: "CT", Text: "КТ", BodyPart: "KNEE"}, "knee", anatomy.FromBodyPart},
		{clinic.Order{Modality: "DX", Text: "снимок позвоночника", BodyPart: "L-SPINE"}, "lspine", anatomy.FromText},
		{clinic.Order{Text: "", Code: "A05.23.009.999"}, "brain", anatomy.FromCode},
		{clinic.Order{Modality: "CT"}, "", anatomy.FromNothing},
	} {
		e := atlas.Order(c.order, dicom.Date{})
		if regions(e) != c.want || e.Source != c.source || (e.Confidence > 0) != (c.want != "") {
			t.Errorf("%+v: got %q from %q (%.1f)", c.order, regions(e), e.Source, e.Confidence)
		}
	}
}

// TestStudySources: description before series before BodyPartExamined for a study.
func TestStudySources(t *testing.T) {
	atlas := loadAtlas(t)
	for _, c := range []struct {
		study clinic.Study
		want  string
	}{
		{clinic.Study{ModalitiesInStudy: []string{"DX"}, StudyDescription: "ОГК прямая", BodyPartsExamined: []string{"ABDOMEN"}}, "chest"},
		{clinic.Study{ModalitiesInStudy: []string{"MR"}, StudyDescription: "МРТ", SeriesDescriptions: []string{"t2_tse_sag_L-spine"}, BodyPartsExamined: []string{"HEAD"}}, "lspine"},
		{clinic.Study{ModalitiesInStudy: []string{"CT", "SR"}, BodyPartsExamined: []string{"CHESTABDPELVIS"}}, "abdomen chest pelvis"},
		{clinic.Study{ModalitiesInStudy: []string{"CT"}, StudyDescription: "Protocol 4"}, ""},
	} {
		if got := regions(atlas.Study(c.study)); got != c.want {
			t.Errorf("%+v: got %q, want %q", c.study, got, c.want)
		}
	}
}

func TestSideContrastAndEvents(t *testing.T) {
	atlas := loadAtlas(t)
	day := dicom.ParseDate("20260320")
	read := func(modality, text string) anatomy.Exam {
		return atlas.Order(clinic.Order{Modality: modality, Text: text}, day)
	}
	for text, want := range map[string]anatomy.Side{
		"РГ пр. плечевого сустава": anatomy.Right, "XR KNEE LT": anatomy.Left, "РГ кистей": anatomy.Both, "РГ колена": "", "РГ стоп с обеих сторон": anatomy.Both,
	} {
		if got := read("DX", text).Side; got != want {
			t.Errorf("%q: side %q, want %q", text, got, want)
		}
	}
	for text, want := range map[string]anatomy.Contrast{
		"КТ ОБП с к/у": anatomy.IVContrast, "КТ ОБП без контраста": anatomy.NoContrast, "CT ABD C+": anatomy.IVContrast, "CT ABD W/O": anatomy.NoContrast,
		"CT abdomen w/wo": anatomy.IVContrast, "КТ ОБП": "", "КТ-ангиография аорты": anatomy.IVContrast,
	} {
		if got := read("CT", text).Contrast; got != want {
			t.Errorf("%q: contrast %q, want %q", text, got, want)
		}
	}
	for text, want := range map[string]int{
		"РГ стопы, травма вчера": 1, "РГ стопы, упал две недели назад": 14, "РГ стопы, ушиб 3 дня назад": 3, "РГ стопы, травма 10.03.2026": 10, "XR foot, fall 2 weeks ago": 14,
	} {
		e := read("DX", text).Events
		if len(e) != 1 || !e[0].Dated || e[0].DaysBefore != want {
			t.Errorf("%q: events %+v, want one %d days before", text, e, want)
		}
	}
	if e := read("DX", "РГ стопы, травму отрицает, без травмы").Events; len(e) != 0 {
		t.Errorf("a denied injury is read as events %+v", e)
	}
}

func TestEveryRegionIsWhole(t *testing.T) {
	atlas := loadAtlas(t)
	coarse := map[anatomy.Coarse]bool{
		anatomy.HeadNeck: true, anatomy.UpperTrunk: true, anatomy.LowerTrunk: true, anatomy.UpperLimb: true, anatomy.LowerLimb: true,
		anatomy.SpinalColumn: true, anatomy.BreastRegion: true, anatomy.HeartRegion: true, anatomy.Cardiovascular: true, anatomy.WholeBody: true,
	}
	places := atlas.Places()
	if len(places) < 80 {
		t.Fatalf("only %d regions", len(places))
	}
	for _, p := range places {
		if !coarse[p.Coarse] || p.Names["en"] == "" || p.Names["ru"] == "" || p.Level == "" {
			t.Errorf("region %+v is incomplete", p)
		}
		switch p.Paired {
		case anatomy.Unpaired, anatomy.Paired, anatomy.BothUnless:
		default:
			t.Errorf("region %s: side %q", p.Region, p.Paired)
		}
	}
}

func TestLoadRefusesBrokenTables(t *testing.T) {
	for name, files := range map[string]fstest.MapFS{
		"no table":      {},
		"wrong columns": {"regions.tsv": {Data: []byte("name\tcode\n")}},
		"too many":      {"regions.tsv": {Data: []byte("a\tb\tc\td\te\tf\tg\th\ti\n")}},
	} {
		if _, err := anatomy.Load(files); !errors.Is(err, anatomy.ErrTable) {
			t.Errorf("%s: got %v, want ErrTable", name, err)
		}
	}
}
