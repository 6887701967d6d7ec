package transfer

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"

	"golang.org/x/sync/errgroup"

	"eris/clinic"
	"eris/dicom"
	"eris/sync/node"
)

// singles is how many instances are asked for one by one at the same time.
const singles = 4

// fetch is one attempt of a job to bring a study or a series.
type fetch struct {
	engine  *Engine
	entry   *entry
	job     Job // as it was when the attempt began
	archive Archive

	mu      sync.Mutex
	missing map[dicom.UID]bool // wanted and not here yet
	bad     int                // objects that came and could not be kept
	flaw    error              // why, of the last one
	lacking error              // the archive named an instance that it does not have
}

// wanted is one series with what there is of it and what is missing here.
type wanted struct {
	series       dicom.UID
	all, missing []dicom.UID
}

func (f *fetch) run(ctx context.Context) error {
	list, err := f.plan(ctx)
	if err != nil {
		return err
	}
	total := 0
	f.missing = map[dicom.UID]bool{}
	for _, w := range list {
		total += len(w.all)
		for _, uid := range w.missing {
			f.missing[uid] = true
		}
	}
	f.begin(total)
	if len(f.missing) > 0 {
		if err := f.bring(ctx, list); err != nil {
			return err
		}
	}
	return f.verdict(total)
}

// plan asks what there is and saves it, so that the cache knows a part from a whole.
func (f *fetch) plan(ctx context.Context) ([]wanted, error) {
	study, err := f.archive.Study(ctx, f.job.StudyInstanceUID)
	if err != nil {
		return nil, err
	}
	series, err := f.series(ctx)
	if err != nil {
		return nil, err
	}
	list := make([]wanted, len(series))
	sum := 0
	for i := range series {
		if list[i], err = f.instances(ctx, series[i].SeriesInstanceUID); err != nil {
			return nil, err
		}
		series[i].ExpectedInstances = len(list[i].all)
		sum += len(list[i].all)
	}
	study.ExpectedInstances = max(study.ExpectedInstances, sum)
	study.Source = f.job.Node
	if err := f.engine.Cache.SaveStudies(ctx, []clinic.Study{study}); err != nil {
		return nil, err
	}
	return list, f.engine.Cache.SaveSeries(ctx, series)
}

// series are those that the job is about.
func (f *fetch) series(ctx context.Context) ([]clinic.Series, error) {
	list, err := f.archive.Series(ctx, f.job.StudyInstanceUID)
	if err != nil || f.job.Kind == FetchStudy {
		return list, err
	}
	for _, s := range list {
		if s.SeriesInstanceUID == f.job.SeriesInstanceUID {
			return []clinic.Series{s}, nil
		}
	}
	return nil, &node.Error{Node: f.job.Node, Kind: node.ErrNotFound}
}

func (f *fetch) instances(ctx context.Context, series dicom.UID) (wanted, error) {
	list, err := f.archive.Instances(ctx, f.job.StudyInstanceUID, series)
	if err != nil {
		return wanted{}, err
	}
	w := wanted{series: series, all: make([]dicom.UID, len(list))}
	for i, instance := range list {
		w.all[i] = instance.SOPInstanceUID
	}
	w.missing, err = f.engine.Cache.Missing(ctx, w.all)
	return w, err
}

// bring fetches what is missing. Objects are stored beside the receiving, so
// that the line does not wait for the disk.
func (f *fetch) bring(ctx context.Context, list []wanted) error {
	writers, inner := errgroup.WithContext(ctx)
	writers.SetLimit(f.engine.Writers)
	in := &intake{fetch: f, ctx: inner, writers: writers}
	err := f.ask(inner, list, in.take)
	// The writers' own failure is the cause of what the receiving then says.
	if failed := writers.Wait(); failed != nil {
		return failed
	}
	return err
}

// ask requests each series: whole when nothing of it is here, else by instance.
func (f *fetch) ask(ctx context.Context, list []wanted, take func(io.Reader) error) error {
	for _, w := range list {
		var err error
		switch {
		case len(w.missing) == 0:
		case len(w.missing) == len(w.all):
			err = f.archive.Retrieve(ctx, f.job.StudyInstanceUID, w.series, take)
		default:
			err = f.askSingly(ctx, w, take)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (f *fetch) askSingly(ctx context.Context, w wanted, take func(io.Reader) error) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(singles)
	for _, uid := range w.missing {
		if ctx.Err() != nil {
			break
		}
		group.Go(func() error {
			err := f.archive.RetrieveInstance(ctx, f.job.StudyInstanceUID, w.series, uid, take)
			if errors.Is(err, node.ErrNotFound) { // the others may well be there
				f.note(func() { f.lacking = err })
				return nil
			}
			return err
		})
	}
	return group.Wait()
}

// verdict says whether all came that was promised.
func (f *fetch) verdict(total int) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	switch {
	case len(f.missing) == 0:
		return nil
	case f.bad > 0:
		cause := fmt.Errorf("%d of %d objects cannot be kept: %w", f.bad, total, f.flaw)
		return &node.Error{Node: f.job.Node, Kind: node.ErrGarbled, Cause: cause}
	case f.lacking != nil:
		return f.lacking
	}
	cause := fmt.Errorf("%d of %d objects did not come", len(f.missing), total)
	return &node.Error{Node: f.job.Node, Kind: node.ErrPartial, Cause: cause}
}

func (f *fetch) note(change func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	change()
}

// begin shows how much there is and how much of it is here.
func (f *fetch) begin(total int) {
	f.engine.mu.Lock()
	f.entry.Total, f.entry.Done = total, total-len(f.missing)
	f.engine.mu.Unlock()
	f.engine.tell(true)
}

// kept notes one object in the cache. An object that was missing is progress:
// the job's patience begins anew.
func (f *fetch) kept(uid dicom.UID) {
	f.mu.Lock()
	fresh := f.missing[uid]
	delete(f.missing, uid)
	f.mu.Unlock()
	if !fresh {
		return
	}
	e := f.engine
	e.mu.Lock()
	f.entry.Done++
	f.entry.Attempts = 0
	f.entry.pauses.Reset()
	f.entry.meter.add(e.Now(), 1, 0)
	e.mu.Unlock()
	e.tell(false)
}

// received counts bytes as they come in.
func (f *fetch) received(n int64) {
	e := f.engine
	e.mu.Lock()
	f.entry.Bytes += n
	f.entry.meter.add(e.Now(), 0, n)
	e.mu.Unlock()
	e.tell(false)
}
