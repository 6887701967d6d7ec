package viewer

import (
	"slices"

	"eris/dicom"
	"eris/viewer/geom"
	"eris/viewer/measure"
	"eris/viewer/tool"
)

// Button is a button of the pointer.
type Button int

// The buttons: the left one holds the active tool, the middle one pans, the
// right one zooms, or asks for a menu when it did not move.
const (
	Left Button = iota
	Middle
	Right
)

// Pointer is where the pointer is and what is held with it.
type Pointer struct {
	Viewport    int
	At          geom.Screen // device pixels in the viewport
	Button      Button
	Shift, Ctrl bool
}

// hand is a gesture that is going on.
type hand struct {
	view    *viewport
	button  Button
	gesture tool.Gesture
	from    geom.Screen
	moved   bool
	before  sheet
}

// slip is how far a press may wander and still be a click, in device pixels.
const slip = 4

// Press begins a gesture and makes the viewport the active one.
func (s *Session) Press(p Pointer) {
	defer s.lock()()
	v := s.view(p.Viewport)
	if v == nil {
		return
	}
	s.letGo(false)
	s.active = p.Viewport
	s.plan()
	s.hand = &hand{view: v, button: p.Button, from: p.At, before: s.sheet(), gesture: s.gesture(v, p)}
	s.hand.gesture.Press(v, p.At)
}

func (s *Session) gesture(v *viewport, p Pointer) tool.Gesture {
	switch p.Button {
	case Middle:
		return tool.Begin(tool.Pan, s.params.Directions)
	case Right:
		return tool.Begin(tool.Zoom, s.params.Directions)
	}
	if m, handle, ok := s.grab(v, p.At); ok {
		s.selected = m.id
		return &pull{session: s, mark: m, handle: handle}
	}
	s.selected = ""
	return tool.Begin(s.tool, s.params.Directions)
}

// Drag goes on with the gesture, wherever the pointer is by now.
func (s *Session) Drag(p Pointer) {
	defer s.lock()()
	h := s.hand
	if h == nil || !h.move(p.At) {
		return
	}
	h.gesture.Drag(h.view, p.At)
}

// move reports whether the pointer has really moved since the press.
func (h *hand) move(to geom.Screen) bool {
	h.moved = h.moved || to.Distance(h.from) >= slip
	return h.moved || h.button == Left
}

// Release ends the gesture; it is one step to undo. menu is true for a right
// click without motion.
func (s *Session) Release(p Pointer) (menu bool) {
	defer s.lock()()
	h := s.hand
	if h == nil {
		return false
	}
	menu = h.button == Right && !h.move(p.At)
	h.gesture.Release(h.view, p.At)
	s.letGo(false)
	return menu
}

// letGo ends a gesture where it is, or takes back what it did.
func (s *Session) letGo(back bool) {
	h := s.hand
	if h == nil {
		return
	}
	s.hand, h.view.draft = nil, nil
	if back {
		s.marks = h.before.marks
		s.restore(h.before)
		return
	}
	s.commit(h.before)
}

// Wheel turns by notches, positive towards the hand: onwards in the stack, by
// ten with Shift; with Ctrl it zooms.
func (s *Session) Wheel(p Pointer, notches int) {
	defer s.lock()()
	v := s.view(p.Viewport)
	notches = max(min(notches, 100), -100)
	switch {
	case v == nil || notches == 0:
	case p.Ctrl:
		s.change(func() { v.ZoomBy(wheelZoom(notches), p.At) })
	case p.Shift:
		v.ScrollBy(10 * notches)
	default:
		v.ScrollBy(notches)
	}
}

// wheelZoom magnifies by a tenth per notch away from the hand.
func wheelZoom(notches int) float64 {
	f := 1.0
	for range max(notches, -notches) {
		f *= 1.1
	}
	if notches > 0 {
		return 1 / f
	}
	return f
}

// pull drags one handle of a measurement.
type pull struct {
	session *Session
	mark    mark
	handle  int
}

func (g *pull) Press(tool.Target, geom.Screen) {}

func (g *pull) Drag(t tool.Target, at geom.Screen) {
	p, ok := t.PointAt(at)
	i := slices.IndexFunc(g.session.marks, func(m mark) bool { return m.id == g.mark.id })
	if !ok || i < 0 {
		return
	}
	moved := g.mark
	moved.shape = g.mark.shape.Moved(g.handle, p)
	g.session.marks = slices.Clone(g.session.marks)
	g.session.marks[i] = moved
}

func (g *pull) Release(tool.Target, geom.Screen) {}

// addMark keeps a measurement on the frame shown. The caller commits.
func (s *Session) addMark(v *viewport, shape measure.Measurement) {
	k, ok := v.key()
	d := v.frame()
	if !ok || d == nil {
		return
	}
	m := mark{id: string(dicom.NewUID()), study: v.stack.Series.StudyInstanceUID, series: v.stack.Series.SeriesInstanceUID,
		key: k, located: d.located, partial: v.stack.Partial, shape: shape}
	if d.located {
		m.frameOfRef = d.frameOfRef
	}
	s.marks = append(slices.Clone(s.marks), m)
	s.selected = m.id
}
