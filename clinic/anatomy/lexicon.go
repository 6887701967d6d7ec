package anatomy

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"unicode/utf8"
)

// kind is a list of the vocabulary: region, family, view …
type kind string

// pattern is one entry of words.tsv.
type pattern struct {
	value  string
	weak   bool // holds only when nothing surer is found
	words  []piece
	weight int // letters spelled out: the more, the surer
}

// piece is one word of a pattern.
type piece struct {
	text string
	stem bool // any ending
	any  bool // any one word
	gap  bool // up to maxGap words may stand before it
}

// maxGap is the number of free words a "~" stands for.
const maxGap = 3

// lexicon is the vocabulary of one Atlas.
type lexicon struct {
	exact map[kind]map[string][]pattern // by the first word
	stems map[kind]map[string][]pattern
	known map[string]bool // whole words that occur anywhere
	begun map[string]bool // stems that occur anywhere
	typos map[rune][]string
	whole map[string]string // words cut short
}

// hit is one match in a text.
type hit struct {
	value    string
	weak     bool
	from, to int // words [from, to), gaps included
}

func loadLexicon(folder fs.FS) (*lexicon, error) {
	rows, err := Table(folder, "words.tsv", "kind", "value", "patterns")
	if err != nil {
		return nil, err
	}
	l := &lexicon{
		exact: map[kind]map[string][]pattern{}, stems: map[kind]map[string][]pattern{},
		known: map[string]bool{}, begun: map[string]bool{}, typos: map[rune][]string{}, whole: map[string]string{},
	}
	short, err := Table(folder, "abbreviations.tsv", "short", "whole")
	if err != nil && !errors.Is(err, fs.ErrNotExist) { // a site's older rules have none
		return nil, err
	}
	for _, row := range short {
		l.whole[row[0]] = row[1]
	}
	for _, row := range rows {
		for _, text := range strings.Split(row[2], "|") {
			if err := l.add(kind(row[0]), row[1], strings.TrimSpace(text)); err != nil {
				return nil, err
			}
		}
	}
	l.indexTypos()
	return l, nil
}

func (l *lexicon) add(k kind, value, text string) error {
	p := pattern{value: strings.TrimSuffix(value, "?"), weak: strings.HasSuffix(value, "?")}
	if strings.HasSuffix(text, "?") && !strings.HasSuffix(text, " ?") {
		p.weak, text = true, strings.TrimSuffix(text, "?")
	}
	gap := false
	for _, w := range strings.Fields(text) {
		switch w {
		case "~":
			gap = true
			continue
		case "?":
			p.words = append(p.words, piece{any: true})
			continue
		}
		w = strings.ReplaceAll(w, "ё", "е")
		one := piece{text: strings.TrimSuffix(w, "*"), stem: strings.HasSuffix(w, "*"), gap: gap}
		gap = false
		l.remember(one)
		p.weight += 1 + utf8.RuneCountInString(one.text)
		p.words = append(p.words, one)
	}
	if len(p.words) == 0 || p.words[0].any || p.words[0].text == "" {
		return fmt.Errorf("%w words.tsv: %s %s: pattern %q begins with nothing", ErrTable, k, value, text)
	}
	index := l.exact
	if p.words[0].stem {
		index = l.stems
	}
	if index[k] == nil {
		index[k] = map[string][]pattern{}
	}
	index[k][p.words[0].text] = append(index[k][p.words[0].text], p)
	return nil
}

func (l *lexicon) remember(p piece) {
	if p.stem {
		l.begun[p.text] = true
	} else {
		l.known[p.text] = true
	}
}

// shortStem is a stem that says little alone; the word may have no more than
// shortRest letters after it.
const (
	shortStem = 3
	shortRest = 2
)

// looseRest is how many letters after its stem make a word doubtful: another
// entry may be meant with a letter wrong ("колоносопия").
const looseRest = 5

// knows reports a word that some pattern spells.
func (l *lexicon) knows(word string) bool {
	_, ok := l.spelled(word)
	return ok
}

// spelled counts the letters after the part of a word that a pattern spells.
func (l *lexicon) spelled(word string) (rest int, ok bool) {
	if l.known[word] || l.begun[word] {
		return 0, true
	}
	letters := utf8.RuneCountInString(word)
	at := 0
	for i := range word {
		if i > 0 && l.begun[word[:i]] && (at > shortStem || letters-at <= shortRest) {
			rest, ok = letters-at, true
		}
		at++
	}
	return rest, ok
}

// read turns a text into words of the vocabulary: words cut short are made
// whole, unknown ones are read as look-alike letters, as transliteration, or
// as a typing error when exactly that leads to a known word.
func (l *lexicon) read(text string) []string {
	out, _ := l.readClauses(text)
	return out
}

// readClauses tells the clause of each word as well.
func (l *lexicon) readClauses(text string) ([]string, []int) {
	out, clause := clauses(text)
	latin := l.transliterated(out)
	for i, w := range out {
		switch {
		case mixed(w):
			w = sameAlphabet(w)
		case latin:
			w = l.spoken(w)
		}
		if full, ok := l.whole[w]; ok {
			out[i] = full
			continue
		}
		out[i] = l.guess(w)
	}
	return out, clause
}

func (l *lexicon) guess(word string) string {
	rest, ok := l.spelled(word)
	if ok && rest < looseRest {
		return word
	}
	if ok {
		if fixed, better := l.fixTypo(word); better && utf8.RuneCountInString(fixed) > utf8.RuneCountInString(word)-looseRest {
			return fixed
		}
		return word
	}
	for _, reading := range readings(word) {
		if l.knows(reading) {
			return reading
		}
	}
	if fixed, ok := l.fixTypo(word); ok {
		return fixed
	}
	return word
}

// transliterated reports a text in Latin letters of which two words, or a long
// one, or the only ones that are not English are Russian when sounded out, and
// none but then.
func (l *lexicon) transliterated(tokens []string) bool {
	const longest = 5 // of a word that may sound Russian by chance
	russian, english := 0, 0
	for _, w := range tokens {
		if isCyrillic(w) {
			return false
		}
		rest, ok := l.spelled(w)
		sounded := l.knows(sound(w))
		switch {
		case len(w) == 1 || ok && (rest > 0 || sounded) && rest < looseRest:
			continue // could be either
		case ok && rest == 0 || !sounded:
			english++
			continue
		}
		russian++
		if len(w) > longest {
			russian++
		}
	}
	return russian > 1 || russian > 0 && english == 0
}

// spoken sounds a word out where that gives a known one.
func (l *lexicon) spoken(word string) string {
	if w := sound(word); len(word) == 1 || l.knows(w) {
		return w
	}
	if fixed, ok := l.fixTypo(sound(word)); ok && !l.knows(word) {
		return fixed
	}
	return word
}

// find lists the matches of one kind, left to right; the longest wins, and
// its words are used up.
func (l *lexicon) find(k kind, tokens []string) []hit {
	var hits []hit
	used := make([]bool, len(tokens))
	for i := range tokens {
		if used[i] {
			continue
		}
		best, ends, ok := l.best(k, tokens, used, i)
		if !ok {
			continue
		}
		for _, at := range ends {
			used[at] = true
		}
		hits = append(hits, hit{value: best.value, weak: best.weak, from: i, to: ends[len(ends)-1] + 1})
	}
	return hits
}

func (l *lexicon) best(k kind, tokens []string, used []bool, at int) (best pattern, ends []int, ok bool) {
	try := func(candidates []pattern) {
		for _, p := range candidates {
			if ok && p.weight <= best.weight {
				continue
			}
			if e := p.match(tokens, used, at); e != nil {
				best, ends, ok = p, e, true
			}
		}
	}
	word := tokens[at]
	try(l.exact[k][word])
	stems := l.stems[k]
	for i := range word {
		if i > 0 {
			try(stems[word[:i]])
		}
	}
	try(stems[word])
	return best, ends, ok
}

// match gives the places of the words it uses up: all of an unbroken pattern,
// only those before the first gap otherwise, so that one "позвоночника" serves
// several segments.
func (p pattern) match(tokens []string, used []bool, at int) []int {
	var places []int
	broken := false
	for n, w := range p.words {
		found := -1
		reach := at
		if w.gap {
			broken = true
			reach += maxGap
		}
		for i := at; i <= reach && i < len(tokens); i++ {
			if (!used[i] || broken) && w.fits(tokens[i]) {
				found = i
				break
			}
		}
		if found < 0 {
			return nil
		}
		if !broken || n == 0 {
			places = append(places, found)
		}
		at = found + 1
	}
	return places
}

func (w piece) fits(token string) bool {
	switch {
	case w.any:
		return token != "+"
	case w.stem:
		return strings.HasPrefix(token, w.text)
	}
	return token == w.text
}
