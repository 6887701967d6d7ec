package node

import (
	"cmp"
	"errors"
	"fmt"
)

// Kinds of failure to act on; test with errors.Is.
var (
	ErrUnreachable = errors.New("unreachable") // no connection: wait and ask again
	ErrUntrusted   = errors.New("untrusted")   // its certificate is not signed by anyone known here
	ErrRefused     = errors.New("refused")     // wrong or missing login, or no right
	ErrNotFound    = errors.New("not found")   // it does not have what was asked for
	ErrServer      = errors.New("server")      // it failed on its own side
	ErrGarbled     = errors.New("garbled")     // it answered something that cannot be read
	ErrStalled     = errors.New("stalled")     // it fell silent in the middle
	ErrPartial     = errors.New("partial")     // the answer was cut off, or something is lacking in it
	ErrConflict    = errors.New("conflict")    // it has the patient, the study or the work otherwise than we, or refuses the object: a person decides
	ErrUnsupported = errors.New("unsupported") // it does not offer or accept this, or asks for what is not done here
)

// sentences say what each kind means, with the node's name in front.
var sentences = []struct {
	kind error
	text string
}{
	{ErrUnreachable, "does not answer"},
	{ErrUntrusted, "shows a certificate that is not trusted here"},
	{ErrRefused, "refused: the login is missing, wrong or has no right to this"},
	{ErrNotFound, "does not have it"},
	{ErrServer, "failed on its own side"},
	{ErrGarbled, "sent an answer that cannot be read"},
	{ErrStalled, "fell silent"},
	{ErrPartial, "sent only a part"},
	{ErrConflict, "does not take it as it is"},
	{ErrUnsupported, "does not offer or accept this"},
}

// Error is one failure of one node. It matches its kind and its cause with
// errors.Is.
type Error struct {
	Node   string
	Role   string // what the node is; empty for an archive
	Kind   error
	Status int   // HTTP status, 0 when there was none
	Cause  error // may be nil; never holds patient data
}

// Error is one sentence: the node, what is the matter, and the cause.
func (e *Error) Error() string {
	s := fmt.Sprintf("%s %q %s", cmp.Or(e.Role, "archive"), e.Node, sentence(e.Kind))
	if e.Status != 0 {
		s += fmt.Sprintf(" (HTTP %d)", e.Status)
	}
	if e.Cause != nil {
		s += ": " + e.Cause.Error()
	}
	return s
}

// Unwrap gives the kind and the cause.
func (e *Error) Unwrap() []error {
	if e.Cause == nil {
		return []error{e.Kind}
	}
	return []error{e.Kind, e.Cause}
}

func sentence(kind error) string {
	for _, s := range sentences {
		if s.kind == kind {
			return s.text
		}
	}
	return "failed"
}

// Kind is the kind of err, nil when it is no failure of a node.
func Kind(err error) error {
	for _, s := range sentences {
		if errors.Is(err, s.kind) {
			return s.kind
		}
	}
	return nil
}

// KindNamed is the kind whose text is name, nil when there is none: for kinds
// that were kept as words.
func KindNamed(name string) error {
	for _, s := range sentences {
		if s.kind.Error() == name {
			return s.kind
		}
	}
	return nil
}
