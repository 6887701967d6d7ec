package transfer

import (
	"bytes"
	"context"
	"errors"
	"io"
	"sync"

	"golang.org/x/sync/errgroup"
	"golang.org/x/time/rate"

	"eris/dicom"
	"eris/sync/node"
)

// inMemory is the size up to which an object is handed to a writer, so that
// the next one can come in meanwhile. Larger ones go straight to the cache.
const inMemory = 4 << 20

// inFlight is how many bytes may wait for the disk at once.
const inFlight = 64 << 20

// objects are buffers of one instance each.
var objects = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// intake takes the objects of one series from an archive and gives them to the cache.
type intake struct {
	fetch   *fetch
	wanted  *wanted
	ctx     context.Context
	writers *errgroup.Group
}

// take receives one object. Memory stays flat: the objects that wait for the
// disk have inFlight bytes at most, over all jobs.
func (in *intake) take(r io.Reader) error {
	if in.ctx.Err() != nil {
		return context.Cause(in.ctx)
	}
	r = in.counted(r)
	buffer := objects.Get().(*bytes.Buffer)
	buffer.Reset()
	n, err := buffer.ReadFrom(io.LimitReader(r, inMemory))
	if err != nil {
		objects.Put(buffer)
		return err
	}
	if n == inMemory {
		defer objects.Put(buffer)
		return in.keep(io.MultiReader(buffer, r))
	}
	memory := in.fetch.engine.memory
	if err := memory.Acquire(in.ctx, n); err != nil {
		objects.Put(buffer)
		return context.Cause(in.ctx)
	}
	in.writers.Go(func() error {
		defer objects.Put(buffer)
		defer memory.Release(n)
		return in.keep(buffer)
	})
	return nil
}

func (in *intake) keep(r io.Reader) error {
	uid, err := in.fetch.engine.Cache.Add(in.ctx, r, in.fetch.job.Node)
	switch {
	case err == nil:
		in.fetch.kept(in.wanted, uid)
	case node.Kind(err) == nil && ofTheObject(err):
		in.fetch.note(func() { in.fetch.bad++; in.fetch.flaw = err })
	default:
		return err
	}
	return nil
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

// counted measures an object as it comes in, and holds it back to the node's limit.
func (in *intake) counted(r io.Reader) io.Reader {
	e := in.fetch.engine
	e.mu.Lock()
	limiter := e.node(in.fetch.job.Node).limiter
	e.mu.Unlock()
	if limiter != nil {
		r = &limitedReader{in.ctx, limiter, r}
	}
	return &countedReader{fetch: in.fetch, reader: r}
}

// countStep is how many bytes are counted at once.
const countStep = 256 << 10

type countedReader struct {
	fetch  *fetch
	reader io.Reader
	fresh  int64
}

// Read counts what it reads.
func (c *countedReader) Read(p []byte) (int, error) {
	n, err := c.reader.Read(p)
	c.fresh += int64(n)
	if c.fresh >= countStep || err != nil && c.fresh > 0 {
		c.fetch.received(c.fresh)
		c.fresh = 0
	}
	return n, err
}

// limitBurst is how much may come at once under a limit.
const limitBurst = 64 << 10

func newLimiter(bytesPerSecond int64) *rate.Limiter {
	if bytesPerSecond <= 0 {
		return nil
	}
	return rate.NewLimiter(rate.Limit(bytesPerSecond), limitBurst)
}

type limitedReader struct {
	ctx     context.Context
	limiter *rate.Limiter
	reader  io.Reader
}

// Read waits until the limit allows what it has read.
func (l *limitedReader) Read(p []byte) (int, error) {
	n, err := l.reader.Read(p[:min(len(p), limitBurst)])
	if n > 0 {
		if wait := l.limiter.WaitN(l.ctx, n); wait != nil && err == nil {
			err = context.Cause(l.ctx)
		}
	}
	return n, err
}
