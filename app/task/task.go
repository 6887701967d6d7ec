// Package task owns the goroutines of a page: what a page starts ends with it,
// and a result that is no longer wanted is dropped.
package task

import (
	"context"
	"sync"
)

// Group runs work beside the user interface.
type Group struct {
	ctx    context.Context
	cancel context.CancelFunc
	work   sync.WaitGroup

	mu     sync.Mutex
	latest map[string]context.CancelFunc
}

// New makes a group that ends with ctx or Close.
func New(ctx context.Context) *Group {
	g := &Group{latest: map[string]context.CancelFunc{}}
	g.ctx, g.cancel = context.WithCancel(ctx)
	return g
}

// Context ends with the group.
func (g *Group) Context() context.Context { return g.ctx }

// Go runs work beside the user interface.
func (g *Group) Go(work func(ctx context.Context)) {
	g.work.Go(func() { work(g.ctx) })
}

// Load runs load beside the user interface and hands its result to show on
// the user interface's thread. A later Load of the same name cancels this one
// and its result is dropped.
func Load[T any](g *Group, name string, load func(ctx context.Context) (T, error), show func(T, error)) {
	g.mu.Lock()
	if cancel := g.latest[name]; cancel != nil {
		cancel()
	}
	ctx, cancel := context.WithCancel(g.ctx)
	g.latest[name] = cancel
	g.mu.Unlock()
	g.work.Go(func() {
		value, err := load(ctx)
		if ctx.Err() != nil {
			return
		}
		Do(func() {
			if ctx.Err() == nil {
				show(value, err)
			}
		})
	})
}

// Wait returns when all that was started has ended.
func (g *Group) Wait() { g.work.Wait() }

// Close cancels and waits.
func (g *Group) Close() {
	g.cancel()
	g.work.Wait()
}
