package identity_test

import (
	"encoding/json"
	"io/fs"
	"strings"
	"testing"

	"eris/assets"
	"eris/clinic"
	"eris/clinic/identity"
	"eris/dicom"
)

func patient(name, birth, sex string, numbers ...string) clinic.Patient {
	p := clinic.Patient{PatientID: "T1", IssuerOfPatientID: "TEST", PatientName: dicom.ParsePersonName(name),
		PatientBirthDate: dicom.ParseDate(birth), PatientSex: sex}
	for _, n := range numbers {
		issuer, id, _ := strings.Cut(n, " ")
		p.AddIdentifier(clinic.Identifier{ID: id, Issuer: issuer})
	}
	return p
}

const (
	snils      = "СНИЛС 112-233-445 95"
	otherSNILS = "СНИЛС 920-000-100 00"
	enp        = "ЕНП 4000000000000002"
	otherENP   = "ЕНП 4000000000000010"
	maria      = "Образцова^Мария^Тестовна"
)

func TestCompare(t *testing.T) {
	for name, c := range map[string]struct {
		a, b       clinic.Patient
		confidence identity.Confidence
		reason     identity.Reason
	}{
		"number, birth date and name": {patient(maria, "19610412", "F", snils), patient("OBRAZTSOVA^MARIIA", "19610412", "", snils), identity.Certain, identity.ByNumber},
		"policy":                      {patient(maria, "19610412", "F", enp), patient("Образцова Мария Тестовна", "19610412", "F", snils, enp), identity.Certain, identity.ByNumber},
		"married":                     {patient(maria, "19610412", "F", snils), patient("Примерова^Мария^Тестовна", "19610412", "F", snils), identity.Certain, identity.ByNumber},
		"no number":                   {patient(maria, "19610412", "F"), patient(maria, "19610412", "F"), identity.Candidate, identity.NameBirth},
		"different strong numbers":    {patient(maria, "19610412", "F", snils), patient(maria, "19610412", "F", otherSNILS), identity.Conflict, identity.NumbersDiffer},
		"one agrees, one does not":    {patient(maria, "19610412", "F", snils, enp), patient(maria, "19610412", "F", snils, otherENP), identity.Conflict, identity.NumbersDiffer},
		"mistyped number":             {patient(maria, "19610412", "F", snils), patient(maria, "19610412", "F", "СНИЛС 112-233-445 96"), identity.Candidate, identity.NameBirth},
		"two numbers of one kind":     {patient(maria, "19610412", "F", snils, otherSNILS), patient(maria, "19610412", "F", snils), identity.Candidate, identity.WeakNumber},
		"nobody's number":             {patient(maria, "19610412", "F", "СНИЛС 111-111-111 45"), patient(maria, "19610412", "F", "СНИЛС 111-111-111 45"), identity.Candidate, identity.NameBirth},
		"number, another date":        {patient(maria, "19610412", "F", snils), patient(maria, "19710412", "F", snils), identity.Candidate, identity.NumberName},
		"number, no date":             {patient(maria, "19610412", "F", snils), patient(maria, "", "F", snils), identity.Candidate, identity.NumberName},
		"number, both without a date": {patient(maria, "19000101", "F", snils), patient(maria, "19000101", "F", snils), identity.Candidate, identity.NumberName},
		"number of another person":    {patient(maria, "19610412", "F", snils), patient("Макетов^Пётр^Ильич", "19880130", "M", snils), identity.Conflict, identity.AnothersID},
		"mother's policy for a child": {patient(maria, "19880130", "F", enp), patient("Образцова^Алина^Петровна", "20200202", "F", enp), identity.Conflict, identity.AnothersID},
		"number and date, other name": {patient(maria, "19610412", "F", snils), patient("Макетова^Инна^Ильинична", "19610412", "F", snils), identity.Candidate, identity.NumberDoubt},
		"number and date, other sex":  {patient(maria, "19610412", "F", snils), patient("Образцова^Мария", "19610412", "M", snils), identity.Candidate, identity.NumberDoubt},
		"number and date, no name":    {patient(maria, "19610412", "F", snils), patient("", "19610412", "", snils), identity.Candidate, identity.NumberDoubt},
		"twin's policy":               {patient("Тестова^Алина^Ивановна", "20200202", "F", enp), patient("Тестова^Арина^Ивановна", "20200202", "F", enp), identity.Candidate, identity.NumberDoubt},
		"twins":                       {patient("Тестова^Анна^Ивановна", "20200202", "F"), patient("Тестова^Инна^Ивановна", "20200202", "F"), identity.Different, identity.Twins},
		"twins of like names":         {patient("Тестова^Марина^Ивановна", "20200202", "F"), patient("Тестова^Карина^Ивановна", "20200202", "F"), identity.Candidate, identity.NameBirth},
		"Latin in one field":          {patient(maria, "19610412", "F", snils), patient("OBRAZTSOVA MARIIA TESTOVNA", "19610412", "F", snils), identity.Certain, identity.ByNumber},
		"patronymic with the given":   {patient(maria, "19610412", "F", snils), patient("Образцова^Мария Тестовна", "19610412", "F", snils), identity.Certain, identity.ByNumber},
		"twins told apart":            {patient("Тестова^Анна^Ивановна", "20200202", "F"), patient("Тестова^Юлия^Ивановна", "20200202", "F"), identity.Different, identity.Twins},
		"twins of two sexes":          {patient("Тестов^Александр^Иванович", "20200202", "M"), patient("Тестова^Александра^Ивановна", "20200202", "F"), identity.Different, identity.Nothing},
		"father and son":              {patient("Тестов^Иван^Петрович", "19610412", "M"), patient("Тестов^Иван^Иванович", "19610412", "M"), identity.Different, identity.Nothing},
		"father and son of one name":  {patient("Тестов^Иван^Иванович", "19610412", "M"), patient("Тестов^Иван^Иванович", "19901130", "M"), identity.Different, identity.Nothing},
		"swapped day and month":       {patient(maria, "19610412", "F"), patient(maria, "19611204", "F"), identity.Candidate, identity.NameOnly},
		"one digit":                   {patient(maria, "19610412", "F"), patient(maria, "19610413", "F"), identity.Candidate, identity.NameOnly},
		"no date, full name":          {patient(maria, "19610412", "F"), patient(maria, "", "F"), identity.Candidate, identity.NameOnly},
		"no date, half a name":        {patient(maria, "19610412", "F"), patient("Образцова^Мария", "", "F"), identity.Different, identity.Nothing},
		"new family name, no number":  {patient(maria, "19610412", "F"), patient("Примерова^Мария^Тестовна", "19610412", ""), identity.Candidate, identity.NewFamily},
		"a man's other family name":   {patient("Образцов^Пётр^Ильич", "19610412", "M"), patient("Макетов^Пётр^Ильич", "19610412", "M"), identity.Different, identity.Nothing},
		"look-alikes":                 {patient(maria, "19610412", "F", snils), patient("OБPAЗЦOBA^МAРИЯ", "19610412", "F", snils), identity.Certain, identity.ByNumber},
		"name in one field, turned":   {patient(maria, "19610412", "F", snils), patient("Мария Тестовна Образцова", "19610412", "F", snils), identity.Certain, identity.ByNumber},
		"newborn":                     {patient("Образцова^НР", "20200202", "F", enp), patient("Образцова^НР", "20200202", "F", enp), identity.Candidate, identity.NobodyYet},
		"baby of":                     {patient("Baby of Obraztsova", "20200202", "F", enp), patient("Baby of Obraztsova", "20200202", "F", enp), identity.Candidate, identity.NobodyYet},
		"unknown":                     {patient("НЕИЗВЕСТНЫЙ^МУЖЧИНА", "19610412", "M", snils), patient("Неизвестный^Мужчина", "19610412", "M", snils), identity.Candidate, identity.NobodyYet},
		"temporary certificate":       {patient(maria, "19610412", "F", "ОМС 123456782"), patient(maria, "19610412", "F", "ОМС 123456782"), identity.Candidate, identity.WeakNumber},
		"EMIAS number alone":          {patient(maria, "19610412", "F", "ЕМИАС 77000123"), patient("Образцова^Мария", "19610412", "F", "ЕМИАС 77000123"), identity.Candidate, identity.WeakNumber},
	} {
		for _, m := range []identity.Match{identity.Compare(c.a, c.b), identity.Compare(c.b, c.a)} {
			if m.Confidence != c.confidence || m.Reason != c.reason {
				t.Errorf("%s: %s, %s (%s); want %s, %s", name, m.Confidence, m.Reason, m.Sentence("en"), c.confidence, c.reason)
			}
		}
	}
	temporary := patient(maria, "19610412", "F", snils)
	temporary.PatientID = "TEMP-1"
	if m := identity.Compare(temporary, patient(maria, "19610412", "F", snils)); m.Confidence != identity.Candidate || m.Reason != identity.NobodyYet {
		t.Errorf("a temporary ID: %+v", m)
	}
}

func TestCompareIndexed(t *testing.T) {
	for name, c := range map[string]struct {
		b      clinic.Patient
		want   identity.Confidence
		reason identity.Reason
	}{
		"nothing contradicts":   {patient("Образцова^Мария", "19610412", "F"), identity.Certain, identity.ByIndex},
		"new family name":       {patient("Примерова^Мария^Тестовна", "19610412", "F"), identity.Certain, identity.ByIndex},
		"conflicting numbers":   {patient(maria, "19610412", "F", otherSNILS), identity.Conflict, identity.NumbersDiffer},
		"another given name":    {patient("Образцова^Юлия", "19610412", "F"), identity.Candidate, identity.IndexDoubt},
		"another sex":           {patient(maria, "19610412", "M"), identity.Candidate, identity.IndexDoubt},
		"a newborn":             {patient("Образцова^НР", "19610412", "F"), identity.Candidate, identity.NobodyYet},
		"other family and date": {patient("Примерова^Мария", "19881130", "F"), identity.Candidate, identity.IndexDoubt},
	} {
		m := identity.Of(patient(maria, "19610412", "F", snils)).CompareIndexed(identity.Of(c.b))
		if m.Confidence != c.want || m.Reason != c.reason {
			t.Errorf("%s: %+v, want %s, %s", name, m, c.want, c.reason)
		}
	}
}

// TestSentences: each fact and reason has its words in both languages.
func TestSentences(t *testing.T) {
	var keys [2]map[string]string
	for i, lang := range []string{"ru", "en"} {
		raw, err := fs.ReadFile(assets.Rules(), "identity."+lang+".json")
		if err == nil {
			err = json.Unmarshal(raw, &keys[i])
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	for k := range keys[0] {
		if keys[1][k] == "" {
			t.Errorf("%s has no English", k)
		}
	}
	if len(keys[0]) != len(keys[1]) {
		t.Errorf("%d keys and %d", len(keys[0]), len(keys[1]))
	}
	m := identity.Compare(patient(maria, "19610412", "F", snils), patient("Образцова^Мария", "19611204", "M", snils))
	for lang, want := range map[string]string{
		"ru": "Возможно, тот же человек: дата рождения не совпадает: СНИЛС совпадает; в дате рождения переставлены день и месяц; имя совпадает; пол другой.",
		"en": "May be the same person: the birth dates disagree: SNILS agrees; day and month of birth are swapped; name agrees; another sex.",
	} {
		if got := m.Sentence(lang); got != want {
			t.Errorf("%s: %s", lang, got)
		}
	}
}

func BenchmarkCompare(b *testing.B) {
	x, y := patient(maria, "19610412", "F", snils), patient("OBRAZTSOVA^MARIIA", "19610412", "", snils)
	for b.Loop() {
		identity.Compare(x, y)
	}
}
