package app

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/layout"
	fynewidget "fyne.io/fyne/v2/widget"

	"eris/app/route"
)

// bindKeys hands keys that no entry took to the page, then to the window.
// Letters come as characters, so that the Russian layout works; the others,
// and those with modifiers, as keys.
func (s *shell) bindKeys() {
	c := s.window.Canvas()
	var modifiers fyne.KeyModifier
	if d, ok := c.(desktop.Canvas); ok {
		d.SetOnKeyDown(func(e *fyne.KeyEvent) { modifiers |= modifierOf(e.Name) })
		d.SetOnKeyUp(func(e *fyne.KeyEvent) { modifiers &^= modifierOf(e.Name) })
	}
	c.SetOnTypedRune(func(r rune) {
		s.Key(route.KeyOfRune(r))
	})
	c.SetOnTypedKey(func(e *fyne.KeyEvent) {
		if len(e.Name) == 1 { // its character comes too
			return
		}
		s.Key(route.Key{Name: e.Name, Shift: modifiers&fyne.KeyModifierShift != 0,
			Ctrl: modifiers&fyne.KeyModifierControl != 0, Alt: modifiers&fyne.KeyModifierAlt != 0})
	})
	for _, k := range shortcuts {
		c.AddShortcut(&desktop.CustomShortcut{KeyName: k.Name, Modifier: modifiersOf(k)}, func(fyne.Shortcut) { s.Key(k) })
	}
	c.AddShortcut(&fyne.ShortcutUndo{}, func(fyne.Shortcut) { s.Key(route.Key{Name: fyne.KeyZ, Ctrl: true}) })
	c.AddShortcut(&fyne.ShortcutRedo{}, func(fyne.Shortcut) { s.Key(route.Key{Name: fyne.KeyY, Ctrl: true}) })
}

// shortcuts are the keys with a modifier that the pages know; the toolkit
// reports those only when they are registered.
var shortcuts = []route.Key{
	{Name: fyne.KeyK, Ctrl: true}, {Name: fyne.KeyO, Ctrl: true},
	{Name: fyne.KeyUp, Ctrl: true}, {Name: fyne.KeyDown, Ctrl: true},
	{Name: fyne.KeyLeft, Ctrl: true}, {Name: fyne.KeyRight, Ctrl: true},
	{Name: fyne.KeyR, Alt: true}, {Name: fyne.KeyL, Alt: true},
}

func modifierOf(name fyne.KeyName) fyne.KeyModifier {
	switch name {
	case desktop.KeyShiftLeft, desktop.KeyShiftRight:
		return fyne.KeyModifierShift
	case desktop.KeyControlLeft, desktop.KeyControlRight:
		return fyne.KeyModifierControl
	case desktop.KeyAltLeft, desktop.KeyAltRight:
		return fyne.KeyModifierAlt
	}
	return 0
}

func modifiersOf(k route.Key) (m fyne.KeyModifier) {
	if k.Ctrl {
		m |= fyne.KeyModifierControl
	}
	if k.Alt {
		m |= fyne.KeyModifierAlt
	}
	return m
}

// Key gives a key to the page, and to the window when the page leaves it.
func (s *shell) Key(k route.Key) {
	if s.help != nil && s.help.Visible() {
		s.help.Hide()
		return
	}
	if s.pages[s.now].Key(k) {
		return
	}
	switch {
	case k.Ctrl && k.Name == fyne.KeyK:
		s.window.Canvas().Focus(s.search)
	case k.Name == fyne.KeyF1:
		s.showKeys()
	case k.Name == fyne.KeyF9:
		s.toggleChrome()
	}
}

// keyColumns is how many keys stand side by side in the help: the reading
// page has more of them than fit below each other.
const keyColumns = 2

// showKeys lists the keys of the page in a panel that any key closes.
func (s *shell) showKeys() {
	help := append(s.pages[s.now].Keys(), route.Help{Keys: "Ctrl+K", Does: s.words.L("search")},
		route.Help{Keys: "F9", Does: s.words.L("hide everything but the page")}, route.Help{Keys: "F1", Does: s.words.L("the keys of this page")})
	columns := 1
	if len(help) > 14 {
		columns = keyColumns
	}
	lists := container.NewGridWithColumns(columns)
	each := (len(help) + columns - 1) / columns
	for first := 0; first < len(help); first += each {
		rows := container.New(layout.NewFormLayout())
		for _, h := range help[first:min(first+each, len(help))] {
			keys := fynewidget.NewLabel(h.Keys)
			keys.TextStyle.Bold = true
			rows.Add(keys)
			rows.Add(fynewidget.NewLabel(h.Does))
		}
		lists.Add(rows)
	}
	s.help = fynewidget.NewPopUp(container.NewPadded(lists), s.window.Canvas())
	size, least := s.window.Canvas().Size(), s.help.MinSize()
	s.help.ShowAtPosition(fyne.NewPos(max(0, (size.Width-least.Width)/2), max(0, (size.Height-least.Height)/2)))
}
