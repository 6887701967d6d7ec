package anatomy

import (
	"eris/clinic"
	"strings"
	"unicode/utf8"
)

// Shortest words and vocabulary entries that are compared for typing errors:
// below, one wrong letter makes another word (ПОП, ППН).
const (
	shortestTypo  = 6
	shortestEntry = 5
	shortWord     = 9 // a stem of shortestEntry letters is compared with words no longer than this: any ending fits it
	longWord      = 9 // from here two errors are allowed
	longestTypo   = 24
)

// indexTypos lists the entries by first letter, which is rarely mistyped.
func (l *lexicon) indexTypos() {
	add := func(text, mark string) {
		first, _ := utf8.DecodeRuneInString(text)
		if utf8.RuneCountInString(text) >= shortestEntry {
			l.typos[first] = append(l.typos[first], text+mark)
		}
	}
	for text := range l.known {
		add(text, "")
	}
	for text := range l.begun {
		add(text, "*")
	}
}

// fixTypo finds the vocabulary entry nearest to an unknown word. A tie between
// two entries is decided by the alphabet, so that the answer is always the same.
func (l *lexicon) fixTypo(word string) (string, bool) {
	runes := []rune(word)
	if len(runes) < shortestTypo || len(runes) > longestTypo {
		return "", false
	}
	best, bestCost := "", 3
	for _, entry := range l.typos[runes[0]] {
		text, stem := strings.CutSuffix(entry, "*")
		target := []rune(text)
		allowed := 1
		if len(target) >= longWord {
			allowed = 2
		}
		if stem && len(target) == shortestEntry && len(runes) > shortWord {
			continue
		}
		if len(runes) < len(target)-allowed || !stem && len(runes) > len(target)+allowed {
			continue
		}
		cost := clinic.Edits(runes, target, stem)
		if cost <= allowed && (cost < bestCost || cost == bestCost && better(text, best)) {
			best, bestCost = text, cost
		}
	}
	return best, best != ""
}

func better(text, than string) bool {
	if len(text) != len(than) {
		return len(text) > len(than)
	}
	return text < than
}
