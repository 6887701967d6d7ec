package anatomy

import "strings"

// lookalikes are Latin letters typed for Cyrillic ones of the same shape.
var lookalikes = strings.NewReplacer("a", "а", "b", "в", "e", "е", "k", "к", "m", "м", "h", "н", "o", "о", "p", "р", "c", "с", "t", "т", "y", "у", "x", "х", "u", "и", "3", "з", "0", "о")

// vowels of two Latin letters are read first: "poyas" is по-яс, not пой-ас.
var vowels = strings.NewReplacer("ya", "я", "ja", "я", "yu", "ю", "ju", "ю", "yo", "е", "jo", "е")

// sounds turn transliterated Russian back, the longest first.
var sounds = strings.NewReplacer(
	"shch", "щ", "sch", "щ", "zh", "ж", "kh", "х",
	"ts", "ц", "ch", "ч", "sh", "ш", "yy", "ый", "iy", "ий", "ij", "ий", "ey", "ей", "oy", "ой", "oj", "ой", "ay", "ай", "uy", "уй",
	"a", "а", "b", "б", "v", "в", "w", "в", "g", "г", "d", "д", "e", "е", "z", "з", "i", "и", "j", "й", "k", "к", "l", "л", "m", "м",
	"n", "н", "o", "о", "p", "п", "r", "р", "s", "с", "t", "т", "u", "у", "f", "ф", "h", "х", "c", "ц", "y", "ы", "x", "кс", "q", "к", "'", "ь")

func isCyrillic(word string) bool {
	return strings.IndexFunc(word, func(r rune) bool { return r >= 'а' && r <= 'я' }) >= 0
}

func isLatin(word string) bool { return strings.ContainsAny(word, "abcdefghijklmnopqrstuvwxyz") }

// mixed reports letters of both alphabets, which no word has on purpose.
func mixed(word string) bool { return isLatin(word) && isCyrillic(word) }

// sameAlphabet makes a mixed word Cyrillic.
func sameAlphabet(word string) string { return sound(lookalikes.Replace(word)) }

func sound(word string) string { return sounds.Replace(vowels.Replace(word)) }

// readings are the ways a word that is not in the vocabulary may have been meant.
func readings(word string) []string {
	if !isLatin(word) || len(word) == 1 {
		return nil
	}
	out := []string{sound(word)}
	if shaped := lookalikes.Replace(word); !isLatin(shaped) {
		out = []string{shaped, out[0]}
	}
	return out
}
