package phrase

import (
	"time"

	"eris/app/desk"
	"eris/app/words"
)

// Index says how old the index of the attached population is, when a card rests
// on it; "" when it does not. old says that newer exams may well be missing.
func Index(w *words.Words, c desk.Card) (text string, old bool) {
	updated, ok := c.FromIndex()
	if !ok {
		return "", false
	}
	age := c.At.Sub(updated)
	days := int(age / (24 * time.Hour))
	switch {
	case age > desk.StaleAfter:
		return w.L("The city index is %s old: newer exams are not in it.", w.Days(days)), true
	case age < time.Hour:
		return w.L("From the city index, updated less than an hour ago."), false
	case age < 48*time.Hour:
		return w.L("From the city index, updated %s ago.", w.Since(age)), false
	}
	return w.L("From the city index, updated %s ago.", w.Days(days)), false
}
