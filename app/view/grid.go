package view

import (
	"context"
	"sync/atomic"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"eris/app/desk"
	"eris/app/task"
	"eris/app/words"
	"eris/viewer"
)

// Grid lays the viewports of a session side by side.
type Grid struct {
	Session   *viewer.Session
	Viewports []*Viewport
	// OnChanged is called on the user interface's thread after anything in the
	// room changed.
	OnChanged func()

	box     *fyne.Container
	single  int           // the viewport shown alone, -1 for all
	pending atomic.Bool   // a refresh is on its way
	quit    chan struct{} // closed when the room is
}

// NewGrid opens a reading room of n viewports.
func NewGrid(d *desk.Desk, w *words.Words, n int, cacheBytes int64) *Grid {
	g := &Grid{single: -1, quit: make(chan struct{})}
	g.Session = d.NewSession(w, n, cacheBytes, g.wake)
	for i := range n {
		v := NewViewport(g.Session, i)
		v.OnChanged = g.Refresh
		v.OnDoubleTapped = func() { g.Do("toggle-grid") }
		g.Viewports = append(g.Viewports, v)
	}
	g.box = container.NewStack()
	g.layout(-1)
	return g
}

// wake draws again soon; many calls in one frame are one refresh.
func (g *Grid) wake() {
	if g.pending.CompareAndSwap(false, true) {
		task.Do(func() {
			g.pending.Store(false)
			select {
			case <-g.quit:
			default:
				g.Refresh()
			}
		})
	}
}

// Content is what a page shows.
func (g *Grid) Content() fyne.CanvasObject { return g.box }

// Do does an action of the session by name and draws what came of it; false
// when there is none of that name.
func (g *Grid) Do(name string) bool {
	action, ok := g.Session.Action(name)
	if ok {
		action.Do()
		g.Refresh()
	}
	return ok
}

// Refresh draws what the session shows now.
func (g *Grid) Refresh() {
	view := g.Session.View()
	single := -1
	if view.Single {
		single = view.Active
	}
	if single != g.single {
		g.layout(single)
	}
	for i, v := range g.Viewports {
		if single < 0 || single == i {
			v.Refresh()
		}
	}
	if g.OnChanged != nil {
		g.OnChanged()
	}
}

func (g *Grid) layout(single int) {
	g.single = single
	if single >= 0 {
		g.box.Objects = []fyne.CanvasObject{g.Viewports[single]}
	} else {
		row := container.NewGridWithColumns(len(g.Viewports))
		for _, v := range g.Viewports {
			row.Add(v)
		}
		g.box.Objects = []fyne.CanvasObject{row}
	}
	g.box.Refresh()
}

// WaitDrawn returns when every viewport on the screen has its picture or says
// why not; for pictures and tests.
func (g *Grid) WaitDrawn() {
	for i := range g.Viewports {
		for g.Session.Viewport(i).Status == viewer.Loading {
			time.Sleep(2 * time.Millisecond)
		}
	}
}

// Close ends the room after its measurements are written.
func (g *Grid) Close() error {
	close(g.quit)
	return g.Session.Close(context.Background())
}
