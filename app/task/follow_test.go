package task_test

import (
	"sync/atomic"
	"testing"
	"time"

	"eris/app/task"
)

func TestFollowEndsItsWatchWithTheGroup(t *testing.T) {
	defer task.Headless()()
	var watching atomic.Int32
	watch := func(func()) func() {
		watching.Add(1)
		return func() { watching.Add(-1) }
	}
	group := task.New(t.Context())
	group.Follow(watch, time.Millisecond, func() {})
	stop := group.Follow(watch, time.Millisecond, func() {})
	stop()
	group.Close()
	if n := watching.Load(); n != 0 {
		t.Errorf("%d watches outlive the group", n)
	}
}
