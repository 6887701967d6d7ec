package ul

import (
	"context"
	"io"
	"time"
)

// call is a local event and the place for its outcome.
type call struct {
	event
	done chan error // holds one
}

func newCall(e event) *call { return &call{e, make(chan error, 1)} }

// ask hands a local event to the owner and waits for its outcome. When ctx ends
// while the owner writes, it may finish its PDUs, so that an A-ABORT can follow;
// a peer that does not take them for Timeouts.Close is cut off.
func (a *Association) ask(ctx context.Context, e event) error {
	c := newCall(e)
	select {
	case a.calls <- c:
	case <-a.quit:
		return a.outcome()
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	select {
	case err := <-c.done:
		return err
	case <-ctx.Done():
	}
	stop := time.AfterFunc(a.times.Close, a.cut)
	defer stop.Stop()
	<-c.done
	return context.Cause(ctx)
}

// outcome is why an association is over, for those who still want something.
func (a *Association) outcome() error {
	<-a.over
	if a.released() {
		return ErrEnded
	}
	return a.cause
}

// released reports that it ended in agreement.
func (a *Association) released() bool {
	select {
	case <-a.over:
		return a.cause == io.EOF
	default:
		return false
	}
}
