package dicom

import "testing"

func TestParsePersonName(t *testing.T) {
	tests := []struct{ in, display, dicom string }{
		{"Тестов^Иван^Петрович", "Тестов Иван Петрович", "Тестов^Иван^Петрович"},
		{"Тестов Иван Петрович", "Тестов Иван Петрович", "Тестов^Иван^Петрович"},
		{"Образцова Анна", "Образцова Анна", "Образцова^Анна"},
		{"Примеров И.И.", "Примеров И.И.", "Примеров^И.И."},
		{"van der Berg^Jan", "van der Berg Jan", "van der Berg^Jan"},
		{"van der Berg", "van der Berg", "van der Berg"},
		{"Тестов-Примеров Оглы Иван Петрович", "Тестов-Примеров Оглы Иван Петрович", "Тестов-Примеров Оглы Иван Петрович"},
		{"Adams^John Robert Quincy^^Rev.^B.A. M.Div.", "Rev. Adams John Robert Quincy, B.A. M.Div.", "Adams^John Robert Quincy^^Rev.^B.A. M.Div."},
		{"Yamada^Tarou=山田^太郎=やまだ^たろう", "Yamada Tarou", "Yamada^Tarou=山田^太郎=やまだ^たろう"},
		{"=山田^太郎", "山田 太郎", "=山田^太郎"},
		{"", "", ""}, {"^^^^", "", ""}, {"a^b^c^d^e^f", "d a b c, e f", "a^b^c^d^e f"},
	}
	for _, tc := range tests {
		n := ParsePersonName(tc.in)
		if n.Display() != tc.display || n.String() != tc.dicom {
			t.Errorf("%q: display %q, DICOM %q", tc.in, n.Display(), n.String())
		}
		if again := ParsePersonName(n.String()); again != n {
			t.Errorf("%q: %+v read again is %+v", tc.in, n, again)
		}
	}
	if !ParsePersonName("^").IsZero() {
		t.Error("a name without components is zero")
	}
}
