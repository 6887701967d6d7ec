package dimse_test

import (
	"context"
	"errors"
	"io"
	"net"
	"testing"

	"eris/sync/dimse"
	"eris/sync/node"
	"eris/sync/ul"
)

// movingArchive is an archive without C-GET: it sends what it is asked for to back,
// without a word about which C-MOVE it belongs to. late: it says that it has sent
// everything, and then begins.
func movingArchive(t *testing.T, back string, list [][]byte, late bool) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	sender := client(t, dimse.Options{Address: back, CalledAE: "ERIS", CallingAE: "MOVER"})
	s := &ul.Server{Listener: l, Accept: func(ctx context.Context, i *ul.Indication) ul.Answer {
		answer := acceptAll(ctx, i)
		for at := range answer.Contexts {
			if answer.Contexts[at].AbstractSyntax == dimse.StudyRootGet {
				answer.Contexts[at].Result = ul.AbstractSyntaxNotSupported
			}
		}
		return answer
	}, Handle: func(ctx context.Context, a *ul.Association) {
		p := &puppet{t, ctx, a}
		for {
			c, id, _, ok := p.request()
			if !ok {
				return
			}
			answer := dimse.Command{Field: c.Field | 0x8000, RespondedTo: c.MessageID}
			if c.Field == dimse.CMoveRQ {
				answer.Suboperations = &dimse.Suboperations{Completed: uint16(len(list))}
				if !late {
					sender.Store(ctx, each(list)) // who is not there any more gets nothing
				}
			}
			p.say(id, answer, nil)
			if late && c.Field == dimse.CMoveRQ {
				sender.Store(ctx, each(list))
			}
		}
	}}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() { s.Serve(ctx); close(ended) }()
	t.Cleanup(func() { cancel(); <-ended })
	return l.Addr().String()
}

// TestWhatCannotBeGotIsMoved: without a word how to fetch, C-MOVE is used where
// C-GET is not offered.
func TestWhatCannotBeGotIsMoved(t *testing.T) {
	list := encodedAll(t, ct(mariya, 2, 5, 32))
	for _, late := range []bool{false, true} {
		s := &dimse.Server{}
		back := serve(t, s)
		c := client(t, dimse.Options{Address: movingArchive(t, back, list, late), CalledAE: "MOVER", Receiver: s})
		n := 0
		err := c.Retrieve(t.Context(), mariya.UID(), "", func(r io.Reader) error { n++; _, err := io.Copy(io.Discard, r); return err })
		if err != nil || n != len(list) {
			t.Errorf("late %v: %d objects, %v", late, n, err)
		}
	}
	c := client(t, dimse.Options{Address: movingArchive(t, "127.0.0.1:1", list, false), CalledAE: "MOVER"})
	if err := c.Retrieve(t.Context(), mariya.UID(), "", func(io.Reader) error { return nil }); !errors.Is(err, node.ErrUnsupported) {
		t.Errorf("without a receiver: %v", err)
	}
}

// TestAMoveEndsWithItsContext in the middle of an object.
func TestAMoveEndsWithItsContext(t *testing.T) {
	s := &dimse.Server{}
	back := serve(t, s)
	c := client(t, dimse.Options{Address: movingArchive(t, back, encodedAll(t, ct(mariya, 2, 5, 512)), false), CalledAE: "MOVER", Receiver: s, Retrieve: dimse.Move})
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	err := c.Retrieve(ctx, mariya.UID(), "", func(r io.Reader) error {
		cancel()
		_, err := io.Copy(io.Discard, r)
		return err
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	// What comes now is for nobody.
	stored, err := client(t, dimse.Options{Address: back, CalledAE: "ERIS"}).Store(t.Context(), each(encodedAll(t, ct(mariya, 2, 1, 32))))
	if err != nil || len(stored.Failed) != 1 || stored.Failed[0].Reason != int(dimse.NotAuthorized) {
		t.Errorf("%+v, %v", stored, err)
	}
}
