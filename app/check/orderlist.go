package check

import (
	"context"
	"reflect"
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	fynetheme "fyne.io/fyne/v2/theme"
	fynewidget "fyne.io/fyne/v2/widget"

	"eris/app/desk"
	"eris/app/phrase"
	"eris/app/route"
	"eris/app/task"
	"eris/app/widget"
	"eris/clinic"
)

// Enter loads the order list and chooses the order of the route, else the first.
func (p *Page) Enter(r route.Route) {
	task.Load(p.tasks, "orders", func(ctx context.Context) (listing, error) { return p.list(ctx, r.Order, nil) }, func(l listing, err error) {
		if err != nil {
			p.shell.Failed(err)
			return
		}
		chosen := r.Order
		if was, ok := p.orders.Selected(); ok && chosen == "" {
			chosen = was.AccessionNumber
		}
		p.orders.SetRows(p.ofStation(l.rows, chosen))
		p.showSources(l)
		for i, row := range p.orders.Rows() {
			if row.AccessionNumber == chosen || chosen == "" {
				p.orders.Select(i)
				break
			}
		}
		p.askAhead(l.rows)
		p.followList()
	})
}

// listing is the order list as it was read.
type listing struct {
	rows    []orderRow
	sources []desk.OrderSource
}

// list reads the orders of the day, and the one that is asked for whatever its
// day. What is known of rows is taken over for orders that did not change.
func (p *Page) list(ctx context.Context, wanted string, rows []orderRow) (l listing, err error) {
	if l.sources, err = p.desk.OrderSources(ctx); err != nil {
		return l, err
	}
	orders, err := p.desk.OrdersOn(ctx, p.desk.Now())
	if err != nil {
		return l, err
	}
	is := func(o clinic.Order) bool { return o.AccessionNumber == wanted }
	if wanted != "" && !slices.ContainsFunc(orders, is) {
		all, err := p.desk.Store.Orders(ctx)
		if err != nil {
			return l, err
		}
		if i := slices.IndexFunc(all, is); i >= 0 {
			orders = append(orders, all[i])
		}
	}
	owners := map[string]int{}
	for _, o := range orders {
		owners[o.AccessionNumber]++
	}
	judged := 0
	for _, o := range orders {
		row := orderRow{Order: o, shared: owners[o.AccessionNumber] > 1}
		if i := slices.IndexFunc(rows, func(r orderRow) bool { return reflect.DeepEqual(r.Order, o) }); i >= 0 {
			row.mark, row.level = rows[i].mark, rows[i].level
		} else if judged++; judged <= mostJudged {
			card, err := p.desk.Card(ctx, o)
			if err != nil {
				return l, err
			}
			row.mark, row.level = markOf(card)
		}
		l.rows = append(l.rows, row)
	}
	return l, nil
}

// mostJudged is how many new orders are judged before the list is shown, and how
// many patients are asked for ahead: a worklist of a whole city must not be waited
// for. The others are judged when they are chosen.
const mostJudged = 300

// ofStation keeps the orders of the chosen scanner, those for none, and the one
// that is asked for; it offers the scanners there are.
func (p *Page) ofStation(rows []orderRow, wanted string) []orderRow {
	all := p.words.L("all scanners")
	stations := []string{all}
	for _, r := range rows {
		if s := string(r.StationAETitle); s != "" && !slices.Contains(stations, s) {
			stations = append(stations, s)
		}
	}
	slices.Sort(stations[1:])
	p.station.SetOptions(stations)
	if p.station.Show(); len(stations) < 3 { // nothing to choose from
		p.station.Hide()
	}
	chosen := p.station.Selected
	if !slices.Contains(stations[1:], chosen) {
		return rows
	}
	return slices.DeleteFunc(slices.Clone(rows), func(r orderRow) bool {
		return r.StationAETitle != "" && string(r.StationAETitle) != chosen && r.AccessionNumber != wanted
	})
}

// showSources says where the orders come from, and how old that is.
func (p *Page) showSources(l listing) {
	var lines []fyne.CanvasObject
	for _, s := range l.sources {
		text, bad := phrase.OrderSource(p.words, s, p.desk.Now())
		line := widget.Paragraph(text)
		line.SizeName, line.Importance = fynetheme.SizeNameCaptionText, fynewidget.LowImportance
		if bad {
			line.Importance = fynewidget.WarningImportance
		}
		lines = append(lines, line)
	}
	p.sources.Objects = lines
	p.sources.Refresh()
}

// Pauses of the look at the order list.
const (
	listPause = 2 * time.Second  // between looks while orders come in
	listTick  = 15 * time.Second // since ages grow while nothing comes
)

// followList shows orders as they come, change and go.
func (p *Page) followList() {
	if p.unlist != nil {
		return
	}
	p.unlist = p.tasks.Follow(func(changed func()) (cancel func()) {
		unwatch := p.desk.Store.Watch(changed)
		tick := time.NewTicker(listTick)
		ended := make(chan struct{})
		p.tasks.Go(func(ctx context.Context) {
			for {
				select {
				case <-tick.C:
					changed()
				case <-ended:
					return
				case <-ctx.Done():
					return
				}
			}
		})
		return func() { unwatch(); tick.Stop(); close(ended) }
	}, listPause, p.catchUp)
}

// catchUp reads the order list again. The chosen order stays chosen, and what was
// changed about it is on its card.
func (p *Page) catchUp() {
	rows, wanted := slices.Clone(p.orders.Rows()), p.chosen.AccessionNumber
	task.Load(p.tasks, "orders again", func(ctx context.Context) (listing, error) { return p.list(ctx, wanted, rows) }, func(l listing, err error) {
		if err != nil {
			p.shell.Failed(err)
			return
		}
		p.showSources(l)
		now := p.ofStation(l.rows, wanted)
		if reflect.DeepEqual(now, p.orders.Rows()) {
			return
		}
		p.orders.Replace(now, func(a, b orderRow) bool { return sameOrder(a.Order, b.Order) })
		i := slices.IndexFunc(now, func(r orderRow) bool { return sameOrder(r.Order, p.chosen) })
		if i >= 0 && p.loaded && !p.asking && !reflect.DeepEqual(now[i].Order, p.card.Order) {
			p.showOrder(now[i].Order)
		}
		p.askAhead(now)
	})
}

// askedLately is how long an archive's answer for a patient of the list holds
// before it is asked again unasked.
const askedLately = 10 * time.Minute

// askAhead asks the archives for the patients of the list and puts their best
// priors in line, before anyone chooses an order. When no archive answers it
// stops: each question would only wait.
func (p *Page) askAhead(rows []orderRow) {
	task.Load(p.tasks, "ask ahead", func(ctx context.Context) (struct{}, error) {
		for _, r := range rows[:min(len(rows), mostJudged)] {
			card, err := p.desk.Card(ctx, r.Order)
			if err != nil || card.AskedWithin(p.desk.Now(), askedLately) || r.Withdrawn() {
				continue
			}
			p.desk.Ask(ctx, r.Patient)
			if card, err = p.desk.Card(ctx, r.Order); err != nil || ctx.Err() != nil {
				return struct{}{}, err
			}
			task.Do(func() { p.mark(card) })
			if card.Silent() {
				break
			}
			if err := p.desk.FetchBest(ctx, card); err != nil {
				return struct{}{}, err
			}
		}
		return struct{}{}, nil
	}, func(_ struct{}, err error) {
		if err != nil {
			p.shell.Failed(err)
		}
	})
}

// mark puts what is known now beside the order in the list.
func (p *Page) mark(c desk.Card) {
	p.orders.Change(func(r orderRow) bool { return sameOrder(r.Order, c.Order) }, func(r *orderRow) { r.mark, r.level = markOf(c) })
}

// find shows the order that was searched for: by a name, or by any number of it
// or of its patient, as a barcode or a wristband gives them. A patient's number
// without an order begins one; other words are searched for among the studies.
func (p *Page) find(text string) {
	text = strings.TrimSpace(text)
	for i, r := range p.orders.Rows() {
		if desk.OrderHas(r.Order, text) || startsWith(clinic.NameWords(r.Patient.PatientName.String()), text) {
			p.search.SetText("")
			p.orders.Select(i)
			return
		}
	}
	task.Load(p.tasks, "find", func(ctx context.Context) (found foundOrder, err error) {
		if found.order, found.ok, err = p.desk.FindOrder(ctx, text); found.ok || err != nil {
			return found, err
		}
		found.patient, found.known, err = p.desk.PatientNumbered(ctx, text)
		return found, err
	}, func(found foundOrder, err error) {
		switch {
		case err != nil:
			p.shell.Failed(err)
		case found.ok:
			p.search.SetText("")
			p.shell.Go(route.Route{Page: route.Check, Order: found.order.AccessionNumber})
		case found.known:
			p.search.SetText("")
			p.typeOrder(found.patient)
		default:
			p.shell.Go(route.Route{Page: route.Studies, Text: text})
		}
	})
}

// foundOrder is what a number led to: an order, else a patient.
type foundOrder struct {
	order     clinic.Order
	patient   clinic.Patient
	ok, known bool
}
