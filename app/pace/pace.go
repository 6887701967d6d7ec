// Package pace shortens the way from a hand to the screen. The toolkit takes
// what the mouse and the keyboard said 60 times a second, so that a turn of the
// wheel waits half of a picture's time on the average before anything is done
// about it. See docs/decisions/0011-input-when-it-comes.md.
package pace

import (
	"context"
	"reflect"
	"sync/atomic"
	"time"
	"unsafe"

	"fyne.io/fyne/v2"
	"github.com/go-gl/glfw/v3.4/glfw"
)

// interval is how often is looked for input: often against a picture's 17 ms,
// and seldom against the 20 µs that a look costs.
const interval = 2 * time.Millisecond

// draw is what the toolkit does at the end of its tick: windows that changed are
// drawn. It has no exported name; a toolkit without it does not link.
//
//go:linkname draw fyne.io/fyne/v2/internal/driver/glfw.(*gLDriver).drawSingleFrame
func draw(driver unsafe.Pointer)

// Keeper takes the input of a program's windows while one of them has the focus.
type Keeper struct {
	program fyne.App
	focused atomic.Bool
	waiting atomic.Bool // the last look is still to be done, or being done
	stop    context.CancelFunc
	ended   chan struct{}
}

// Keep begins with it once the program runs. The caller stops it.
func Keep(program fyne.App) *Keeper {
	ctx, stop := context.WithCancel(context.Background())
	k := &Keeper{program: program, stop: stop, ended: make(chan struct{})}
	started := make(chan struct{})
	life := program.Lifecycle()
	life.SetOnStarted(func() { close(started) })
	life.SetOnEnteredForeground(func() { k.focused.Store(true) })
	life.SetOnExitedForeground(func() { k.focused.Store(false) })
	go func() {
		defer close(k.ended)
		select {
		case <-started:
			k.run(ctx)
		case <-ctx.Done():
		}
	}()
	return k
}

// Stop ends it and waits until it ended.
func (k *Keeper) Stop() {
	k.stop()
	<-k.ended
}

func (k *Keeper) run(ctx context.Context) {
	driver := reflect.ValueOf(k.program.Driver()).UnsafePointer()
	tick := time.NewTicker(interval)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if !k.focused.Load() || k.waiting.Swap(true) {
			continue
		}
		fyne.Do(func() {
			glfw.PollEvents()
			draw(driver)
			k.waiting.Store(false)
		})
	}
}
