// Package stats is the page of what the check before a new scan has changed.
package stats

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	fynewidget "fyne.io/fyne/v2/widget"

	"eris/app/chart"
	"eris/app/desk"
	"eris/app/phrase"
	"eris/app/route"
	"eris/app/task"
	"eris/app/theme"
	"eris/app/widget"
	"eris/app/words"
	"eris/clinic/anatomy"
	"eris/clinic/effect"
)

// Page is the statistics page.
type Page struct {
	desk  *desk.Desk
	words *words.Words
	shell route.Shell
	tasks *task.Group

	by      effect.By
	way     *fynewidget.Select
	days    int // of the period, today included
	orders  []effect.Order
	summary *fynewidget.Label
	plot    *canvas.Image
	place   *fyne.Container // of the table: its first heading says what is counted by
	content fyne.CanvasObject
}

var _ route.Page = (*Page)(nil)

// ways are what can be counted by, periods how many days.
var (
	ways    = []effect.By{effect.ByDay, effect.ByClinic, effect.ByExam, effect.ByReason}
	periods = []int{7, 30, 90, 365}
)

// Size of the plot in pixels; the page scales it.
const plotWidth, plotHeight = 1400, 300

// New builds the page.
func New(ctx context.Context, d *desk.Desk, w *words.Words, shell route.Shell) *Page {
	p := &Page{desk: d, words: w, shell: shell, tasks: task.New(ctx), by: effect.ByDay, days: periods[1], summary: widget.Paragraph("")}
	by := fynewidget.NewSelect(nil, nil)
	p.way = by
	for _, way := range ways {
		by.Options = append(by.Options, w.L("stats by "+string(way)))
	}
	by.SetSelectedIndex(0)
	by.OnChanged = func(string) { p.by = ways[by.SelectedIndex()]; p.draw() }
	period := fynewidget.NewSelect(nil, nil)
	for _, n := range periods {
		period.Options = append(period.Options, w.L("the last %s", w.Days(n)))
	}
	period.SetSelectedIndex(1)
	period.OnChanged = func(string) { p.days = periods[period.SelectedIndex()]; p.load() }
	p.plot = canvas.NewImageFromImage(nil)
	p.plot.FillMode = canvas.ImageFillContain
	p.plot.SetMinSize(fyne.NewSize(480, 220))
	p.place = container.NewStack()
	choice := container.NewHBox(fynewidget.NewLabel(w.L("Count by")), wide(by), wide(period), fynewidget.NewButton(w.L("Copy the table"), p.copyTable))
	p.content = container.NewBorder(container.NewPadded(container.NewVBox(
		container.NewHBox(fynewidget.NewLabelWithStyle(w.L("What the check has changed"), fyne.TextAlignLeading, fyne.TextStyle{Bold: true})),
		choice, p.summary, p.plot)), nil, nil, nil, p.place)
	return p
}

// wide gives a choice room for its longest text, not only for the first.
func wide(s *fynewidget.Select) fyne.CanvasObject {
	return container.NewGridWrap(fyne.NewSize(210, s.MinSize().Height), s)
}

// Content is what the window shows.
func (p *Page) Content() fyne.CanvasObject { return p.content }

// Enter counts anew.
func (p *Page) Enter(route.Route) { p.load() }

func (p *Page) load() {
	year, month, day := p.desk.Now().Date()
	to := time.Date(year, month, day+1, 0, 0, 0, 0, time.Local)
	from := to.AddDate(0, 0, -p.days)
	task.Load(p.tasks, "effect", func(ctx context.Context) ([]effect.Order, error) { return p.desk.Effect(ctx, from, to) },
		func(orders []effect.Order, err error) {
			if err != nil {
				p.shell.Failed(err)
				return
			}
			p.orders = orders
			p.draw()
		})
}

// rows are the lines of the table.
func (p *Page) rows() []effect.Row {
	return effect.Count(p.orders, p.by, func(f anatomy.Family, r []anatomy.Region) string {
		return p.desk.Rules().ExamName(f, r, p.words.Language)
	})
}

var palette = chart.Palette{
	Style:  chart.Style{Background: theme.Panel, Text: theme.Text, Grid: theme.Line},
	Warned: theme.Prior, Opened: theme.Accent, Avoided: theme.Current,
}

// draw shows what was counted.
func (p *Page) draw() {
	w, rows := p.words, p.rows()
	p.summary.SetText(p.sum())
	table := widget.NewTable(p.columns()...)
	table.SetRows(rows)
	p.place.Objects = []fyne.CanvasObject{table}
	p.place.Refresh()
	if len(rows) == 0 {
		p.plot.Hide()
		return
	}
	picture, err := chart.Effect(w, p.by, rows, plotWidth, plotHeight, palette)
	if err != nil {
		p.shell.Failed(err)
		return
	}
	p.plot.Image = picture
	p.plot.Show()
	p.plot.Refresh()
}

// sum says the whole in words.
func (p *Page) sum() string {
	w, t := p.words, effect.Total(p.orders)
	if t.Orders == 0 {
		return w.L("No order was checked in this time. Each card that is shown, each prior that is opened and each decision is counted here.")
	}
	lines := []string{
		w.L("Orders checked: %d, with a repeat warning: %d, a prior was opened: %d.", t.Orders, t.Repeats, t.Opened),
		w.L("Decided: %d. The prior was used: %d, the repeat was justified: %d, the exam was changed: %d, a radiologist was asked: %d.",
			t.Decided, t.UsedPrior, t.Justified, t.Changed, t.Asked),
		w.L("Exposures avoided: %d, %s mSv by typical doses.", t.Exposures, phrase.MSv(t)),
	}
	if t.MadeAnyway > 0 {
		lines = append(lines, w.L("The prior was to be used and the exam was made all the same: %d; these are not counted as avoided.", t.MadeAnyway))
	}
	return strings.Join(lines, "\n")
}

func (p *Page) columns() []widget.Column[effect.Row] {
	w := p.words
	list := []widget.Column[effect.Row]{{Label: w.L("stats by " + string(p.by)), Width: 0.9, Text: func(r effect.Row) string { return p.name(r) }}}
	for _, c := range phrase.EffectColumns(w) {
		if !c.Detail {
			list = append(list, widget.Column[effect.Row]{Label: c.Label, Width: 120, Text: c.Text, Less: func(a, b effect.Row) bool { return c.Value(a) < c.Value(b) }})
		}
	}
	return list
}

func (p *Page) name(r effect.Row) string {
	if day, err := time.Parse(time.DateOnly, r.Key); p.by == effect.ByDay && err == nil {
		return day.Format("02.01.2006")
	}
	return phrase.EffectKey(p.words, p.by, r.Key)
}

// copyTable puts the table on the clipboard, for a letter or a spreadsheet.
func (p *Page) copyTable() {
	var b strings.Builder
	line := func(first string, cell func(phrase.EffectColumn) string) {
		b.WriteString(first)
		for _, n := range phrase.EffectColumns(p.words) {
			b.WriteString("\t" + cell(n))
		}
		b.WriteString("\n")
	}
	line(p.words.L("stats by "+string(p.by)), func(c phrase.EffectColumn) string { return c.Label })
	for _, r := range p.rows() {
		line(p.name(r), func(c phrase.EffectColumn) string { return c.Text(r) })
	}
	fyne.CurrentApp().Clipboard().SetContent(b.String())
	p.shell.Toast(p.words.L("Copied."))
}

// Leave has nothing to stop.
func (p *Page) Leave() {}

// Key takes the keys of the page.
func (p *Page) Key(k route.Key) bool {
	i := slices.Index([]fyne.KeyName{fyne.Key1, fyne.Key2, fyne.Key3, fyne.Key4}, k.Name)
	if i >= 0 {
		p.way.SetSelectedIndex(i)
	}
	return i >= 0
}

// Keys are the keys of the page.
func (p *Page) Keys() (list []route.Help) {
	for i, way := range ways {
		list = append(list, route.Help{Keys: strconv.Itoa(i + 1), Does: p.words.L("Count by") + ": " + p.words.L("stats by "+string(way))})
	}
	return list
}

// Wait returns when what was begun is shown.
func (p *Page) Wait() { p.tasks.Wait() }

// Close ends the page's work.
func (p *Page) Close() { p.tasks.Close() }
