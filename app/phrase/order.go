package phrase

import (
	"errors"
	"slices"
	"strings"
	"time"

	"eris/app/desk"
	"eris/app/words"
	"eris/clinic"
	"eris/sync/node"
)

// clockOff is the difference of clocks that is worth a word.
const clockOff = 5 * time.Minute

// OrderSource says how a source of orders answered; bad says that it did not, or
// that something is to be mended.
func OrderSource(w *words.Words, s desk.OrderSource, now time.Time) (text string, bad bool) {
	switch {
	case s.Asked.IsZero():
		return w.L("%s: not asked yet", s.Name), false
	case s.Err != nil:
		text = s.Name + ": " + orderFailure(w, s.Err)
		if !s.Answered.IsZero() {
			text += "; " + w.L("its orders are as of %s", s.Answered.Format("02.01 15:04"))
		}
		return text, true
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
			text += ", " + orderFailure(w, s.TellErr)
		}
		bad = true
	}
	return text, bad
}

// orderFailures say why a source of orders failed, after its name.
var orderFailures = []struct {
	kind error
	text string
}{
	{node.ErrUnreachable, "does not answer"},
	{node.ErrStalled, "does not answer"},
	{node.ErrRefused, "refuses the login"},
	{node.ErrUntrusted, "its certificate is not trusted here"},
	{node.ErrGarbled, "answers what cannot be read; check its address"},
	{node.ErrConflict, "does not take it as it is"},
	{node.ErrServer, "fails on its own side"},
}

// OrderFailureSentences lists them, for the test of the words.
func OrderFailureSentences() (list []string) {
	for _, f := range orderFailures {
		list = append(list, f.text)
	}
	return list
}

func orderFailure(w *words.Words, err error) string {
	for _, f := range orderFailures {
		if errors.Is(err, f.kind) {
			return w.L(f.text)
		}
	}
	return Sentence(w, err)
}

// Order is what is asked for, in a line, with how far it has come.
func Order(w *words.Words, o clinic.Order) string {
	parts := []string{strings.ToUpper(OrderState(w, o)), o.Modality, o.Text}
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), " · ")
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
