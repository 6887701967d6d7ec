package check

import (
	"strings"

	fynewidget "fyne.io/fyne/v2/widget"

	"eris/app/desk"
	"eris/app/widget"
	"eris/app/words"
	"eris/clinic"
	"eris/clinic/priors"
)

// orderRow is an order and what stands beside it in the list.
type orderRow struct {
	clinic.Order
	mark string
	// level colours the mark: a repeat is a warning, never an error.
	level fynewidget.Importance
}

// markOf says in a sign what a card says in words: ● a repeat, ◐ something
// comparable, ? unknown or doubtful, – nothing.
func markOf(c desk.Card) (mark string, level fynewidget.Importance) {
	switch {
	case c.Verdict.Repeat:
		return "●", fynewidget.WarningImportance
	case c.Verdict.Count(priors.Same)+c.Verdict.Count(priors.Comparable) > 0:
		return "◐", fynewidget.WarningImportance
	case len(c.Doubtful) > 0 || c.Verdict.OrderUnknown || anyUnknown(c.Verdict.Priors):
		return "?", fynewidget.MediumImportance
	}
	return "–", fynewidget.LowImportance
}

func anyUnknown(list []priors.Prior) bool {
	for _, p := range list {
		if p.RegionUnknown {
			return true
		}
	}
	return false
}

func orderColumns(w *words.Words) []widget.Column[orderRow] {
	return []widget.Column[orderRow]{
		{Label: w.L("Time"), Width: 52, Text: func(r orderRow) string { return r.Scheduled.Format("15:04") }},
		{Label: w.L("Order"), Width: 0.6, Text: func(r orderRow) string { return r.Modality + " · " + r.Text }},
		{Label: w.L("Patient"), Width: 0.4, Text: func(r orderRow) string { return r.Patient.PatientName.Display() }},
		{Label: "", Width: 28, Text: func(r orderRow) string { return r.mark },
			Importance: func(r orderRow) fynewidget.Importance { return r.level }},
	}
}

// priorRow is one line of the list of priors.
type priorRow struct {
	priors.Prior
	doubtful bool
	folded   int // for the line that stands for the folded ones
}

// priorRows are the lines of a card: what matters first, then the doubtful;
// what is not relevant is folded into one line, never hidden.
func priorRows(c desk.Card, unfolded bool) []priorRow {
	var rows, rest []priorRow
	for _, p := range c.Verdict.Priors {
		if p.Class == priors.Unrelated {
			rest = append(rest, priorRow{Prior: p})
		} else {
			rows = append(rows, priorRow{Prior: p})
		}
	}
	for _, p := range c.Doubtful {
		rows = append(rows, priorRow{Prior: p, doubtful: true})
	}
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
		{Label: w.L("Age"), Width: 76, Text: text(func(r priorRow) string {
			if !r.AgeKnown {
				return w.L("no date")
			}
			return w.Age(r.AgeDays)
		}), Importance: importance},
		{Label: w.L("Date"), Width: 104, Text: text(func(r priorRow) string { return w.Date(r.Study.StudyDate) })},
		{Label: w.L("Exam"), Width: 0.4, Text: func(r priorRow) string {
			if r.folded > 0 {
				return w.L("▸ others, not relevant: %d", r.folded)
			}
			return title(w, r.Study)
		}},
		{Label: w.L("Why it is shown"), Width: 0.28, Text: text(func(r priorRow) string { return why(w, r) }), Importance: importance},
		{Label: w.L("Images"), Width: 92, Text: text(func(r priorRow) string { return w.L(imagesWord(r.Study)) })},
		{Label: w.L("Report"), Width: 116, Text: text(func(r priorRow) string { return w.L("report: " + string(r.Study.Report)) })},
		{Label: w.L("Where"), Width: 0.32, Text: text(func(r priorRow) string { return r.Study.InstitutionName })},
	}
}

func importance(r priorRow) fynewidget.Importance {
	switch {
	case r.doubtful:
		return fynewidget.DangerImportance
	case r.Repeat:
		return fynewidget.WarningImportance
	}
	return fynewidget.MediumImportance
}

// title is an exam in one line, modality first.
func title(w *words.Words, s clinic.Study) string {
	description := s.StudyDescription
	if description == "" {
		description = w.L("without description")
	}
	return strings.Join(s.ModalitiesInStudy, "/") + " · " + description
}

// why is the class in words, short enough for a column.
func why(w *words.Words, r priorRow) string {
	switch {
	case r.doubtful:
		return w.L("same ID, another person?")
	case r.RegionUnknown:
		return w.L("unknown region")
	}
	return w.L("class: " + string(r.Class))
}

func imagesWord(s clinic.Study) string {
	switch {
	case s.Completeness == clinic.Complete:
		return "here"
	case s.Completeness == clinic.Partial:
		return "partly here"
	case s.Source != "":
		return "in the archive"
	}
	return "no images"
}
