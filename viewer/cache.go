package viewer

import (
	"context"
	"sync"

	"eris/dicom"
)

// Loader opens instances of the local cache. Open may block on the disk.
type Loader interface {
	Open(ctx context.Context, sopInstanceUID dicom.UID) (*dicom.File, error)
}

// frameKey names one frame.
type frameKey struct {
	uid   dicom.UID
	frame int
}

// slot holds a decoded frame, or why there is none.
type slot struct {
	frame *decoded
	err   error
	used  int64 // by the clock of use; the least goes first
}

// cache decodes ahead. Its workers take the wanted frames in order and keep
// what they made within a budget of bytes; the urgent ones are kept even
// beyond it, for they are on the screen.
type cache struct {
	loader Loader
	budget int64
	ready  func() // called without locks when a frame on the screen, or a first look at it, was decoded

	mu       sync.Mutex
	wake     *sync.Cond
	slots    map[frameKey]*slot
	looks    map[frameKey]*decoded // first looks at large frames being decoded
	wanted   []frameKey
	rank     map[frameKey]int
	urgent   int
	flying   map[frameKey]bool
	bytes    int64
	typical  int64 // bytes of the last frame: a guess for the next
	clock    int64
	closed   bool
	opened   *openFile
	finished sync.WaitGroup
}

// openFile is the last multi-frame object, so that its header is read once.
type openFile struct {
	uid  dicom.UID
	file *dicom.File
}

func newCache(ctx context.Context, l Loader, budget int64, workers int, ready func()) *cache {
	c := &cache{loader: l, budget: budget, ready: ready, slots: map[frameKey]*slot{}, looks: map[frameKey]*decoded{}, flying: map[frameKey]bool{}}
	c.wake = sync.NewCond(&c.mu)
	for range workers {
		c.finished.Go(func() { c.work(ctx) })
	}
	return c
}

// close ends the workers; the caller has canceled their context.
func (c *cache) close() {
	c.mu.Lock()
	c.closed = true
	c.wake.Broadcast()
	c.mu.Unlock()
	c.finished.Wait()
}

// get is the frame if it is there; all results are empty while it is not.
func (c *cache) get(k frameKey) (*decoded, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	s := c.slots[k]
	if s == nil {
		return nil, nil
	}
	c.clock++
	s.used = c.clock
	return s.frame, s.err
}

// look is the first look at a frame that is being decoded, if there is one.
func (c *cache) look(k frameKey) *decoded {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.looks[k]
}

// want says what to decode next, most wanted first; the first urgent frames
// are on the screen. Failures that are no longer wanted are forgotten, so that
// coming back tries again.
func (c *cache) want(keys []frameKey, urgent int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.wanted, c.urgent = keys, urgent
	c.rank = make(map[frameKey]int, len(keys))
	for i := len(keys) - 1; i >= 0; i-- {
		c.rank[keys[i]] = i
	}
	for k, s := range c.slots {
		if _, ok := c.rank[k]; !ok && s.err != nil {
			delete(c.slots, k)
		}
	}
	c.wake.Broadcast()
}

func (c *cache) work(ctx context.Context) {
	for {
		k, ok := c.next()
		if !ok {
			return
		}
		d, err := c.load(ctx, k)
		if c.keep(k, d, err) {
			c.ready()
		}
	}
}

// next waits for a frame to decode; ok is false when the cache is closed.
func (c *cache) next() (k frameKey, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for !c.closed {
		if k, ok = c.choose(); ok {
			c.flying[k] = true
			return k, true
		}
		c.wake.Wait()
	}
	return frameKey{}, false
}

// choose finds the most wanted frame that is missing and fits into the budget
// together with everything wanted more.
func (c *cache) choose() (frameKey, bool) {
	var before int64
	for i, k := range c.wanted {
		s := c.slots[k]
		switch {
		case s != nil && s.frame != nil:
			before += s.frame.bytes()
		case s != nil:
		case i >= c.urgent && before+c.typical > c.budget:
			return frameKey{}, false
		case c.flying[k]:
			before += c.typical
		default:
			return k, true
		}
	}
	return frameKey{}, false
}

func (c *cache) load(ctx context.Context, k frameKey) (*decoded, error) {
	c.mu.Lock()
	last := c.opened
	c.mu.Unlock()
	if last != nil && last.uid == k.uid {
		return c.decode(ctx, last.file, k)
	}
	f, err := c.loader.Open(ctx, k.uid)
	if err != nil {
		return nil, err
	}
	if f.NumberOfFrames() > 1 {
		c.mu.Lock()
		c.opened = &openFile{k.uid, f}
		c.mu.Unlock()
	}
	return c.decode(ctx, f, k)
}

// A large frame is one with more pixels than largeFrame; its first look has
// at least lookSide on the longer side, which takes a small part of the time.
const (
	largeFrame = 2 << 20
	lookSide   = 512
)

// decode makes a frame. Of a large one that the screen waits for, and whose
// compression allows it, there is a first look before.
func (c *cache) decode(ctx context.Context, f *dicom.File, k frameKey) (*decoded, error) {
	if c.waitedFor(k) && f.Reducible() && f.IntOr(dicom.Rows, 0)*f.IntOr(dicom.Columns, 0) > largeFrame {
		if d, err := decodeTo(ctx, f, k.frame, lookSide); err == nil {
			c.mu.Lock()
			c.looks[k] = d
			c.mu.Unlock()
			c.ready()
		}
	}
	return decode(ctx, f, k.frame)
}

// waitedFor says that the frame is on the screen.
func (c *cache) waitedFor(k frameKey) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	r, wanted := c.rank[k]
	return wanted && r < c.urgent
}

// keep stores a result and reports whether the screen waits for it.
func (c *cache) keep(k frameKey, d *decoded, err error) (urgent bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.flying, k)
	delete(c.looks, k)
	c.clock++
	c.slots[k] = &slot{frame: d, err: err, used: c.clock}
	if d != nil {
		c.typical = d.bytes()
		c.bytes += c.typical
	}
	for c.bytes > c.budget && c.evict() {
	}
	c.wake.Broadcast()
	r, wanted := c.rank[k]
	return wanted && r < c.urgent
}

// evict drops one frame that is not on the screen: first what nobody wants,
// oldest use first; then what is wanted least.
func (c *cache) evict() bool {
	var worst frameKey
	var found *slot
	worstRank := 0
	for k, s := range c.slots {
		r, wanted := c.rank[k]
		if s.frame == nil || wanted && r < c.urgent {
			continue
		}
		if !wanted {
			r = len(c.wanted)
		}
		if found == nil || r > worstRank || r == worstRank && s.used < found.used {
			worst, found, worstRank = k, s, r
		}
	}
	if found == nil {
		return false
	}
	c.bytes -= found.frame.bytes()
	delete(c.slots, worst)
	return true
}

// CacheBytes is the memory held by decoded frames.
func (s *Session) CacheBytes() int64 {
	s.cache.mu.Lock()
	defer s.cache.mu.Unlock()
	return s.cache.bytes
}
