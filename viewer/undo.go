package viewer

import (
	"slices"

	"eris/viewer/present"
)

// sheet is everything that undo brings back.
type sheet struct {
	shown []shownState
	marks []mark
}

// shownState belongs to a stack: it is not brought back over another one.
type shownState struct {
	serial int
	state  present.State
}

func (a sheet) equal(b sheet) bool {
	return slices.Equal(a.shown, b.shown) && slices.Equal(a.marks, b.marks)
}

// step is one edit.
type step struct{ before, after sheet }

// history holds the steps done, and those taken back.
type history struct{ past, future []step }

// longest is how many steps are remembered.
const longest = 200

func (s *Session) sheet() sheet {
	out := sheet{marks: s.marks}
	for _, v := range s.views {
		out.shown = append(out.shown, shownState{v.serial, v.state})
	}
	return out
}

// change wraps an edit, so that undo and the journal cannot be forgotten.
func (s *Session) change(edit func()) {
	s.letGo(false)
	before := s.sheet()
	edit()
	s.commit(before)
}

// commit makes a step of all that happened since before, if anything did.
func (s *Session) commit(before sheet) {
	after := s.sheet()
	if before.equal(after) {
		return
	}
	s.undone.past = append(s.undone.past, step{before, after})
	s.undone.past = s.undone.past[max(len(s.undone.past)-longest, 0):]
	s.undone.future = nil
	s.writer.add(edits(before.marks, after.marks, s.params.Now()))
}

func (s *Session) undo() {
	s.letGo(false)
	last := len(s.undone.past) - 1
	if last < 0 {
		return
	}
	st := s.undone.past[last]
	s.undone.past, s.undone.future = s.undone.past[:last], append(s.undone.future, st)
	s.restore(st.before)
}

func (s *Session) redo() {
	s.letGo(false)
	last := len(s.undone.future) - 1
	if last < 0 {
		return
	}
	st := s.undone.future[last]
	s.undone.future, s.undone.past = s.undone.future[:last], append(s.undone.past, st)
	s.restore(st.after)
}

// restore goes to another sheet; what that does to measurements is journalled.
func (s *Session) restore(to sheet) {
	s.writer.add(edits(s.marks, to.marks, s.params.Now()))
	s.marks = to.marks
	for i, v := range s.views {
		if i < len(to.shown) && to.shown[i].serial == v.serial {
			v.state = to.shown[i].state
		}
	}
	if !slices.ContainsFunc(s.marks, func(m mark) bool { return m.id == s.selected }) {
		s.selected = ""
	}
}
