package transfer

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
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
	counted int // instances of the study by the archive's own count

	mu      sync.Mutex // guards what follows, and the maps of the wanted
	bad     int        // objects that came and could not be kept
	flaw    error      // why, of the last one
	lacking error      // the archive named an instance that it does not have
}

// wanted is one series with what there is of it and what is missing here.
type wanted struct {
	series  dicom.UID
	total   int
	missing map[dicom.UID]bool // nil: nothing is here, and which there are was not asked
	came    map[dicom.UID]bool // in this attempt, when missing is nil
}

// whole says that the series is fetched with one request.
func (w *wanted) whole() bool { return w.missing == nil || len(w.missing) == w.total }

// lacks is how many instances are not here.
func (w *wanted) lacks() int {
	if w.missing != nil {
		return len(w.missing)
	}
	return max(0, w.total-len(w.came))
}

// all is how many instances the archive turned out to have.
func (w *wanted) all() int { return max(w.total, len(w.came)) }

// note marks an instance as here and says whether that is news.
func (w *wanted) note(uid dicom.UID) bool {
	if w.missing == nil {
		fresh := !w.came[uid]
		w.came[uid] = true
		return fresh
	}
	fresh := w.missing[uid]
	delete(w.missing, uid)
	return fresh
}

func (f *fetch) run(ctx context.Context) error {
	list, err := f.plan(ctx)
	if err != nil {
		return err
	}
	f.begin(list)
	if err := f.bring(ctx, list); err != nil {
		return err
	}
	if err := f.verdict(list); err != nil || f.job.Kind != FetchStudy {
		return err
	}
	return f.recount(ctx, list)
}

// recount saves how many instances there are now that all have come: a study
// may have shrunk in the archive, and a count may have been wrong. It would be
// called a part for ever.
func (f *fetch) recount(ctx context.Context, list []*wanted) error {
	sum := 0
	for _, w := range list {
		sum += w.all()
	}
	return f.engine.Cache.SaveCount(ctx, f.job.StudyInstanceUID, max(sum, f.counted))
}

// plan asks what there is and saves it, so that the cache knows a part from a
// whole. Instances are listed only of series that are here in part, or that the
// archive does not count: lists take an archive long, and nobody needs one to
// fetch all.
func (f *fetch) plan(ctx context.Context) ([]*wanted, error) {
	study, err := f.archive.Study(ctx, f.job.StudyInstanceUID)
	if err != nil {
		return nil, err
	}
	series, err := f.series(ctx)
	if err != nil {
		return nil, err
	}
	here, err := f.here(ctx)
	if err != nil {
		return nil, err
	}
	list := make([]*wanted, len(series))
	sum := 0
	for i, s := range series {
		if s.ExpectedInstances > 0 && here[s.SeriesInstanceUID] == 0 {
			list[i] = &wanted{series: s.SeriesInstanceUID, total: s.ExpectedInstances, came: map[dicom.UID]bool{}}
		} else if list[i], err = f.compare(ctx, s.SeriesInstanceUID); err != nil {
			return nil, err
		}
		series[i].ExpectedInstances = list[i].total
		sum += list[i].total
	}
	f.counted = study.ExpectedInstances
	study.ExpectedInstances = max(study.ExpectedInstances, sum)
	study.Source = f.job.Node
	if err := f.engine.Cache.SaveStudies(ctx, []clinic.Study{study}); err != nil {
		return nil, err
	}
	return list, f.engine.Cache.SaveSeries(ctx, series)
}

// here is how many instances of each series the cache has.
func (f *fetch) here(ctx context.Context) (map[dicom.UID]int, error) {
	list, err := f.engine.Cache.Series(ctx, f.job.StudyInstanceUID)
	count := map[dicom.UID]int{}
	for _, s := range list {
		count[s.SeriesInstanceUID] = s.NumberOfInstances
	}
	return count, err
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

// compare lists the instances of a series and takes out those that are here.
func (f *fetch) compare(ctx context.Context, series dicom.UID) (*wanted, error) {
	list, err := f.archive.Instances(ctx, f.job.StudyInstanceUID, series)
	if err != nil {
		return nil, err
	}
	all := make([]dicom.UID, len(list))
	for i, instance := range list {
		all[i] = instance.SOPInstanceUID
	}
	missing, err := f.engine.Cache.Missing(ctx, all)
	w := &wanted{series: series, total: len(all), missing: map[dicom.UID]bool{}}
	for _, uid := range missing {
		w.missing[uid] = true
	}
	return w, err
}

// bring fetches what is missing. Objects are stored beside the receiving, so
// that the line does not wait for the disk.
func (f *fetch) bring(ctx context.Context, list []*wanted) error {
	writers, inner := errgroup.WithContext(ctx)
	writers.SetLimit(f.engine.Writers)
	err := f.ask(inner, list, writers)
	// The writers' own failure is the cause of what the receiving then says.
	if failed := writers.Wait(); failed != nil {
		return failed
	}
	return err
}

// ask requests each series: whole when nothing of it is here, else by instance.
func (f *fetch) ask(ctx context.Context, list []*wanted, writers *errgroup.Group) error {
	for _, w := range list {
		in := &intake{fetch: f, wanted: w, ctx: ctx, writers: writers}
		var err error
		switch {
		case w.lacks() == 0:
		case w.whole():
			err = f.archive.Retrieve(ctx, f.job.StudyInstanceUID, w.series, in.take)
		default:
			err = f.askSingly(ctx, w, in.take)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (f *fetch) askSingly(ctx context.Context, w *wanted, take func(io.Reader) error) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(singles)
	for _, uid := range slices.Sorted(maps.Keys(w.missing)) { // a copy: the writers take out what has come
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

// verdict says whether all came that was promised. The writers have ended.
func (f *fetch) verdict(list []*wanted) error {
	total, lacks := 0, 0
	for _, w := range list {
		total += w.total
		lacks += w.lacks()
	}
	switch {
	case lacks == 0:
		return nil
	case f.bad > 0:
		cause := fmt.Errorf("%d of %d objects cannot be kept: %w", f.bad, total, f.flaw)
		return &node.Error{Node: f.job.Node, Kind: node.ErrGarbled, Cause: cause}
	case f.lacking != nil:
		return f.lacking
	}
	cause := fmt.Errorf("%d of %d objects did not come", lacks, total)
	return &node.Error{Node: f.job.Node, Kind: node.ErrPartial, Cause: cause}
}

func (f *fetch) note(change func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	change()
}

// begin shows how much there is and how much of it is here.
func (f *fetch) begin(list []*wanted) {
	f.engine.mu.Lock()
	f.entry.Total, f.entry.Done = 0, 0
	for _, w := range list {
		f.entry.Total += w.total
		f.entry.Done += w.total - w.lacks()
	}
	f.engine.mu.Unlock()
	f.engine.tell(true)
}

// kept notes one object in the cache. An object that was missing is progress:
// the job's patience begins anew.
func (f *fetch) kept(w *wanted, uid dicom.UID) {
	fresh := false
	f.note(func() { fresh = w.note(uid) })
	if !fresh {
		return
	}
	e := f.engine
	e.mu.Lock()
	f.entry.Done++
	f.entry.Total = max(f.entry.Total, f.entry.Done) // it may hold more than it counted
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
