package anatomy_test

import (
	"os"
	"strings"
	"testing"

	"eris/clinic"
	"eris/dicom"
)

// TestNamedRegions reads the names of exams as registries and scanners write
// them; an order and a description of the same words name the same regions.
func TestNamedRegions(t *testing.T) {
	raw, err := os.ReadFile("testdata/regions.tsv")
	if err != nil {
		t.Fatal(err)
	}
	atlas := loadAtlas(t)
	for _, line := range strings.Split(strings.TrimSpace(string(raw)), "\n") {
		if strings.HasPrefix(line, "#") {
			continue
		}
		c := strings.Split(line, "\t")
		if len(c) != 3 {
			t.Fatalf("row %q has %d fields", line, len(c))
		}
		order := regions(atlas.Order(clinic.Order{Modality: c[0], Text: c[1]}, dicom.Date{}))
		study := regions(atlas.Study(clinic.Study{ModalitiesInStudy: []string{c[0]}, StudyDescription: c[1]}))
		if order != c[2] || study != c[2] {
			t.Errorf("%s %q: order %q, study %q, want %q", c[0], c[1], order, study, c[2])
		}
	}
}

// TestReasonsAreNotRegions: what an exam is made for does not say what it shows.
func TestReasonsAreNotRegions(t *testing.T) {
	atlas := loadAtlas(t)
	for _, c := range []struct{ modality, text, want string }{
		{"DX", "РГ ОГК, варикозная болезнь вен н/к", "chest"},
		{"CT", "КТ ОБП, узел щитовидной железы", "abdomen"},
		{"DX", "XR chest, left knee pain", "chest"},
		{"PT", "ПЭТ/КТ с ФДГ, аневризма аорты", "abdomen chest neck pelvis"},
		{"CT", "КТ ОГК, ОБП, рак желудка", "abdomen chest"},
		{"DX", "РГ позвоночника, остеохондроз шейного отдела", "cspine"},
		{"DX", "снимок, перелом стопы", "foot"}, // nothing surer
	} {
		if got := regions(atlas.Order(clinic.Order{Modality: c.modality, Text: c.text}, dicom.Date{})); got != c.want {
			t.Errorf("%s %q: got %q, want %q", c.modality, c.text, got, c.want)
		}
	}
	side := atlas.Order(clinic.Order{Modality: "DX", Text: "РГ стопы справа, боль в левом колене"}, dicom.Date{}).Side
	if side != "R" {
		t.Errorf("side %q is that of the complaint", side)
	}
}

// TestOddLetters: mixed alphabets, transliteration and typing errors lead to
// the same words; clinical words are not taken for others.
func TestOddLetters(t *testing.T) {
	atlas := loadAtlas(t)
	for _, c := range []struct{ modality, text, want string }{
		{"CT", "KT надпoчeчникoв", "adrenals"},
		{"MR", "MRT poyasnichno-kresttsovogo otdela", "lspine"},
		{"US", "UZDS ven n/k", "legveins"},
		{"CT", "KT-angiografiya BTsA", "neckvessels"},
		{"RF", "Рентгеноскопия желдка", "stomach"},
		{"DX", "РГ лицнвого черепа", "face"},
		{"DX", "Chest, shortness of breath, hematuria", "chest"},
	} {
		if got := regions(atlas.Order(clinic.Order{Modality: c.modality, Text: c.text}, dicom.Date{})); got != c.want {
			t.Errorf("%s %q: got %q, want %q", c.modality, c.text, got, c.want)
		}
	}
}
