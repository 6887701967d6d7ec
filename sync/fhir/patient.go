package fhir

import (
	"slices"
	"strings"

	"eris/clinic"
	"eris/dicom"
)

// Patient is R4 8.1.
type Patient struct {
	ID         string       `json:"id"`
	Identifier []Identifier `json:"identifier"`
	Name       []HumanName  `json:"name"`
	Gender     string       `json:"gender"` // male, female, other, unknown
	BirthDate  string       `json:"birthDate"`
}

var sexes = map[string]string{"male": "M", "female": "F", "other": "O"}

// Clinic is the patient as the department knows patients. PatientID is the number
// of his medical record (type MR), else the first number that is not of the whole
// country, else the first. It has no issuer: the systems of FHIR are not those that
// images name. The other numbers stand beside it under their systems.
func (p Patient) Clinic() clinic.Patient {
	of := clinic.Patient{PatientName: p.name(), PatientBirthDate: day(p.BirthDate), PatientSex: sexes[p.Gender]}
	numbers := slices.DeleteFunc(slices.Clone(p.Identifier), func(i Identifier) bool { return i.Value == "" || i.Use == "old" })
	own := slices.IndexFunc(numbers, func(i Identifier) bool { return i.Type.has("MR") })
	if own < 0 {
		own = slices.IndexFunc(numbers, func(i Identifier) bool { return !strings.HasPrefix(i.System, "https://fhir.ru/ig/core/systems/") })
	}
	if own < 0 && len(numbers) > 0 {
		own = 0
	}
	if own >= 0 {
		of.PatientID = numbers[own].Value
	}
	for _, i := range numbers {
		of.AddIdentifier(clinic.Identifier{ID: i.Value, Issuer: i.System})
	}
	return of
}

// name is the official name, else the usual, else the first. The patronymic is
// the second of the given names.
func (p Patient) name() dicom.PersonName {
	if len(p.Name) == 0 {
		return dicom.PersonName{}
	}
	of := p.Name[0]
	for _, use := range []string{"usual", "official"} { // the last found wins
		if i := slices.IndexFunc(p.Name, func(n HumanName) bool { return n.Use == use }); i >= 0 {
			of = p.Name[i]
		}
	}
	if of.Family == "" && len(of.Given) == 0 {
		return dicom.ParsePersonName(plainName.Replace(of.Text))
	}
	var given, middle string
	if len(of.Given) > 0 {
		given, middle = of.Given[0], strings.Join(of.Given[1:], " ")
	}
	parts := []string{of.Family, given, middle, strings.Join(of.Prefix, " "), strings.Join(of.Suffix, " ")}
	for i, part := range parts {
		parts[i] = plainName.Replace(part)
	}
	return dicom.ParsePersonName(strings.TrimRight(strings.Join(parts, "^"), "^"))
}

// plainName takes out what parts a name in DICOM (PS3.5 6.2.1).
var plainName = strings.NewReplacer("^", " ", "=", " ", `\`, " ")

// day is a date of full precision (R4 2.24.0.1); others are none.
func day(text string) dicom.Date {
	if len(text) < len("2006-01-02") {
		return dicom.Date{}
	}
	return dicom.ParseDate(strings.ReplaceAll(text[:10], "-", ""))
}
