package task

import (
	"sync"

	"fyne.io/fyne/v2"
)

// waiting holds what was handed to the user interface's thread while there is
// none: the headless driver would run it on the goroutine that asks.
var waiting struct {
	sync.Mutex
	headless bool
	queue    []func()
}

// Do hands f to the user interface's thread and returns.
func Do(f func()) {
	waiting.Lock()
	if waiting.headless {
		waiting.queue = append(waiting.queue, f)
		waiting.Unlock()
		return
	}
	waiting.Unlock()
	fyne.Do(f)
}

// Headless makes the caller's goroutine the user interface's thread, for
// drawing without a display: what is handed to it waits for Drain. The
// returned function ends that.
func Headless() (end func()) {
	set := func(on bool) {
		waiting.Lock()
		defer waiting.Unlock()
		waiting.headless, waiting.queue = on, nil
	}
	set(true)
	return func() { set(false) }
}

// Drain runs what waits for the user interface's thread and says whether there
// was anything.
func Drain() bool {
	waiting.Lock()
	queue := waiting.queue
	waiting.queue = nil
	waiting.Unlock()
	for _, f := range queue {
		f()
	}
	return len(queue) > 0
}
