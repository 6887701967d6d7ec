// Package read is the reading page: the current study beside an earlier one,
// the patient's other studies at hand.
package read

import (
	"context"
	"slices"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	fynetheme "fyne.io/fyne/v2/theme"
	fynewidget "fyne.io/fyne/v2/widget"

	"eris/app/desk"
	"eris/app/route"
	"eris/app/task"
	"eris/app/theme"
	"eris/app/view"
	"eris/app/widget"
	"eris/app/words"
	"eris/clinic"
	"eris/dicom"
	"eris/viewer"
)

// The two viewports.
const (
	currentView = 0
	priorView   = 1
)

// readingCache is what decoded frames may take: two CT series of 150 slices.
const readingCache = 160 << 20

// Page is the reading page.
type Page struct {
	desk  *desk.Desk
	words *words.Words
	shell route.Shell
	tasks *task.Group

	grid   *view.Grid
	pair   desk.Pair
	stacks [2][]viewer.Stack // of the current and the prior study
	shown  [2]int            // which of them

	header  *fyne.Container
	side    *fyne.Container // thumbnails
	lane    *timeline
	tools   *fyne.Container
	saved   *fynewidget.Label
	empty   *fynewidget.Label
	content *fyne.Container
	room    fyne.CanvasObject
	unwatch func()
	failing bool // the journal refused; said once
}

var _ route.Page = (*Page)(nil)

// New builds the page.
func New(ctx context.Context, d *desk.Desk, w *words.Words, shell route.Shell) *Page {
	p := &Page{desk: d, words: w, shell: shell, tasks: task.New(ctx), grid: view.NewGrid(d, w, 2, readingCache)}
	for _, v := range p.grid.Viewports {
		v.OnKey = func(k route.Key) { p.shell.Key(k) }
		v.OnMenu = p.menu(v)
	}
	p.grid.OnChanged = p.changed
	p.header = container.NewHBox()
	p.side = container.NewVBox()
	p.lane = newTimeline(w, p.compareWith)
	p.saved = fynewidget.NewLabel("")
	p.tools = p.toolbar()
	p.empty = widget.Paragraph(w.L("Nothing is open. Choose an exam on the Check or the Studies page; Enter opens it here, beside the earlier exam that helps most."))
	p.empty.Alignment = fyne.TextAlignCenter
	// What is long is cut or scrolled: it must never make the window wider.
	top := container.NewVBox(container.NewPadded(container.NewHScroll(p.header)), p.lane, container.NewHScroll(p.tools))
	split := container.NewHSplit(container.NewVScroll(p.side), p.grid.Content())
	split.Offset = 0.13
	p.room = container.NewBorder(top, nil, nil, nil, split)
	p.content = container.NewStack(container.NewCenter(container.NewGridWrap(fyne.NewSize(520, 160), p.empty)))
	return p
}

// Content is what the window shows.
func (p *Page) Content() fyne.CanvasObject { return p.content }

// opened is what a route leads to.
type opened struct {
	pair   desk.Pair
	stacks [2][]viewer.Stack
}

// Enter opens the studies of the route; without any it stays as it was.
func (p *Page) Enter(r route.Route) {
	if r.Study == "" && r.Prior == "" {
		p.focus()
		return
	}
	p.open(r.Study, r.Prior)
}

func (p *Page) open(study, prior dicom.UID) {
	task.Load(p.tasks, "open", func(ctx context.Context) (opened, error) { return p.load(ctx, study, prior) }, p.show)
}

func (p *Page) load(ctx context.Context, study, prior dicom.UID) (opened, error) {
	o, err := p.look(ctx, study, prior)
	if err != nil {
		return o, err
	}
	for _, s := range []clinic.Study{o.pair.Current, o.pair.Prior} {
		if s.StudyInstanceUID == "" {
			continue
		}
		if err := p.desk.RestoreMeasurements(ctx, p.grid.Session, s.StudyInstanceUID); err != nil {
			return o, err
		}
		p.desk.Opened(ctx, s)
	}
	return o, nil
}

// look reads the two studies as the cache holds them now.
func (p *Page) look(ctx context.Context, study, prior dicom.UID) (o opened, err error) {
	if o.pair, err = p.desk.Pair(ctx, study, prior); err != nil {
		return o, err
	}
	for i, s := range []clinic.Study{o.pair.Current, o.pair.Prior} {
		if s.StudyInstanceUID == "" {
			continue
		}
		if o.stacks[i], err = p.desk.Stacks(ctx, s.StudyInstanceUID); err != nil {
			return o, err
		}
	}
	return o, nil
}

func (p *Page) show(o opened, err error) {
	if err != nil {
		p.shell.Failed(err)
		return
	}
	// Another prior leaves the current study where the reader is in it.
	kept := p.pair.Current.StudyInstanceUID == o.pair.Current.StudyInstanceUID && len(p.grid.Session.Viewport(currentView).Stack.Frames) > 0
	p.content.Objects = []fyne.CanvasObject{p.room}
	p.content.Refresh()
	was := p.stacks[currentView]
	p.pair, p.stacks = o.pair, o.stacks
	if kept {
		p.extend(currentView, was)
	} else {
		p.place(currentView)
	}
	p.place(priorView)
	p.arrange()
	p.grid.Session.Activate(currentView)
	if !kept {
		p.grid.Do("link-all")
	}
	p.showHeader()
	p.showThumbnails()
	p.lane.show(p.desk, p.pair)
	p.follow()
	p.focus()
}

// arrange shows one viewport when there is nothing to compare with.
func (p *Page) arrange() {
	alone := p.pair.Prior.StudyInstanceUID == ""
	if p.grid.Session.View().Single != alone {
		p.grid.Do("toggle-grid")
	}
}

func mainIndex(stacks []viewer.Stack) int {
	main, ok := desk.MainStack(stacks)
	if !ok {
		return -1
	}
	return slices.IndexFunc(stacks, func(s viewer.Stack) bool { return s.Holds(main.Frames[0]) })
}

// place shows the stack of a study that tells most.
func (p *Page) place(i int) {
	p.shown[i] = mainIndex(p.stacks[i])
	p.showStack(i)
}

// showStack puts the chosen stack of a study into its viewport: a prior as far
// in as the current study is, anything else in the middle. Linked viewports
// stay where they are and go on together from there.
func (p *Page) showStack(i int) {
	if p.grid.Session.View().Linked {
		p.grid.Do("link-none")
		defer p.grid.Do("link-all")
	}
	role := []viewer.Role{viewer.Current, viewer.Prior}[i]
	if p.shown[i] < 0 || p.shown[i] >= len(p.stacks[i]) {
		p.grid.Session.Show(i, viewer.Stack{}, role)
		return
	}
	stack := p.stacks[i][p.shown[i]]
	at := len(stack.Frames) / 2
	if current := p.grid.Session.Viewport(currentView); i == priorView && len(current.Stack.Frames) > 1 {
		at = current.Index * len(stack.Frames) / len(current.Stack.Frames)
	}
	p.grid.Session.Show(i, stack, role)
	p.grid.Session.GoTo(i, at)
}

// Session is the reading room of the page.
func (p *Page) Session() *viewer.Session { return p.grid.Session }

// compareWith puts another study beside the current one.
func (p *Page) compareWith(s clinic.Study) {
	if s.StudyInstanceUID != p.pair.Current.StudyInstanceUID {
		p.open(p.pair.Current.StudyInstanceUID, s.StudyInstanceUID)
	}
}

// focus gives the keys to the pictures.
func (p *Page) focus() {
	if c := fyne.CurrentApp().Driver().CanvasForObject(p.grid.Viewports[0]); c != nil {
		c.Focus(p.grid.Viewports[p.grid.Session.View().Active])
	}
}

// showHeader says whose pictures these are.
func (p *Page) showHeader() {
	w, s := p.words, p.pair.Current
	who := s.Patient.PatientName.Display()
	if s.Patient.PatientBirthDate.Valid() {
		who += "  ·  " + w.Date(s.Patient.PatientBirthDate)
		if years, ok := s.Patient.AgeAt(s.StudyDate); ok {
			who += " " + w.L("(%d y)", years)
		}
	}
	who += "  ·  " + w.Sex(s.Patient.PatientSex) + "  ·  " + w.L("ID %s", s.Patient.PatientID)
	p.header.Objects = []fyne.CanvasObject{
		widget.Text(who, theme.Text, fynetheme.SizeNameSubHeadingText, true),
		widget.Text("    "+w.L("current")+" "+w.Date(s.StudyDate)+p.partly(s)+"  "+s.StudyDescription, theme.Current, fynetheme.SizeNameText, false),
	}
	if prior := p.pair.Prior; prior.StudyInstanceUID != "" {
		age := ""
		if days, ok := prior.StudyDate.DaysUntil(s.StudyDate); ok {
			age = " (" + w.Age(days) + ")"
		}
		p.header.Add(widget.Text("    "+w.L("prior")+" "+w.Date(prior.StudyDate)+age+p.partly(prior)+"  "+prior.StudyDescription,
			theme.Prior, fynetheme.SizeNameText, false))
	}
	if p.pair.Doubtful > 0 {
		p.header.Add(widget.Text("    "+w.L("same ID, another person?")+" "+w.L("%d exams not shown", p.pair.Doubtful),
			theme.Danger, fynetheme.SizeNameText, true))
	}
	p.header.Refresh()
}

// partly warns that a study is not whole.
func (p *Page) partly(s clinic.Study) string {
	switch s.Completeness {
	case clinic.Absent:
		return "  " + p.words.L("[on its way from %s]", s.Source)
	case clinic.Partial:
		return "  " + p.words.L("[PARTLY HERE: %d of %d]", s.NumberOfInstances, s.ExpectedInstances)
	}
	return ""
}

// follow brings in what arrives while the studies are not whole.
func (p *Page) follow() {
	p.Leave()
	if p.pair.Current.Completeness == clinic.Complete && (p.pair.Prior.StudyInstanceUID == "" || p.pair.Prior.Completeness == clinic.Complete) {
		return
	}
	pair := p.pair
	p.unwatch = p.tasks.Follow(p.desk.Store.Watch, 300*time.Millisecond, func() {
		task.Load(p.tasks, "arrived", func(ctx context.Context) (opened, error) {
			return p.look(ctx, pair.Current.StudyInstanceUID, pair.Prior.StudyInstanceUID)
		}, func(o opened, err error) {
			// Meanwhile another pair may have been opened: its pictures must never
			// mix with those of this one.
			if err == nil && sameStudies(o.pair, p.pair) {
				p.arrived(o)
			}
		})
	})
}

func sameStudies(a, b desk.Pair) bool {
	return a.Current.StudyInstanceUID == b.Current.StudyInstanceUID && a.Prior.StudyInstanceUID == b.Prior.StudyInstanceUID
}

// arrived shows more of the same studies and disturbs nothing.
func (p *Page) arrived(o opened) {
	was := p.stacks
	p.pair, p.stacks = o.pair, o.stacks
	for i := range p.stacks {
		p.extend(i, was[i])
	}
	p.showHeader()
	p.showThumbnails()
	p.grid.Refresh()
	if p.pair.Current.Completeness == clinic.Complete && (p.pair.Prior.StudyInstanceUID == "" || p.pair.Prior.Completeness == clinic.Complete) {
		p.Leave()
	}
}

// extend gives a viewport what there is now of the stack it showed.
func (p *Page) extend(i int, was []viewer.Stack) {
	if p.shown[i] < 0 || p.shown[i] >= len(was) {
		p.place(i)
		return
	}
	// A series may have several stacks: the one with the frame on the screen.
	now := p.grid.Session.Viewport(i)
	for n, s := range p.stacks[i] {
		if s.Series.SeriesInstanceUID == now.Stack.Series.SeriesInstanceUID && now.Index < len(now.Stack.Frames) && s.Holds(now.Stack.Frames[now.Index]) {
			p.shown[i] = n
			p.grid.Session.Extend(i, s)
			return
		}
	}
}

// changed follows the room: whether every measurement is safe.
func (p *Page) changed() {
	marks, err := p.grid.Session.Measurements()
	text := ""
	unsaved := 0
	for _, m := range marks {
		if !m.Saved {
			unsaved++
		}
	}
	switch {
	case err != nil:
		text = p.words.L("Not saved: %d. It is tried again with the next change.", unsaved)
	case unsaved > 0:
		text = p.words.L("saving…")
	case len(marks) > 0:
		text = p.words.L("saved locally ✓")
	}
	if err != nil && !p.failing {
		p.shell.Failed(err)
	}
	p.failing = err != nil
	if text != p.saved.Text { // each refresh of a label costs a texture, and this runs with every notch
		p.saved.Importance = fynewidget.LowImportance
		if p.failing {
			p.saved.Importance = fynewidget.DangerImportance
		}
		p.saved.SetText(text)
	}
	p.markTools()
}

// Leave stops following what arrives.
func (p *Page) Leave() {
	if p.unwatch != nil {
		p.unwatch()
		p.unwatch = nil
	}
}

// Wait returns when what was begun is shown.
func (p *Page) Wait() {
	p.Leave()
	p.tasks.Wait()
	p.grid.WaitDrawn()
}

// Close ends the room; measurements are written first.
func (p *Page) Close() {
	p.Leave()
	p.tasks.Close()
	if err := p.grid.Close(); err != nil {
		p.desk.Log.Error("measurements are not saved", "error", err)
	}
}
