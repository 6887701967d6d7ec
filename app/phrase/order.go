package phrase

import (
	"time"

	"eris/app/desk"
	"eris/app/words"
	"eris/clinic"
)

// clockOff is the difference of clocks that is worth a word.
const clockOff = 5 * time.Minute

// OrderSource says how a source of orders answered; bad says that it did not, or
// that something is to be mended.
func OrderSource(w *words.Words, s desk.OrderSource, now time.Time) (text string, bad bool) {
	switch {
	case s.Asked.IsZero():
		return w.L("%s: not asked yet", s.Name), false
	case s.Err != nil && s.Answered.IsZero():
		return s.Name + ": " + Sentence(w, s.Err), true
	case s.Err != nil:
		return s.Name + ": " + Sentence(w, s.Err) + " " + w.L("Its orders are as of %s.", s.Answered.Format("02.01 15:04")), true
	}
	text = w.L("%s: orders %d, %s", s.Name, s.Orders, w.Since(now.Sub(s.Answered)))
	if s.Unusable > 0 {
		text += "; " + w.L("without a patient and left out: %d", s.Unusable)
		bad = true
	}
	if s.Drift.Abs() > clockOff {
		text += "; " + w.L("its clock differs by %s", s.Drift.Abs().Round(time.Minute).String())
		bad = true
	}
	if s.Untold > 0 {
		text += "; " + w.L("decisions not told yet: %d", s.Untold)
		if s.TellErr != nil {
			text += ". " + Sentence(w, s.TellErr)
		}
		bad = true
	}
	return text, bad
}

// OrderState is how far an order has come, when it is not simply to be done.
func OrderState(w *words.Words, o clinic.Order) string {
	switch {
	case o.Status == clinic.OrderRevoked:
		return w.L("canceled")
	case o.Status == clinic.OrderEnteredInError:
		return w.L("entered in error")
	case o.Status == clinic.OrderCompleted:
		return w.L("done")
	case o.Withdrawn():
		return w.L("no longer listed")
	case o.Status == clinic.OrderOnHold:
		return w.L("on hold")
	case o.Status == clinic.OrderDraft:
		return w.L("draft")
	}
	return ""
}
