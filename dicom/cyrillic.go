package dicom

import (
	"math"
	"strings"
	"unicode"
)

// plausible is the least mean score per letter of text taken for Russian.
// Russian prose has about 3.8, the same bytes in a wrong set below 2.5.
const plausible = 2.6

// declaredBonus is how much better another set must be to beat a declared
// Cyrillic one.
const declaredBonus = 0.8

// cyrillicSets are the sets Russian text is found in, likeliest first.
var cyrillicSets = []string{"CP1251", setRussian, "KOI8-R", "CP866"}

// perMille is how often the letters occur in Russian text, of a thousand.
var perMille = map[rune]float64{
	'о': 109.7, 'е': 84.5, 'а': 80.1, 'и': 73.5, 'н': 67, 'т': 62.6, 'с': 54.7, 'р': 47.3,
	'в': 45.4, 'л': 44, 'к': 34.9, 'м': 32.1, 'д': 29.8, 'п': 28.1, 'у': 26.2, 'я': 20.1,
	'ы': 19, 'ь': 17.4, 'г': 17, 'з': 16.5, 'б': 15.9, 'ч': 14.4, 'й': 12.1, 'х': 9.7,
	'ж': 9.4, 'ш': 7.3, 'ю': 6.4, 'ц': 4.8, 'щ': 3.6, 'э': 3.2, 'ф': 2.6, 'ъ': 0.4, 'ё': 0.4,
	'і': 3, 'ї': 1, 'є': 1, 'ґ': 0.3, 'ў': 1,
}

// letterScore is the logarithm of perMille.
var letterScore = func() map[rune]float64 {
	scores := make(map[rune]float64, len(perMille))
	for r, f := range perMille {
		scores[r] = math.Log(f)
	}
	return scores
}()

// Penalties, on the scale of letterScore.
const (
	notALetter   = -6 // box drawing, signs and letters of other languages
	capitalAfter = -4 // a capital behind a small letter
	signFirst    = -4 // a word that begins with ь, ъ or ы
	noVowel      = -3 // a word of three letters and more
)

// bestCyrillic is the set in which text looks most like Russian.
func bestCyrillic(text []byte) (set string, score float64) {
	score = math.Inf(-1)
	for _, s := range cyrillicSets {
		if got := cyrillicScore(text, s); got > score {
			set, score = s, got
		}
	}
	return set, score
}

// cyrillicScore is the mean score per character above 7F, read in a set.
func cyrillicScore(text []byte, set string) float64 {
	total, n := 0.0, 0
	for _, word := range strings.FieldsFunc(decodeIn(set, text), betweenWords) {
		sum, letters := wordScore([]rune(word))
		total, n = total+sum, n+letters
	}
	if n == 0 {
		return math.Inf(-1)
	}
	return total / float64(n)
}

func betweenWords(r rune) bool { return r < 0x80 && !unicode.IsLetter(r) }

// wordScore judges one word by its letters and its pattern of capitals.
func wordScore(word []rune) (sum float64, n int) {
	vowels := 0
	for i, r := range word {
		if r < 0x80 {
			continue
		}
		n++
		small := unicode.ToLower(r)
		s, ok := letterScore[small]
		if !ok {
			s = notALetter
		}
		sum += s
		if strings.ContainsRune("аеёиоуыэюяіїє", small) {
			vowels++
		}
		if i > 0 && unicode.IsUpper(r) && unicode.IsLower(word[i-1]) {
			sum += capitalAfter
		}
	}
	if n == 0 {
		return 0, 0
	}
	if strings.ContainsRune("ьъы", unicode.ToLower(word[0])) {
		sum += signFirst
	}
	if n >= 3 && vowels == 0 {
		sum += noVowel
	}
	return sum, n
}
