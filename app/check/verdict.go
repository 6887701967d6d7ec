package check

import (
	"image/color"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	fynetheme "fyne.io/fyne/v2/theme"
	fynewidget "fyne.io/fyne/v2/widget"

	"eris/app/desk"
	"eris/app/phrase"
	"eris/app/theme"
	"eris/app/widget"
	"eris/app/words"
	"eris/clinic/priors"
)

// headline is the verdict in one glance: was this done, and when.
func headline(w *words.Words, c desk.Card) (text string, bar color.Color) {
	best := c.Verdict.Best
	switch {
	case c.Order.Patient.PatientID == "":
		return w.L("NO PATIENT ID: EARLIER EXAMS CANNOT BE LOOKED UP"), theme.Danger
	case c.Verdict.Repeat && best.AgeDays == 0:
		return w.L("DONE TODAY"), theme.Prior
	case c.Verdict.Repeat:
		return w.L("DONE %s AGO", strings.ToUpper(w.Age(best.AgeDays))), theme.Prior
	case best != nil && best.Class == priors.Same:
		return w.L("THE SAME EXAM BEFORE, NO REPEAT WARNING"), theme.Dim
	case best != nil && best.Class == priors.Comparable:
		return w.L("A COMPARABLE EXAM BEFORE"), theme.Dim
	case c.Verdict.OrderUnknown:
		return w.L("THE REGION OF THE ORDER IS UNKNOWN"), theme.Dim
	case anyUnknown(c.Verdict.Priors):
		return w.L("AN EARLIER EXAM OF UNKNOWN REGION"), theme.Dim
	case len(c.Doubtful) > 0:
		return w.L("EARLIER EXAMS UNDER THIS ID MAY BE ANOTHER PERSON'S"), theme.Danger
	case asking(c) > 0:
		return w.L("NOTHING COMPARABLE UNDER THIS ID, BUT THE PATIENT MAY HAVE ANOTHER"), theme.Danger
	case !askedAll(c):
		return w.L("NOTHING COMPARABLE KNOWN, BUT NOT EVERY ARCHIVE HAS ANSWERED"), theme.Danger
	case c.Stale():
		days := int(c.At.Sub(c.Known()).Hours() / 24)
		return w.L("NOTHING COMPARABLE KNOWN %s AGO, NEWER EXAMS MAY BE MISSING", strings.ToUpper(w.Days(days))), theme.Danger
	}
	return w.L("NOTHING COMPARABLE BEFORE"), theme.Dim
}

// askedAll reports that every archive has answered for this patient at some
// time: only then does "nothing" mean nothing.
func askedAll(c desk.Card) bool {
	for _, s := range c.Sources {
		if s.Asked.IsZero() {
			return false
		}
	}
	return len(c.Sources) > 0
}

// verdict draws the card's verdict: headline, the prior it speaks of, why, and
// what its report concluded.
func verdict(w *words.Words, c desk.Card, now time.Time) fyne.CanvasObject {
	text, bar := headline(w, c)
	line := widget.Paragraph(text)
	line.SizeName, line.TextStyle.Bold = fynetheme.SizeNameHeadingText, true
	head := []fyne.CanvasObject{line}
	if best := c.Verdict.Best; best != nil && best.Class != priors.Unrelated {
		line := phrase.Study(w, best.Study) + ",  " + w.Date(best.Study.StudyDate)
		if place := phrase.Place(best.Study); place != "" {
			line += ",  " + place
		}
		l := widget.Paragraph(line)
		l.TextStyle.Bold = true
		head = append(head, l, widget.Paragraph(best.Why.Sentence(w.Language)))
		if conclusion := conclusionOf(best.Study.ReportText); conclusion != "" {
			head = append(head, widget.Paragraph(w.L("Report: “%s”", conclusion)))
		}
	} else {
		head = append(head, widget.Paragraph(c.Verdict.Why.Sentence(w.Language)))
	}
	if text, flags := phrase.CardDose(w, c); text != "" {
		head = append(head, widget.Paragraph(text))
		for _, f := range flags {
			l := widget.Paragraph(f)
			l.Importance = fynewidget.DangerImportance
			head = append(head, l)
		}
	}
	if len(c.Doubtful) > 0 {
		l := widget.Paragraph(w.L("Exams under this ID with another name, birth date or sex: %d. They are listed and not counted; compare and ask.", len(c.Doubtful)))
		l.Importance = fynewidget.DangerImportance
		head = append(head, l)
	}
	if n := asking(c); n > 0 {
		l := widget.Paragraph(w.L("Patients who may be the same person under another ID: %d. Their exams are listed and not counted; compare and say.", n))
		l.Importance = fynewidget.DangerImportance
		head = append(head, l)
	}
	if text, old := phrase.Index(w, c); text != "" {
		l := widget.Paragraph(text)
		if old {
			l.Importance = fynewidget.WarningImportance
		}
		head = append(head, l)
	}
	head = append(head, widget.Text(phrase.Checked(w, c, now), theme.Dim, fynetheme.SizeNameCaptionText, false))
	return widget.Marked(bar, theme.Raised, container.NewVBox(head...))
}

// conclusionOf is the last line of a report, without its heading.
func conclusionOf(report string) string {
	lines := strings.Split(strings.TrimSpace(report), "\n")
	last := lines[len(lines)-1]
	if _, after, ok := strings.Cut(last, ": "); ok {
		return after
	}
	return last
}
