package task

import (
	"context"
	"time"
)

// Follow calls show on the user interface's thread after something changed,
// at most once in every pause. watch registers for changes and returns how to
// end that. Following ends with the group or the returned function.
func (g *Group) Follow(watch func(changed func()) (cancel func()), pause time.Duration, show func()) (stop func()) {
	changed := make(chan struct{}, 1)
	unwatch := watch(func() {
		select {
		case changed <- struct{}{}:
		default: // one is waiting already
		}
	})
	ctx, cancel := context.WithCancel(g.ctx)
	g.work.Go(func() {
		defer unwatch() // the page must not hang on what it watched
		for {
			select {
			case <-changed:
			case <-ctx.Done():
				return
			}
			Do(func() {
				if ctx.Err() == nil {
					show()
				}
			})
			select {
			case <-time.After(pause):
			case <-ctx.Done():
				return
			}
		}
	})
	return cancel
}
