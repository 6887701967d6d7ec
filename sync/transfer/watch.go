package transfer

import "time"

// tellEvery bounds how often progress alone is told.
const tellEvery = 100 * time.Millisecond

// Watch calls changed after changes of jobs, from the goroutine that made
// them, so it must return at once and not call the engine. Progress is told ten
// times a second at most. The returned function ends the watch.
func (e *Engine) Watch(changed func()) (cancel func()) {
	e.mu.Lock()
	defer e.mu.Unlock()
	id := e.nextID
	e.nextID++
	e.watchers[id] = changed
	return func() {
		e.mu.Lock()
		defer e.mu.Unlock()
		delete(e.watchers, id)
	}
}

func (e *Engine) tell(always bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	now := e.Now()
	if !always && now.Sub(e.lastTold) < tellEvery {
		return
	}
	e.lastTold = now
	for _, f := range e.watchers {
		f()
	}
}

// Summary adds up what goes on.
func (e *Engine) Summary() Summary {
	e.mu.Lock()
	defer e.mu.Unlock()
	var s Summary
	now := e.Now()
	for _, j := range e.jobs {
		switch j.State {
		case Running:
			job := j.snapshot(now)
			s.Active++
			s.Done += job.Done
			s.Total += job.Total
			s.Rate += job.Rate
			s.Left = max(s.Left, job.Left)
		case Offline:
			s.Offline++
			s.Waiting++
		case Waiting:
			s.Waiting++
		case Failed:
			s.Failed++
		}
	}
	return s
}

// snapshot is the job with its pace.
func (j *entry) snapshot(now time.Time) Job {
	job := j.Job
	if job.State == Running {
		var instances float64
		job.Rate, instances = j.meter.rates(now)
		if instances > 0 {
			job.Left = time.Duration(float64(job.Total-job.Done) / instances * float64(time.Second)).Round(time.Second)
		}
	}
	return job
}

// meter measures the pace over the last seconds.
type meter struct{ marks []mark }

type mark struct {
	at        time.Time
	instances int
	bytes     int64
}

const (
	meterStep = 250 * time.Millisecond
	meterSpan = 5 * time.Second
)

// add notes that so much has come in.
func (m *meter) add(now time.Time, instances int, bytes int64) {
	if n := len(m.marks); n > 0 && now.Sub(m.marks[n-1].at) < meterStep {
		m.marks[n-1].instances += instances
		m.marks[n-1].bytes += bytes
		return
	}
	if len(m.marks) > 0 && now.Sub(m.marks[0].at) > meterSpan {
		m.marks = m.marks[1:]
	}
	m.marks = append(m.marks, mark{now, instances, bytes})
}

// rates are bytes and instances per second.
func (m *meter) rates(now time.Time) (bytes, instances float64) {
	var since time.Time
	for _, k := range m.marks {
		if now.Sub(k.at) > meterSpan {
			continue
		}
		if since.IsZero() {
			since = k.at
		}
		bytes += float64(k.bytes)
		instances += float64(k.instances)
	}
	span := max(now.Sub(since), meterStep).Seconds()
	return bytes / span, instances / span
}
