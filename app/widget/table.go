package widget

import (
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"
)

// Column says what one column of a Table shows.
type Column[T any] struct {
	Label string
	Width float32 // at least 1: fixed; below: a share of what is left
	Text  func(T) string
	// Importance colours the text; nil is plain.
	Importance func(T) widget.Importance
	// Less sorts by this column; without it the heading does nothing.
	Less func(a, b T) bool
}

// Table shows rows of any kind. Its rows are set as a whole.
type Table[T any] struct {
	widget.BaseWidget
	Columns []Column[T]
	// OnSelected is told which row was chosen; OnOpened that it was chosen
	// again or entered.
	OnSelected func(T)
	OnOpened   func(T)
	// Lines is how many lines a cell may have; 0 is 1.
	Lines int

	rows     []T
	list     *widget.List
	selected int
	sorted   int // column number + 1, negative when turned round
}

// NewTable makes an empty table.
func NewTable[T any](columns ...Column[T]) *Table[T] {
	t := &Table[T]{Columns: columns, selected: -1}
	t.list = widget.NewList(func() int { return len(t.rows) }, t.newRow, t.showRow)
	t.list.OnSelected = func(id int) {
		again := id == t.selected
		t.selected = id
		if id < 0 || id >= len(t.rows) {
			return
		}
		if !again && t.OnSelected != nil {
			t.OnSelected(t.rows[id])
		}
	}
	t.ExtendBaseWidget(t)
	return t
}

// SetRows replaces the rows and keeps none selected.
func (t *Table[T]) SetRows(rows []T) {
	t.rows = slices.Clone(rows)
	t.selected = -1
	t.list.UnselectAll()
	t.sort()
	t.list.Refresh()
}

// Replace replaces the rows. The chosen one stays chosen where same finds it, and
// nobody is told.
func (t *Table[T]) Replace(rows []T, same func(a, b T) bool) {
	was, had := t.Selected()
	t.SetRows(rows)
	if i := slices.IndexFunc(t.rows, func(r T) bool { return had && same(r, was) }); i >= 0 {
		t.selected = i
		t.list.Select(i)
	}
}

// Change replaces the rows that match, in place: the chosen row stays chosen.
func (t *Table[T]) Change(match func(T) bool, change func(*T)) {
	for i := range t.rows {
		if match(t.rows[i]) {
			change(&t.rows[i])
			t.list.RefreshItem(i)
		}
	}
}

// Rows are the rows as shown.
func (t *Table[T]) Rows() []T { return t.rows }

// Select chooses a row by number.
func (t *Table[T]) Select(row int) {
	if row >= 0 && row < len(t.rows) {
		t.list.Select(row)
	}
}

// Selected is the chosen row.
func (t *Table[T]) Selected() (row T, ok bool) {
	if t.selected < 0 || t.selected >= len(t.rows) {
		return row, false
	}
	return t.rows[t.selected], true
}

// Step chooses the row some rows on.
func (t *Table[T]) Step(by int) { t.Select(min(max(t.selected+by, 0), len(t.rows)-1)) }

func (t *Table[T]) newRow() fyne.CanvasObject {
	cells := make([]fyne.CanvasObject, len(t.Columns))
	for i := range cells {
		cells[i] = Cut(strings.Repeat("\n", max(0, t.Lines-1)))
	}
	return newRow(t.open, container.New(columns{t.widths()}, cells...))
}

func (t *Table[T]) widths() []float32 {
	widths := make([]float32, len(t.Columns))
	for i, c := range t.Columns {
		widths[i] = c.Width
	}
	return widths
}

func (t *Table[T]) showRow(id int, o fyne.CanvasObject) {
	if id >= len(t.rows) {
		return
	}
	r := o.(*row)
	r.id = id
	r.choose = t.list.Select
	for i, c := range t.Columns {
		label := r.content.(*fyne.Container).Objects[i].(*widget.Label)
		label.Importance = widget.MediumImportance
		if c.Importance != nil {
			label.Importance = c.Importance(t.rows[id])
		}
		label.SetText(c.Text(t.rows[id]))
	}
}

func (t *Table[T]) open(id int) {
	if id < len(t.rows) && t.OnOpened != nil {
		t.OnOpened(t.rows[id])
	}
}

func (t *Table[T]) sort() {
	column := max(t.sorted, -t.sorted) - 1
	if column < 0 || t.Columns[column].Less == nil {
		return
	}
	slices.SortStableFunc(t.rows, func(a, b T) int {
		if t.sorted < 0 {
			a, b = b, a
		}
		switch {
		case t.Columns[column].Less(a, b):
			return -1
		case t.Columns[column].Less(b, a):
			return 1
		}
		return 0
	})
}

// CreateRenderer shows the headings over the list.
func (t *Table[T]) CreateRenderer() fyne.WidgetRenderer {
	heads := make([]fyne.CanvasObject, len(t.Columns))
	for i, c := range t.Columns {
		heads[i] = newHeading(c.Label, c.Less != nil, func() {
			if t.sorted == i+1 {
				t.sorted = -(i + 1)
			} else {
				t.sorted = i + 1
			}
			t.sort()
			t.list.Refresh()
		})
	}
	head := container.New(columns{t.widths()}, heads...)
	return widget.NewSimpleRenderer(container.NewBorder(head, nil, nil, nil, t.list))
}
