package dimse

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"

	"eris/dicom"
	"eris/sync/node"
	"eris/sync/ul"
)

// Store sends Part 10 objects (C-STORE, PS3.4 B), each read to its end when its
// turn comes: as they are, on one association as far as its contexts reach. What
// the archive takes in another transfer syntax only is turned into explicit or
// implicit VR little endian and listed in Transcoded. An error from objects ends
// the sending and is returned. Objects that were refused, or cannot be read, are
// in the answer, not in the error.
func (c *Client) Store(ctx context.Context, objects iter.Seq2[io.Reader, error]) (node.Stored, error) {
	s := &sender{client: c}
	defer func() { s.hangUp(ctx) }()
	n := 0
	for r, err := range objects {
		n++
		if err != nil {
			return s.stored, fmt.Errorf("object %d to send: %w", n, err)
		}
		if err := s.object(ctx, r); err != nil {
			return s.stored, err
		}
	}
	return s.stored, nil
}

// sender sends objects; when it meets one that the present association has no
// context for, it opens another that has all that were needed so far.
type sender struct {
	client *Client
	stored node.Stored
	needs  []need
	*dialogue
}

// need is a SOP class in a transfer syntax.
type need struct{ class, syntax dicom.UID }

func (s *sender) hangUp(ctx context.Context) {
	if s.dialogue != nil {
		s.end(ctx)
		s.dialogue = nil
	}
}

func (s *sender) object(ctx context.Context, r io.Reader) error {
	o, err := newOutgoing(ctx, r)
	if err != nil {
		if node.Kind(err) != nil || !ofTheObject(err) {
			return err
		}
		s.refused(node.Reference{}, CannotUnderstand)
		return nil
	}
	defer o.Close()
	if err := s.prepare(ctx, need{o.SOPClassUID, o.syntax}); err != nil {
		return err
	}
	c, same, ok := s.contextFor(o.SOPClassUID, o.syntax)
	if !ok {
		s.refused(o.Reference, SOPClassNotSupported)
		return nil
	}
	if !same {
		if err := o.rewrite(ctx, c.TransferSyntax); err != nil {
			return s.unturned(o, err)
		}
	}
	status, err := s.store(ctx, c, o)
	if err != nil {
		return err
	}
	if status.Class() != ClassSuccess && status.Class() != ClassWarning {
		s.refused(o.Reference, status)
		return nil
	}
	s.stored.Taken = append(s.stored.Taken, o.Reference)
	if !same {
		s.stored.Transcoded = append(s.stored.Transcoded, o.Reference)
	}
	return nil
}

// unturned notes an object that this side could not turn into what the archive takes.
func (s *sender) unturned(o *outgoing, err error) error {
	if !ofTheObject(err) {
		return err
	}
	s.refused(o.Reference, SOPClassNotSupported)
	return nil
}

func (s *sender) refused(r node.Reference, status Status) {
	s.stored.Failed = append(s.stored.Failed, node.StoreFailure{Reference: r, Reason: int(status)})
}

// ofTheObject says that one object is at fault and the others may be good.
func ofTheObject(err error) bool {
	for _, kind := range []error{dicom.ErrNotDICOM, dicom.ErrCorrupt, dicom.ErrLimit, dicom.ErrUnsupported} {
		if errors.Is(err, kind) {
			return true
		}
	}
	return false
}

// prepare makes sure that n was proposed.
func (s *sender) prepare(ctx context.Context, n need) error {
	if s.dialogue != nil && slices.Contains(s.needs, n) {
		return nil
	}
	s.hangUp(ctx)
	s.needs = append(s.needs, n)
	contexts := s.contexts()
	if len(contexts) > maxContexts {
		s.needs = []need{n}
		contexts = s.contexts()
	}
	d, err := s.client.open(ctx, contexts)
	s.dialogue = d
	return err
}

// contexts propose each needed class in each needed syntax apart, so that the
// archive cannot choose another, and in those that anything can be turned into.
func (s *sender) contexts() []ul.Context {
	var list []ul.Context
	seen := map[need]bool{}
	add := func(n need) {
		if !seen[n] {
			seen[n] = true
			list = append(list, ul.Context{AbstractSyntax: n.class, TransferSyntaxes: []dicom.UID{n.syntax}})
		}
	}
	for _, n := range s.needs {
		add(n)
		for _, plain := range plainSyntaxes {
			add(need{n.class, plain})
		}
	}
	return list
}
