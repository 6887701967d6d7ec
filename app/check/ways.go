package check

import (
	"context"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	fynetheme "fyne.io/fyne/v2/theme"
	fynewidget "fyne.io/fyne/v2/widget"

	"eris/app/desk"
	"eris/app/phrase"
	"eris/app/route"
	"eris/app/task"
	"eris/app/theme"
	"eris/app/widget"
	"eris/clinic"
	"eris/clinic/effect"
	"eris/clinic/priors"
	"eris/dicom"
)

// orderLine names the order and whose it is.
func (p *Page) orderLine() fyne.CanvasObject {
	o, w := p.card.Order, p.words
	text := w.L("ORDER") + "   " + phrase.Order(w, o)
	if !o.Ordered.IsZero() {
		text += "  ·  " + w.L("ordered %s", o.Ordered.Format("02.01 15:04"))
	}
	if o.Reason != "" {
		text += "  ·  " + w.L("reason: %s", o.Reason)
	}
	var who []string
	if name := o.Patient.PatientName.Display(); name != "" {
		who = append(who, name)
	}
	if o.Patient.PatientBirthDate.Valid() {
		who = append(who, w.L("born %s", w.Date(o.Patient.PatientBirthDate)))
	}
	who = append(who, w.Sex(o.Patient.PatientSex), w.L("ID %s", o.Patient.PatientID))
	patient := widget.Text(strings.Join(who, "  ·  "), theme.Current, fynetheme.SizeNameSubHeadingText, true)
	lines := container.NewVBox(patient, widget.Cut(text))
	if len(p.card.Doses.Exams) == 0 {
		return container.NewPadded(lines)
	}
	sheet := container.NewCenter(fynewidget.NewButton(w.L("Dose sheet…"), p.saveSheet))
	return container.NewPadded(container.NewBorder(nil, nil, nil, sheet, lines))
}

// ways are the four buttons, or what was decided.
func (p *Page) ways() fyne.CanvasObject {
	w := p.words
	p.use = fynewidget.NewButton("", func() { p.choose(clinic.UsePrior) })
	if p.card.Verdict.Repeat { // only then do the facts speak for it
		p.use.Importance = fynewidget.HighImportance
	}
	p.nameUse()
	row := container.NewGridWithColumns(4, p.use,
		fynewidget.NewButton("2  "+w.L("Repeat is justified…"), func() { p.choose(clinic.JustifiedRepeat) }),
		fynewidget.NewButton("3  "+w.L("Change the exam…"), func() { p.choose(clinic.ChangeExam) }),
		fynewidget.NewButton("4  "+w.L("Ask a radiologist…"), func() { p.choose(clinic.AskRadiologist) }))
	if p.card.Decision == nil {
		return row
	}
	return container.NewVBox(row, p.decided(*p.card.Decision))
}

// usable is the prior that may stand for the new exam: the chosen line, when
// it is this patient's and of any use.
func (p *Page) usable() (clinic.Study, bool) {
	r, ok := p.priors.Selected()
	if !ok || r.folded > 0 || r.doubtful || r.candidate != nil || r.Class == priors.Unrelated {
		return clinic.Study{}, false
	}
	return r.Study, true
}

// nameUse says on the button which exam it is about.
func (p *Page) nameUse() {
	text := "1  " + p.words.L("Use the prior")
	study, ok := p.usable()
	if ok {
		text = "1  " + p.words.L("Use the prior, %s", p.words.Date(study.StudyDate))
	}
	if p.use.SetText(text); ok {
		p.use.Enable()
	} else {
		p.use.Disable()
	}
}

func (p *Page) decided(d clinic.Decision) fyne.CanvasObject {
	w := p.words
	text := w.L("Decided %s: %s", d.Made.Format("02.01 15:04"), phrase.Choice(w, d.Choice))
	for _, prior := range p.card.Verdict.Priors {
		if d.Choice == clinic.UsePrior && prior.Study.StudyInstanceUID == d.StudyInstanceUID {
			text += ": " + phrase.Study(w, prior.Study) + ", " + w.Date(prior.Study.StudyDate)
		}
	}
	if d.Reason != "" {
		text += ", " + phrase.RepeatReason(w, d.Reason)
	}
	if d.Note != "" {
		text += " — " + d.Note
	}
	l := widget.Paragraph(text + ".  " + w.L("Recorded on this workstation."))
	l.Importance = fynewidget.SuccessImportance
	return l
}

// choose starts a way out: using the prior is one step, the others ask what
// belongs to them in place of the buttons. Nothing pops up.
func (p *Page) choose(c clinic.Choice) {
	if !p.loaded || p.asking { // a form is open: Esc leaves it first
		return
	}
	if c == clinic.UsePrior {
		if _, ok := p.usable(); ok {
			p.decide(c, "", "")
		}
		return
	}
	p.asking = true
	w := p.words
	note := widget.NewEntry(p.back)
	var reason clinic.RepeatReason
	confirm := fynewidget.NewButton(w.L("Record"), func() { p.decide(c, reason, note.Text) })
	confirm.Importance = fynewidget.HighImportance
	cancel := fynewidget.NewButton(w.L("Cancel"), p.back)
	var ask fyne.CanvasObject
	var first fyne.Focusable = note
	switch c {
	case clinic.JustifiedRepeat:
		note.SetPlaceHolder(w.L("note (may stay empty)"))
		confirm.Disable()
		var texts []string
		for _, r := range clinic.RepeatReasons {
			texts = append(texts, phrase.RepeatReason(w, r))
		}
		reasons := fynewidget.NewSelect(texts, nil)
		reasons.PlaceHolder = w.L("why is the repeat justified?")
		reasons.OnChanged = func(string) {
			reason = clinic.RepeatReasons[reasons.SelectedIndex()]
			confirm.Enable()
		}
		ask, first = container.NewGridWithColumns(2, reasons, note), reasons
	case clinic.ChangeExam:
		note.SetPlaceHolder(w.L("which exam instead?"))
		ask = note
	default:
		note.SetPlaceHolder(w.L("question to the radiologist"))
		ask = note
	}
	note.OnSubmitted = func(text string) {
		if !confirm.Disabled() {
			p.decide(c, reason, text)
		}
	}
	p.right.Objects[len(p.right.Objects)-1] = container.NewBorder(nil, nil, nil, container.NewHBox(confirm, cancel), ask)
	p.right.Refresh()
	p.shell.Window().Canvas().Focus(first) // else what is typed would be keys of the page
}

// decide journals first; the page says so only when the disk has it.
func (p *Page) decide(c clinic.Choice, reason clinic.RepeatReason, note string) {
	card := p.card
	var prior dicom.UID
	if study, ok := p.usable(); ok {
		prior = study.StudyInstanceUID
	}
	task.Load(p.tasks, "decide", func(ctx context.Context) (desk.Card, error) {
		if _, err := p.desk.Decide(ctx, card, c, prior, reason, note, p.words.Language); err != nil {
			return card, err
		}
		return p.desk.Card(ctx, card.Order)
	}, func(card desk.Card, err error) {
		if err != nil || sameOrder(card.Order, p.chosen) {
			p.showCard(card, err)
		}
		if err == nil {
			if card.Decision != nil && sameOrder(card.Order, p.chosen) {
				p.answerAdvice(*card.Decision)
			}
			p.shell.Toast(p.words.L("Recorded: %s.", phrase.Choice(p.words, c)))
		}
	})
}

// note journals that something was shown or opened.
func (p *Page) note(card desk.Card, what effect.Kind, study *dicom.UID) {
	var uid dicom.UID
	if study != nil {
		uid = *study
	}
	p.tasks.Go(func(ctx context.Context) {
		if err := p.desk.Note(ctx, card, what, uid); err != nil {
			task.Do(func() { p.shell.Failed(err) })
		}
	})
}

func startsWith(words []string, text string) bool {
	asked := clinic.NameWords(text)
	for _, a := range asked {
		found := false
		for _, w := range words {
			found = found || strings.HasPrefix(w, a)
		}
		if !found {
			return false
		}
	}
	return len(asked) > 0
}

// Key takes the keys of the page.
func (p *Page) Key(k route.Key) bool {
	switch k.Name {
	case fyne.Key1:
		p.choose(clinic.UsePrior)
	case fyne.Key2:
		p.choose(clinic.JustifiedRepeat)
	case fyne.Key3:
		p.choose(clinic.ChangeExam)
	case fyne.Key4:
		p.choose(clinic.AskRadiologist)
	case fyne.KeyDown, fyne.KeyUp:
		by := map[fyne.KeyName]int{fyne.KeyDown: 1, fyne.KeyUp: -1}[k.Name]
		if k.Ctrl {
			p.orders.Step(by)
		} else {
			p.priors.Step(by)
		}
	case fyne.KeyN:
		p.typeOrder(clinic.Patient{})
	case fyne.KeyReturn, fyne.KeyEnter:
		if r, ok := p.priors.Selected(); ok {
			p.open(r)
		}
	case fyne.KeyEscape:
		p.back()
	default:
		return false
	}
	return true
}

// Keys are the keys of the page.
func (p *Page) Keys() []route.Help {
	w := p.words
	return []route.Help{
		{Keys: "1", Does: w.L("Use the prior")}, {Keys: "2", Does: w.L("Repeat is justified…")},
		{Keys: "3", Does: w.L("Change the exam…")}, {Keys: "4", Does: w.L("Ask a radiologist…")},
		{Keys: "N", Does: w.L("Type an order…")},
		{Keys: "↑↓", Does: w.L("earlier exams")}, {Keys: "Ctrl+↑↓", Does: w.L("orders")},
		{Keys: "Enter", Does: w.L("read the chosen exam")}, {Keys: "Esc", Does: w.L("back to the card")},
	}
}
