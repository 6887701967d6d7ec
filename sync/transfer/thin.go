package transfer

import (
	"context"
	"slices"
	"time"

	"eris/clinic"
	"eris/dicom"
	"eris/sync/node"
)

// Picker is an archive that can name one instance of a series without listing
// all: a list takes a thin link longer than a picture.
type Picker interface {
	// Pick names the nth instance of a series as the archive counts them, from 0.
	// Without a series it names the one in the study that has this number.
	Pick(ctx context.Context, study, series dicom.UID, n int) (clinic.Instance, error)
}

// KnownStudies is a cache that knows how many instances a study has before it is fetched.
type KnownStudies interface {
	Study(ctx context.Context, uid dicom.UID) (clinic.Study, error)
}

// KeyImages is a cache that reads key object selections: it names the
// instances of a study that somebody marked, with their series.
type KeyImages interface {
	KeyImages(ctx context.Context, study dicom.UID) ([]clinic.Instance, error)
}

// answered notes how long a node took for a question and says whether its link is thin.
func (e *Engine) answered(name string, took time.Duration) (thin bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	n := e.node(name)
	n.link.slow, n.link.asked = took > e.ThinAnswer, true
	return n.link.thin()
}

func (e *Engine) maybeThin(name string) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.node(name).link.maybeThin()
}

// look brings one picture over a thin link while the archive is still asked
// what there is: each question costs the one who waits a way there and back. That
// it does not come is no failure; it is asked for again with the others.
func (f *fetch) look(ctx context.Context) error {
	picker, ok := f.archive.(Picker)
	if !ok {
		return nil
	}
	middle, err := f.middle(ctx)
	if err != nil || middle < 0 {
		return err
	}
	begin := f.engine.Now()
	i, err := picker.Pick(ctx, f.job.StudyInstanceUID, f.job.SeriesInstanceUID, middle)
	if err != nil || i.Rows == 0 || i.SeriesInstanceUID == "" || !f.engine.answered(f.job.Node, f.engine.Now().Sub(begin)) {
		return nil
	}
	missing, err := f.engine.Cache.Missing(ctx, []dicom.UID{i.SOPInstanceUID})
	if err != nil || len(missing) == 0 {
		return err
	}
	w := &wanted{series: i.SeriesInstanceUID, total: 1, came: map[dicom.UID]bool{}}
	if err := f.stage(ctx, func(s *stage) error { return s.singly(w, missing) }); node.Kind(err) == nil {
		return err
	}
	return nil
}

// middle is the place of a picture in the middle of a series, by what is known
// before the archive is asked; negative when something is here already.
func (f *fetch) middle(ctx context.Context) (int, error) {
	here, err := f.here(ctx)
	if err != nil {
		return 0, err
	}
	for _, n := range here {
		if n > 0 {
			return -1, nil
		}
	}
	known, ok := f.engine.Cache.(KnownStudies)
	if !ok {
		return 0, nil
	}
	study, err := known.Study(ctx, f.job.StudyInstanceUID)
	if err != nil {
		return 0, nil // nothing is known of it
	}
	return study.ExpectedInstances / max(study.NumberOfSeries, 1) / 2, nil
}

// measured notes what came over a node's link in some time.
func (e *Engine) measured(name string, bytes int64, in time.Duration) {
	e.mu.Lock()
	defer e.mu.Unlock()
	n := e.node(name)
	n.link.measure(bytes, in, n.running)
}

// bringThin fetches what is missing in the order in which it is needed: one
// picture of each series, the small objects that say what matters (reports,
// key object selections, presentation states), the key images, the rest.
func (f *fetch) bringThin(ctx context.Context, list []*wanted) error {
	small := slices.DeleteFunc(slices.Clone(list), func(w *wanted) bool { return !aboutPictures[w.modality] })
	pictures := slices.DeleteFunc(slices.Clone(list), func(w *wanted) bool { return aboutPictures[w.modality] })
	for _, part := range []func(*stage) error{
		func(s *stage) error { return s.firsts(pictures) },
		func(s *stage) error { return s.rest(small) },
	} {
		if err := f.stage(ctx, part); err != nil {
			return err
		}
	}
	for i, w := range list {
		if w.missing == nil && w.lacks() > 0 {
			listed, err := f.compare(ctx, w.series)
			if err != nil {
				return err
			}
			listed.modality, list[i] = w.modality, listed
		}
	}
	if err := f.stage(ctx, func(s *stage) error { return s.keys(list) }); err != nil {
		return err
	}
	return f.stage(ctx, func(s *stage) error { return s.rest(list) })
}

// aboutPictures are the modalities of small objects that speak of others.
var aboutPictures = map[string]bool{"SR": true, "KO": true, "PR": true, "DOC": true}

// firsts brings one picture of each series of which nothing is here.
func (s *stage) firsts(list []*wanted) error {
	for _, w := range list {
		if w.lacks() < w.total {
			continue // something of it is here already
		}
		uid, err := s.pick(w)
		if err != nil {
			return err
		}
		if uid == "" {
			continue
		}
		if err := s.singly(w, []dicom.UID{uid}); err != nil {
			return err
		}
	}
	return nil
}

// pick names the instance in the middle of a series; "" when there is none.
func (s *stage) pick(w *wanted) (dicom.UID, error) {
	if len(w.order) > 0 {
		return w.order[0], nil
	}
	if p, ok := s.archive.(Picker); ok {
		i, err := p.Pick(s.ctx, s.job.StudyInstanceUID, w.series, w.total/2)
		return i.SOPInstanceUID, err
	}
	listed, err := s.compare(s.ctx, w.series)
	if err != nil || len(listed.order) == 0 {
		return "", err
	}
	return listed.order[0], nil
}

// keys brings the key images that are not here.
func (s *stage) keys(list []*wanted) error {
	cache, ok := s.engine.Cache.(KeyImages)
	if !ok {
		return nil
	}
	marked, err := cache.KeyImages(s.ctx, s.job.StudyInstanceUID)
	if err != nil {
		return err
	}
	for _, w := range list {
		var missing []dicom.UID
		for _, i := range marked {
			if w.missing[i.SOPInstanceUID] {
				missing = append(missing, i.SOPInstanceUID)
			}
		}
		if err := s.singly(w, missing); err != nil {
			return err
		}
	}
	return nil
}
