// Package check is the page before a new scan: the orders of the day, the
// verdict over the patient's earlier exams, and the four ways out.
package check

import (
	"context"
	"slices"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	fynewidget "fyne.io/fyne/v2/widget"

	"eris/app/desk"
	"eris/app/route"
	"eris/app/task"
	"eris/app/view"
	"eris/app/widget"
	"eris/app/words"
	"eris/clinic"
	"eris/clinic/effect"
)

// Page is the check page.
type Page struct {
	desk  *desk.Desk
	words *words.Words
	shell route.Shell
	tasks *task.Group

	orders   *widget.Table[orderRow]
	station  *fynewidget.Select // of the scanners that the orders are for
	sources  *fyne.Container    // how the sources of orders answered
	search   *fynewidget.Entry
	chosen   clinic.Order // in the list; its card may still be on its way
	card     desk.Card
	loaded   bool // card is that of chosen
	unfolded bool
	advice   []desk.Advice // of others, about the order on the page

	right   *fyne.Container // order, verdict, decision
	priors  *widget.Table[priorRow]
	use     *fynewidget.Button // the first way out; it names the chosen prior
	preview *view.Preview
	report  *fynewidget.Label
	whose   *fyne.Container // of an exam under another ID
	unwatch func()
	unlist  func() // ends the look at the order list
	asking  bool   // a way out is being filled in; the card must not move under the hand
	content fyne.CanvasObject
}

var _ route.Page = (*Page)(nil)

// New builds the page.
func New(ctx context.Context, d *desk.Desk, w *words.Words, shell route.Shell) *Page {
	p := &Page{desk: d, words: w, shell: shell, tasks: task.New(ctx)}
	p.orders = widget.NewTable(orderColumns(w, d.Now)...)
	p.orders.Lines = 2
	p.orders.OnSelected = func(r orderRow) { p.showOrder(r.Order) }
	p.station = fynewidget.NewSelect(nil, func(string) { p.catchUp() })
	p.station.PlaceHolder = w.L("all scanners")
	p.sources = container.NewVBox()
	p.search = fynewidget.NewEntry()
	p.search.SetPlaceHolder(w.L("name, number, barcode"))
	p.search.OnSubmitted = p.find
	p.right = container.NewVBox()
	p.showHint()
	p.priors = widget.NewTable(priorColumns(w)...)
	p.priors.Lines = 2
	p.priors.OnSelected = p.showPrior
	p.priors.OnOpened = func(r priorRow) { p.open(r) }
	p.preview = view.NewPreview(d, w)
	p.report = widget.Paragraph("")
	p.layout()
	return p
}

func (p *Page) layout() {
	foot := container.NewVBox(p.sources, container.NewPadded(container.NewBorder(nil, nil, nil,
		fynewidget.NewButton(p.words.L("Type an order…"), func() { p.typeOrder(clinic.Patient{}) }), p.search)))
	left := container.NewBorder(container.NewBorder(nil, nil, heading(p.words.L("Orders today")), p.station), foot, nil, nil, p.orders)
	p.whose = container.NewVBox()
	picture := container.NewVSplit(p.preview, container.NewVScroll(container.NewVBox(p.whose, p.report)))
	picture.Offset = 0.72
	bottom := container.NewHSplit(p.priors, picture)
	bottom.Offset = 0.62
	right := container.NewBorder(p.right, nil, nil, nil, bottom)
	all := container.NewHSplit(left, right)
	all.Offset = 0.25
	p.content = all
}

func heading(text string) fyne.CanvasObject {
	l := fynewidget.NewLabel(text)
	l.TextStyle.Bold = true
	return l
}

// Content is what the window shows.
func (p *Page) Content() fyne.CanvasObject { return p.content }

// showOrder shows the card from the cache at once, asks the archives, and
// shows it again with what they answered.
func (p *Page) showOrder(o clinic.Order) {
	p.unfolded = false
	// Until the card is there nothing may be decided: the one on the page is
	// another patient's.
	p.chosen, p.loaded, p.advice = o, false, nil
	task.Load(p.tasks, "card", func(ctx context.Context) (desk.Card, error) { return p.desk.Card(ctx, o) },
		func(c desk.Card, err error) {
			if !sameOrder(o, p.chosen) {
				return
			}
			p.showCard(c, err)
			if err == nil {
				p.note(c, effect.Shown, nil)
				p.ask(o)
				p.askAdvice(o)
			}
		})
}

func (p *Page) ask(o clinic.Order) {
	task.Load(p.tasks, "ask", func(ctx context.Context) (desk.Card, error) {
		p.desk.Ask(ctx, o.Patient)
		card, err := p.desk.Card(ctx, o)
		if err == nil {
			err = p.desk.FetchBest(ctx, card)
		}
		return card, err
	}, func(c desk.Card, err error) {
		p.mark(c)
		if !p.asking && sameOrder(o, p.chosen) {
			p.showCard(c, err)
		}
	})
}

func sameOrder(a, b clinic.Order) bool {
	return a.AccessionNumber == b.AccessionNumber && a.Patient.PatientID == b.Patient.PatientID
}

func (p *Page) showCard(c desk.Card, err error) {
	if err != nil {
		p.shell.Failed(err)
		return
	}
	p.card, p.loaded, p.asking = c, true, false
	p.mark(c)
	p.follow()
	p.right.Objects = []fyne.CanvasObject{p.orderLine(), verdict(p.words, c, p.desk.Now()), p.ways()}
	if len(p.advice) > 0 {
		p.right.Objects = slices.Insert(p.right.Objects, 2, p.adviceLines())
	}
	p.right.Refresh()
	p.showPriors()
}

// showPriors fills the list and keeps the chosen line.
func (p *Page) showPriors() {
	was, had := p.priors.Selected()
	rows := priorRows(p.words, p.card, p.unfolded)
	p.priors.SetRows(rows)
	choose := 0
	for i, r := range rows {
		if had && r.Study.StudyInstanceUID == was.Study.StudyInstanceUID && r.folded == was.folded && (r.candidate == nil || was.candidate != nil && r.candidate.Patient.Key() == was.candidate.Patient.Key()) {
			choose = i
		}
	}
	p.nameUse()
	if len(rows) == 0 {
		p.preview.Clear(p.words.L("No earlier exams are known."))
		p.report.SetText("")
		p.whose.RemoveAll()
		return
	}
	p.priors.Select(choose)
}

func (p *Page) showPrior(r priorRow) {
	if r.folded > 0 {
		p.unfolded = true
		p.showPriors()
		return
	}
	p.nameUse()
	p.whose.RemoveAll()
	if line := p.identityLine(r); line != nil {
		p.whose.Add(line)
	}
	if line := p.learnLine(r); line != nil {
		p.whose.Add(line)
	}
	if r.Study.StudyInstanceUID == "" {
		p.preview.Clear("")
		p.report.SetText("")
		return
	}
	text := r.Study.ReportText
	if text == "" {
		text = p.words.L("No report of this exam is known.")
	}
	p.report.SetText(p.why(r) + "\n\n" + text)
	p.preview.ShowStudy(r.Study)
}

func (p *Page) why(r priorRow) string {
	if r.doubtful {
		s := r.Study.Patient
		return p.words.L("Same ID, but: %s, born %s. Make sure that this is the same person.",
			s.PatientName.Display(), p.words.Date(s.PatientBirthDate))
	}
	return r.Why.Sentence(p.words.Language)
}

// open reads the prior: beside the newest other exam of the patient.
func (p *Page) open(r priorRow) {
	if r.folded > 0 || !p.loaded || r.Study.StudyInstanceUID == "" {
		return
	}
	uid := r.Study.StudyInstanceUID
	p.note(p.card, effect.Opened, &uid)
	p.shell.Go(route.Route{Page: route.Reading, Prior: uid, Of: p.card.Order.Patient})
}

// follow shows the card again as more of the priors arrives: their reports
// and pictures come from the archive.
func (p *Page) follow() {
	if p.unwatch != nil || !p.loaded {
		return
	}
	p.unwatch = p.tasks.Follow(p.desk.Store.Watch, 500*time.Millisecond, func() {
		if !p.asking {
			p.again()
		}
	})
}

// again shows the card with what the cache knows now.
func (p *Page) again() {
	order := p.card.Order
	task.Load(p.tasks, "again", func(ctx context.Context) (desk.Card, error) { return p.desk.Card(ctx, order) },
		func(c desk.Card, err error) {
			if !p.asking && p.loaded && sameOrder(order, p.chosen) {
				p.showCard(c, err)
			}
		})
}

// back leaves a form for the card, and catches up with what came meanwhile.
func (p *Page) back() {
	if p.asking {
		p.shell.Window().Canvas().Unfocus()
	}
	p.asking = false
	if !p.loaded {
		p.showHint()
		return
	}
	p.showCard(p.card, nil)
	p.again()
}

// Leave stops following the cache.
func (p *Page) Leave() {
	if p.unlist != nil {
		p.unlist()
		p.unlist = nil
	}
	if p.unwatch != nil {
		p.unwatch()
		p.unwatch = nil
	}
}

// Close ends the page's work.
func (p *Page) Close() {
	p.Leave()
	p.tasks.Close()
	p.preview.Close()
}

// Wait returns when all that was begun is shown.
func (p *Page) Wait() {
	p.Leave()
	p.tasks.Wait()
	p.preview.Wait()
}

// Card is the card on the page.
func (p *Page) Card() desk.Card { return p.card }
