package clinic_test

import (
	"errors"
	"strings"
	"testing"

	"golang.org/x/text/encoding/charmap"

	"eris/clinic"
)

const patientList = `ИД;Кем выдан;ФИО;Дата рождения;Пол
T1;TEST;Образцова Мария Тестовна;12.04.1961;Ж
T2;TEST;Примеров^Пётр;1970-01-01;M

T3;;"Тестов; он же Пробный";;
;TEST;Без Номера;01.01.1970;М
T*;TEST;Всякий;01.01.1970;М
T4;TEST;Дата;31.02.1970;М
T5;TEST
T6;TEST;"Открытая кавычка;01.01.1970;М
T7;TEST;Пол Неясен;01.01.1970;?
T8;TEST;Щукин Ёж;19800229;муж
`

func TestAListOfPatients(t *testing.T) {
	latin, err := charmap.Windows1251.NewEncoder().String(patientList)
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"UTF-8": patientList, "with a mark and CRLF": "\ufeff" + strings.ReplaceAll(patientList, "\n", "\r\n"), "CP1251": latin,
	} {
		list, bad, err := clinic.ReadPatients(strings.NewReader(text))
		if err != nil || len(list) != 4 {
			t.Fatalf("%s: %d patients, %v, %v", name, len(list), bad, err)
		}
		if p := list[0]; p.PatientID != "T1" || p.IssuerOfPatientID != "TEST" || p.PatientName.Alphabetic.Family != "Образцова" ||
			p.PatientName.Alphabetic.Given != "Мария" || p.PatientBirthDate.ISO() != "1961-04-12" || p.PatientSex != "F" {
			t.Errorf("%s: %+v", name, p)
		}
		if p := list[3]; p.PatientID != "T8" || p.PatientName.Alphabetic.Given != "Ёж" || p.PatientSex != "M" {
			t.Errorf("%s: %+v", name, p)
		}
		want := []clinic.BadLine{{Line: 6, Err: clinic.ErrPatientID}, {Line: 7, Err: clinic.ErrPatientID}, {Line: 8, Err: clinic.ErrBirthDate},
			{Line: 9, Err: clinic.ErrColumns}, {Line: 10, Err: clinic.ErrColumns}, {Line: 11, Err: clinic.ErrSex}}
		if len(bad) != len(want) {
			t.Fatalf("%s: bad lines %v", name, bad)
		}
		for i := range want {
			if bad[i].Line != want[i].Line || !errors.Is(bad[i].Err, want[i].Err) {
				t.Errorf("%s: bad line %v, want %v", name, bad[i], want[i])
			}
		}
	}
}

func TestAListWithCommasAndNoHeadings(t *testing.T) {
	list, bad, err := clinic.ReadPatients(strings.NewReader("T1,TEST,\"Образцова, Мария\",19610412,F\n"))
	if err != nil || len(list) != 1 || len(bad) != 0 {
		t.Errorf("%v, %v, %v", list, bad, err)
	}
}

func FuzzReadPatients(f *testing.F) {
	f.Add(patientList)
	f.Add("\"\n\xff;;;;\n")
	f.Fuzz(func(t *testing.T, text string) {
		list, _, _ := clinic.ReadPatients(strings.NewReader(text))
		for _, p := range list {
			if p.PatientID == "" || strings.ContainsAny(p.PatientID, `\*?`) {
				t.Errorf("a patient without an ID, or one that asks for others: %+v", p)
			}
		}
	})
}
