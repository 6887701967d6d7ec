package anatomy

import (
	"strings"
	"unicode"
)

// maxText bounds the characters that are read of one text: a description is a
// line, and an attack is not worth more time.
const maxText = 2000

// maxTokens bounds the words read of one text.
const maxTokens = 120

// words cuts a text into lower-case words of letters and digits. Encodings
// shown wrongly are repaired first; names run together by a scanner (LSpine,
// HeadRoutine) are parted; "C+" and "+C" become words of their own.
func words(text string) []string {
	out, _ := clauses(text)
	return out
}

// clauses cuts a text into words and tells which clause each stands in:
// commas, brackets and the like part an exam from the reason for it.
func clauses(text string) (out []string, clause []int) {
	text = repair(clip(text))
	now := 0
	var word []rune
	flush := func() {
		if len(word) > 0 && len(out) < maxTokens {
			out, clause = append(out, strings.ToLower(string(word))), append(clause, now)
		}
		word = word[:0]
	}
	runes := []rune(strings.ReplaceAll(text, "и\u0306", "й"))
	for i, r := range runes {
		switch {
		case r == '+':
			plus(&out, &word, flush, runes[i+1:])
			for len(clause) < len(out) {
				clause = append(clause, now)
			}
			clause = clause[:len(out)]
		case strings.ContainsRune(",;:?!()[]", r):
			flush()
			now++
		case !unicode.IsLetter(r) && !unicode.IsDigit(r):
			flush()
		default:
			if len(word) > 0 && runTogether(word, runes[i:]) {
				flush()
			}
			word = append(word, plain(r))
		}
	}
	flush()
	return out, clause
}

func clip(text string) string {
	n := 0
	for i := range text {
		if n++; n > maxText {
			return text[:i]
		}
	}
	return text
}

// plus treats the sign of contrast: "C+" and "T1+C"; elsewhere it joins two exams.
func plus(out *[]string, word *[]rune, flush func(), rest []rune) {
	last := string(*word)
	flush()
	switch {
	case last == "C" || last == "c" || last == "С" || last == "с":
		*out = append((*out)[:max(len(*out)-1, 0)], "cplus")
	case len(rest) > 0 && strings.ContainsRune("CcСс", rest[0]) && (len(rest) == 1 || !unicode.IsLetter(rest[1])):
		*out = append(*out, "pluscc")
	default:
		*out = append(*out, "+")
	}
}

// runTogether reports a seam inside Latin letters: a small letter before a
// capital one, or a capital one that begins a word of small ones.
func runTogether(word, rest []rune) bool {
	last, next := word[len(word)-1], rest[0]
	if last > unicode.MaxASCII || next > unicode.MaxASCII || !unicode.IsUpper(next) {
		return false
	}
	if unicode.IsLower(last) {
		return len(word) > 2 && !digraph(word)
	}
	if !unicode.IsUpper(last) || len(rest) < 4 {
		return false
	}
	for _, r := range rest[1:4] {
		if r > unicode.MaxASCII || !unicode.IsLower(r) {
			return false
		}
	}
	return true
}

// digraph reports a letter of two in transliterated capitals: BTsA, MRKhPG.
func digraph(word []rune) bool {
	last, before := word[len(word)-1], word[len(word)-2]
	return (last == 'h' || last == 's') && strings.ContainsRune("TKZCS", before)
}

// plain folds letters that differ only in dress.
func plain(r rune) rune {
	switch r {
	case 'ё', 'Ё':
		return 'е'
	case 'ä', 'Ä':
		return 'a'
	case 'ö', 'Ö':
		return 'o'
	case 'ü', 'Ü':
		return 'u'
	case 'é', 'è', 'É':
		return 'e'
	}
	return r
}
