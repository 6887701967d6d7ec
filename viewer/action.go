package viewer

import (
	"slices"
	"strconv"

	"eris/viewer/geom"
	"eris/viewer/lut"
	"eris/viewer/tool"
)

// Action is something a menu, key, button or test may do.
type Action struct {
	Name    string // fixed, e.g. "next-image"
	Do      func()
	Allowed func() bool
}

// deed is an action before it is tied to its session; both run under the lock.
type deed struct {
	name    string
	allowed func(s *Session) bool
	do      func(s *Session)
}

// Actions lists everything a session can do, in the order of a menu. Do
// nothing happens when an action is not allowed.
func (s *Session) Actions() []Action {
	out := make([]Action, 0, len(deeds))
	for _, d := range deeds {
		out = append(out, s.action(d))
	}
	return out
}

// Action finds an action by its name.
func (s *Session) Action(name string) (Action, bool) {
	i := slices.IndexFunc(deeds, func(d deed) bool { return d.name == name })
	if i < 0 {
		return Action{}, false
	}
	return s.action(deeds[i]), true
}

func (s *Session) action(d deed) Action {
	return Action{
		Name:    d.name,
		Allowed: func() bool { defer s.lock()(); return d.allowed(s) },
		Do: func() {
			defer s.lock()()
			if d.allowed(s) {
				d.do(s)
			}
		},
	}
}

func always(*Session) bool       { return true }
func hasFrames(s *Session) bool  { return len(s.current().stack.Frames) > 0 }
func hasPicture(s *Session) bool { return s.current().frame() != nil }

var deeds = slices.Concat(scrolling(), places(), tools(), windows(), looks(), edit())

func scrolling() []deed {
	by := func(name string, n int) deed {
		return deed{name, hasFrames, func(s *Session) { s.current().ScrollBy(n) }}
	}
	return []deed{
		by("next-image", 1), by("previous-image", -1), by("next-10", 10), by("previous-10", -10),
		{"first-image", hasFrames, func(s *Session) { s.turnTo(s.current(), 0) }},
		{"last-image", hasFrames, func(s *Session) { s.turnTo(s.current(), len(s.current().stack.Frames)-1) }},
	}
}

func places() []deed {
	step := func(name string, n int) deed {
		return deed{name, always, func(s *Session) {
			s.active = (s.active + n + len(s.views)) % len(s.views)
			s.plan()
		}}
	}
	return []deed{
		step("next-viewport", 1), step("previous-viewport", -1),
		{"toggle-grid", always, func(s *Session) { s.single = !s.single; s.plan() }},
		{"link-all", always, func(s *Session) { s.linked = true; s.anchor() }},
		{"link-none", always, func(s *Session) { s.linked = false }},
		{"overlays", always, func(s *Session) { s.overlays = (s.overlays + 1) % 3 }},
	}
}

func tools() []deed {
	var out []deed
	for _, k := range tool.Kinds {
		out = append(out, deed{"tool-" + string(k), always, func(s *Session) { s.tool = k }})
	}
	return out
}

// windows are the presets: 0 is the frame's own window, and pressed again the
// next of its own windows and tables.
func windows() []deed {
	out := []deed{{"preset-0", hasFrames, func(s *Session) {
		v := s.current()
		s.change(func() {
			if v.state.Window.Width == 0 {
				v.state.Choice = (v.state.Choice + 1) % max(len(v.own), 1)
			}
			v.ownWindow()
		})
	}}}
	for key := 1; key <= 9; key++ {
		out = append(out, deed{"preset-" + strconv.Itoa(key),
			func(s *Session) bool { _, ok := s.preset(key); return ok && hasFrames(s) },
			func(s *Session) {
				w, _ := s.preset(key)
				s.change(func() { s.current().SetWindow(w) })
			}})
	}
	return out
}

func (s *Session) preset(key int) (lut.Window, bool) {
	p, ok := s.params.Presets.Of(s.current().stack.Series.Modality, key)
	return p.Window(), ok
}

func looks() []deed {
	look := func(name string, edit func(v *viewport)) deed {
		return deed{name, hasFrames, func(s *Session) { s.change(func() { edit(s.current()) }) }}
	}
	zoom := func(name string, factor float64) deed {
		return deed{name, hasPicture, func(s *Session) {
			v := s.current()
			s.change(func() { v.ZoomBy(factor, geom.Screen{X: float64(v.size.X) / 2, Y: float64(v.size.Y) / 2}) })
		}}
	}
	return []deed{
		look("fit", func(v *viewport) { v.state = v.state.Fitted(); v.session.spread(v, syncZoom) }),
		look("reset", func(v *viewport) {
			v.state.Turn, v.state.FlipH, v.state.FlipV, v.state.Invert, v.state.Choice = 0, false, false, false, 0
			v.state = v.state.Fitted()
			v.ownWindow()
			v.session.spread(v, syncZoom)
		}),
		look("invert", func(v *viewport) { v.state.Invert = !v.state.Invert }),
		look("flip-horizontal", func(v *viewport) { v.state.FlipH = !v.state.FlipH }),
		look("flip-vertical", func(v *viewport) { v.state.FlipV = !v.state.FlipV }),
		look("rotate-right", func(v *viewport) { v.state = v.state.Turned(1) }),
		look("rotate-left", func(v *viewport) { v.state = v.state.Turned(-1) }),
		zoom("zoom-in", 1.25), zoom("zoom-out", 0.8),
	}
}

func edit() []deed {
	return []deed{
		{"delete-measurement", func(s *Session) bool { return s.selected != "" }, func(s *Session) {
			s.change(func() {
				s.marks = slices.DeleteFunc(slices.Clone(s.marks), func(m mark) bool { return m.id == s.selected })
				s.selected = ""
			})
		}},
		{"undo", func(s *Session) bool { return len(s.undone.past) > 0 || s.hand != nil }, (*Session).undo},
		{"redo", func(s *Session) bool { return len(s.undone.future) > 0 }, (*Session).redo},
		{"cancel", func(s *Session) bool { return s.hand != nil || s.selected != "" }, func(s *Session) {
			s.letGo(true)
			s.selected = ""
		}},
	}
}
