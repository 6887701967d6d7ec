// Package transfers is the page of what comes from the archives and goes to
// them: what, why, from where, how far, and what to do about it.
package transfers

import (
	"context"
	"errors"
	"fmt"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	fynewidget "fyne.io/fyne/v2/widget"

	"eris/app/desk"
	"eris/app/phrase"
	"eris/app/route"
	"eris/app/task"
	"eris/app/widget"
	"eris/app/words"
	"eris/clinic"
	"eris/dicom"
	"eris/sync/node"
	"eris/sync/transfer"
)

// Page is the transfers page.
type Page struct {
	desk  *desk.Desk
	words *words.Words
	shell route.Shell
	tasks *task.Group

	table   *widget.Table[row]
	summary *fynewidget.Label
	detail  *fynewidget.Label
	retry   *fynewidget.Button
	cancel  *fynewidget.Button
	first   *fynewidget.Button
	adopt   *fynewidget.Button
	keep    *fynewidget.Button
	content fyne.CanvasObject
	unwatch func()
}

var _ route.Page = (*Page)(nil)

// row is a job and the study it is about.
type row struct {
	transfer.Job
	study clinic.Study
}

// New builds the page.
func New(ctx context.Context, d *desk.Desk, w *words.Words, shell route.Shell) *Page {
	p := &Page{desk: d, words: w, shell: shell, tasks: task.New(ctx), summary: widget.Cut(""), detail: widget.Paragraph("")}
	p.table = widget.NewTable(columns(d, w)...)
	p.table.OnSelected = p.show
	p.table.OnOpened = func(r row) {
		shell.Go(route.Route{Page: route.Reading, Study: r.StudyInstanceUID, Of: r.study.Patient})
	}
	p.first = fynewidget.NewButton(w.L("First"), func() { p.act(p.promote) })
	p.retry = fynewidget.NewButton(w.L("Try again"), func() { p.act(p.desk.Transfer.Retry) })
	p.cancel = fynewidget.NewButton(w.L("Cancel"), func() { p.act(p.desk.Transfer.Cancel) })
	p.adopt = fynewidget.NewButton(w.L("Send under the archive's patient"), func() { p.settle(desk.AsArchive) })
	p.keep = fynewidget.NewButton(w.L("Keep here only"), func() { p.settle(desk.KeepHere) })
	buttons := container.NewHBox(p.adopt, p.keep, p.first, p.retry, p.cancel)
	p.content = container.NewBorder(container.NewPadded(container.NewBorder(nil, nil, nil, buttons, p.summary)),
		container.NewPadded(p.detail), nil, nil, p.table)
	p.enable(row{})
	return p
}

func columns(d *desk.Desk, w *words.Words) []widget.Column[row] {
	return []widget.Column[row]{
		{Label: w.L("State"), Width: 190, Text: func(r row) string { return state(w, r.Job) }, Importance: importance},
		{Label: w.L("Patient"), Width: 0.3, Text: func(r row) string { return r.study.Patient.PatientName.Display() }},
		{Label: w.L("Exam"), Width: 0.4, Text: func(r row) string { return r.study.StudyDescription }},
		{Label: w.L("Date"), Width: 100, Text: func(r row) string { return w.Date(r.study.StudyDate) }},
		{Label: w.L("Why"), Width: 0.2, Text: func(r row) string { return why(d, w, r) }},
		{Label: w.L("From, to"), Width: 0.15, Text: func(r row) string { return where(w, r) }},
		{Label: w.L("Images"), Width: 100, Text: func(r row) string { return fmt.Sprintf("%d / %d", r.Done, r.Total) }},
		{Label: w.L("Size"), Width: 90, Text: func(r row) string { return w.Bytes(r.Bytes) }},
		{Label: w.L("Rate, time left"), Width: 150, Text: func(r row) string { return pace(w, r.Job) }},
	}
}

// why is what a job was asked for, or the reason of the rule that wanted it.
func why(d *desk.Desk, w *words.Words, r row) string {
	if text, ok := d.Ahead.Reason(r.Reason, w.Language); ok {
		return text
	}
	return w.L(r.Reason)
}

// where is the archive that something comes from, or goes to.
func where(w *words.Words, r row) string {
	if r.Kind == transfer.SendEntry {
		return w.L("to %s", r.Node)
	}
	return r.Node
}

func state(w *words.Words, j transfer.Job) string { return w.L("transfer: " + string(j.State)) }

func importance(r row) fynewidget.Importance {
	switch r.State {
	case transfer.Failed:
		return fynewidget.DangerImportance
	case transfer.Offline:
		return fynewidget.WarningImportance
	case transfer.Done:
		return fynewidget.LowImportance
	}
	return fynewidget.MediumImportance
}

// pace is the rate and the time left of a running job.
func pace(w *words.Words, j transfer.Job) string {
	if j.State != transfer.Running || j.Rate <= 0 {
		return ""
	}
	text := w.L("%s/s", w.Bytes(int64(j.Rate)))
	if j.Left > 0 {
		left := j.Left.Round(time.Second)
		text += fmt.Sprintf(", %d:%02d", int(left.Minutes()), int(left.Seconds())%60)
	}
	return text
}

// Content is what the window shows.
func (p *Page) Content() fyne.CanvasObject { return p.content }

// Enter shows the jobs and follows them while the page is seen.
func (p *Page) Enter(route.Route) {
	p.load()
	if p.unwatch == nil {
		p.unwatch = p.tasks.Follow(p.desk.Transfer.Watch, 250*time.Millisecond, p.load)
	}
}

// Leave stops following.
func (p *Page) Leave() {
	if p.unwatch != nil {
		p.unwatch()
		p.unwatch = nil
	}
}

func (p *Page) load() {
	task.Load(p.tasks, "jobs", p.rows, func(rows []row, err error) {
		if err != nil {
			p.shell.Failed(err)
			return
		}
		was, had := p.table.Selected()
		p.table.SetRows(rows)
		p.summary.SetText(summary(p.words, rows))
		p.enable(row{})
		for i, r := range p.table.Rows() {
			if had && r.ID == was.ID {
				p.table.Select(i)
			}
		}
	})
}

func (p *Page) rows(ctx context.Context) ([]row, error) {
	jobs := p.desk.Transfer.Jobs()
	studies := map[dicom.UID]clinic.Study{}
	rows := make([]row, len(jobs))
	for i, j := range jobs {
		study, known := studies[j.StudyInstanceUID]
		if !known {
			// A job about a study that is not known yet shows without its names.
			study, _ = p.desk.Store.Study(ctx, j.StudyInstanceUID)
			studies[j.StudyInstanceUID] = study
		}
		rows[i] = row{j, study}
	}
	return rows, nil
}

func summary(w *words.Words, rows []row) string {
	counts := map[transfer.State]int{}
	for _, r := range rows {
		counts[r.State]++
	}
	if len(rows) == 0 {
		return w.L("Nothing was asked for yet. Exams are fetched when an order is chosen, and with Fetch on the Studies page.")
	}
	return w.L("Running: %d. Waiting: %d. Waiting for an archive: %d. Done: %d. Failed: %d.", counts[transfer.Running],
		counts[transfer.Waiting], counts[transfer.Offline], counts[transfer.Done], counts[transfer.Failed])
}

func (p *Page) show(r row) {
	p.enable(r)
	text := ""
	if r.Error != "" {
		text = r.Error
		if fault := r.Fault(); fault != nil {
			text = phrase.Sentence(p.words, fault) + "\n" + r.Error
		}
		if r.State == transfer.Offline || r.State == transfer.Waiting {
			text += "  " + p.words.L("It goes on by itself when the archive answers.")
		}
	}
	p.detail.SetText(text)
}

func (p *Page) enable(r row) {
	set := func(b *fynewidget.Button, on bool) {
		if on {
			b.Enable()
		} else {
			b.Disable()
		}
	}
	open := r.State == transfer.Waiting || r.State == transfer.Running || r.State == transfer.Offline
	// Rare, and then in sight.
	refused := r.Kind == transfer.SendEntry && r.State == transfer.Failed
	show := func(b *fynewidget.Button, on bool) {
		if on {
			b.Show()
		} else {
			b.Hide()
		}
	}
	show(p.keep, refused)
	show(p.adopt, refused && errors.Is(r.Fault(), node.ErrConflict))
	set(p.first, r.State == transfer.Waiting)
	set(p.cancel, open)
	set(p.retry, r.State == transfer.Failed || r.State == transfer.Canceled || r.State == transfer.Offline)
}

func (p *Page) promote(ctx context.Context, id string) error {
	return p.desk.Transfer.Promote(ctx, id, transfer.Now)
}

// settle carries out what was decided about a document that was not taken.
func (p *Page) settle(choice string) {
	if r, ok := p.table.Selected(); ok {
		p.act(func(ctx context.Context, _ string) error { return p.desk.Settle(ctx, r.Job, choice) })
	}
}

func (p *Page) act(do func(ctx context.Context, id string) error) {
	r, ok := p.table.Selected()
	if !ok {
		return
	}
	p.tasks.Go(func(ctx context.Context) { // not Load: a second order must not take back the first
		err := do(ctx, r.ID)
		task.Do(func() {
			if err != nil {
				p.shell.Failed(err)
			}
			p.load()
		})
	})
}

// Key takes the keys of the page.
func (p *Page) Key(k route.Key) bool {
	switch k.Name {
	case fyne.KeyDown:
		p.table.Step(1)
	case fyne.KeyUp:
		p.table.Step(-1)
	case fyne.KeyDelete:
		p.act(p.desk.Transfer.Cancel)
	case fyne.KeyR:
		p.act(p.desk.Transfer.Retry)
	default:
		return false
	}
	return true
}

// Keys are the keys of the page.
func (p *Page) Keys() []route.Help {
	w := p.words
	return []route.Help{{Keys: "↑↓", Does: w.L("transfers")}, {Keys: "R", Does: w.L("Try again")}, {Keys: "Del", Does: w.L("Cancel")}}
}

// Wait returns when what was begun is shown.
func (p *Page) Wait() {
	p.Leave()
	p.tasks.Wait()
}

// Close ends the page's work.
func (p *Page) Close() {
	p.Leave()
	p.tasks.Close()
}
