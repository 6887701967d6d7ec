package widget

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"
)

// row is a line of a list that also hears double clicks.
type row struct {
	widget.BaseWidget
	content fyne.CanvasObject
	id      int
	choose  func(id int)
	open    func(id int)
	tapped  time.Time
}

func newRow(open func(id int), content fyne.CanvasObject) *row {
	r := &row{content: content, open: open}
	r.ExtendBaseWidget(r)
	return r
}

// doubleTap is how soon a second tap opens. The toolkit's own double tap would
// make every single one wait.
const doubleTap = 400 * time.Millisecond

// Tapped chooses the row; the second time it opens it.
func (r *row) Tapped(*fyne.PointEvent) {
	if r.choose != nil {
		r.choose(r.id)
	}
	if last := r.tapped; time.Since(last) < doubleTap {
		r.tapped = time.Time{}
		r.open(r.id)
		return
	}
	r.tapped = time.Now()
}

// CreateRenderer shows the content.
func (r *row) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(r.content) }

// heading is the name of a column; a tap sorts.
type heading struct {
	widget.BaseWidget
	label *widget.Label
	tap   func()
}

func newHeading(text string, sorts bool, tap func()) *heading {
	h := &heading{label: Cut(text)}
	h.label.Importance = widget.LowImportance
	if sorts {
		h.tap = tap
	}
	h.ExtendBaseWidget(h)
	return h
}

// Tapped sorts by the column.
func (h *heading) Tapped(*fyne.PointEvent) {
	if h.tap != nil {
		h.tap()
	}
}

// CreateRenderer shows the name.
func (h *heading) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(h.label) }
