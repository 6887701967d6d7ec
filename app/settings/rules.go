package settings

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	fynetheme "fyne.io/fyne/v2/theme"
	fynewidget "fyne.io/fyne/v2/widget"

	"eris/app/desk"
	"eris/app/phrase"
	"eris/app/task"
	"eris/app/widget"
)

// rulesForm lists the repeat windows, and changes them for this site. What is
// changed lies in table until it is saved.
type rulesForm struct {
	*Page
	version *fynewidget.Label
	windows *fynewidget.Accordion
	rows    *fyne.Container
	days    map[string]*fynewidget.Entry // by rule
	editor  *ruleEditor
	said    *fyne.Container // what the changes would have said
	content fyne.CanvasObject

	table string
}

func newRulesForm(p *Page) *rulesForm {
	w := p.words
	f := &rulesForm{Page: p, version: widget.Paragraph(""), rows: container.NewVBox(), said: container.NewVBox(), days: map[string]*fynewidget.Entry{}}
	f.editor = newRuleEditor(p, f.take)
	add := fynewidget.NewButtonWithIcon(w.L("Add a rule…"), fynetheme.ContentAddIcon(), func() { f.edit("", make([]string, desk.SourceColumn+1)) })
	list := container.NewVBox(f.rows, container.NewHBox(add))
	f.windows = fynewidget.NewAccordion(fynewidget.NewAccordionItem(w.L("Repeat windows"), list))
	save := fynewidget.NewButton(w.L("Save"), f.save)
	save.Importance = fynewidget.HighImportance
	buttons := container.NewHBox(fynewidget.NewButton(w.L("What would it have said?"), f.preview), save,
		fynewidget.NewButton(w.L("The program's own again"), func() { f.keep("") }))
	f.content = container.NewVBox(f.version, f.windows, f.editor.content, buttons, f.said)
	return f
}

// enter shows the rules as they are followed.
func (f *rulesForm) enter() {
	f.version.SetText(f.words.L("Rule tables %s: regions, words, repeat windows, window presets.", f.desk.Rules().Version))
	task.Load(f.tasks, "rules", func(ctx context.Context) (string, error) {
		table, _, err := f.desk.Windows(ctx)
		return table, err
	}, func(table string, err error) {
		if err != nil {
			f.shell.Failed(err)
			return
		}
		f.editor.content.Hide()
		f.show(table)
	})
}

// show lists a table, which need not be saved.
func (f *rulesForm) show(table string) {
	rows, err := desk.WindowRows(table)
	if err != nil {
		f.shell.Failed(err)
		return
	}
	w := f.words
	f.table = table
	f.rows.RemoveAll()
	clear(f.days)
	for _, row := range rows {
		rule := row[desk.RuleColumn]
		e := fynewidget.NewEntry()
		e.SetText(row[desk.DaysColumn])
		f.days[rule] = e
		days := container.NewHBox(container.NewGridWrap(fyne.NewSize(76, e.MinSize().Height), e), fynewidget.NewLabel(w.L("days")))
		name := container.NewGridWrap(fyne.NewSize(72, e.MinSize().Height), fynewidget.NewLabel(rule))
		change := fynewidget.NewButtonWithIcon("", fynetheme.DocumentCreateIcon(), func() { f.edit(rule, row) })
		f.rows.Add(container.NewBorder(nil, nil, container.NewHBox(name, days), change, widget.Cut(w.L(row[desk.CoversColumn]))))
	}
	f.rows.Refresh()
}

// edit opens a rule, or a new one, to be changed. The days written in the list are
// taken along.
func (f *rulesForm) edit(rule string, row []string) {
	row = slices.Clone(row)
	if e := f.days[rule]; e != nil {
		row[desk.DaysColumn] = e.Text
	}
	f.editor.open(rule, row)
	f.scrollTo(f.editor.content)
}

// take puts a changed rule into the table; row is nil for one that goes.
func (f *rulesForm) take(rule string, row []string) {
	table, err := f.change()
	if err == nil {
		table, err = desk.WithRow(table, rule, row)
	}
	if err == nil {
		err = f.desk.CheckWindows(table)
	}
	if err != nil {
		f.shell.Failed(err)
		return
	}
	f.editor.content.Hide()
	f.show(table)
	f.shell.Toast(f.words.L("It is followed when the rules are saved."))
}

// change is the table with the days of the list.
func (f *rulesForm) change() (table string, err error) {
	rows, err := desk.WindowRows(f.table)
	if err != nil {
		return "", err
	}
	table = f.table
	for _, row := range rows {
		rule := row[desk.RuleColumn]
		n, err := strconv.Atoi(strings.TrimSpace(f.days[rule].Text))
		if err != nil || n < 0 {
			return "", desk.ErrDays
		}
		if strconv.Itoa(n) == row[desk.DaysColumn] {
			continue
		}
		if table, err = desk.WithDays(table, rule, n, f.words.L("Set by this site")); err != nil {
			return "", err
		}
	}
	return table, nil
}

// preview says what the changes would have said of the orders of the last month.
func (f *rulesForm) preview() {
	table, err := f.change()
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
	table, err := f.change()
	if err != nil {
		f.shell.Failed(err)
		return
	}
	f.keep(table)
}

// keep makes a table the site's own; an empty one brings the program's back.
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
