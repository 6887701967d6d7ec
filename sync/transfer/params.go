package transfer

import (
	"cmp"
	"context"
	"io"
	"log/slog"
	"time"

	"eris/clinic"
	"eris/dicom"
)

// Queue keeps jobs. *store.Store is one.
type Queue interface {
	// SaveJob adds a job or replaces it. It is on disk when SaveJob returns.
	SaveJob(ctx context.Context, id string, body []byte) error
	RemoveJob(ctx context.Context, id string) error
	// Jobs calls each with every job, in the order they were added.
	Jobs(ctx context.Context, each func(id string, body []byte) error) error
}

// Cache is where fetched objects go.
type Cache interface {
	// Missing returns those instances that are not here.
	Missing(ctx context.Context, want []dicom.UID) ([]dicom.UID, error)
	// Series lists the series of a study with how many instances are here; none
	// for a study that is not known.
	Series(ctx context.Context, study dicom.UID) ([]clinic.Series, error)
	SaveStudies(ctx context.Context, studies []clinic.Study) error
	SaveSeries(ctx context.Context, list []clinic.Series) error
	// SaveCount replaces how many instances a study is said to have.
	SaveCount(ctx context.Context, study dicom.UID, instances int) error
	// Add stores one Part 10 object and says which it was. It is called from
	// many goroutines. Errors that match dicom.ErrNotDICOM, ErrCorrupt, ErrLimit
	// or ErrUnsupported speak of that object only; others end the job.
	Add(ctx context.Context, r io.Reader, source string) (dicom.UID, error)
}

// Archive is a node to fetch from; *dicomweb.Client is one. Its errors have
// the kinds of package node.
type Archive interface {
	Echo(ctx context.Context) (time.Duration, error)
	Study(ctx context.Context, uid dicom.UID) (clinic.Study, error)
	Series(ctx context.Context, study dicom.UID) ([]clinic.Series, error)
	Instances(ctx context.Context, study, series dicom.UID) ([]clinic.Instance, error)
	Retrieve(ctx context.Context, study, series dicom.UID, each func(io.Reader) error) error
	RetrieveInstance(ctx context.Context, study, series, instance dicom.UID, each func(io.Reader) error) error
}

// Params build an engine.
type Params struct {
	Queue   Queue                              // required
	Cache   Cache                              // required
	Archive func(name string) (Archive, error) // required; asked once per attempt of a job

	// Send sends the journal entry of a SendEntry job. Without it such jobs fail.
	Send func(ctx context.Context, node, entry string) error

	PerNode int // jobs at once per node, 0 is 2; one more when somebody looks at it
	Writers int // objects stored at once per job, 0 is 32, so that their syncs and commits are shared
	// Limit is how many bytes per second a node may send; 0, or nil, is no limit.
	Limit func(node string) int64

	// ThinAnswer is how long the first question to a node takes over a link that
	// is called thin until its pace is known; 0 is 250 ms.
	ThinAnswer time.Duration

	Attempts   int           // tries without progress before a job fails; 0 is 6
	FirstPause time.Duration // before the second try; 0 is 1 s. Pauses grow
	LongPause  time.Duration // the longest pause; 0 is 1 minute
	Keep       time.Duration // finished jobs are forgotten after this time; 0 is a week

	Now func() time.Time // the clock; time.Now when nil
	Log *slog.Logger     // never patient data; slog.Default when nil
}

func (p Params) withDefaults() Params {
	p.PerNode = cmp.Or(p.PerNode, 2)
	p.Writers = cmp.Or(p.Writers, 32)
	p.Attempts = cmp.Or(p.Attempts, 6)
	p.FirstPause = cmp.Or(p.FirstPause, time.Second)
	p.LongPause = cmp.Or(p.LongPause, time.Minute)
	p.Keep = cmp.Or(p.Keep, 7*24*time.Hour)
	p.ThinAnswer = cmp.Or(p.ThinAnswer, 250*time.Millisecond)
	if p.Limit == nil {
		p.Limit = func(string) int64 { return 0 }
	}
	if p.Now == nil {
		p.Now = time.Now
	}
	if p.Log == nil {
		p.Log = slog.Default()
	}
	return p
}
