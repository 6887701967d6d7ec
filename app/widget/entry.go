package widget

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"
)

// Entry is a line to type in that Esc leaves; the toolkit's own keeps that key.
type Entry struct {
	widget.Entry
	leave func()
}

// NewEntry makes an empty entry; leave is called on Esc.
func NewEntry(leave func()) *Entry {
	e := &Entry{leave: leave}
	e.ExtendBaseWidget(e)
	return e
}

// TypedKey takes Esc and leaves the rest to the entry.
func (e *Entry) TypedKey(k *fyne.KeyEvent) {
	if k.Name == fyne.KeyEscape {
		e.leave()
		return
	}
	e.Entry.TypedKey(k)
}
