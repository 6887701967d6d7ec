package ul

import (
	"context"

	"eris/sync/node"
)

// Release ends the association in agreement with the peer and waits until the
// connection is closed. Data that still comes is dropped. When ctx ends or the
// peer does not answer for Timeouts.Release, the association is aborted.
func (a *Association) Release(ctx context.Context) error {
	ctx, cancel := context.WithTimeoutCause(ctx, a.times.Release, a.fault(node.ErrStalled, nil))
	defer cancel()
	if err := a.ask(ctx, event{kind: evt11}); err != nil && !a.released() {
		if ctx.Err() != nil {
			a.abort(err)
		}
		return err
	}
	for {
		select {
		case p := <-a.data:
			p.free()
		case <-a.ended:
			if !a.released() {
				return a.cause
			}
			return nil
		case <-ctx.Done():
			a.abort(context.Cause(ctx))
			return context.Cause(ctx)
		}
	}
}

// Abort ends the association at once and waits until the connection is closed,
// for Timeouts.Close at most. It may be called at any time, also again.
func (a *Association) Abort() { a.abort(ErrEnded) }

// abort tells whoever still waits the cause. A connection that takes no A-ABORT,
// since it is in the middle of a PDU or there is no association, is cut.
func (a *Association) abort(cause error) {
	ctx, cancel := context.WithTimeout(context.Background(), a.times.Close)
	defer cancel()
	if a.ask(ctx, event{kind: evt15, err: cause}) != nil {
		a.cut()
	}
	<-a.ended
}
