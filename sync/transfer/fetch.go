package transfer

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
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
	thin    bool

	mu      sync.Mutex // guards what follows, and the maps of the wanted
	bad     int        // objects that came and could not be kept
	flaw    error      // why, of the last one
	lacking error      // the archive named an instance that it does not have
}

// wanted is one series with what there is of it and what is missing here.
type wanted struct {
	series   dicom.UID
	modality string
	total    int
	missing  map[dicom.UID]bool // nil: nothing is here, and which there are was not asked
	order    []dicom.UID        // the missing as they were listed, from the middle outwards
	came     map[dicom.UID]bool // in this attempt, when missing is nil
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
	study, series, err := f.ask(ctx)
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
		list[i].modality = s.Modality
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

// ask asks for the study and its series at once. An archive that seems far, or
// that nothing is known of, is asked for the first picture beside them.
func (f *fetch) ask(ctx context.Context) (study clinic.Study, series []clinic.Series, err error) {
	group, inner := errgroup.WithContext(ctx)
	group.Go(func() (err error) {
		begin := f.engine.Now()
		if study, err = f.archive.Study(inner, f.job.StudyInstanceUID); err == nil {
			f.thin = f.engine.answered(f.job.Node, f.engine.Now().Sub(begin))
		}
		return err
	})
	group.Go(func() (err error) {
		series, err = f.series(inner)
		return err
	})
	if f.engine.maybeThin(f.job.Node) {
		group.Go(func() error { return f.look(inner) })
	}
	return study, series, group.Wait()
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
	slices.SortStableFunc(list, func(a, b clinic.Instance) int { return cmp.Compare(a.InstanceNumber, b.InstanceNumber) })
	all := make([]dicom.UID, len(list))
	for i, instance := range list {
		all[i] = instance.SOPInstanceUID
	}
	missing, err := f.engine.Cache.Missing(ctx, all)
	w := &wanted{series: series, total: len(all), missing: map[dicom.UID]bool{}}
	for _, uid := range missing {
		w.missing[uid] = true
	}
	for _, uid := range fromTheMiddle(all) {
		if w.missing[uid] {
			w.order = append(w.order, uid)
		}
	}
	return w, err
}

// fromTheMiddle orders a list as a stack is looked at: it opens in the middle.
func fromTheMiddle(list []dicom.UID) []dicom.UID {
	out := make([]dicom.UID, 0, len(list))
	for up, down := len(list)/2, len(list)/2-1; len(out) < len(list); up, down = up+1, down-1 {
		if up < len(list) {
			out = append(out, list[up])
		}
		if down >= 0 {
			out = append(out, list[down])
		}
	}
	return out
}

// bring fetches what is missing.
func (f *fetch) bring(ctx context.Context, list []*wanted) error {
	began, had := f.engine.Now(), f.fetched()
	defer func() { f.engine.measured(f.job.Node, f.fetched()-had, f.engine.Now().Sub(began)) }()
	if f.thin {
		return f.bringThin(ctx, list)
	}
	return f.stage(ctx, func(s *stage) error { return s.rest(list) })
}

// stage is a part of a fetch: its objects are stored beside the receiving, so
// that the line does not wait for the disk, and are here when it ends.
type stage struct {
	*fetch
	ctx     context.Context
	writers *errgroup.Group
}

func (f *fetch) stage(ctx context.Context, ask func(*stage) error) error {
	writers, inner := errgroup.WithContext(ctx)
	writers.SetLimit(f.engine.Writers)
	err := ask(&stage{f, inner, writers})
	// The writers' own failure is the cause of what the receiving then says.
	if failed := writers.Wait(); failed != nil {
		return failed
	}
	return err
}

// rest requests what is missing of each series: whole when nothing of it is
// here, else by instance.
func (s *stage) rest(list []*wanted) error {
	for _, w := range list {
		var err error
		switch {
		case w.lacks() == 0:
		case w.whole():
			err = s.archive.Retrieve(s.ctx, s.job.StudyInstanceUID, w.series, s.intake(w))
		default:
			err = s.singly(w, w.order)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// singly requests instances of a series one by one. An archive that does not
// have one of them may well have the others.
func (s *stage) singly(w *wanted, instances []dicom.UID) error {
	group, ctx := errgroup.WithContext(s.ctx)
	group.SetLimit(singles)
	for _, uid := range instances {
		if ctx.Err() != nil {
			break
		}
		if s.came(w, uid) { // an earlier stage brought it
			continue
		}
		group.Go(func() error {
			err := s.archive.RetrieveInstance(ctx, s.job.StudyInstanceUID, w.series, uid, s.intake(w))
			if errors.Is(err, node.ErrNotFound) {
				s.note(func() { s.lacking = err })
				return nil
			}
			return err
		})
	}
	return group.Wait()
}

// came says that an instance is here already.
func (s *stage) came(w *wanted, uid dicom.UID) (here bool) {
	s.note(func() { here = w.missing != nil && !w.missing[uid] || w.came[uid] })
	return here
}

func (s *stage) intake(w *wanted) func(io.Reader) error {
	return (&intake{fetch: s.fetch, wanted: w, ctx: s.ctx, writers: s.writers}).take
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

// fetched is how many bytes the job has fetched.
func (f *fetch) fetched() int64 {
	f.engine.mu.Lock()
	defer f.engine.mu.Unlock()
	return f.entry.Bytes
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
