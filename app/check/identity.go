package check

import (
	"context"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	fynewidget "fyne.io/fyne/v2/widget"

	"eris/app/desk"
	"eris/app/task"
	"eris/app/words"
	"eris/clinic"
	"eris/clinic/identity"
	"eris/clinic/priors"
)

// candidateRows are the exams of those who may be the same person, and a line
// for one of whom no exam is known.
func candidateRows(c desk.Card) (rows []priorRow) {
	for _, one := range c.Candidates {
		for _, p := range one.Priors {
			rows = append(rows, priorRow{Prior: p, candidate: &one})
		}
		if len(one.Priors) == 0 {
			rows = append(rows, priorRow{Prior: priors.Prior{Study: clinic.Study{Patient: one.Patient, Completeness: clinic.Absent}}, candidate: &one})
		}
	}
	return rows
}

// conflict reports a row of somebody who cannot be linked.
func (r priorRow) conflict() bool {
	return r.candidate != nil && r.candidate.Match.Confidence == identity.Conflict
}

// who names a patient in one line.
func who(w *words.Words, p clinic.Patient) string {
	text := p.PatientName.Display()
	if p.PatientBirthDate.Valid() {
		text += ", " + w.L("born %s", w.Date(p.PatientBirthDate))
	}
	text += ", " + w.L("ID %s", p.PatientID)
	if p.IssuerOfPatientID != "" {
		text += " (" + p.IssuerOfPatientID + ")"
	}
	return text
}

// linkOf is the link through which a prior counts; ok is false for the order's
// own ID.
func (p *Page) linkOf(r priorRow) (desk.Linked, bool) {
	for _, l := range p.card.Linked {
		if r.candidate == nil && l.Patient.PatientID == r.Study.Patient.PatientID && l.Patient.PatientID != p.card.Order.Patient.PatientID {
			return l, true
		}
	}
	return desk.Linked{}, false
}

// identityLine says whose an exam is when it is not under the order's own ID,
// with what can be done about it; nil when it is.
func (p *Page) identityLine(r priorRow) fyne.CanvasObject {
	w, order := p.words, p.card.Order.Patient
	l, linked := p.linkOf(r)
	var text string
	buttons := container.NewHBox()
	switch {
	case r.conflict():
		text = w.L("Another person, although something agrees: %s", who(w, r.candidate.Patient)) + "\n" + r.candidate.Match.Sentence(w.Language)
	case r.candidate != nil:
		other := r.candidate.Patient
		text = w.L("May be the same person, not counted: %s", who(w, other)) + "\n" + r.candidate.Match.Sentence(w.Language)
		buttons.Add(fynewidget.NewButton(w.L("The same person"), func() {
			p.changeLink(func(ctx context.Context) error { _, err := p.desk.Link(ctx, order, other, ""); return err })
		}))
		buttons.Add(fynewidget.NewButton(w.L("Another person"), func() {
			p.changeLink(func(ctx context.Context) error { return p.desk.Unlink(ctx, order, other, "") })
		}))
	case linked:
		text = w.L("Counted, under another ID: %s", who(w, l.Patient)) + "\n" + l.Match.Sentence(w.Language)
		buttons.Add(fynewidget.NewButton(w.L("This is another person"), func() {
			p.changeLink(func(ctx context.Context) error { return p.desk.Unlink(ctx, order, l.Patient, "") })
		}))
	default:
		return nil
	}
	label := fynewidget.NewLabel(text)
	label.Wrapping = fyne.TextWrapWord
	if r.candidate != nil {
		label.Importance = fynewidget.DangerImportance
	}
	return container.NewBorder(nil, buttons, nil, nil, label)
}

// changeLink journals what a person said of two patients and judges anew.
func (p *Page) changeLink(change func(context.Context) error) {
	order := p.card.Order
	task.Load(p.tasks, "link", func(ctx context.Context) (desk.Card, error) {
		if err := change(ctx); err != nil {
			return desk.Card{}, err
		}
		return p.desk.Card(ctx, order)
	}, func(c desk.Card, err error) {
		if err != nil || sameOrder(order, p.chosen) {
			p.showCard(c, err)
		}
		if err == nil {
			p.shell.Toast(p.words.L("Recorded. It can be taken back."))
		}
	})
}
