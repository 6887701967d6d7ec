package viewer

import "slices"

// Extend replaces the stack of a viewport by a fuller one of the same series,
// as more of it arrives: the frame shown stays, and so does how it is shown.
// A stack without that frame changes nothing.
func (s *Session) Extend(viewport int, stack Stack) {
	defer s.lock()()
	v := s.view(viewport)
	if v == nil || v.stack.Series.SeriesInstanceUID != stack.Series.SeriesInstanceUID {
		return
	}
	at := 0
	if key, ok := v.key(); ok {
		at = slices.IndexFunc(stack.Frames, func(f Frame) bool { return f.SOPInstanceUID == key.uid && f.Index == key.frame })
	}
	if at < 0 { // another stack of the series
		return
	}
	v.stack, v.at = stack, at
	s.plan()
}
