package identity_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"eris/clinic"
	"eris/clinic/identity"
	"eris/dicom"
)

// citizen is one made-up person. The names are made of words that nobody is
// called by, as unevenly spread as real ones are.
type citizen struct {
	family, given, patronymic string // Cyrillic
	birth                     time.Time
	male                      bool
	snils, enp                string
	relative, namesake        int // a twin or a father; one with this family and given name; or -1
}

var (
	stems    = strings.Fields("Образц Пример Тестов Шаблон Щук Макет Эталон Заглушк Пробн Ёжик Жук Хомяк Цыган Чайк Шубк Юрк Яблок Подъяч Объедк Щегол Журавл Хвощ Цапл Чиж Шмел Ельник Ольх Якор Юнг Соловь Воробь Медвед")
	endings  = strings.Fields("ов ин ский енко ев ых")
	maleName = strings.Fields("Александр Сергей Дмитрий Алексей Андрей Михаил Евгений Юрий Николай Пётр Артём Виктор Илья Фёдор Геннадий Яков Захар Щедр Эдуард Роман Данил Глеб Иван Жан")
	female   = strings.Fields("Мария Елена Наталья Юлия Екатерина Ксения Евгения Александра Яна Анна Инна Марина Карина Алина Арина Жанна Зоя Фёкла Щедра Эмма Оксана Лилия Софья Ульяна")
)

// uneven picks the first of a list far more often than the last.
func uneven(r *rand.Rand, n int) int { return min(int(float64(n)*r.Float64()*r.Float64()), n-1) }

func familyOf(r *rand.Rand, male bool) string {
	end := endings[uneven(r, len(endings))]
	family := stems[uneven(r, len(stems))] + []string{"", "к", "ич", "ан", "ур", "он", "ар", "ул", "ем", "ин"}[uneven(r, 10)] + end
	if !male {
		family = feminine(family)
	}
	return family
}

func feminine(family string) string {
	switch {
	case strings.HasSuffix(family, "ский"):
		return strings.TrimSuffix(family, "ий") + "ая"
	case strings.HasSuffix(family, "ов"), strings.HasSuffix(family, "ев"), strings.HasSuffix(family, "ин"):
		return family + "а"
	}
	return family
}

func patronymicOf(father string, male bool) string {
	end := map[bool][2]string{true: {"ович", "евич"}, false: {"овна", "евна"}}[male]
	switch {
	case father == "Илья":
		return map[bool]string{true: "Ильич", false: "Ильинична"}[male]
	case strings.HasSuffix(father, "ий"):
		return strings.TrimSuffix(father, "ий") + "и" + end[1]
	case strings.HasSuffix(father, "й"):
		return strings.TrimSuffix(father, "й") + end[1]
	}
	return father + end[0]
}

func snilsFor(n int) string {
	body, sum := fmt.Sprintf("%09d", 100_000_000+n), 0
	for i := range 9 {
		sum += int(body[i]-'0') * (9 - i)
	}
	return body + fmt.Sprintf("%02d", sum%101%100)
}

func enpFor(n int) string {
	body := fmt.Sprintf("%015d", 700_000_000_000_000+n)
	for c := '0'; ; c++ {
		if _, err := identity.Parse(body + string(c)); err == nil {
			return body + string(c)
		}
	}
}

// makeCity makes n persons: one in forty has a twin, one in six is the child of
// another one, one son in ten has all of his father's name.
func makeCity(r *rand.Rand, n int) []citizen {
	var all []citizen
	last := map[string]int{} // with this family and given name
	for len(all) < n {
		i := len(all)
		c := citizen{male: r.IntN(2) == 0, relative: -1, snils: snilsFor(i*7919 + 13), enp: enpFor(i*104729 + 17)}
		father := maleName[uneven(r, len(maleName))]
		c.family = familyOf(r, c.male)
		c.birth = time.Date(1935+r.IntN(90), time.Month(1+r.IntN(12)), 1+r.IntN(28), 0, 0, 0, 0, time.UTC)
		if r.IntN(60) == 0 {
			c.birth = time.Date(c.birth.Year(), 1, 1, 0, 0, 0, 0, time.UTC)
		}
		if c.male {
			c.given = maleName[uneven(r, len(maleName))]
		} else {
			c.given = female[uneven(r, len(female))]
		}
		if i > 10 {
			at := r.IntN(i)
			switch p := all[at]; {
			case r.IntN(80) == 0 && p.relative < 0: // a twin of p: each pair counts twice
				c.relative = at
				c.family, c.birth, father = p.family, p.birth, ""
				c.patronymic = p.patronymic
				if c.male != p.male {
					c.male, c.given = p.male, ""
				}
				for c.given == "" || c.given == p.given {
					c.given = map[bool][]string{true: maleName, false: female}[c.male][r.IntN(24)]
				}
			case r.IntN(6) == 0 && p.male && p.birth.Year() < 2000:
				c.relative = at
				c.family, father = p.family, p.given
				c.birth = p.birth.AddDate(20+r.IntN(15), r.IntN(12), r.IntN(28))
				if !c.male {
					c.family = feminine(p.family)
				} else if r.IntN(10) == 0 {
					c.given = p.given
				}
			}
		}
		if c.patronymic == "" {
			c.patronymic = patronymicOf(father, c.male)
		}
		c.namesake = -1
		if j, ok := last[c.family+c.given]; ok {
			c.namesake = j
		}
		last[c.family+c.given] = i
		all = append(all, c)
	}
	return all
}

// The ways in which clinics write Cyrillic names in Latin letters.
var (
	doc9303 = strings.NewReplacer("Ж", "ZH", "Х", "KH", "Ц", "TS", "Ч", "CH", "Ш", "SH", "Щ", "SHCH", "Ъ", "IE", "Ь", "", "Ю", "IU", "Я", "IA", "Ё", "E", "Й", "I", "Ы", "Y", "Э", "E")
	rival   = strings.NewReplacer("Ж", "ZH", "Х", "H", "Ц", "TS", "Ч", "CH", "Ш", "SH", "Щ", "SCH", "Ъ", "", "Ь", "", "Ю", "YU", "Я", "YA", "Ё", "YO", "Й", "Y", "Ы", "Y", "Э", "E", "КС", "X")
	gost    = strings.NewReplacer("Ж", "ZH", "Х", "X", "Ц", "CZ", "Ч", "CH", "Ш", "SH", "Щ", "SHH", "Ъ", "''", "Ь", "'", "Ю", "YU", "Я", "YA", "Ё", "YO", "Й", "J", "Ы", "Y'", "Э", "E'")
	french  = strings.NewReplacer("Ж", "J", "Х", "KH", "Ц", "TS", "Ч", "TCH", "Ш", "CH", "Щ", "CHTCH", "Ъ", "", "Ь", "", "Ю", "IOU", "Я", "IA", "Ё", "E", "Й", "I", "Ы", "Y", "Э", "E", "У", "OU")
	plain   = strings.NewReplacer("А", "A", "Б", "B", "В", "V", "Г", "G", "Д", "D", "Е", "E", "З", "Z", "И", "I", "К", "K", "Л", "L", "М", "M", "Н", "N", "О", "O", "П", "P", "Р", "R", "С", "S", "Т", "T", "У", "U", "Ф", "F")
	shapes  = strings.NewReplacer("А", "A", "В", "B", "Е", "E", "К", "K", "М", "M", "Н", "H", "О", "O", "Р", "P", "С", "C", "Т", "T", "Х", "X")
	systems = []*strings.Replacer{doc9303, doc9303, doc9303, rival, rival, rival, gost, french}
)

// record is what one clinic keeps of a person.
type record struct {
	person int
	identity.Person
}

// records writes each person down in one to four clinics, with the errors that
// are made there.
func records(r *rand.Rand, city []citizen) []record {
	var all []record
	for i := range city {
		for n := range 1 + r.IntN(4) {
			all = append(all, record{i, identity.Of(written(r, city, i, n, fmt.Sprintf("TEST-%07d", len(all))))})
		}
	}
	return all
}

func oneIn(r *rand.Rand, n int) bool { return r.IntN(n) == 0 }

func written(r *rand.Rand, city []citizen, i, n int, id string) clinic.Patient {
	c := city[i]
	p := clinic.Patient{PatientID: id, IssuerOfPatientID: fmt.Sprint("TEST-CLINIC-", n), PatientSex: "F"}
	if c.male {
		p.PatientSex = "M"
	}
	p.PatientBirthDate = writtenBirth(r, c.birth)
	switch r.IntN(40) {
	case 0, 1, 2, 3:
		p.PatientSex = ""
	case 4:
		if oneIn(r, 5) {
			p.PatientSex = map[string]string{"M": "F", "F": "M"}[p.PatientSex]
		}
	}
	p.PatientName = dicom.ParsePersonName(writtenName(r, c))
	if oneIn(r, 400) {
		p.PatientName = dicom.ParsePersonName([]string{"НЕИЗВЕСТНЫЙ", "НР " + c.family, "Baby of " + c.family, "UNKNOWN^UNKNOWN"}[r.IntN(4)])
	}
	writtenNumbers(r, city, i, &p)
	return p
}

func writtenBirth(r *rand.Rand, birth time.Time) dicom.Date {
	text := birth.Format("20060102")
	switch r.IntN(100) {
	case 0:
		text = birth.Format("20060201")
	case 1:
		at := []int{3, 5, 7}[r.IntN(3)]
		text = text[:at] + string(rune('0'+r.IntN(10))) + text[at+1:]
	case 2:
		text = []string{"", "19000101", birth.Format("2006"), birth.Format("2006") + "0101"}[r.IntN(4)]
	}
	return dicom.ParseDate(text)
}

func writtenName(r *rand.Rand, c citizen) string {
	family, given, patronymic := c.family, c.given, c.patronymic
	if oneIn(r, 50) {
		family = mistyped(r, family)
	}
	if oneIn(r, 60) {
		given = mistyped(r, given)
	}
	if !c.male && oneIn(r, 80) {
		family = familyOf(r, false)
	}
	if oneIn(r, 60) {
		family += "-" + familyOf(r, c.male)
	}
	if oneIn(r, 8) {
		patronymic = ""
	}
	switch r.IntN(20) {
	case 0, 1, 2, 3, 4, 5:
		way := systems[r.IntN(len(systems))]
		latin := func(s string) string { return plain.Replace(way.Replace(strings.ToUpper(s))) }
		family, given, patronymic = latin(family), latin(given), latin(patronymic)
		if oneIn(r, 2) {
			patronymic = ""
		}
	case 6, 7, 8, 9:
		family, given, patronymic = strings.ToUpper(family), strings.ToUpper(given), strings.ToUpper(patronymic)
	case 10:
		family, given = shapes.Replace(strings.ToUpper(family)), strings.ToUpper(given)
	case 11, 12:
		family, given, patronymic = strings.ReplaceAll(family, "ё", "е"), strings.ReplaceAll(given, "ё", "е"), strings.ReplaceAll(patronymic, "ё", "е")
	case 13, 14:
		return strings.TrimSpace(family + " " + given + " " + patronymic)
	}
	if oneIn(r, 100) {
		given, patronymic = string([]rune(given)[:1]), ""
	}
	return family + "^" + given + "^" + patronymic
}

// mistyped is a word with one letter changed, dropped, doubled or swapped.
func mistyped(r *rand.Rand, word string) string {
	letters := []rune(word)
	at := 1 + r.IntN(len(letters)-2)
	switch r.IntN(4) {
	case 0:
		letters[at] = []rune("аоеинткр")[r.IntN(8)]
	case 1:
		letters = append(letters[:at], letters[at+1:]...)
	case 2:
		letters[at], letters[at+1] = letters[at+1], letters[at]
	case 3:
		letters = append(letters[:at], append([]rune{letters[at]}, letters[at:]...)...)
	}
	return string(letters)
}

// writtenNumbers: half of the records have a СНИЛС, most have a policy. Some are
// mistyped, some are another person's: mostly of a relative.
func writtenNumbers(r *rand.Rand, city []citizen, i int, p *clinic.Patient) {
	c := city[i]
	whose := func() citizen {
		switch {
		case c.relative >= 0 && oneIn(r, 30):
			return city[c.relative]
		case c.namesake >= 0 && oneIn(r, 200): // picked from the list of those with the name
			return city[c.namesake]
		case oneIn(r, 300):
			return city[r.IntN(len(city))]
		}
		return c
	}
	wrong := func(number string) string {
		if oneIn(r, 60) {
			b := []byte(number)
			b[r.IntN(len(b))] = byte('0' + r.IntN(10))
			b[r.IntN(len(b))] = byte('0' + r.IntN(10))
			return string(b)
		}
		return number
	}
	if oneIn(r, 2) {
		n := wrong(whose().snils)
		p.AddIdentifier(clinic.Identifier{ID: n[:3] + "-" + n[3:6] + "-" + n[6:9] + " " + n[9:], Issuer: []string{"", "СНИЛС"}[r.IntN(2)]})
	}
	if !oneIn(r, 3) {
		p.AddIdentifier(clinic.Identifier{ID: wrong(whose().enp), Issuer: identity.SystemENP})
	}
	if oneIn(r, 50) {
		p.AddIdentifier(clinic.Identifier{ID: []string{"000-000-000 00", "111-111-111 45"}[r.IntN(2)], Issuer: "СНИЛС"})
	}
}
