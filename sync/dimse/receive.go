package dimse

import (
	"context"
	"errors"
	"syscall"

	"eris/dicom"
)

// ErrNoRoom is for a Sink whose disk is full: the sender is told to try again
// later.
var ErrNoRoom = errors.New("there is no room left")

// refusals say with which status a failure to store is answered (PS3.4 B.2.3).
var refusals = []struct {
	err    error
	status Status
}{
	{ErrNoRoom, OutOfResources},
	{syscall.ENOSPC, OutOfResources},
	{errMismatch, DoesNotMatch},
	{dicom.ErrLimit, OutOfResources},
	{dicom.ErrNotDICOM, CannotUnderstand},
	{dicom.ErrCorrupt, CannotUnderstand},
	{dicom.ErrUnsupported, CannotUnderstand},
	{errNoSink, NotAuthorized},
	{errMoveOver, NotAuthorized},
}

var (
	errMismatch = errors.New("the object is another than its sender says")
	errNoSink   = errors.New("nobody here asked for objects")
)

func refusal(err error) Status {
	for _, r := range refusals {
		if errors.Is(err, r.err) {
			return r.status
		}
	}
	return ProcessingFailure
}

// stored takes a sent object (C-STORE, PS3.4 B.2). Success is said only after it
// is safe.
func (s *session) stored(ctx context.Context, m *message) error {
	if m.data == nil {
		return s.respond(ctx, m, Command{Status: CannotUnderstand}, nil)
	}
	err := s.keep(ctx, m)
	if lost := m.drain(); lost != nil {
		return lost
	}
	if err != nil {
		s.log().Warn("a sent object was not stored", "calling", s.CallingAE(), "status", refusal(err).String(), "error", err)
		return s.respond(ctx, m, Command{Status: refusal(err)}, nil)
	}
	return s.respond(ctx, m, Command{Status: Success}, nil)
}

func (s *session) keep(ctx context.Context, m *message) error {
	if !isStorage(m.context.AbstractSyntax) || m.AffectedSOPClassUID != m.context.AbstractSyntax || m.AffectedSOPInstanceUID == "" {
		return errMismatch
	}
	o, err := newObject(m, s.CallingAE())
	if err != nil {
		return err
	}
	if move := s.moves.find(m, dicom.AETitle(s.CallingAE())); move != nil {
		return move.take(o)
	}
	if s.Sink == nil {
		return errNoSink
	}
	uid, err := s.Sink.Add(ctx, o, s.CallingAE())
	if err == nil && uid != m.AffectedSOPInstanceUID {
		return errMismatch
	}
	return err
}

// reported takes the result of a storage commitment (N-EVENT-REPORT, PS3.4 J.3.3).
func (s *session) reported(ctx context.Context, m *message) error {
	set, err := s.dataSet(m)
	if err != nil {
		return err
	}
	status := Success
	switch {
	case s.Committed == nil || m.context.AbstractSyntax != StorageCommitment:
		status = UnrecognizedOperation
	case m.EventTypeID != eventCommitted && m.EventTypeID != eventFailures:
		status = NoSuchEventType
	case set == nil || set.UID(dicom.TransactionUID) == "":
		status = ProcessingFailure
	default:
		s.Committed(ctx, commitmentOf(set, s.CallingAE()))
	}
	return s.respond(ctx, m, Command{Status: status, EventTypeID: m.EventTypeID}, nil)
}
