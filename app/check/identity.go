package check

import (
	"context"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	fynewidget "fyne.io/fyne/v2/widget"

	"eris/app/desk"
	"eris/app/phrase"
	"eris/app/task"
	"eris/clinic"
	"eris/clinic/identity"
	"eris/clinic/priors"
)

// candidateRows are the exams of those who may be the same person, and a line
// for one whose exams are not known or were not looked through.
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

// linkOf is the link through which a prior counts; ok is false for the order's
// own ID.
func linkOf(c desk.Card, r priorRow) (desk.Linked, bool) {
	if by := c.Identity[r.Study.StudyInstanceUID].Confidence; r.candidate != nil || by != identity.Certain && by != identity.Confirmed {
		return desk.Linked{}, false
	}
	i := slices.IndexFunc(c.Linked, func(l desk.Linked) bool { return desk.SameID(l.Patient, r.Study.Patient) })
	if i < 0 {
		return desk.Linked{}, false
	}
	return c.Linked[i], true
}

// identityLine says whose an exam is when it is not under the order's own ID,
// with what can be done about it; nil when it is.
func (p *Page) identityLine(r priorRow) fyne.CanvasObject {
	w, order := p.words, p.card.Order.Patient
	l, linked := linkOf(p.card, r)
	var text string
	buttons := container.NewHBox()
	switch {
	case r.conflict():
		text = w.L("Another person, although something agrees: %s", phrase.Who(w, r.candidate.Patient)) + "\n" + r.candidate.Match.Sentence(w.Language)
	case r.candidate != nil:
		other := r.candidate.Patient
		text = w.L("May be the same person, not counted: %s", phrase.Who(w, other)) + "\n" + r.candidate.Match.Sentence(w.Language)
		buttons.Add(fynewidget.NewButton(w.L("The same person"), func() {
			p.changeLink(func(ctx context.Context) (string, error) {
				_, err := p.desk.Link(ctx, order, other, "")
				return w.L("Recorded. It can be taken back."), err
			})
		}))
		buttons.Add(fynewidget.NewButton(w.L("Another person"), func() {
			p.changeLink(func(ctx context.Context) (string, error) {
				return w.L("Recorded. It can be taken back."), p.desk.Unlink(ctx, order, other, "")
			})
		}))
	case linked:
		text = w.L("Counted, under another ID: %s", phrase.Who(w, l.Patient)) + "\n" + l.Match.Sentence(w.Language)
		buttons.Add(fynewidget.NewButton(w.L("This is another person"), func() {
			p.changeLink(func(ctx context.Context) (string, error) { return p.unlink(ctx, l) })
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

// unlink takes back the link through which an exam counted, and says what rested
// on it.
func (p *Page) unlink(ctx context.Context, l desk.Linked) (said string, err error) {
	led, err := p.desk.Consequences(ctx, l.Link)
	if err != nil {
		return "", err
	}
	return p.words.L("Taken back: its exams count no more. Decisions that rest on one of them: %d, other decisions since: %d; look at them again.",
		len(led.Rested), len(led.Meanwhile)), p.desk.Unlink(ctx, l.Link.A, l.Link.B, "")
}

// changeLink journals what a person said of two patients, judges anew, and asks
// the archives for the IDs that are linked now.
func (p *Page) changeLink(change func(context.Context) (said string, err error)) {
	if !p.loaded || p.asking { // as with decisions: not over a card that is on its way
		return
	}
	order := p.card.Order
	type changed struct {
		card desk.Card
		said string
	}
	task.Load(p.tasks, "link", func(ctx context.Context) (c changed, err error) {
		if c.said, err = change(ctx); err == nil {
			c.card, err = p.desk.Card(ctx, order)
		}
		return c, err
	}, func(c changed, err error) {
		if err != nil {
			p.shell.Failed(err)
			return
		}
		if sameOrder(order, p.chosen) {
			p.showCard(c.card, nil)
			p.ask(order)
		}
		p.shell.Toast(c.said)
	})
}
