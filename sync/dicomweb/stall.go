package dicomweb

import (
	"context"
	"io"
	"time"
)

// stallWatch ends its context when the archive is silent for too long. Only
// the time spent waiting for the archive counts: between reads, while the
// caller is busy with what it has, the watch is paused.
type stallWatch struct {
	ctx    context.Context
	cancel context.CancelCauseFunc
	timer  *time.Timer
	after  time.Duration
}

func watchStall(ctx context.Context, after time.Duration) *stallWatch {
	w := &stallWatch{after: after}
	w.ctx, w.cancel = context.WithCancelCause(ctx)
	w.timer = time.AfterFunc(after, func() { w.cancel(ErrStalled) })
	return w
}

func (w *stallWatch) resume() { w.timer.Reset(w.after) }
func (w *stallWatch) pause()  { w.timer.Stop() }

func (w *stallWatch) end() {
	w.timer.Stop()
	w.cancel(context.Canceled)
}

// watchedBody is an answer's body whose reads are watched and whose errors
// have their kind.
type watchedBody struct {
	client *Client
	watch  *stallWatch
	body   io.ReadCloser
}

// Read waits for the archive for the stall time at most.
func (b *watchedBody) Read(p []byte) (int, error) {
	b.watch.resume()
	n, err := b.body.Read(p)
	b.watch.pause()
	return n, b.client.bodyFault(b.watch.ctx, err)
}

// Close ends the watch. What was not read is not read.
func (b *watchedBody) Close() error {
	b.watch.end() // first: an abandoned body of gigabytes is cut off, not drained
	return b.body.Close()
}

// watchedUpload is a request's body: every piece the archive takes is a sign of life.
type watchedUpload struct {
	watch *stallWatch
	body  io.Reader
}

// Read hands on the next piece to be sent.
func (u *watchedUpload) Read(p []byte) (int, error) {
	u.watch.resume()
	return u.body.Read(p)
}
