package anatomy

import (
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
		cost := distance(runes, target, stem)
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

// distance counts wrong, missing, added and swapped letters between a word and
// an entry; the ending of the word is free when the entry is a stem.
func distance(word, entry []rune, stem bool) int {
	older, before, row := make([]int, len(entry)+1), make([]int, len(entry)+1), make([]int, len(entry)+1)
	for j := range row {
		row[j] = j
	}
	best := row[len(entry)]
	for i := 1; i <= len(word); i++ {
		older, before, row = before, row, older
		row[0] = i
		for j := 1; j <= len(entry); j++ {
			cost := 1
			if word[i-1] == entry[j-1] {
				cost = 0
			}
			row[j] = min(before[j]+1, row[j-1]+1, before[j-1]+cost)
			if i > 1 && j > 1 && word[i-1] == entry[j-2] && word[i-2] == entry[j-1] {
				row[j] = min(row[j], older[j-2]+1)
			}
		}
		best = min(best, row[len(entry)])
	}
	if stem {
		return best
	}
	return row[len(entry)]
}
