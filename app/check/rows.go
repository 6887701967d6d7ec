package check

import (
	"cmp"
	"time"

	fynewidget "fyne.io/fyne/v2/widget"

	"eris/app/desk"
	"eris/app/phrase"
	"eris/app/widget"
	"eris/app/words"
	"eris/clinic"
	"eris/clinic/identity"
	"eris/clinic/priors"
)

// orderRow is an order and what stands beside it in the list.
type orderRow struct {
	clinic.Order
	mark string
	// level colours the mark: a repeat is a warning, never an error.
	level fynewidget.Importance
	// shared says that another patient's order has the same number.
	shared bool
}

// markOf says in a sign what a card says in words: ● a repeat, ◐ something
// comparable, ? unknown, doubtful, not asked for yet or long ago, – nothing.
func markOf(c desk.Card) (mark string, level fynewidget.Importance) {
	switch {
	case c.Verdict.Repeat:
		return "●", fynewidget.WarningImportance
	case c.Verdict.Count(priors.Same)+c.Verdict.Count(priors.Comparable) > 0:
		return "◐", fynewidget.WarningImportance
	case len(c.Doubtful) > 0 || asking(c) > 0 || c.Verdict.OrderUnknown || anyUnknown(c.Verdict.Priors) || !askedAll(c) || c.Stale():
		return "?", fynewidget.MediumImportance
	}
	return "–", fynewidget.LowImportance
}

// asking counts those who may be the same person and of whom nobody has said so.
func asking(c desk.Card) (n int) {
	for _, o := range c.Candidates {
		if o.Match.Confidence == identity.Candidate && o.Match.Reason != identity.Undone {
			n++
		}
	}
	return n
}

func anyUnknown(list []priors.Prior) bool {
	for _, p := range list {
		if p.RegionUnknown {
			return true
		}
	}
	return false
}

func orderColumns(w *words.Words, now func() time.Time) []widget.Column[orderRow] {
	return []widget.Column[orderRow]{
		{Label: w.L("Time"), Width: 60, Text: func(r orderRow) string {
			switch at := r.Scheduled; {
			case at.IsZero():
				return "—"
			case at.Format(time.DateOnly) != now().Format(time.DateOnly):
				return at.Format("15:04\n02.01")
			default:
				return at.Format("15:04")
			}
		}},
		{Label: w.L("Order"), Width: 0.9, Text: func(r orderRow) string {
			first := phrase.Order(w, r.Order)
			if r.shared {
				first = w.L("number of two patients") + " · " + first
			}
			return first + "\n" + cmp.Or(r.Patient.PatientName.Display(), w.L("ID %s", r.Patient.PatientID))
		}, Importance: func(r orderRow) fynewidget.Importance {
			switch {
			case r.shared:
				return fynewidget.DangerImportance
			case r.Withdrawn():
				return fynewidget.LowImportance
			}
			return fynewidget.MediumImportance
		}},
		{Label: "", Width: 28, Text: func(r orderRow) string { return r.mark },
			Importance: func(r orderRow) fynewidget.Importance { return r.level }},
	}
}

// priorRow is one line of the list of priors.
type priorRow struct {
	priors.Prior
	doubtful bool
	// candidate is whose it may be, under another ID; nil when it is the patient's.
	candidate *desk.Candidate
	dose      string // as the column says it
	// through is how sure the link is through which it counts; empty: the order's own ID.
	through identity.Confidence
	folded  int // for the line that stands for the folded ones
}

// priorRows are the lines of a card: what matters first, then the doubtful;
// what is not relevant is folded into one line, never hidden.
func priorRows(w *words.Words, c desk.Card, unfolded bool) []priorRow {
	var rows, rest []priorRow
	for _, p := range c.Verdict.Priors {
		r := priorRow{Prior: p}
		if e, ok := c.DoseOf(p.Study.StudyInstanceUID); ok {
			r.dose = phrase.ExamDose(w, e)
		}
		if l, linked := linkOf(c, r); linked {
			r.through = l.Match.Confidence
		}
		if p.Class == priors.Unrelated {
			rest = append(rest, r)
		} else {
			rows = append(rows, r)
		}
	}
	for _, p := range c.Doubtful {
		rows = append(rows, priorRow{Prior: p, doubtful: true})
	}
	rows = append(rows, candidateRows(c)...)
	if len(rest) == 0 || unfolded {
		return append(rows, rest...)
	}
	return append(rows, priorRow{folded: len(rest)})
}

func priorColumns(w *words.Words) []widget.Column[priorRow] {
	text := func(f func(priorRow) string) func(priorRow) string {
		return func(r priorRow) string {
			if r.folded > 0 {
				return ""
			}
			return f(r)
		}
	}
	return []widget.Column[priorRow]{
		{Label: w.L("Age, date"), Width: 108, Text: text(func(r priorRow) string {
			if !r.AgeKnown {
				return w.L("no date")
			}
			return w.Age(r.AgeDays) + "\n" + w.Date(r.Study.StudyDate)
		}), Importance: importance},
		{Label: w.L("Exam, where"), Width: 0.6, Text: func(r priorRow) string {
			if r.folded > 0 {
				return w.L("▸ others, not relevant: %d", r.folded)
			}
			if r.candidate != nil && r.Study.StudyInstanceUID == "" {
				return w.L(candidateWord(*r.candidate)) + "\n" + phrase.Who(w, r.candidate.Patient)
			}
			where := phrase.Place(r.Study)
			if r.through != "" {
				where += " · " + w.L("other ID: "+string(r.through))
			}
			return phrase.Study(w, r.Study) + "\n" + where
		}},
		{Label: w.L("Why it is shown"), Width: 0.4, Text: text(func(r priorRow) string { return why(w, r) + "\n" + w.L(blockWord(r)) }), Importance: importance},
		{Label: w.L("mSv"), Width: 58, Text: text(func(r priorRow) string { return r.dose })},
		{Label: w.L("Images"), Width: 96, Text: text(func(r priorRow) string {
			return w.L(imagesWord(r.Study)) + "\n" + w.L("report: "+string(r.Study.Report))
		})},
	}
}

// candidateWord says why a candidate has no exams on the card.
func candidateWord(c desk.Candidate) string {
	if c.Judged {
		return "no exam is known"
	}
	return "exams not looked through"
}

// blockWord says in a word what keeps a near prior from a repeat warning.
func blockWord(r priorRow) string {
	switch {
	case r.doubtful, r.candidate != nil:
		return "not counted"
	case r.Repeat:
		return "within the repeat window"
	case r.Block != "":
		return "block: " + string(r.Block)
	case r.Rule != "" && r.AgeDays > r.WindowDays:
		return "older than the repeat window"
	}
	return ""
}

func importance(r priorRow) fynewidget.Importance {
	switch {
	case r.doubtful, r.candidate != nil:
		return fynewidget.DangerImportance
	case r.Repeat:
		return fynewidget.WarningImportance
	}
	return fynewidget.MediumImportance
}

// why is the class in words, short enough for a column.
func why(w *words.Words, r priorRow) string {
	switch {
	case r.conflict():
		return w.L("another person")
	case r.candidate != nil:
		return w.L("the same person?")
	case r.doubtful:
		return w.L("same ID, another person?")
	case r.RegionUnknown:
		return w.L("unknown region")
	}
	return w.L("class: " + string(r.Class))
}

func imagesWord(s clinic.Study) string {
	switch {
	case s.Withdrawn != "":
		return "withdrawn: " + string(s.Withdrawn)
	case s.Completeness == clinic.Complete:
		return "here"
	case s.Completeness == clinic.Partial:
		return "partly here"
	case s.Source != "":
		return "in the archive"
	}
	return "no images"
}
