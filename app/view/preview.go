package view

import (
	"context"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"eris/app/desk"
	"eris/app/task"
	"eris/app/words"
	"eris/clinic"
	"eris/viewer"
)

// Preview shows one study in a corner of a page: its first picture series, at
// the middle, to be scrolled and windowed.
type Preview struct {
	widget.BaseWidget
	desk    *desk.Desk
	words   *words.Words
	grid    *Grid
	message *widget.Label
	box     *fyne.Container
	tasks   *task.Group
	shown   clinic.Study // to leave the picture alone when nothing of it is new
}

// previewCache holds a few decoded frames: a corner of a page is looked at,
// hardly scrolled, and the memory belongs to reading.
const previewCache = 4 << 20

// NewPreview shows nothing yet.
func NewPreview(d *desk.Desk, w *words.Words) *Preview {
	p := &Preview{desk: d, words: w, grid: NewGrid(d, w, 1, previewCache), tasks: task.New(context.Background())}
	p.message = widget.NewLabel("")
	p.message.Wrapping = fyne.TextWrapWord
	p.message.Alignment = fyne.TextAlignCenter
	p.grid.Viewports[0].OnDoubleTapped = nil
	p.box = container.NewStack(p.message)
	p.ExtendBaseWidget(p)
	return p
}

// ShowStudy opens a study; what is not in the cache is said in words.
func (p *Preview) ShowStudy(s clinic.Study) {
	if s.StudyInstanceUID == p.shown.StudyInstanceUID && s.NumberOfInstances == p.shown.NumberOfInstances {
		return
	}
	again := s.StudyInstanceUID == p.shown.StudyInstanceUID && p.shown.NumberOfInstances > 0
	if s.NumberOfInstances == 0 {
		text := p.words.L("There are no images of this exam here.")
		if s.Source != "" {
			text = p.words.L("The images are in the archive “%s” and are fetched when they are needed.", s.Source)
		}
		p.Clear(text)
		p.shown = s
		return
	}
	p.shown = s
	task.Load(p.tasks, "stacks", func(ctx context.Context) ([]viewer.Stack, error) { return p.desk.Stacks(ctx, s.StudyInstanceUID) },
		func(stacks []viewer.Stack, err error) {
			stack, ok := desk.MainStack(stacks)
			if err != nil || !ok {
				p.Clear(p.words.L("There is no picture in this exam."))
				return
			}
			if again { // more of the same arrived: the reader's place stays
				p.grid.Session.Extend(0, stack)
				p.grid.Refresh()
				return
			}
			p.grid.Session.Show(0, stack, viewer.NoRole)
			p.grid.Session.GoTo(0, len(stack.Frames)/2)
			p.box.Objects = []fyne.CanvasObject{p.grid.Content()}
			p.box.Refresh()
			p.grid.Refresh()
		})
}

// Clear shows words in place of a picture.
func (p *Preview) Clear(text string) {
	p.shown = clinic.Study{}
	task.Load(p.tasks, "stacks", func(context.Context) (struct{}, error) { return struct{}{}, nil }, func(struct{}, error) {})
	p.message.SetText(text)
	p.box.Objects = []fyne.CanvasObject{container.NewCenter(container.NewGridWrap(fyne.NewSize(300, 120), p.message))}
	p.box.Refresh()
}

// CreateRenderer shows the box.
func (p *Preview) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(p.box) }

// Wait returns when what was asked for is shown.
func (p *Preview) Wait() {
	p.tasks.Wait()
	p.grid.WaitDrawn()
}

// Close ends the picture.
func (p *Preview) Close() {
	p.tasks.Close()
	p.grid.Close()
}
