package settings

import (
	"context"
	"strconv"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	fynewidget "fyne.io/fyne/v2/widget"

	"eris/app/desk"
	"eris/app/task"
)

// aheadForm sets what is fetched before anyone asks, and shows what is known of
// the attached patients.
type aheadForm struct {
	page            *Page
	on              *fynewidget.Check
	from, until, gb *fynewidget.Entry
	population      *fynewidget.Label
	content         fyne.CanvasObject
}

func newAheadForm(p *Page) *aheadForm {
	w := p.words
	f := &aheadForm{page: p, from: fynewidget.NewEntry(), until: fynewidget.NewEntry(), gb: fynewidget.NewEntry(), population: fynewidget.NewLabel("")}
	f.on = fynewidget.NewCheck(w.L("Fetch ahead by rules, and keep the city index up to date"), nil)
	f.on.OnChanged = func(bool) { f.save() }
	small := func(e *fynewidget.Entry) fyne.CanvasObject {
		e.OnSubmitted = func(string) { f.save() }
		return container.NewGridWrap(fyne.NewSize(60, e.MinSize().Height), e)
	}
	row := container.NewHBox(fynewidget.NewLabel(w.L("Night from")), small(f.from), fynewidget.NewLabel(w.L("to")), small(f.until),
		fynewidget.NewLabel(w.L("o'clock; at most, in GB (0 is a fifth of the cache):")), small(f.gb), fynewidget.NewButton(w.L("Save"), f.save))
	f.content = container.NewVBox(f.on, row, f.population)
	return f
}

// enter shows the options in force.
func (f *aheadForm) enter() {
	p := f.page
	type shown struct {
		options desk.PrefetchOptions
		state   desk.PopulationState
	}
	task.Load(p.tasks, "ahead now", func(ctx context.Context) (s shown, err error) {
		if s.options, err = p.desk.PrefetchOptions(ctx); err == nil {
			s.state, err = p.desk.Population(ctx)
		}
		return s, err
	}, func(s shown, err error) {
		if err != nil {
			p.shell.Failed(err)
			return
		}
		f.on.Checked = !s.options.Off // not SetChecked: showing it is no change
		f.on.Refresh()
		f.from.SetText(strconv.Itoa(s.options.NightFrom))
		f.until.SetText(strconv.Itoa(s.options.NightTo))
		f.gb.SetText(strconv.Itoa(s.options.GB))
		f.population.SetText(p.words.L("Attached patients: %d. Their studies known: %d.", s.state.Patients, s.state.Studies))
	})
}

func (f *aheadForm) save() {
	p := f.page
	o := desk.PrefetchOptions{Off: !f.on.Checked}
	for _, field := range []struct {
		entry *fynewidget.Entry
		into  *int
	}{{f.from, &o.NightFrom}, {f.until, &o.NightTo}, {f.gb, &o.GB}} {
		n, err := strconv.Atoi(strings.TrimSpace(field.entry.Text))
		if err != nil || n < 0 {
			p.shell.Toast(p.words.L("Write the hours as 0 to 23, and the size as a whole number of GB."))
			return
		}
		*field.into = n
	}
	task.Load(p.tasks, "ahead", func(ctx context.Context) (struct{}, error) { return struct{}{}, p.desk.SavePrefetch(ctx, o) },
		func(_ struct{}, err error) {
			if err != nil {
				p.shell.Failed(err)
				return
			}
			p.shell.Toast(p.words.L("Saved."))
		})
}
