package dimse

import (
	"slices"
	"strings"
	"unicode"

	"eris/clinic"
)

// Spelling is how a Cyrillic name is written in a question so that an archive
// finds it: the character set, or Latin letters instead.
type Spelling string

// Spellings. Archives compare bytes, or names they turned into Latin letters
// when those came from an old scanner; none says which.
const (
	UTF8    Spelling = "ISO_IR 192"
	Russian Spelling = "ISO_IR 144"
	Latin   Spelling = "latin"
)

// characterSet is the set in which a question in this spelling is written.
func (s Spelling) characterSet() string {
	if s == Russian {
		return string(Russian)
	}
	return string(UTF8)
}

// attempt is a name as it is asked for once. loose says that the pattern finds
// others too, which have to be sorted out.
type attempt struct {
	spelling Spelling
	name     string
	loose    bool
}

// attempts are the ways to ask for a name, one after the other until one finds
// something. What is not Cyrillic has one. Names of a national register are kept
// as they were typed, or in capitals.
func attempts(name string, first Spelling) []attempt {
	if strings.IndexFunc(name, func(r rune) bool { return unicode.Is(unicode.Cyrillic, r) }) < 0 {
		return []attempt{{spelling: first, name: name}}
	}
	order := slices.Compact([]Spelling{first, UTF8, Russian, Latin})
	var list []attempt
	add := func(a attempt) {
		if a.name != "" && !slices.Contains(list, a) {
			list = append(list, a)
		}
	}
	for _, written := range []string{name, strings.ToUpper(name)} {
		for _, s := range order {
			if s == Latin {
				add(attempt{Latin, clinic.Latin(name), false})
				continue
			}
			if s != "" {
				add(attempt{s, written, false})
			}
		}
	}
	// Latin letters are the last resort unless they worked before.
	if first != Latin {
		slices.SortStableFunc(list, func(a, b attempt) int { return rank(a) - rank(b) })
	}
	add(attempt{Latin, loosely(name), true})
	return list
}

func rank(a attempt) int {
	if a.spelling == Latin {
		return 1
	}
	return 0
}

// rivals are the letters that different transliterations write differently
// (clinic.NameKey).
const rivals = "ёжйхцчшщъыьэюяеії"

// loosely is the name in Latin letters with a wildcard for what may be written
// in several ways; "" when too little of it is left.
func loosely(name string) string {
	var b strings.Builder
	letters := 0
	for _, r := range strings.ToLower(name) {
		if strings.ContainsRune(rivals, r) {
			r = '*'
		}
		if r == '*' && strings.HasSuffix(b.String(), "*") {
			continue
		}
		if unicode.IsLetter(r) {
			letters++
		}
		b.WriteRune(r)
	}
	if letters < 3 {
		return ""
	}
	return clinic.Latin(b.String())
}

// sounds reports whether a found name may be the one that was asked for: each of
// its words begins, folded, one of the found name's.
func sounds(asked, found string) bool {
	words := clinic.NameWords(found)
	for _, w := range clinic.NameWords(strings.NewReplacer("*", " ", "?", " ").Replace(asked)) {
		if !slices.ContainsFunc(words, func(f string) bool { return strings.HasPrefix(f, w) }) {
			return false
		}
	}
	return true
}
