package transfer

import (
	"cmp"
	"time"

	"eris/dicom"
	"eris/sync/node"
)

// Kind says what a job does.
type Kind string

// The kinds of jobs.
const (
	FetchStudy  Kind = "fetch-study"
	FetchSeries Kind = "fetch-series"
	SendEntry   Kind = "send-entry" // journal entries to an archive
)

// Priority says who waits for a job. Higher goes first.
type Priority int

// The priorities.
const (
	Idle Priority = iota // nobody waits: prefetch
	Soon                 // somebody will: priors of today's orders
	Now                  // somebody looks at it
)

// State says where a job is.
type State string

// The states of a job.
const (
	Waiting  State = "waiting"
	Running  State = "running"
	Offline  State = "offline" // waits for its node to answer
	Done     State = "done"
	Failed   State = "failed"
	Canceled State = "canceled"
)

// Finished says that nothing more happens to the job by itself.
func (s State) Finished() bool { return s == Done || s == Failed || s == Canceled }

// Job is one piece of work. Kind, Node and StudyInstanceUID are required of
// the one who asks; the engine fills in the rest.
type Job struct {
	ID                string    `json:"id"`
	Kind              Kind      `json:"kind"`
	Node              string    `json:"node"` // the archive's name
	StudyInstanceUID  dicom.UID `json:"study,omitempty"`
	SeriesInstanceUID dicom.UID `json:"series,omitempty"` // of FetchSeries
	EntryID           string    `json:"entry,omitempty"`  // of SendEntry
	Priority          Priority  `json:"priority"`
	Reason            string    `json:"reason,omitempty"` // why it was asked for: "opened", "prior", "prefetch"
	Label             string    `json:"label,omitempty"`  // what a person calls it; never logged

	State       State     `json:"state"`
	Done        int       `json:"done"`  // instances that are here
	Total       int       `json:"total"` // instances there are; 0 until the archive has said
	Bytes       int64     `json:"bytes"` // fetched by this job
	Attempts    int       `json:"attempts"`
	NextAttempt time.Time `json:"nextAttempt,omitzero"`
	Error       string    `json:"error,omitempty"`     // the last failure, one sentence
	ErrorKind   string    `json:"errorKind,omitempty"` // see Fault
	Created     time.Time `json:"created"`
	Finished    time.Time `json:"finished,omitzero"`

	Rate float64       `json:"-"` // bytes per second just now
	Left time.Duration `json:"-"` // until it is done at this pace; 0 when unknown
}

// Fault is the kind of the job's last failure, one of package node's; nil when
// there was none or it was not the node's.
func (j Job) Fault() error { return node.KindNamed(j.ErrorKind) }

// covers says that j brings all that other would.
func (j Job) covers(other Job) bool {
	if j.Node != other.Node || j.StudyInstanceUID != other.StudyInstanceUID || j.EntryID != other.EntryID {
		return false
	}
	return j.Kind == other.Kind && j.SeriesInstanceUID == other.SeriesInstanceUID ||
		j.Kind == FetchStudy && other.Kind == FetchSeries
}

// before orders jobs: by priority, then as they came.
func before(a, b Job) int {
	return cmp.Or(cmp.Compare(b.Priority, a.Priority), a.Created.Compare(b.Created), cmp.Compare(a.ID, b.ID))
}

// Summary is what the engine does altogether.
type Summary struct {
	Active  int // jobs running
	Waiting int // jobs waiting, for a turn or for an archive
	Offline int // of those, how many wait for an archive
	Failed  int
	Done    int // instances of the active jobs that are here
	Total   int
	Rate    float64       // bytes per second
	Left    time.Duration // 0 when unknown
}
