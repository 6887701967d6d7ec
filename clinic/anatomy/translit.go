package anatomy

import "strings"

// lookalikes are Latin letters typed for Cyrillic ones of the same shape.
var lookalikes = strings.NewReplacer("a", "а", "b", "в", "e", "е", "k", "к", "m", "м", "h", "н", "o", "о", "p", "р", "c", "с", "t", "т", "y", "у", "x", "х", "u", "и", "3", "з", "0", "о")

// sounds turn transliterated Russian back, the longest first.
var sounds = strings.NewReplacer(
	"shch", "щ", "sch", "щ", "yo", "е", "jo", "е", "ya", "я", "ja", "я", "yu", "ю", "ju", "ю", "zh", "ж", "kh", "х",
	"ts", "ц", "ch", "ч", "sh", "ш", "yy", "ый", "iy", "ий", "ij", "ий", "ey", "ей", "oy", "ой", "oj", "ой", "ay", "ай", "uy", "уй",
	"a", "а", "b", "б", "v", "в", "w", "в", "g", "г", "d", "д", "e", "е", "z", "з", "i", "и", "j", "й", "k", "к", "l", "л", "m", "м",
	"n", "н", "o", "о", "p", "п", "r", "р", "s", "с", "t", "т", "u", "у", "f", "ф", "h", "х", "c", "ц", "y", "ы", "x", "кс", "q", "к", "'", "ь")

func isCyrillic(word string) bool {
	return strings.IndexFunc(word, func(r rune) bool { return r >= 'а' && r <= 'я' }) >= 0
}

// readings are the ways a word that is not in the vocabulary may have been meant.
func readings(word string) []string {
	latin := strings.ContainsAny(word, "abcdefghijklmnopqrstuvwxyz")
	switch {
	case latin && isCyrillic(word):
		return []string{lookalikes.Replace(word), sounds.Replace(word)}
	case latin && len(word) > 1:
		return []string{lookalikes.Replace(word), sounds.Replace(word)}
	}
	return nil
}
