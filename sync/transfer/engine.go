package transfer

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/cenkalti/backoff/v5"
	"golang.org/x/sync/semaphore"
	"golang.org/x/time/rate"

	"eris/dicom"
)

// ErrUnknownJob means that there is no job with that ID, or that it is not in
// a state in which this can be done.
var ErrUnknownJob = errors.New("no such job")

var (
	errCanceled = errors.New("the job was canceled")
	errYield    = errors.New("a more urgent job needs the link")
)

// Engine works on the jobs of a queue. Its methods may be called from many
// goroutines, before, during and after Run.
type Engine struct {
	Params

	memory *semaphore.Weighted // bytes that wait for the disk

	saving sync.Mutex // held over snapshot and write, so that the queue never goes back in time

	mu       sync.Mutex // guards what follows; nothing slow is done under it
	jobs     map[string]*entry
	nodes    map[string]*nodeState
	watchers map[int]func()
	nextID   int
	lastTold time.Time

	wake chan struct{} // holds one token when the dispatcher should look again
}

// entry is a job at work.
type entry struct {
	Job
	cancel context.CancelCauseFunc // while it runs
	gives  bool                    // it was stopped so that a more urgent one has the link
	pauses backoff.BackOff
	meter  meter
}

// nodeState is what the engine knows of a node.
type nodeState struct {
	running int
	link    link
	offline bool
	probing bool
	next    time.Time // of the next probe
	pauses  backoff.BackOff
	limiter *rate.Limiter
}

// New reads the queue. Jobs that a kill left running wait again, with new
// patience; those finished long ago are forgotten. Nothing moves before Run.
func New(ctx context.Context, p Params) (*Engine, error) {
	e := &Engine{Params: p.withDefaults(), jobs: map[string]*entry{}, nodes: map[string]*nodeState{},
		watchers: map[int]func(){}, wake: make(chan struct{}, 1), memory: semaphore.NewWeighted(inFlight)}
	var old []string
	err := p.Queue.Jobs(ctx, func(id string, body []byte) error {
		var j Job
		if err := json.Unmarshal(body, &j); err != nil || j.ID != id {
			e.Log.Warn("a job of the queue cannot be read and is dropped", "job", id)
			old = append(old, id)
			return nil
		}
		if e.tooOld(j) {
			old = append(old, id)
			return nil
		}
		if !j.State.Finished() {
			j.State, j.NextAttempt, j.Attempts = Waiting, time.Time{}, 0
		}
		e.jobs[id] = e.newEntry(j)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("queue of transfers: %w", err)
	}
	for _, id := range old {
		if err := p.Queue.RemoveJob(ctx, id); err != nil {
			return nil, fmt.Errorf("queue of transfers: %w", err)
		}
	}
	return e, nil
}

func (e *Engine) newEntry(j Job) *entry { return &entry{Job: j, pauses: e.newPauses()} }

// newPauses grow by half again each time, with jitter, so that many stations
// do not ask a returning archive all at once.
func (e *Engine) newPauses() backoff.BackOff {
	b := backoff.NewExponentialBackOff()
	b.InitialInterval, b.MaxInterval = e.FirstPause, e.LongPause
	return b
}

// Enqueue adds a job and answers it as it stands; it is on disk then. When a
// job that brings the same is waiting or running, that one gets the higher of
// both priorities and is answered instead.
func (e *Engine) Enqueue(ctx context.Context, j Job) (Job, error) {
	if j.Node == "" || j.Kind == "" || j.Kind == SendEntry && j.EntryID == "" || j.Kind != SendEntry && j.StudyInstanceUID == "" ||
		j.Kind == FetchSeries && j.SeriesInstanceUID == "" {
		return Job{}, fmt.Errorf("a job of kind %q for archive %q does not say enough", j.Kind, j.Node)
	}
	j, fresh := e.admit(j)
	if err := e.save(ctx, j.ID); err != nil {
		if fresh { // nobody may believe in a job that is not on disk
			e.drop(j.ID)
		}
		return j, err
	}
	e.look()
	return j, nil
}

func (e *Engine) drop(id string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	delete(e.jobs, id)
}

// admit puts a job on the list, or finds the one that brings the same.
func (e *Engine) admit(j Job) (_ Job, fresh bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	n := e.node(j.Node)
	if n.offline && j.Priority == Now {
		n.next = time.Time{} // somebody waits: ask the node at once
	}
	for _, have := range e.jobs {
		if !have.State.Finished() && have.covers(j) {
			have.Priority = max(have.Priority, j.Priority)
			return have.snapshot(e.Now()), false
		}
	}
	j.ID, j.Created, j.State = string(dicom.NewUID()), e.Now(), Waiting
	j.Done, j.Total, j.Bytes, j.Attempts, j.Error, j.ErrorKind = 0, 0, 0, 0, "", ""
	j.NextAttempt, j.Finished = time.Time{}, time.Time{}
	if j.Kind == SendEntry {
		j.Total = 1
	}
	if n.offline {
		j.State = Offline
	}
	e.jobs[j.ID] = e.newEntry(j)
	return j, true
}

// node is the state of a node, made when new. The caller holds mu.
func (e *Engine) node(name string) *nodeState {
	n := e.nodes[name]
	if n == nil {
		limit := e.Limit(name)
		n = &nodeState{pauses: e.newPauses(), limiter: newLimiter(limit), link: link{limit: limit}}
		e.nodes[name] = n
	}
	return n
}

// Cancel ends a job. What it has fetched stays. Errors: ErrUnknownJob.
func (e *Engine) Cancel(ctx context.Context, id string) error {
	return e.change(ctx, id, func(j *entry) bool {
		if j.State.Finished() {
			return false
		}
		if j.cancel != nil {
			j.cancel(errCanceled)
		}
		j.State, j.Finished = Canceled, e.Now()
		return true
	})
}

// Retry puts a failed or canceled job back into the queue. Errors: ErrUnknownJob.
func (e *Engine) Retry(ctx context.Context, id string) error {
	return e.change(ctx, id, func(j *entry) bool {
		if j.State != Failed && j.State != Canceled {
			return false
		}
		j.State, j.Attempts, j.Error, j.ErrorKind = Waiting, 0, "", ""
		j.Finished, j.NextAttempt = time.Time{}, time.Time{}
		j.pauses.Reset()
		e.node(j.Node).next = time.Time{} // somebody waits: ask the node at once
		return true
	})
}

// Promote gives a job another priority. Errors: ErrUnknownJob.
func (e *Engine) Promote(ctx context.Context, id string, p Priority) error {
	return e.change(ctx, id, func(j *entry) bool {
		j.Priority = p
		return !j.State.Finished()
	})
}

func (e *Engine) change(ctx context.Context, id string, f func(j *entry) bool) error {
	e.mu.Lock()
	j := e.jobs[id]
	ok := j != nil && f(j)
	e.mu.Unlock()
	if !ok {
		return fmt.Errorf("transfer %s: %w", id, ErrUnknownJob)
	}
	err := e.save(ctx, id)
	e.look()
	return err
}

// Forget takes a finished job off the list. Errors: ErrUnknownJob.
func (e *Engine) Forget(ctx context.Context, id string) error {
	e.saving.Lock()
	defer e.saving.Unlock()
	e.mu.Lock()
	j := e.jobs[id]
	ok := j != nil && j.State.Finished() && j.cancel == nil
	if ok {
		delete(e.jobs, id)
	}
	e.mu.Unlock()
	if !ok {
		return fmt.Errorf("transfer %s: %w", id, ErrUnknownJob)
	}
	err := e.Queue.RemoveJob(ctx, id)
	e.tell(true)
	return err
}

// Wake asks offline nodes again and ends all pauses: the network is back, or a
// person pressed "try now".
func (e *Engine) Wake() {
	e.mu.Lock()
	for _, n := range e.nodes {
		n.next = time.Time{}
		n.pauses.Reset()
	}
	for _, j := range e.jobs {
		j.NextAttempt = time.Time{}
	}
	e.mu.Unlock()
	e.look()
}

// save writes a job as it is now, and tells the watchers.
func (e *Engine) save(ctx context.Context, id string) error {
	e.saving.Lock()
	defer e.saving.Unlock()
	e.mu.Lock()
	j := e.jobs[id]
	if j == nil {
		e.mu.Unlock()
		return nil // forgotten meanwhile
	}
	body, err := json.Marshal(j.Job)
	e.mu.Unlock()
	if err == nil {
		err = e.Queue.SaveJob(ctx, id, body)
	}
	if err != nil {
		err = fmt.Errorf("transfer %s: %w", id, err)
	}
	e.tell(true)
	return err
}

// look makes the dispatcher look at the queue again.
func (e *Engine) look() {
	select {
	case e.wake <- struct{}{}:
	default:
	}
}
