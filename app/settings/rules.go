package settings

import (
	"context"
	"strconv"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	fynewidget "fyne.io/fyne/v2/widget"

	"eris/app/desk"
	"eris/app/phrase"
	"eris/app/task"
	"eris/app/widget"
)

// rulesForm lists the repeat windows, and changes their days for this site.
type rulesForm struct {
	*Page
	version *fynewidget.Label
	windows *fynewidget.Accordion
	rows    *fyne.Container
	days    map[string]*fynewidget.Entry // by rule
	said    *fyne.Container              // what the changes would have said
	content fyne.CanvasObject
}

func newRulesForm(p *Page) *rulesForm {
	w := p.words
	f := &rulesForm{Page: p, version: widget.Paragraph(""), rows: container.NewVBox(), said: container.NewVBox(), days: map[string]*fynewidget.Entry{}}
	f.windows = fynewidget.NewAccordion(fynewidget.NewAccordionItem(w.L("Repeat windows"), f.rows))
	save := fynewidget.NewButton(w.L("Save"), f.save)
	save.Importance = fynewidget.HighImportance
	buttons := container.NewHBox(fynewidget.NewButton(w.L("What would it have said?"), f.preview), save,
		fynewidget.NewButton(w.L("The program's own again"), f.reset))
	f.content = container.NewVBox(f.version, f.windows, buttons, f.said)
	return f
}

// enter shows the rules as they are followed.
func (f *rulesForm) enter() {
	w, rules := f.words, f.desk.Rules()
	f.version.SetText(w.L("Rule tables %s: regions, words, repeat windows, window presets.", rules.Version))
	f.rows.RemoveAll()
	for _, r := range rules.Windows() {
		e := fynewidget.NewEntry()
		e.SetText(strconv.Itoa(r.Days))
		f.days[r.Rule] = e
		days := container.NewHBox(container.NewGridWrap(fyne.NewSize(76, e.MinSize().Height), e), fynewidget.NewLabel(w.L("days")))
		name := container.NewGridWrap(fyne.NewSize(56, e.MinSize().Height), fynewidget.NewLabel(r.Rule))
		f.rows.Add(container.NewBorder(nil, nil, container.NewHBox(name, days), nil, widget.Cut(w.L(r.Covers))))
	}
	f.rows.Refresh()
}

// change is the table with the days of the form; changed says that there are any.
func (f *rulesForm) change(ctx context.Context) (table string, changed bool, err error) {
	given := map[string]int{}
	for rule, e := range f.days {
		n, err := strconv.Atoi(strings.TrimSpace(e.Text))
		if err != nil || n < 0 {
			return "", false, desk.ErrDays
		}
		given[rule] = n
	}
	if table, _, err = f.desk.Windows(ctx); err != nil {
		return "", false, err
	}
	for _, r := range f.desk.Rules().Windows() {
		n, ok := given[r.Rule]
		if !ok || n == r.Days {
			continue
		}
		changed = true
		if table, err = desk.WithDays(table, r.Rule, n, f.words.L("Set by this site")); err != nil {
			return "", false, err
		}
	}
	return table, changed, nil
}

// preview says what the changes would have said of the orders of the last month.
func (f *rulesForm) preview() {
	table, _, err := f.change(f.tasks.Context())
	if err != nil {
		f.shell.Failed(err)
		return
	}
	type preview struct {
		judged  int
		changes []desk.RuleChange
	}
	f.said.Objects = []fyne.CanvasObject{widget.Paragraph(f.words.L("The orders of the last month are judged…"))}
	f.said.Refresh()
	task.Load(f.tasks, "preview rules", func(ctx context.Context) (p preview, err error) {
		p.judged, p.changes, err = f.desk.PreviewWindows(ctx, table)
		return p, err
	}, func(p preview, err error) {
		f.said.RemoveAll()
		if err != nil {
			f.shell.Failed(err)
			return
		}
		w := f.words
		f.said.Add(widget.Paragraph(w.L("Of the last month's orders %d are judged, %d otherwise than now.", p.judged, len(p.changes))))
		for i, c := range p.changes {
			if i == mostChanges {
				f.said.Add(widget.Paragraph(w.L("and others: %d", len(p.changes)-i)))
				break
			}
			mark := "–"
			if c.After.Repeat {
				mark = "●"
			}
			f.said.Add(widget.Paragraph(mark + "  " + phrase.Who(w, c.Order.Patient) + ": " + c.Order.Modality + " · " + c.Order.Text + "\n" + c.After.Why.Sentence(w.Language)))
		}
	})
}

// mostChanges is how many orders a preview names.
const mostChanges = 30

func (f *rulesForm) save() {
	table, changed, err := f.change(f.tasks.Context())
	if err != nil {
		f.shell.Failed(err)
		return
	}
	if changed {
		f.keep(table)
	}
}

func (f *rulesForm) reset() { f.keep("") }

func (f *rulesForm) keep(table string) {
	task.Load(f.tasks, "save rules", func(ctx context.Context) (struct{}, error) { return struct{}{}, f.desk.SaveWindows(ctx, table) },
		func(_ struct{}, err error) {
			if err != nil {
				f.shell.Failed(err)
				return
			}
			f.enter()
			f.shell.Toast(f.words.L("Rule tables %s", f.desk.Rules().Version))
		})
}
