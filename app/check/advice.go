package check

import (
	"context"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	fynewidget "fyne.io/fyne/v2/widget"

	"eris/app/desk"
	"eris/app/task"
	"eris/app/widget"
	"eris/clinic"
	"eris/sync/cdshooks"
)

// askAdvice asks the service that is set up about an order made here. What it says
// stands below the verdict; that it says nothing is said in passing.
func (p *Page) askAdvice(o clinic.Order) {
	task.Load(p.tasks, "advice", func(ctx context.Context) ([]desk.Advice, error) { return p.desk.Advise(ctx, o) }, func(list []desk.Advice, err error) {
		if !sameOrder(o, p.chosen) {
			return
		}
		if err != nil {
			p.shell.Toast(p.words.L("The service that advises on orders does not answer."))
			return
		}
		if p.advice = list; len(list) > 0 && p.loaded && !p.asking {
			p.showCard(p.card, nil)
		}
	})
}

// mostAdvice bounds what others may put on the card, in cards and characters.
const (
	mostAdvice      = 3
	mostAdviceRunes = 200
)

// adviceLines are the summaries of others, each under its own name: words of
// theirs, never ours.
func (p *Page) adviceLines() fyne.CanvasObject {
	lines := container.NewVBox()
	for _, a := range p.advice[:min(len(p.advice), mostAdvice)] {
		text := []rune(strings.Join(strings.Fields(a.Source.Label+": "+a.Summary), " "))
		l := widget.Paragraph(string(text[:min(len(text), mostAdviceRunes)]))
		if a.Indicator != cdshooks.Info {
			l.Importance = fynewidget.WarningImportance
		}
		lines.Add(l)
	}
	return lines
}

// answerAdvice says to those who advised what was decided.
func (p *Page) answerAdvice(made clinic.Decision) {
	list := p.advice
	if len(list) == 0 {
		return
	}
	p.tasks.Go(func(ctx context.Context) {
		if err := p.desk.AnswerAdvice(ctx, list, made); err != nil {
			p.desk.Log.Info("what became of advice could not be told", "error", err)
		}
	})
}
