package viewer

import (
	"slices"
	"time"

	"eris/dicom"
	"eris/viewer/geom"
	"eris/viewer/measure"
)

// mark is a measurement on a frame; a value that can be compared.
type mark struct {
	id            string
	study, series dicom.UID
	key           frameKey
	frameOfRef    dicom.UID // empty for points in pixels
	located       bool
	partial       bool // made while only a part of the study was here
	shape         measure.Measurement
}

// Measurement is a measurement as the screen shows it.
type Measurement struct {
	ID       string
	Kind     measure.Kind
	Viewport int
	Values   []measure.Value
	Selected bool
	Saved    bool // it went through the journal
}

func (m mark) entry(deleted bool, now time.Time) Entry {
	e := Entry{ID: m.id, StudyInstanceUID: m.study, SeriesInstanceUID: m.series, SOPInstanceUID: m.key.uid, Frame: m.key.frame,
		Kind: m.shape.Kind(), Space: InPixelSpace, Points: slices.Clone(m.shape.Handles()), Deleted: deleted, Partial: m.partial, Time: now}
	if m.located {
		e.Space, e.FrameOfReferenceUID = InPatientSpace, m.frameOfRef
	}
	return e
}

// markOf is the way back; it fails for what a journal must not hold.
func markOf(e Entry) (mark, error) {
	shape, err := measure.New(e.Kind, e.Points)
	return mark{id: e.ID, study: e.StudyInstanceUID, series: e.SeriesInstanceUID, key: frameKey{e.SOPInstanceUID, e.Frame},
		frameOfRef: e.FrameOfReferenceUID, located: e.Space == InPatientSpace, partial: e.Partial, shape: shape}, err
}

// edits are the entries that lead from one list of marks to another.
func edits(before, after []mark, now time.Time) []Entry {
	var out []Entry
	for _, m := range after {
		if !slices.Contains(before, m) {
			out = append(out, m.entry(false, now))
		}
	}
	for _, m := range before {
		if !slices.ContainsFunc(after, func(a mark) bool { return a.id == m.id }) {
			out = append(out, m.entry(true, now))
		}
	}
	return out
}

// Restore brings back measurements from journal entries, oldest first: the
// last entry of each ID counts. It is no step to undo. Entries that are no
// measurement are left out and counted.
func (s *Session) Restore(entries []Entry) (refused int) {
	defer s.lock()()
	for _, e := range entries {
		s.marks = slices.DeleteFunc(slices.Clone(s.marks), func(m mark) bool { return m.id == e.ID })
		if e.Deleted {
			continue
		}
		m, err := markOf(e)
		if err != nil || e.ID == "" {
			refused++
			continue
		}
		s.marks = append(s.marks, m)
	}
	return refused
}

// Measurements lists those on the frames shown now, and the failure that keeps
// some from being saved.
func (s *Session) Measurements() ([]Measurement, error) {
	defer s.lock()()
	unsaved, err := s.writer.unsaved()
	var out []Measurement
	for i, v := range s.views {
		for _, m := range s.marksOn(v) {
			out = append(out, Measurement{ID: m.id, Kind: m.shape.Kind(), Viewport: i, Values: s.valuesOf(v, m),
				Selected: m.id == s.selected, Saved: !unsaved[m.id]})
		}
	}
	return out, err
}

func (s *Session) marksOn(v *viewport) []mark {
	k, ok := v.key()
	if !ok {
		return nil
	}
	var out []mark
	for _, m := range s.marks {
		if m.key == k {
			out = append(out, m)
		}
	}
	return out
}

// remembered spares summing up a region again as long as nothing changed.
type remembered struct {
	mark   mark
	frame  *decoded
	values []measure.Value
}

func (s *Session) valuesOf(v *viewport, m mark) []measure.Value {
	d := v.frame()
	if d == nil {
		return nil
	}
	if r := s.values[m.id]; r.mark == m && r.frame == d {
		return r.values
	}
	values := m.shape.Values(d.calibration())
	s.values[m.id] = remembered{m, d, values}
	return values
}

// reachHandle is how near a hand must come to a handle, in device pixels.
const reachHandle = 9

// grab finds the handle under the pointer.
func (s *Session) grab(v *viewport, at geom.Screen) (m mark, handle int, ok bool) {
	view, plane, ok := v.drawing()
	if !ok {
		return mark{}, 0, false
	}
	for _, m := range s.marksOn(v) {
		for h, p := range m.shape.Handles() {
			px, _ := plane.ToPixel(p)
			if view.ToScreen(px).Distance(at) <= reachHandle {
				return m, h, true
			}
		}
	}
	return mark{}, 0, false
}
