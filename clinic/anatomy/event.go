package anatomy

import (
	"strconv"
	"strings"
	"time"

	"eris/dicom"
)

// eventReach is how many words may part an event from its date.
const eventReach = 6

// moment is a place in a text that says how long ago.
type moment struct{ at, days int }

// events lists what a text says has happened, with the days before the order
// where a date or "two weeks ago" stands near.
func (a *Atlas) events(text string, day dicom.Date) []Event {
	moments := momentsOf(words(text), day)
	var out []Event
	for _, h := range a.lexicon.find("event", a.lexicon.read(text)) {
		if h.value == "-" {
			continue
		}
		e := Event{Kind: h.value}
		for _, m := range moments {
			if m.at >= h.from-eventReach && m.at <= h.to+eventReach {
				e.DaysBefore, e.Dated = m.days, true
				break
			}
		}
		if e.Kind == onlyDated {
			if !e.Dated {
				continue
			}
			e.Kind = "injury"
		}
		out = append(out, e)
	}
	return out
}

// onlyDated are words that name an event only beside its day: "fracture" alone
// is a question, "fracture on 12 March" has happened.
const onlyDated = "dated"

func momentsOf(tokens []string, day dicom.Date) []moment {
	var out []moment
	for i, w := range tokens {
		if d, ok := momentWords[w]; ok {
			out = append(out, moment{i, d})
			continue
		}
		if w == "назад" || w == "ago" || w == "back" {
			if d, ok := spanBefore(tokens[max(0, i-3):i]); ok {
				out = append(out, moment{i, d})
			}
			continue
		}
		if d, ok := dateAt(tokens[i:], day); ok {
			out = append(out, moment{i, d})
		} else if d, ok := yearAt(w, day); ok && !birth(tokens[i+1:]) {
			out = append(out, moment{i, d})
		}
	}
	return out
}

var momentWords = map[string]int{
	"сегодня": 0, "вчера": 1, "позавчера": 2, "today": 0, "yesterday": 1, "сейчас": 0, "tonight": 0, "накануне": 1, "segodnya": 0, "vchera": 1,
}

// unitDays are the beginnings of the units of time, in days.
var unitDays = []struct {
	stem string
	days int
}{
	{"час", 0}, {"hour", 0}, {"дн", 1}, {"ден", 1}, {"сут", 1}, {"day", 1}, {"d", 1}, {"нед", 7}, {"week", 7}, {"wk", 7},
	{"мес", 30}, {"month", 30}, {"mo", 30}, {"полгода", 182}, {"год", 365}, {"лет", 365}, {"year", 365}, {"yr", 365}, {"г", 365},
}

var numberWords = map[string]int{
	"один": 1, "одну": 1, "два": 2, "две": 2, "двое": 2, "три": 3, "трое": 3, "четыре": 4, "пять": 5, "шесть": 6, "семь": 7, "восемь": 8, "десять": 10,
	"пару": 2, "несколько": 3, "one": 1, "a": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "couple": 2, "few": 3,
}

// spanBefore reads "2 недели", "неделю", "three days" at the end of the words.
func spanBefore(tokens []string) (days int, ok bool) {
	for i := len(tokens) - 1; i >= 0; i-- {
		for _, u := range unitDays {
			if !strings.HasPrefix(tokens[i], u.stem) || len(u.stem) < 3 && len(tokens[i]) > 3*len(u.stem)+4 {
				continue
			}
			return u.days * countBefore(tokens[:i]), true
		}
	}
	return 0, false
}

func countBefore(tokens []string) int {
	if len(tokens) == 0 {
		return 1
	}
	last := tokens[len(tokens)-1]
	if n, ok := numberWords[last]; ok {
		return n
	}
	if n, err := strconv.Atoi(last); err == nil && n >= 0 && n < 1000 {
		return n
	}
	return 1
}

// yearAt reads a year before that of the order, counted from its last day.
func yearAt(word string, day dicom.Date) (days int, ok bool) {
	year, err := strconv.Atoi(strings.TrimRight(word, "г"))
	if err != nil || year < 1930 || year > 2200 || !day.Valid() {
		return 0, false
	}
	days, ok = dicom.DateOf(time.Date(year, 12, 31, 0, 0, 0, 0, time.UTC)).DaysUntil(day)
	return days, ok && days > 0
}

// birth reports that the words after a year make it one of birth: "1965 г.р.".
func birth(rest []string) bool {
	if len(rest) > 0 && strings.HasPrefix(rest[0], "г") {
		rest = append([]string{strings.TrimPrefix(rest[0], "г")}, rest[1:]...)
	}
	text := strings.Join(rest[:min(2, len(rest))], "")
	return strings.HasPrefix(text, "р") && (len(text) == len("р") || strings.HasPrefix(text, "рожд"))
}

// dateAt reads 12.03.2025 or 12.03.25 as days before the order.
func dateAt(tokens []string, day dicom.Date) (days int, ok bool) {
	if len(tokens) < 3 || !day.Valid() {
		return 0, false
	}
	var n [3]int
	for i := range n {
		v, err := strconv.Atoi(tokens[i])
		if err != nil || v <= 0 || v > 2200 {
			return 0, false
		}
		n[i] = v
	}
	if n[0] > 31 && n[2] <= 31 {
		n[0], n[2] = n[2], n[0] // 2025-03-12
	}
	if n[2] < 100 {
		n[2] += 2000
	}
	if n[0] > 31 || n[1] > 12 || n[2] < 1901 {
		return 0, false
	}
	days, ok = dicom.DateOf(time.Date(n[2], time.Month(n[1]), n[0], 0, 0, 0, 0, time.UTC)).DaysUntil(day)
	return days, ok && days >= 0
}
