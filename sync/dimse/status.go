package dimse

import (
	"fmt"

	"eris/sync/node"
)

// Status says how an operation went (PS3.7 C).
type Status uint16

// Statuses this side gives or looks for.
const (
	Success               Status = 0x0000
	InvalidValue          Status = 0x0106
	ProcessingFailure     Status = 0x0110
	DuplicateInstance     Status = 0x0111
	NoSuchInstance        Status = 0x0112
	NoSuchEventType       Status = 0x0113
	MissingAttribute      Status = 0x0120
	SOPClassNotSupported  Status = 0x0122
	NotAuthorized         Status = 0x0124
	UnrecognizedOperation Status = 0x0211

	OutOfResources   Status = 0xA700
	UnableToPerform  Status = 0xA702
	DoesNotMatch     Status = 0xA900
	CannotUnderstand Status = 0xC000

	SomeFailed          Status = 0xB000 // of C-GET and C-MOVE
	Canceled            Status = 0xFE00
	Pending             Status = 0xFF00
	PendingWithoutMatch Status = 0xFF01 // some optional keys were not looked at
)

// Class is the part a status plays (PS3.7 C).
type Class byte

// Classes of status.
const (
	ClassFailure Class = iota
	ClassSuccess
	ClassPending
	ClassWarning
	ClassCancel
)

// Class is the class of s: by its number, whatever the service (PS3.7 Annex C).
func (s Status) Class() Class {
	switch {
	case s == Success:
		return ClassSuccess
	case s == Pending, s == PendingWithoutMatch:
		return ClassPending
	case s == Canceled:
		return ClassCancel
	case s == 0x0001, s == 0x0107, s == 0x0116, s&0xF000 == 0xB000:
		return ClassWarning
	}
	return ClassFailure
}

// String is the number as the standard writes it: A700H.
func (s Status) String() string { return fmt.Sprintf("%04XH", uint16(s)) }

// meaning is a row of a status table: statuses from to to, what they are to the
// one who has to act, and in words.
type meaning struct {
	from, to Status
	kind     error
	text     string
}

// general is PS3.7 Annex C: what every service may answer.
var general = []meaning{
	{0x0105, 0x0105, node.ErrUnsupported, "it knows no such attribute"},
	{0x0106, 0x0106, node.ErrConflict, "an attribute has a value it does not take"},
	{0x0107, 0x0107, node.ErrPartial, "it did not take some attributes"},
	{0x0110, 0x0110, node.ErrServer, "it could not process the request"},
	{0x0111, 0x0111, node.ErrConflict, "it has an object with this identifier already"},
	{0x0112, 0x0112, node.ErrNotFound, "there is no such object"},
	{0x0113, 0x0113, node.ErrUnsupported, "it knows no such event"},
	{0x0114, 0x0115, node.ErrUnsupported, "it does not take an argument of the request"},
	{0x0116, 0x0116, node.ErrPartial, "an attribute has a value out of its range"},
	{0x0117, 0x0117, node.ErrConflict, "the identifier of the object is not valid"},
	{0x0118, 0x0118, node.ErrUnsupported, "it does not know the kind of object"},
	{0x0119, 0x0119, node.ErrConflict, "the object is of another kind there"},
	{0x0120, 0x0121, node.ErrConflict, "an attribute or its value is missing"},
	{0x0122, 0x0122, node.ErrUnsupported, "it does not take this kind of object"},
	{0x0123, 0x0123, node.ErrUnsupported, "it knows no such action"},
	{0x0124, 0x0124, node.ErrRefused, "it does not allow this"},
	{0x0131, 0x0131, node.ErrConflict, "the transaction is known already"}, // PS3.3 C.14.1.1
	{0x0210, 0x0210, node.ErrGarbled, "it takes the request for one sent twice"},
	{0x0211, 0x0211, node.ErrUnsupported, "it does not know the operation"},
	{0x0212, 0x0212, node.ErrGarbled, "it does not understand an argument of the request"},
	{0x0213, 0x0213, node.ErrServer, "it has not enough resources"},
	{0xFE00, 0xFE00, node.ErrPartial, "it ended the request before it was complete"},
}

// ofStore is PS3.4 Table B.2-1.
var ofStore = []meaning{
	{0xA700, 0xA7FF, node.ErrServer, "it has no room for the object"},
	{0xA900, 0xA9FF, node.ErrConflict, "the object does not fit its kind"},
	{0xB000, 0xB000, nil, "it changed some attributes of the object"},
	{0xB006, 0xB006, nil, "it left out some attributes of the object"},
	{0xB007, 0xB007, nil, "the object does not fit its kind, and was stored"},
	{0xC000, 0xCFFF, node.ErrConflict, "it cannot understand the object"},
}

// ofFind is PS3.4 Table C.4-1 and K.4-1.
var ofFind = []meaning{
	{0xA700, 0xA7FF, node.ErrServer, "it has not enough resources for the question"},
	{0xA900, 0xA9FF, node.ErrUnsupported, "it does not take such questions"},
	{0xB000, 0xBFFF, nil, "it answered with a reservation"},
	{0xC000, 0xCFFF, node.ErrServer, "it could not process the question"},
}

// ofRetrieve is PS3.4 Tables C.4-2 and C.4-3.
var ofRetrieve = []meaning{
	{0xA701, 0xA701, node.ErrServer, "it could not count what was asked for"},
	{0xA702, 0xA702, node.ErrServer, "it could not send the objects"},
	{0xA700, 0xA7FF, node.ErrServer, "it has not enough resources"},
	{0xA801, 0xA801, node.ErrUnsupported, "it does not know the AE title it should send to"},
	{0xA900, 0xA9FF, node.ErrUnsupported, "it does not take such requests"},
	{0xAA00, 0xAA00, node.ErrNotFound, "it has none of it"},
	{0xB000, 0xBFFF, node.ErrPartial, "it could not send some objects"},
	{0xC000, 0xCFFF, node.ErrServer, "it could not process the request"},
}

// ofNormalized are the services with normalized operations: storage commitment
// (PS3.4 J.3) and MPPS (PS3.4 F.7.2). They add nothing to the general ones but
// ranges that vendors use.
var ofNormalized = []meaning{
	{0xA700, 0xA7FF, node.ErrServer, "it has not enough resources"},
	{0xC000, 0xCFFF, node.ErrConflict, "it does not take it"},
}

// meaningOf finds the row of a status; an unknown number is the node's failure.
func meaningOf(s Status, service []meaning) meaning {
	for _, table := range [][]meaning{service, general} {
		for _, m := range table {
			if m.from <= s && s <= m.to {
				return m
			}
		}
	}
	return meaning{s, s, node.ErrServer, "it gives no reason that is known here"}
}

// StatusError is the status a node answered with, as the cause of a *node.Error.
type StatusError struct {
	Status Status
	text   string
}

// Error is the status in words, without anything the peer wrote.
func (e *StatusError) Error() string { return fmt.Sprintf("%s (status %s)", e.text, e.Status) }

// fault makes an error of a status; nil for success and for warnings that lose
// nothing.
func (s Status) fault(name string, service []meaning) error {
	if s.Class() == ClassSuccess {
		return nil
	}
	m := meaningOf(s, service)
	if s.Class() == ClassWarning && m.kind == nil {
		return nil
	}
	kind := m.kind
	if kind == nil || s.Class() == ClassWarning && kind == node.ErrServer { // a warning nobody knows loses nothing known
		return nil
	}
	return &node.Error{Node: name, Kind: kind, Cause: &StatusError{s, m.text}}
}
