package transfer

import "slices"

// Jobs lists all jobs: first those at work, then those waiting in their
// order, then the finished ones, newest first.
func (e *Engine) Jobs() []Job {
	e.mu.Lock()
	list := make([]Job, 0, len(e.jobs))
	for _, j := range e.jobs {
		list = append(list, j.snapshot(e.Now()))
	}
	e.mu.Unlock()
	slices.SortFunc(list, listed)
	return list
}

func listed(a, b Job) int {
	rank := func(j Job) int {
		switch {
		case j.State == Running:
			return 0
		case !j.State.Finished():
			return 1
		}
		return 2
	}
	if ra, rb := rank(a), rank(b); ra != rb {
		return ra - rb
	} else if ra == 2 {
		return b.Finished.Compare(a.Finished)
	}
	return before(a, b)
}
