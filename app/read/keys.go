package read

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	fynewidget "fyne.io/fyne/v2/widget"

	"eris/app/route"
	"eris/app/view"
)

// binding ties a key to an action of the session; several keys may do one thing.
type binding struct {
	key    route.Key
	action string
	help   string // empty: said by another line
	shown  string // the keys as the help shows them
}

func plain(name fyne.KeyName) route.Key   { return route.Key{Name: name} }
func shifted(name fyne.KeyName) route.Key { return route.Key{Name: name, Shift: true} }

// bindings are the keys of the reading page.
var bindings = []binding{
	{plain(fyne.KeyDown), "next-image", "next, previous image", "↓↑"},
	{plain(fyne.KeyUp), "previous-image", "", ""},
	{shifted(fyne.KeyDown), "next-10", "ten images on, back", "Shift+↓↑"},
	{shifted(fyne.KeyUp), "previous-10", "", ""},
	{plain(fyne.KeyHome), "first-image", "first, last image", "Home End"},
	{plain(fyne.KeyEnd), "last-image", "", ""},
	{plain(fyne.KeyTab), "next-viewport", "next viewport", "Tab"},
	{shifted(fyne.KeyTab), "previous-viewport", "", ""},
	{plain(fyne.KeyW), "tool-window", "window", "W"},
	{plain(fyne.KeyZ), "tool-zoom", "zoom", "Z"},
	{plain(fyne.KeyT), "tool-pan", "pan", "T"},
	{plain(fyne.KeyS), "tool-scroll", "scroll", "S"},
	{plain(fyne.KeyD), "tool-length", "length", "D, L"},
	{plain(fyne.KeyL), "tool-length", "", ""},
	{plain(fyne.KeyE), "tool-ellipse", "ellipse", "E"},
	{plain(fyne.KeyP), "tool-probe", "probe", "P"},
	{plain(fyne.KeyH), "flip-horizontal", "flip across, down", "H V"},
	{plain(fyne.KeyV), "flip-vertical", "", ""},
	{route.Key{Name: fyne.KeyR, Alt: true}, "rotate-right", "rotate right, left", "Alt+R Alt+L"},
	{route.Key{Name: fyne.KeyL, Alt: true}, "rotate-left", "", ""},
	{plain(fyne.KeyI), "invert", "invert", "I"},
	{plain(fyne.KeySpace), "reset", "reset", "Space"},
	{plain(fyne.KeyO), "overlays", "overlays: all, few, none", "O"},
	{plain(fyne.KeyU), "link-all", "link all, none", "U, Shift+U"},
	{shifted(fyne.KeyU), "link-none", "", ""},
	{plain(fyne.KeyF10), "toggle-grid", "compare with the prior, or one viewport", "F10"},
	{route.Key{Name: fyne.KeyZ, Ctrl: true}, "undo", "undo, redo", "Ctrl+Z, Ctrl+Y"},
	{route.Key{Name: fyne.KeyY, Ctrl: true}, "redo", "", ""},
	{plain(fyne.KeyDelete), "delete-measurement", "delete the chosen measurement", "Del"},
	{plain(fyne.KeyBackspace), "delete-measurement", "", ""},
	{plain(fyne.KeyEscape), "cancel", "cancel", "Esc"},
	{plain(fyne.KeyF), "fit", "fit", "F"},
	{plain(fyne.KeyPlus), "zoom-in", "larger, smaller", "+ −"},
	{plain(fyne.KeyEqual), "zoom-in", "", ""},
	{plain(fyne.KeyMinus), "zoom-out", "", ""},
}

// Key takes the keys of the page.
func (p *Page) Key(k route.Key) bool {
	if len(k.Name) == 1 && k.Name[0] >= '0' && k.Name[0] <= '9' && !k.Ctrl {
		return p.grid.Do("preset-" + string(k.Name))
	}
	for _, b := range bindings {
		if b.key == k {
			return p.grid.Do(b.action)
		}
	}
	switch k.Name {
	case fyne.KeyX:
		p.openOutside()
	case fyne.KeyRight, fyne.KeyPageDown:
		p.step(k, 1)
	case fyne.KeyLeft, fyne.KeyPageUp:
		p.step(k, -1)
	default:
		return false
	}
	return true
}

// step goes to the next series, or with Ctrl to the next study beside the current one.
func (p *Page) step(k route.Key, by int) {
	if k.Ctrl {
		p.stepStudy(-by)
		return
	}
	i := p.grid.Session.View().Active
	if n := len(p.stacks[i]); n > 0 {
		p.shown[i] = (p.shown[i] + by + n) % n
		p.showStack(i)
		p.grid.Refresh()
	}
}

// stepStudy puts an older (1) or newer (-1) study beside the current one. Left
// is older, as on the timeline.
func (p *Page) stepStudy(by int) {
	at := -1
	for i, s := range p.pair.All {
		if s.StudyInstanceUID == p.pair.Prior.StudyInstanceUID {
			at = i
		}
	}
	for range p.pair.All {
		at += by
		if at < 0 || at >= len(p.pair.All) {
			return
		}
		if s := p.pair.All[at]; s.StudyInstanceUID != p.pair.Current.StudyInstanceUID {
			p.compareWith(s)
			return
		}
	}
}

// Keys are the keys of the page.
func (p *Page) Keys() []route.Help {
	var list []route.Help
	for _, b := range bindings {
		if b.help != "" {
			list = append(list, route.Help{Keys: b.shown, Does: p.words.L(b.help)})
		}
	}
	return append(list,
		route.Help{Keys: "0", Does: p.words.L("the image's own windows and tables in turn")},
		route.Help{Keys: "1–9", Does: p.words.L("window presets of the modality")},
		route.Help{Keys: "X", Does: p.words.L("open this image in another program")},
		route.Help{Keys: "←→", Does: p.words.L("series")},
		route.Help{Keys: "Ctrl+←→", Does: p.words.L("another study beside the current one")})
}

// toolKeys are the tools of the toolbar, by their keys.
var toolKeys = []struct{ tool, key, label string }{
	{"window", "W", "window"}, {"zoom", "Z", "zoom"}, {"pan", "T", "pan"}, {"scroll", "S", "scroll"},
	{"length", "L", "length"}, {"ellipse", "E", "ellipse"}, {"probe", "P", "probe"},
}

func (p *Page) toolbar() *fyne.Container {
	bar := container.NewHBox()
	for _, t := range toolKeys {
		b := fynewidget.NewButton(p.words.L(t.label)+"  "+t.key, func() { p.grid.Do("tool-" + t.tool); p.focus() })
		b.Importance = fynewidget.LowImportance
		bar.Add(b)
	}
	bar.Add(fynewidget.NewSeparator())
	for _, a := range []struct{ label, key, action string }{
		{"fit", "F", "fit"}, {"reset", "Space", "reset"}, {"invert", "I", "invert"}, {"undo", "Ctrl+Z", "undo"},
	} {
		b := fynewidget.NewButton(p.words.L(a.label)+"  "+a.key, func() { p.grid.Do(a.action); p.focus() })
		b.Importance = fynewidget.LowImportance
		bar.Add(b)
	}
	link := fynewidget.NewButton(p.words.L("linked")+"  U", func() {
		if p.grid.Session.View().Linked {
			p.grid.Do("link-none")
		} else {
			p.grid.Do("link-all")
		}
		p.focus()
	})
	link.Importance = fynewidget.LowImportance
	bar.Add(link)
	bar.Add(p.saved)
	return bar
}

// markTools shows which tool is in the hand and whether the viewports are linked.
func (p *Page) markTools() {
	view := p.grid.Session.View()
	set := func(o fyne.CanvasObject, on bool) {
		b := o.(*fynewidget.Button)
		want := fynewidget.LowImportance
		if on {
			want = fynewidget.MediumImportance
		}
		if b.Importance != want {
			b.Importance = want
			b.Refresh()
		}
	}
	for i, t := range toolKeys {
		set(p.tools.Objects[i], string(view.Tool) == t.tool)
	}
	set(p.tools.Objects[len(p.tools.Objects)-2], view.Linked)
}

// moves reports an action that nobody looks for in a menu.
func moves(action string) bool {
	return strings.HasSuffix(action, "-image") || strings.HasSuffix(action, "-10") || strings.HasSuffix(action, "-viewport")
}

// menu is what a right click without motion shows: the actions that are allowed now.
func (p *Page) menu(v *view.Viewport) func(at fyne.Position) {
	return func(at fyne.Position) {
		var items []*fyne.MenuItem
		for _, b := range bindings {
			if action, ok := p.grid.Session.Action(b.action); ok && b.help != "" && !moves(b.action) && action.Allowed() {
				items = append(items, fyne.NewMenuItem(p.words.L(b.help)+"   "+b.shown, func() { p.grid.Do(b.action) }))
			}
		}
		items = append(items, fyne.NewMenuItem(p.words.L("open this image in another program")+"   X", p.openOutside))
		c := fyne.CurrentApp().Driver().CanvasForObject(v)
		absolute := fyne.CurrentApp().Driver().AbsolutePositionForObject(v).Add(at)
		fynewidget.ShowPopUpMenuAtPosition(fyne.NewMenu("", items...), c, absolute)
	}
}
