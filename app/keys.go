package app

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
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

// showKeys lists the keys of the page in a panel that any key closes.
func (s *shell) showKeys() {
	grid := container.NewGridWithColumns(2)
	for _, h := range append(s.pages[s.now].Keys(), route.Help{Keys: "F1", Does: s.words.L("the keys of this page")}) {
		keys := fynewidget.NewLabel(h.Keys)
		keys.TextStyle.Bold = true
		grid.Add(keys)
		grid.Add(fynewidget.NewLabel(h.Does))
	}
	var pop *fynewidget.PopUp
	close := fynewidget.NewButton(s.words.L("Close"), func() { pop.Hide() })
	pop = fynewidget.NewPopUp(container.NewBorder(nil, close, nil, nil, grid), s.window.Canvas())
	size := s.window.Canvas().Size()
	pop.ShowAtPosition(fyne.NewPos((size.Width-pop.MinSize().Width)/2, (size.Height-pop.MinSize().Height)/2))
}
