package identity

import (
	"slices"
	"strings"

	"eris/clinic"
	"eris/dicom"
)

// likeness says how far a part of two patients agrees.
type likeness int

const (
	missing  likeness = iota // one side does not tell it
	contrary                 // told, and another one
	near                     // one or two letters apart, an initial, half of a double name
	equal                    // alike, whatever the script
)

// nameKeys are the parts of a name as clinic.NameKey folds them.
type nameKeys struct {
	family     []string // of a double name each
	given      string
	patronymic string
}

// keysOf takes a name apart. Full names in the family component and a
// patronymic behind the given name are told by the patronymic's ending.
func keysOf(n dicom.PersonName) (k nameKeys) {
	g := n.Alphabetic
	if g.Family == "" && g.Given == "" {
		g = n.Phonetic
	}
	family, rest := g.Family, clinic.NameWords(g.Given)
	if g.Given == "" && g.Middle == "" {
		words := strings.FieldsFunc(family, func(r rune) bool { return r == ' ' || r == ',' || r == '.' || r == '\u00a0' })
		if len(words) > 1 {
			family, rest = words[0], clinic.NameWords(strings.Join(words[1:], " "))
		}
	}
	k.family = clinic.NameWords(family)
	if middle := clinic.NameWords(g.Middle); len(middle) > 0 {
		k.patronymic = middle[0]
	} else if last := len(rest) - 1; last > 0 && (g.Given == "" || patronymicSex(rest[last]) != "" || len(rest[last]) == 1) {
		k.patronymic, rest = rest[last], rest[:last]
	}
	k.given = strings.Join(rest, "")
	if len(k.family) == 1 && patronymicSex(k.given) != "" && k.patronymic != "" && patronymicSex(k.patronymic) == "" {
		k.family[0], k.given, k.patronymic = k.patronymic, k.family[0], k.given // Мария Тестовна Образцова
	}
	return k
}

// patronymicEnds are the ends of patronymics as keys, with the sex they tell.
var patronymicEnds = []struct{ end, sex string }{
	{"ovich", "M"}, {"evich", "M"}, {"ich", "M"}, {"ovna", "F"}, {"evna", "F"}, {"ichna", "F"}, {"inishna", "F"},
	{"ogli", "M"}, {"oglu", "M"}, {"ugli", "M"}, {"kizi", "F"}, {"gizi", "F"},
}

// patronymicSex is the sex that a patronymic tells; "" when the word is none.
func patronymicSex(key string) string {
	for _, p := range patronymicEnds {
		if len(key) >= len(p.end)+2 && strings.HasSuffix(key, p.end) {
			return p.sex
		}
	}
	return ""
}

// nameLikeness is how far the parts of two names agree.
type nameLikeness struct{ family, given, patronymic likeness }

func compareNames(a, b nameKeys) nameLikeness {
	same := nameLikeness{familyLikeness(a.family, b.family), wordLikeness(a.given, b.given), wordLikeness(a.patronymic, b.patronymic)}
	if same.family == contrary && same.given == contrary && len(a.family) == 1 && len(b.family) == 1 && a.family[0] == b.given && a.given == b.family[0] {
		same.family, same.given = near, equal // family and given name in each other's field
	}
	return same
}

// familyLikeness compares double names word by word: one name of two may be
// left out, or have come with a marriage.
func familyLikeness(a, b []string) likeness {
	best := missing
	for _, x := range a {
		for _, y := range b {
			best = max(best, wordLikeness(x, y))
		}
	}
	if best == equal && (len(a) > 1 || len(b) > 1) && !slices.Equal(a, b) {
		return near
	}
	return best
}

// wordLikeness compares two keys. Short names differ by a letter when they are
// different (Анна and Инна), long ones are mistyped by two.
func wordLikeness(a, b string) likeness {
	switch {
	case a == "" || b == "":
		return missing
	case a == b:
		return equal
	case len(a) == 1 || len(b) == 1:
		if a[0] == b[0] {
			return near
		}
		return contrary
	case clinic.Edits([]rune(a), []rune(b), false) <= allowed(min(len(a), len(b))):
		return near
	}
	return contrary
}

func allowed(length int) int {
	switch {
	case length < 4:
		return 0
	case length < 7:
		return 1
	}
	return 2
}

// sexOf is the sex told, else what the patronymic tells.
func sexOf(p clinic.Patient, k nameKeys) string {
	if p.PatientSex == "M" || p.PatientSex == "F" {
		return p.PatientSex
	}
	return patronymicSex(k.patronymic)
}
