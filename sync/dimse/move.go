package dimse

import (
	"context"
	"errors"
	"io"
	"time"

	"eris/dicom"
	"eris/sync/node"
)

var errNoReceiver = errors.New("there is nobody here to send to: the receiver of this workstation is switched off")

// move fetches by C-MOVE to Receiver (PS3.4 C.4.2).
func (c *Client) move(ctx context.Context, w wanted, each func(io.Reader) error) error {
	if c.Receiver == nil {
		return c.fault(node.ErrUnsupported, errNoReceiver)
	}
	ctx, fail := context.WithCancelCause(ctx)
	defer fail(nil)
	e := c.Receiver.moves.expect(ctx, c.CallingAE, c.CalledAE, fail, each)
	defer c.Receiver.moves.close(e)
	t, err := c.moveOnce(ctx, w, c.MoveDestination, mover{message: e.key.message, signs: e.signs.Load})
	if err != nil {
		return err
	}
	if err := e.await(ctx, int(t.Completed)+int(t.Warning)); err != nil {
		return err
	}
	t.received = e.count()
	return t.verdict(c.Name)
}

// MoveTo has the archive send a study, one of its series, or an instance of that to
// another node under its AE title. progress, when not nil, is told how far it is;
// the counts at the end are returned. ErrPartial: some objects did not arrive.
func (c *Client) MoveTo(ctx context.Context, to dicom.AETitle, study, series, instance dicom.UID, progress func(Suboperations)) (Suboperations, error) {
	t, err := c.moveOnce(ctx, wanted{study, series, instance}, to, mover{progress: progress})
	if err != nil {
		return t.Suboperations, err
	}
	t.received = int(t.Completed) + int(t.Warning)
	return t.Suboperations, t.verdict(c.Name)
}

// mover is what belongs to one C-MOVE besides what it asks for.
type mover struct {
	message  uint16       // the MessageID; 0: the next one
	signs    func() int64 // counts signs of life besides responses; nil: there are none
	progress func(Suboperations)
}

// moveOnce sends one C-MOVE request and waits for its last response.
func (c *Client) moveOnce(ctx context.Context, w wanted, to dicom.AETitle, with mover) (tally, error) {
	d, service, err := c.serve(ctx, StudyRootMove, PatientRootMove)
	if err != nil {
		return tally{}, err
	}
	defer d.end(ctx)
	q := &Command{Field: CMoveRQ, AffectedSOPClassUID: service.AbstractSyntax, MoveDestination: to, MessageID: with.message}
	if err := d.ask(ctx, service, q, w.identifier()); err != nil {
		return tally{}, err
	}
	var t tally
	for {
		m, err := d.progressOf(ctx, q, with.signs)
		if err != nil {
			if ctx.Err() != nil {
				d.cancel(ctx, service, q)
			}
			return t, err
		}
		if m.Suboperations != nil {
			t.Suboperations = *m.Suboperations
			if with.progress != nil {
				with.progress(t.Suboperations)
			}
		}
		if t.status = m.Status; t.status.Class() != ClassPending {
			return t, nil
		}
	}
}

// progressOf waits for a response to a C-MOVE. While objects come, silence on this
// association is none.
func (d *dialogue) progressOf(ctx context.Context, q *Command, signs func() int64) (*message, error) {
	for last := int64(0); ; {
		m, err := d.response(ctx, q)
		if err == nil || signs == nil || !errors.Is(err, node.ErrStalled) || ctx.Err() != nil {
			return m, err
		}
		now := signs()
		if now == last {
			return nil, err
		}
		last = now
	}
}

// straggling is how long objects may come after the archive said that it has
// sent them all: some say so when they have only begun.
const straggling = 5 * time.Second

// await waits until n objects have come, or none came for a while.
func (e *expected) await(ctx context.Context, n int) error {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	last, quiet := e.signs.Load(), time.Now()
	for e.count() < n && time.Since(quiet) < straggling {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
		if now := e.signs.Load(); now != last {
			last, quiet = now, time.Now()
		}
	}
	return context.Cause(ctx)
}
