package transfer

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"eris/sync/node"
)

// Run works on the queue until ctx ends, and returns when all work has
// stopped. What was running then waits for the next Run.
func (e *Engine) Run(ctx context.Context) error {
	var workers errgroup.Group
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
		case <-e.wake:
		case <-timer.C:
		}
		if ctx.Err() != nil { // whatever else there was to do
			return workers.Wait()
		}
		timer.Reset(e.dispatch(ctx, &workers))
	}
}

// idlePause is how long the dispatcher sleeps when nothing is planned.
const idlePause = time.Minute

// dispatch starts what may start and answers when to look again.
func (e *Engine) dispatch(ctx context.Context, workers *errgroup.Group) time.Duration {
	e.mu.Lock()
	defer e.mu.Unlock()
	now := e.Now()
	pause := idlePause
	later := func(at time.Time) { pause = min(pause, max(at.Sub(now), time.Millisecond)) }
	var ready []*entry
	for _, j := range e.jobs {
		n := e.node(j.Node)
		switch {
		case j.State.Finished() || j.cancel != nil: // a canceled one may still be ending
		case n.offline:
			if n.probing {
				continue
			}
			if now.Before(n.next) {
				later(n.next)
				continue
			}
			n.probing = true
			workers.Go(func() error { e.probe(ctx, j.Node); return nil })
		case now.Before(j.NextAttempt):
			later(j.NextAttempt)
		default:
			ready = append(ready, j)
		}
	}
	slices.SortFunc(ready, func(a, b *entry) int { return before(a.Job, b.Job) })
	for _, j := range ready {
		if n := e.node(j.Node); n.running < e.slots(j.Job) && e.mayHave(j) {
			e.start(ctx, workers, j, n)
		}
	}
	return pause
}

// mayHave says that a job may use its node's link now. A thin link belongs to
// what somebody looks at: less urgent work there stops, keeps what it has, and
// waits. The caller holds mu.
func (e *Engine) mayHave(j *entry) bool {
	if j.Kind == SendEntry && !e.itsTurn(j) {
		return false
	}
	if !e.node(j.Node).link.thin() {
		return true
	}
	for _, other := range e.jobs {
		if other.cancel == nil || other.Node != j.Node || other.State != Running {
			continue
		}
		if j.Priority == Now && other.Priority < Now {
			other.gives = true
			other.cancel(errYield)
		}
		if other.Priority == Now && j.Priority < Now {
			return false
		}
	}
	return true
}

// itsTurn says that what was made of the same study before has left: an archive
// sees it in the order in which it was made. Something that the archive did not
// take holds up what follows until a person has decided. The caller holds mu.
func (e *Engine) itsTurn(j *entry) bool {
	for _, other := range e.jobs {
		earlier := cmp.Or(other.Created.Compare(j.Created), cmp.Compare(other.ID, j.ID)) < 0
		same := other.Kind == SendEntry && other.Node == j.Node && other.StudyInstanceUID == j.StudyInstanceUID
		if same && earlier && (!other.State.Finished() || other.State == Failed) {
			return false
		}
	}
	return true
}

// slots is how many jobs may run on a node for j to start beside them: what
// somebody looks at does not wait for what nobody does.
func (e *Engine) slots(j Job) int {
	if j.Priority == Now {
		return e.PerNode + 1
	}
	return e.PerNode
}

// start runs a job. The caller holds mu.
func (e *Engine) start(ctx context.Context, workers *errgroup.Group, j *entry, n *nodeState) {
	own, cancel := context.WithCancelCause(ctx)
	j.State, j.cancel, j.gives, j.meter = Running, cancel, false, meter{}
	n.running++
	job := j.Job
	workers.Go(func() error {
		defer cancel(nil)
		err := e.save(own, job.ID)
		if err == nil {
			err = e.work(own, j, job)
		}
		e.settle(ctx, j, err)
		return nil
	})
}

func (e *Engine) work(ctx context.Context, j *entry, job Job) error {
	switch job.Kind {
	case FetchStudy, FetchSeries:
		archive, err := e.Archive(job.Node)
		if err != nil {
			return err
		}
		return (&fetch{engine: e, entry: j, job: job, archive: archive}).run(ctx)
	case SendEntry:
		if e.Send != nil {
			return e.Send(ctx, job.Node, job.EntryID)
		}
	}
	return fmt.Errorf("jobs of kind %q: %w", job.Kind, node.ErrUnsupported)
}

// settle decides what becomes of a job whose work has ended.
func (e *Engine) settle(ctx context.Context, j *entry, err error) {
	e.mu.Lock()
	n := e.node(j.Node)
	n.running--
	j.cancel = nil
	if j.State == Running { // otherwise it was canceled, perhaps asked for again
		e.judge(ctx, j, n, err)
	}
	job := j.Job
	e.mu.Unlock()
	if err := e.save(context.WithoutCancel(ctx), job.ID); err != nil {
		e.Log.Error("a transfer could not be noted", "error", err)
	}
	e.Log.Info("transfer", "job", job.ID, "kind", job.Kind, "node", job.Node, "state", job.State,
		"instances", job.Done, "bytes", job.Bytes, "attempts", job.Attempts, "fault", job.ErrorKind)
	e.forgetOld(ctx)
	e.look()
}

// forgetOld keeps the list short on a workstation that is never switched off.
func (e *Engine) forgetOld(ctx context.Context) {
	var old []string
	e.mu.Lock()
	for id, j := range e.jobs {
		if e.tooOld(j.Job) {
			old = append(old, id)
		}
	}
	e.mu.Unlock()
	for _, id := range old {
		if err := e.Forget(ctx, id); err != nil && !errors.Is(err, ErrUnknownJob) {
			e.Log.Warn("an old transfer could not be forgotten", "job", id, "error", err)
		}
	}
}

// tooOld says that a job ended so long ago that nobody asks about it.
func (e *Engine) tooOld(j Job) bool { return j.State.Finished() && e.Now().Sub(j.Finished) > e.Keep }

// judge gives a job whose attempt ended its next state. The caller holds mu.
func (e *Engine) judge(ctx context.Context, j *entry, n *nodeState, err error) {
	now := e.Now()
	j.Error, j.ErrorKind = "", ""
	if err == nil {
		j.State, j.Finished = Done, now
		j.Done = max(j.Done, j.Total) // a document counts when it is there
		return
	}
	if ctx.Err() != nil || j.gives { // the engine stops or another is more urgent: the job is not to blame
		j.State, j.gives = Waiting, false
		return
	}
	j.Error = err.Error()
	if kind := node.Kind(err); kind != nil {
		j.ErrorKind = kind.Error()
	}
	switch {
	case errors.Is(err, node.ErrUnreachable):
		// It may answer others, and only not this: then the job does not press it.
		j.State, j.NextAttempt = Offline, now.Add(j.pauses.NextBackOff())
		e.takeOffline(j.Node, n)
	case transient(err) && j.Attempts+1 < e.Attempts:
		j.State, j.NextAttempt = Waiting, now.Add(j.pauses.NextBackOff())
		j.Attempts++
	default:
		j.State, j.Finished = Failed, now
		j.Attempts++
	}
}

// transient failures may pass by themselves.
func transient(err error) bool {
	return errors.Is(err, node.ErrStalled) || errors.Is(err, node.ErrServer) || errors.Is(err, node.ErrPartial)
}

// takeOffline lets all that waits for a node wait for its answer. The caller holds mu.
func (e *Engine) takeOffline(name string, n *nodeState) {
	if !n.offline {
		n.offline = true
		n.pauses.Reset()
		n.next = e.Now().Add(n.pauses.NextBackOff())
		e.Log.Warn("an archive does not answer", "node", name)
	}
	for _, j := range e.jobs {
		if j.Node == name && j.State == Waiting {
			j.State = Offline
		}
	}
}

// probe asks an offline node for a sign of life. Any answer is one, even a refusal.
func (e *Engine) probe(ctx context.Context, name string) {
	archive, err := e.Archive(name)
	if err == nil {
		_, err = archive.Echo(ctx)
	}
	e.mu.Lock()
	n := e.node(name)
	n.probing = false
	if errors.Is(err, node.ErrUnreachable) || errors.Is(err, node.ErrStalled) || ctx.Err() != nil {
		n.next = e.Now().Add(n.pauses.NextBackOff())
	} else {
		n.offline = false
		e.Log.Info("an archive answers again", "node", name)
		for _, j := range e.jobs {
			if j.Node == name && j.State == Offline {
				j.State = Waiting
			}
		}
	}
	e.mu.Unlock()
	e.tell(true)
	e.look()
}
