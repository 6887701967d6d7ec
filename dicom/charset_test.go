package dicom

import (
	"bytes"
	"testing"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
)

// textFile is the smallest data set with a character set and texts.
func textFile(t *testing.T, declared string, raw map[Tag][]byte) *DataSet {
	t.Helper()
	d := NewDataSet()
	d.Put(Element{Tag: SOPClassUID, VR: "UI", Raw: []byte(CTImageStorage)})
	if declared != "-" {
		d.Put(Element{Tag: SpecificCharacterSet, VR: "CS", Raw: padded([]byte(declared), ' ')})
	}
	for tag, b := range raw {
		d.Put(Element{Tag: tag, VR: tag.VR(), Raw: padded(b, ' ')})
	}
	d.settleText()
	return d
}

func encoded(t *testing.T, e encoding.Encoding, s string) []byte {
	t.Helper()
	b, err := e.NewEncoder().Bytes([]byte(s))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestCyrillicIsFoundUnderWrongDeclarations(t *testing.T) {
	sets := []struct {
		name string
		set  encoding.Encoding
	}{
		{"CP1251", charmap.Windows1251}, {"ISO_IR 144", charmap.ISO8859_5},
		{"KOI8-R", charmap.KOI8R}, {"CP866", charmap.CodePage866}, {"ISO_IR 192", unicode.UTF8},
	}
	names := []string{
		"Тестов^Иван^Петрович", "ОБРАЗЦОВА^МАРИЯ^СЕРГЕЕВНА", "Примеров^Ким", "ЩУКИН^ЮРИЙ^ФЁДОРОВИЧ",
		"Цой^Эмма", "Иванов", "Образцова Анна Ильинична", "ЖУК^А^Б",
	}
	declarations := []string{"-", "", "ISO_IR 100", "ISO_IR 6", `ISO 2022 IR 6\IS`, "NONSENSE", "ISO_IR 144"}
	for _, s := range sets {
		for _, name := range names {
			for _, declared := range declarations {
				d := textFile(t, declared, map[Tag][]byte{PatientName: encoded(t, s.set, name)})
				if got := d.String(PatientName); got != name {
					t.Errorf("%s in %s declared %q: got %q as %+v", name, s.name, declared, got, d.CharacterSet())
				}
				want := s.name != declared
				if got := d.CharacterSet(); got.Used != s.name || got.Repaired != want {
					t.Errorf("%s declared %q: %+v", s.name, declared, got)
				}
			}
		}
	}
}

func TestWesternNamesStayLatin(t *testing.T) {
	for _, name := range []string{
		"Müller^Jörg", "Buc^Jérôme", "Ångström^Åsa", "Öz^Ümit", "Núñez^José", "Ó Briain^Séamus", "Äijälä", "Façade^François",
		"Ö^Å", "GARÇON^ÉLÉONORE",
	} {
		for _, declared := range []string{"ISO_IR 100", "-", "ISO_IR 6"} {
			d := textFile(t, declared, map[Tag][]byte{PatientName: encoded(t, charmap.ISO8859_1, name)})
			if got := d.String(PatientName); got != name {
				t.Errorf("%q declared %q read as %q: %+v", name, declared, got, d.CharacterSet())
			}
		}
	}
}

func TestDecisionIsMadeOncePerDataSet(t *testing.T) {
	d := textFile(t, "ISO_IR 100", map[Tag][]byte{
		PatientName:      encoded(t, charmap.Windows1251, "Тест^И"),
		StudyDescription: encoded(t, charmap.Windows1251, "КТ органов грудной клетки с контрастом"),
	})
	if got := d.String(PatientName); got != "Тест^И" {
		t.Errorf("got %q", got)
	}
	if got := d.Bytes(PatientName); !bytes.Equal(got, encoded(t, charmap.Windows1251, "Тест^И")) {
		t.Errorf("raw bytes changed: % X", got)
	}
}

// The vectors are those of PS3.5 annexes H, I and J, and K.
func TestCodeExtensions(t *testing.T) {
	tests := []struct{ declared, raw, want string }{
		{`\ISO 2022 IR 87`, "Yamada^Tarou=\x1b$B;3ED\x1b(B^\x1b$BB@O:\x1b(B=\x1b$B$d$^$@\x1b(B^\x1b$B$?$m$&\x1b(B",
			"Yamada^Tarou=山田^太郎=やまだ^たろう"},
		{`ISO 2022 IR 13\ISO 2022 IR 87`, "\xd4\xcf\xc0\xde^\xc0\xdb\xb3=\x1b$B;3ED\x1b(J^\x1b$BB@O:\x1b(J",
			"ﾔﾏﾀﾞ^ﾀﾛｳ=山田^太郎"},
		{`\ISO 2022 IR 149`, "Hong^Gildong=\x1b$)C\xfb\xf3^\x1b$)C\xd1\xce\xd4\xd7=\x1b$)C\xc8\xab^\x1b$)C\xb1\xe6\xb5\xbf",
			"Hong^Gildong=洪^吉洞=홍^길동"},
		{`\ISO 2022 IR 58`, "Zhang^XiaoDong=\x1b$)A\xd5\xc5^\x1b$)A\xd0\xa1\xb6\xab=", "Zhang^XiaoDong=张^小东="},
		{"GB18030", "Wang^XiaoDong=\xcd\xf5^\xd0\xa1\xb6\xab=", "Wang^XiaoDong=王^小东="},
		{"ISO_IR 192", "Wang^XiaoDong=王^小東=", "Wang^XiaoDong=王^小東="},
		{"ISO_IR 126", "\xc4\xe9\xef\xed\xf5\xf3\xe9\xef\xf2", "Διονυσιος"},
		{`ISO 2022 IR 100\ISO 2022 IR 144`, "Buc^J\xe9r\xf4me=\x1b-L\xbb\xee\xda\xe1", "Buc^Jérôme=Люкс"},
		{"ISO_IR 166", "\xb9\xd2\xc2", "นาย"},
		{"ISO_IR 149", "\xc8\xab^\xb1\xe6\xb5\xbf", "홍^길동"},
	}
	for _, tc := range tests {
		d := textFile(t, tc.declared, map[Tag][]byte{PatientName: []byte(tc.raw)})
		if got := d.String(PatientName); got != tc.want {
			t.Errorf("%s: got %q, want %q", tc.declared, got, tc.want)
		}
	}
}

func TestTermsWrittenWrongly(t *testing.T) {
	for declared, want := range map[string]string{
		"ISO IR 192": "ISO_IR 192", "iso_ir 144": "ISO_IR 144", "ISO_IR192": "ISO_IR 192", "UTF-8": "ISO_IR 192",
		"ISO-IR 100": "ISO_IR 100", "ISO 2022 IR 100": "ISO_IR 100", "gb18030": "GB18030", "ISO_IR 999": "", "IS": "",
	} {
		if got := normalTerm(declared); got != want {
			t.Errorf("%q means %q, want %q", declared, got, want)
		}
	}
}

func TestSetCharacterSetWritesTextAnew(t *testing.T) {
	d := NewDataSet()
	d.SetString(PatientName, "Тестов^Иван")
	if err := d.SetCharacterSet("ISO_IR 144"); err != nil {
		t.Fatal(err)
	}
	d.SetString(StudyDescription, "Голова")
	if got := d.Bytes(PatientName); !bytes.Equal(got, padded(encoded(t, charmap.ISO8859_5, "Тестов^Иван"), ' ')) {
		t.Errorf("raw % X", got)
	}
	if d.String(PatientName) != "Тестов^Иван" || d.String(StudyDescription) != "Голова" {
		t.Errorf("read back %q, %q", d.String(PatientName), d.String(StudyDescription))
	}
	if err := d.SetCharacterSet("ISO_IR 87"); err == nil {
		t.Error("writing in a Japanese set was promised")
	}
}

func TestItemsAreWrittenInTheSetOfTheirDataSet(t *testing.T) {
	old := textFile(t, "ISO_IR 144", nil)
	code := NewDataSet()
	code.Put(Element{Tag: CodeMeaning, VR: "LO", Raw: encoded(t, charmap.ISO8859_5, "Голова")})
	old.SetItems(ProcedureCodeSequence, code)
	old.settleText()
	d := NewDataSet()
	d.SetString(PatientName, "Тестов^Иван")
	own := NewDataSet()
	own.SetString(CodeMeaning, "Таз")
	d.SetItems(ProcedureCodeSequence, old.Items(ProcedureCodeSequence)[0], own)
	b, err := d.Encode(ExplicitVRLittleEndian)
	if err != nil {
		t.Fatal(err)
	}
	again, err := DecodeDataSet(b, ExplicitVRLittleEndian, Limits{})
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{"Голова", "Таз"} {
		item := again.Items(ProcedureCodeSequence)[i]
		if item.String(CodeMeaning) != want || item.Has(SpecificCharacterSet) {
			t.Errorf("item %d: %q, own set %q", i, item.String(CodeMeaning), item.String(SpecificCharacterSet))
		}
	}
	if got := old.Items(ProcedureCodeSequence)[0].Bytes(CodeMeaning); !bytes.Equal(got, encoded(t, charmap.ISO8859_5, "Голова")) {
		t.Errorf("the item it came from changed: % X", got)
	}
}

func TestTextBeyondTheSetMakesTheDataSetUTF8(t *testing.T) {
	d := textFile(t, "ISO_IR 100", map[Tag][]byte{PatientName: encoded(t, charmap.ISO8859_1, "Müller^Jörg")})
	d.SetString(StudyDescription, "Größe")
	if got := d.CharacterSet().Used; got != "ISO_IR 100" {
		t.Errorf("Latin text moved it to %s", got)
	}
	d.SetString(StudyDescription, "Голова")
	if d.String(PatientName) != "Müller^Jörg" || d.String(StudyDescription) != "Голова" || d.CharacterSet().Used != "ISO_IR 192" {
		t.Errorf("%q %q %+v", d.String(PatientName), d.String(StudyDescription), d.CharacterSet())
	}
}

func TestOneCutCharacterDoesNotUnsettleUTF8(t *testing.T) {
	for _, declared := range []string{"ISO_IR 192", "ISO_IR 100"} {
		d := textFile(t, declared, map[Tag][]byte{
			PatientName: []byte("Тестов^Иван"), StudyDescription: []byte("Исследование головы \xD0"),
		})
		if d.String(PatientName) != "Тестов^Иван" || d.CharacterSet().Used != "ISO_IR 192" {
			t.Errorf("declared %s: %q, %+v", declared, d.String(PatientName), d.CharacterSet())
		}
	}
}
