package dimse

import (
	"context"
	"errors"
	"io"
	"sync"
	"sync/atomic"

	"eris/dicom"
)

// moves are the C-MOVEs of ours whose objects are expected here.
type moves struct {
	mu   sync.Mutex
	last uint16
	open map[moveKey]*expected
}

// moveKey is how an object says which C-MOVE it belongs to (PS3.7 9.1.1.1).
type moveKey struct {
	originator dicom.AETitle
	message    uint16
}

// expected is a C-MOVE under way.
type expected struct {
	key  moveKey
	from dicom.AETitle   // the archive that was asked
	ctx  context.Context // of the move: when it ends, half an object is not waited for
	each func(io.Reader) error
	fail context.CancelCauseFunc

	signs atomic.Int64 // of life: fragments of objects

	mu       sync.Mutex // each takes one object at a time
	received int
	closed   bool
}

// errMoveOver says that objects of a C-MOVE come when nobody waits for them.
var errMoveOver = errors.New("nobody waits for this object any more")

// expect opens a move with a MessageID that no other open one has.
func (s *moves) expect(ctx context.Context, originator, from dicom.AETitle, fail context.CancelCauseFunc, each func(io.Reader) error) *expected {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.open == nil {
		s.open = map[moveKey]*expected{}
	}
	for {
		s.last++
		key := moveKey{originator, s.last}
		if _, taken := s.open[key]; taken || s.last == 0 {
			continue
		}
		e := &expected{key: key, from: from, ctx: ctx, each: each, fail: fail}
		s.open[key] = e
		return e
	}
}

// close ends a move; objects that still come are not for it any more.
func (s *moves) close(e *expected) {
	s.mu.Lock()
	delete(s.open, e.key)
	s.mu.Unlock()
	e.mu.Lock()
	e.closed = true
	e.mu.Unlock()
}

// find is the move that a received object belongs to, nil when there is none.
// Archives that do not say which are believed when a single move of theirs is open.
func (s *moves) find(m *message, caller dicom.AETitle) *expected {
	s.mu.Lock()
	defer s.mu.Unlock()
	if m.MoveOriginatorAETitle != "" {
		return s.open[moveKey{m.MoveOriginatorAETitle, m.MoveOriginatorMessageID}]
	}
	var found *expected
	for _, e := range s.open {
		if e.from != caller {
			continue
		}
		if found != nil {
			return nil
		}
		found = e
	}
	return found
}

// take hands one object on. An error of each ends the move.
func (e *expected) take(o *object) error {
	o.data.seen, o.data.ctx = &e.signs, e.ctx
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.closed {
		return errMoveOver
	}
	if err := e.each(o); err != nil {
		e.fail(err)
		return err
	}
	e.received++
	return nil
}

func (e *expected) count() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.received
}
