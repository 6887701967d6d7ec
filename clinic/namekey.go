package clinic

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// NameKeyVersion counts up whenever NameKey gives other keys: whoever keeps
// keys makes them anew.
const NameKeyVersion = 2

// cyrillicLatin is Doc 9303 (passports), lower case, with Ё = Е and the signs
// dropped; NameKey then folds what rival transliterations write differently.
var cyrillicLatin = map[rune]string{
	'а': "a", 'б': "b", 'в': "v", 'г': "g", 'д': "d", 'е': "e", 'ё': "e", 'ж': "zh", 'з': "z",
	'и': "i", 'й': "i", 'к': "k", 'л': "l", 'м': "m", 'н': "n", 'о': "o", 'п': "p", 'р': "r",
	'с': "s", 'т': "t", 'у': "u", 'ф': "f", 'х': "kh", 'ц': "ts", 'ч': "ch", 'ш': "sh",
	'щ': "shch", 'ъ': "", 'ы': "y", 'ь': "", 'э': "e", 'ю': "iu", 'я': "ia",
	'і': "i", 'ї': "i", 'є': "ie", 'ґ': "g", 'ў': "u",
}

// rivals fold the transliterations in use (domain facts, section 4) to one
// spelling, step by step; longer forms stand first. Doc 9303, GOST 7.79-B and
// the ways of older passports (OU, TCH, OFF) meet here. What they write alike
// for different letters (J and CH of the French way) stays apart: two letters
// of difference are for whoever compares.
var rivals = []*strings.Replacer{
	strings.NewReplacer("alex", "aleks", "maxi", "maksi", "felix", "feliks", "oxan", "oksan", "roxan", "roksan", "xen", "ksen"),
	strings.NewReplacer("shch", "sh", "chtch", "sh", "sch", "sh", "shh", "sh", "tch", "ch",
		"kh", "h", "x", "h", "ch", "ch", "ck", "k", "ts", "c", "tz", "c", "cz", "c",
		"ce", "ce", "ci", "ci", "cy", "ci", "cj", "ci", "ca", "ka", "co", "ko", "cu", "ku", "ct", "kt", "cl", "kl", "cr", "kr",
		"ph", "f", "th", "t", "w", "v", "q", "k", "jou", "zhu", "ou", "u", "y", "i", "j", "i"),
	strings.NewReplacer("ieia", "ia", "ieiu", "iu"), // ЪЯ, ЪЮ of passports
}

var (
	plainLetters = strings.NewReplacer("й", "и", "ё", "е") // before NFD takes them apart
	afterHushers = strings.NewReplacer("cho", "che", "sho", "she", "zho", "zhe")
)

// lookalikes are Latin letters typed for Cyrillic ones of the same shape, and
// back. Lower case: b, h, k, m and t are alike as capitals only.
var (
	lookalikes     = map[rune]rune{'a': 'а', 'b': 'в', 'c': 'с', 'e': 'е', 'h': 'н', 'k': 'к', 'm': 'м', 'o': 'о', 'p': 'р', 't': 'т', 'x': 'х', 'y': 'у'}
	lookalikesBack = map[rune]rune{'а': 'a', 'в': 'b', 'с': 'c', 'е': 'e', 'н': 'h', 'к': 'k', 'м': 'm', 'о': 'o', 'р': 'p', 'т': 't', 'х': 'x', 'у': 'y'}
)

// NameKey folds one word of a name so that Cyrillic and Latin spellings of it
// meet: "Щукина", "SHCHUKINA" and "Schukina" give one key. Case, Ё, accents,
// signs and doubled letters do not count, and letters of the other alphabet
// typed for their looks are read as meant. For finding, never for deciding who
// somebody is.
func NameKey(word string) string { return nameKey(word, false) }

// nameKey is NameKey; cyrillic says that the word stands among Cyrillic ones.
func nameKey(word string, cyrillic bool) string {
	word = plainLetters.Replace(strings.ToLower(word))
	var b strings.Builder
	for _, r := range oneAlphabet(norm.NFD.String(word), cyrillic) {
		if latin, ok := cyrillicLatin[r]; ok {
			b.WriteString(latin)
		} else if unicode.IsLetter(r) || unicode.IsDigit(r) {
			b.WriteRune(r)
		}
	}
	key := b.String()
	for _, fold := range rivals {
		key = fold.Replace(key)
	}
	return onceEach(ending(glides(key)))
}

// oneAlphabet reads a word of both alphabets in the one that it can be wholly
// written in; Cyrillic when both would do.
func oneAlphabet(word string, cyrillic bool) string {
	latin := strings.ContainsFunc(word, isLatin)
	if !latin || !cyrillic && !strings.ContainsFunc(word, isCyrillic) {
		return word
	}
	all := func(is func(rune) bool, like map[rune]rune) bool {
		return !strings.ContainsFunc(word, func(r rune) bool { return is(r) && like[r] == 0 })
	}
	like := lookalikes
	if !all(isLatin, lookalikes) {
		if !all(isCyrillic, lookalikesBack) {
			return word
		}
		like = lookalikesBack
	}
	return strings.Map(func(r rune) rune {
		if meant := like[r]; meant != 0 {
			return meant
		}
		return r
	}, word)
}

func isLatin(r rune) bool    { return r >= 'a' && r <= 'z' }
func isCyrillic(r rune) bool { return unicode.Is(unicode.Cyrillic, r) }

// glides drops the i of я, ю, е before their vowel, where some ways write it
// and some do not, and folds io to e (ё). A word's first я and ю keep it.
func glides(key string) string {
	var b strings.Builder
	for i := 0; i < len(key); {
		run := 0
		for i+run < len(key) && key[i+run] == 'i' {
			run++
		}
		if run == 0 {
			b.WriteByte(key[i])
			i++
			continue
		}
		next := byte(0)
		if i+run < len(key) {
			next = key[i+run]
		}
		switch {
		case next == 'o':
			b.WriteByte('e')
			run++
		case next == 'e', i > 0 && (next == 'a' || next == 'u'):
		default:
			b.WriteByte('i')
		}
		i += run
	}
	return afterHushers.Replace(b.String())
}

// ending folds the ends of family names that older passports wrote as the
// French say them.
func ending(key string) string {
	for _, e := range [][2]string{{"off", "ov"}, {"eff", "ev"}, {"ine", "in"}} {
		if stem, ok := strings.CutSuffix(key, e[0]); ok && stem != "" {
			return stem + e[1]
		}
	}
	return key
}

// onceEach drops a letter that repeats the one before it; digits stay.
func onceEach(key string) string {
	last := rune(0)
	return strings.Map(func(r rune) rune {
		if r == last && !unicode.IsDigit(r) {
			return -1
		}
		last = r
		return r
	}, key)
}

// NameWords are the keys of every word of a name, without repeats.
func NameWords(name string) []string {
	var words []string
	cyrillic := strings.ContainsFunc(strings.ToLower(name), isCyrillic)
	for _, w := range strings.FieldsFunc(name, func(r rune) bool {
		return unicode.IsSpace(r) || strings.ContainsRune("^=,.-", r)
	}) {
		// A Latin group beside a Cyrillic one is meant as Latin: only capitals that
		// all look Cyrillic are read so.
		if k := nameKey(w, cyrillic && w == strings.ToUpper(w) && !strings.Contains(name, "=")); k != "" && !slices.Contains(words, k) {
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
