package viewer

import (
	"context"
	"fmt"
	"image"
	"sync"
	"time"

	"eris/viewer/lut"
	"eris/viewer/present"
	"eris/viewer/tool"
)

// Params are what a session is made of; Loader is required.
type Params struct {
	Loader     Loader
	Journal    Journal          // without one no measurement ever counts as saved
	Now        func() time.Time // time.Now when nil
	CacheBytes int64            // for decoded frames; 160 MB when 0
	Workers    int              // decoding ahead; 2 when 0
	// Changed is called, from any goroutine and without locks held, when a
	// picture became ready or a measurement was saved.
	Changed func()
	// Words translates: key is an English format, args are its operands. See WordKeys.
	Words      func(key string, args ...any) string
	Presets    present.Presets
	Directions tool.Directions
	// Display is asked for the curve of the screen with each picture; nil, or
	// one that answers nil, for a screen that takes grays as they are.
	Display   func() *lut.Display
	Viewports int // 2 when 0
	Letters   int // height of text in device pixels; 14 when 0
}

func (p Params) withDefaults() Params {
	if p.Now == nil {
		p.Now = time.Now
	}
	if p.CacheBytes <= 0 {
		p.CacheBytes = 160 << 20
	}
	if p.Changed == nil {
		p.Changed = func() {}
	}
	if p.Display == nil {
		p.Display = func() *lut.Display { return nil }
	}
	if p.Words == nil {
		p.Words = fmt.Sprintf
	}
	p.Workers, p.Viewports, p.Letters = orElse(p.Workers, 2), orElse(p.Viewports, 2), orElse(p.Letters, 14)
	return p
}

func orElse(n, otherwise int) int {
	if n <= 0 {
		return otherwise
	}
	return n
}

// Role says what a viewport stands for beside the others.
type Role int

// The roles: the current study is teal, a prior amber, and the word stands beside it.
const (
	NoRole Role = iota
	Current
	Prior
)

// Overlays says how much stands over the pictures.
type Overlays int

// All text, only what identifies the picture, or nothing, not even measurements.
const (
	AllOverlays Overlays = iota
	FewOverlays
	NoOverlays
)

// Session is the reading room. All methods may be called from any goroutine.
type Session struct {
	params Params
	cache  *cache
	writer *writer
	cancel context.CancelFunc
	done   sync.WaitGroup

	mu       sync.Mutex
	views    []*viewport
	active   int
	single   bool
	linked   bool
	overlays Overlays
	tool     tool.Kind
	hand     *hand
	marks    []mark // never changed in place
	selected string
	values   map[string]remembered
	undone   history
	serial   int // counts stacks shown
}

// New starts a session with empty viewports. Close ends its goroutines.
func New(p Params) *Session {
	p = p.withDefaults()
	ctx, cancel := context.WithCancel(context.Background())
	s := &Session{params: p, cancel: cancel, tool: tool.Window, values: map[string]remembered{}}
	s.cache = newCache(ctx, p.Loader, p.CacheBytes, p.Workers, p.Changed)
	s.writer = newWriter(p.Journal, p.Changed)
	s.done.Go(func() { s.writer.run(ctx) })
	for i := range p.Viewports {
		s.views = append(s.views, &viewport{session: s, number: i, state: present.State{Zoom: 1}})
	}
	return s
}

// Close stops decoding, writes what is not yet saved, and returns the failure
// that keeps it unsaved.
func (s *Session) Close(ctx context.Context) error {
	s.cancel()
	s.cache.close()
	s.done.Wait()
	return s.writer.drain(ctx)
}

// Flush writes what is not yet saved and waits for it.
func (s *Session) Flush(ctx context.Context) error { return s.writer.drain(ctx) }

// lock locks the session and returns the unlocking.
func (s *Session) lock() func() {
	s.mu.Lock()
	return s.mu.Unlock
}

// Show puts a stack into a viewport, at its first frame. Out of range is ignored.
func (s *Session) Show(viewport int, stack Stack, role Role) {
	defer s.lock()()
	v := s.view(viewport)
	if v == nil {
		return
	}
	s.letGo(false)
	s.serial++
	v.show(stack, role, s.serial)
	s.anchor()
	s.plan()
}

// GoTo shows frame index of the stack in a viewport, as near as there is one.
func (s *Session) GoTo(viewport, index int) {
	defer s.lock()()
	if v := s.view(viewport); v != nil {
		s.turnTo(v, index)
	}
}

// Activate makes a viewport the one that keys work on.
func (s *Session) Activate(viewport int) {
	defer s.lock()()
	if s.view(viewport) != nil {
		s.active = viewport
		s.plan()
	}
}

func (s *Session) view(i int) *viewport {
	if i < 0 || i >= len(s.views) {
		return nil
	}
	return s.views[i]
}

func (s *Session) current() *viewport { return s.views[s.active] }

// visible are the viewports on the screen.
func (s *Session) visible() []*viewport {
	if s.single {
		return s.views[s.active : s.active+1]
	}
	return s.views
}

// turnTo shows another frame, and takes linked viewports along.
func (s *Session) turnTo(v *viewport, index int) {
	v.goTo(index)
	s.spread(v, syncSlice)
	s.plan()
}

// plan tells the cache what to decode: what is on the screen, then around it,
// two frames onwards for each one back.
func (s *Session) plan() {
	var keys []frameKey
	views := s.visible()
	for _, v := range views {
		if k, ok := v.key(); ok {
			keys = append(keys, k)
		}
	}
	urgent := len(keys)
	var ahead [][]frameKey
	for _, v := range views {
		ahead = append(ahead, v.around(s.params.CacheBytes/int64(len(views))))
	}
	for i, more := 0, true; more; i++ {
		more = false
		for _, list := range ahead {
			if i < len(list) {
				keys, more = append(keys, list[i]), true
			}
		}
	}
	s.cache.want(keys, urgent)
}

// Status says how far the picture of a viewport is.
type Status string

// The states of a picture.
const (
	Empty   Status = "empty"
	Loading Status = "loading"
	Ready   Status = "ready"
	Failed  Status = "failed"
)

// Viewport is what a viewport shows, as a value.
type Viewport struct {
	Stack    Stack
	Role     Role
	Index    int // of the frame in the stack
	Status   Status
	Err      error // why it Failed
	State    present.State
	Size     image.Point // of the last picture
	Active   bool
	Modality string
}

// Viewport describes viewport i; the zero Viewport when there is none. Its
// State holds the window really in use.
func (s *Session) Viewport(i int) Viewport {
	defer s.lock()()
	v := s.view(i)
	if v == nil {
		return Viewport{}
	}
	out := Viewport{Stack: v.stack, Role: v.role, Index: v.at, State: v.state, Size: v.size, Active: i == s.active, Modality: v.stack.Series.Modality}
	out.State.Window = v.voi().Window
	out.Status, out.Err = v.status()
	return out
}

// View is the state of the whole room.
type View struct {
	Viewports int
	Active    int
	Single    bool // only the active viewport is shown
	Linked    bool
	Overlays  Overlays
	Tool      tool.Kind
	Selected  string // ID of the selected measurement
}

// View describes the room.
func (s *Session) View() View {
	defer s.lock()()
	return View{Viewports: len(s.views), Active: s.active, Single: s.single, Linked: s.linked, Overlays: s.overlays, Tool: s.tool, Selected: s.selected}
}
