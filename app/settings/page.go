// Package settings is the page of what a site and a person set up: archives,
// the language, the cache.
package settings

import (
	"context"
	"strconv"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	fynetheme "fyne.io/fyne/v2/theme"
	fynewidget "fyne.io/fyne/v2/widget"

	"eris/app/desk"
	"eris/app/route"
	"eris/app/task"
	"eris/app/theme"
	"eris/app/widget"
	"eris/app/words"
)

// Page is the settings page.
type Page struct {
	desk  *desk.Desk
	words *words.Words
	shell route.Shell
	tasks *task.Group

	archives *archiveForm
	orders   *orderForm
	station  *stationForm
	city     *cityForm
	cache    *fynewidget.Label
	quota    *fynewidget.Entry
	sends    *fynewidget.Check
	screen   *screenForm
	ahead    *aheadForm
	rules    *rulesForm
	content  *container.Scroll
}

var _ route.Page = (*Page)(nil)

// New builds the page; relabel starts the window anew in another language.
func New(ctx context.Context, d *desk.Desk, w *words.Words, shell route.Shell, relabel func(language string)) *Page {
	p := &Page{desk: d, words: w, shell: shell, tasks: task.New(ctx), cache: widget.Paragraph("\n")}
	language := fynewidget.NewRadioGroup([]string{"Русский", "English"}, nil)
	language.Horizontal = true
	language.SetSelected(map[string]string{"ru": "Русский", "en": "English"}[w.Language])
	language.OnChanged = func(chosen string) {
		if next := map[string]string{"Русский": "ru", "English": "en"}[chosen]; next != "" && next != w.Language {
			relabel(next)
		}
	}
	p.archives, p.orders, p.station, p.city = newArchiveForm(p), newOrderForm(p), newStationForm(p), newCityForm(p)
	p.screen, p.ahead, p.rules = newScreenForm(p), newAheadForm(p), newRulesForm(p)
	p.content = container.NewVScroll(container.NewPadded(container.NewVBox(
		section(w.L("Language")), language,
		section(w.L("Archives")), p.archives.content, p.sendsRow(),
		section(w.L("Sources of orders")), p.orders.content,
		section(w.L("The city's services")), p.city.content,
		section(w.L("This workstation in the network")), p.station.content,
		section(w.L("Cache")), p.cache, p.quotaRow(),
		section(w.L("Fetch ahead")), p.ahead.content,
		section(w.L("Screen")), p.screen.content,
		section(w.L("Rules")), p.rules.content,
	)))
	return p
}

// entry is an empty field that says what belongs into it.
func entry(hint string) *fynewidget.Entry {
	e := fynewidget.NewEntry()
	e.SetPlaceHolder(hint)
	return e
}

func section(title string) fyne.CanvasObject {
	return container.NewVBox(fynewidget.NewSeparator(), widget.Text(title, theme.Text, fynetheme.SizeNameSubHeadingText, true))
}

// sendsRow says whether what people measure leaves for the archive.
func (p *Page) sendsRow() fyne.CanvasObject {
	w := p.words
	p.sends = fynewidget.NewCheck(w.L("Measurements and the use of priors leave for the archive of the study"), nil)
	p.sends.OnChanged = func(on bool) {
		task.Load(p.tasks, "sends", func(ctx context.Context) (struct{}, error) {
			return struct{}{}, p.desk.SaveOutbox(ctx, desk.OutboxOptions{Keep: !on})
		}, func(_ struct{}, err error) {
			if err != nil {
				p.shell.Failed(err)
			}
		})
	}
	return p.sends
}

// showSends shows the choice in force.
func (p *Page) showSends() {
	task.Load(p.tasks, "sends now", p.desk.Outbox, func(o desk.OutboxOptions, err error) {
		if err != nil {
			p.shell.Failed(err)
			return
		}
		p.sends.Checked = !o.Keep // not SetChecked: showing it is no change
		p.sends.Refresh()
	})
}

// quotaRow sets how large the cache may grow.
func (p *Page) quotaRow() fyne.CanvasObject {
	w := p.words
	p.quota = fynewidget.NewEntry()
	save := func(text string) {
		gb, err := strconv.Atoi(strings.TrimSpace(text))
		if err != nil || gb < 0 {
			p.shell.Toast(w.L("Write the size as a whole number of GB; 0 is no limit."))
			return
		}
		task.Load(p.tasks, "quota", func(ctx context.Context) (struct{}, error) { return struct{}{}, p.desk.SetQuotaGB(ctx, gb) },
			func(_ struct{}, err error) {
				if err != nil {
					p.shell.Failed(err)
					return
				}
				p.shell.Toast(w.L("The cache may now take %d GB.", gb))
			})
	}
	p.quota.OnSubmitted = save
	return container.NewHBox(fynewidget.NewLabel(w.L("The cache may take, in GB (0 is no limit):")),
		container.NewGridWrap(fyne.NewSize(90, p.quota.MinSize().Height), p.quota),
		fynewidget.NewButton(w.L("Save"), func() { save(p.quota.Text) }),
		widget.Text(w.L("Pinned patients, imported files and unsent work always stay."), theme.Dim, fynetheme.SizeNameCaptionText, false))
}

// Content is what the window shows.
func (p *Page) Content() fyne.CanvasObject { return p.content }

// ShowRules unfolds the repeat windows and opens the last to be changed.
func (p *Page) ShowRules() {
	p.rules.windows.OpenAll()
	if rows, err := desk.WindowRows(p.rules.table); err == nil && len(rows) > 0 {
		last := rows[len(rows)-1]
		p.rules.edit(last[desk.RuleColumn], last)
	}
	p.content.ScrollToBottom()
}

// scrollTo brings a part of the page into view.
func (p *Page) scrollTo(o fyne.CanvasObject) {
	top := fyne.CurrentApp().Driver().AbsolutePositionForObject(p.content.Content)
	at := fyne.CurrentApp().Driver().AbsolutePositionForObject(o)
	p.content.ScrollToOffset(fyne.NewPos(0, max(0, at.Y-top.Y)))
}

// Enter asks the archives how they are, and counts the cache.
func (p *Page) Enter(route.Route) {
	p.archives.enter()
	p.orders.enter()
	p.station.enter()
	p.city.enter()
	p.screen.enter()
	p.ahead.enter()
	p.rules.enter()
	p.showSends()
	type counted struct {
		studies int
		bytes   int64
		quota   int
	}
	task.Load(p.tasks, "count", func(ctx context.Context) (c counted, err error) {
		if c.studies, c.bytes, err = p.desk.Store.CountStudies(ctx); err == nil {
			c.quota, err = p.desk.QuotaGB(ctx)
		}
		return c, err
	}, func(c counted, err error) {
		if err != nil {
			p.shell.Failed(err)
			return
		}
		p.quota.SetText(strconv.Itoa(c.quota))
		p.cache.SetText(p.words.L("Folder: %s", p.desk.Store.Dir) + "\n" + p.words.L("Known studies: %d. Files here: %s.", c.studies, p.words.Bytes(c.bytes)))
	})
}

// Leave has nothing to stop.
func (p *Page) Leave() {}

// Key leaves all keys to the window.
func (p *Page) Key(route.Key) bool { return false }

// Keys has none of its own.
func (p *Page) Keys() []route.Help { return nil }

// Wait returns when what was begun is shown.
func (p *Page) Wait() { p.tasks.Wait() }

// Close ends the page's work.
func (p *Page) Close() { p.tasks.Close() }
