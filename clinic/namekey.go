package clinic

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// cyrillicLatin is Doc 9303 (passports), lower case, with Ё = Е and the signs
// dropped; NameKey then folds what rival transliterations write differently.
var cyrillicLatin = map[rune]string{
	'а': "a", 'б': "b", 'в': "v", 'г': "g", 'д': "d", 'е': "e", 'ё': "e", 'ж': "zh", 'з': "z",
	'и': "i", 'й': "i", 'к': "k", 'л': "l", 'м': "m", 'н': "n", 'о': "o", 'п': "p", 'р': "r",
	'с': "s", 'т': "t", 'у': "u", 'ф': "f", 'х': "kh", 'ц': "ts", 'ч': "ch", 'ш': "sh",
	'щ': "shch", 'ъ': "", 'ы': "y", 'ь': "", 'э': "e", 'ю': "iu", 'я': "ia",
	'і': "i", 'ї': "i", 'є': "ie", 'ґ': "g", 'ў': "u",
}

// rivals folds the transliterations in use (domain facts, section 4) to one
// spelling; longer forms stand first.
var rivals = strings.NewReplacer(
	"shch", "sh", "sch", "sh", "shh", "sh",
	"kh", "h", "x", "h", "ts", "c", "tz", "c", "cz", "c",
	"iu", "u", "yu", "u", "ju", "u",
	"ia", "a", "ya", "a", "ja", "a",
	"ie", "e", "ye", "e", "je", "e",
	"io", "e", "yo", "e", "jo", "e",
	"ii", "i", "iy", "i", "ij", "i", "yi", "i", "yy", "i", "yj", "i",
	"y", "i", "j", "i",
)

// NameKey folds one word of a name so that Cyrillic and Latin spellings of it
// meet: "Щукина", "SHCHUKINA" and "Schukina" give one key. Case, Ё, accents
// and signs do not count. For finding, never for deciding who somebody is.
func NameKey(word string) string {
	var b strings.Builder
	for _, r := range norm.NFD.String(strings.ToLower(strings.ReplaceAll(strings.ReplaceAll(word, "й", "и"), "Й", "и"))) {
		if latin, ok := cyrillicLatin[r]; ok {
			b.WriteString(latin)
		} else if unicode.IsLetter(r) || unicode.IsDigit(r) {
			b.WriteRune(r)
		}
	}
	return rivals.Replace(b.String())
}

// NameWords are the keys of every word of a name, without repeats.
func NameWords(name string) []string {
	var words []string
	seen := map[string]bool{}
	for _, w := range strings.FieldsFunc(name, func(r rune) bool {
		return unicode.IsSpace(r) || strings.ContainsRune("^=,.-", r)
	}) {
		if k := NameKey(w); k != "" && !seen[k] {
			seen[k] = true
			words = append(words, k)
		}
	}
	return words
}

// Latin is a name in capital Latin letters as passports write it (Doc 9303),
// for archives that know no others; what is not Cyrillic stays as it is.
func Latin(name string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(name) {
		if latin, ok := cyrillicLatin[r]; ok {
			b.WriteString(latin)
		} else {
			b.WriteRune(r)
		}
	}
	return strings.ToUpper(b.String())
}
