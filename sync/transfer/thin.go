package transfer

import (
	"context"
	"slices"
	"time"

	"eris/clinic"
	"eris/dicom"
)

// Picker is an archive that can name one instance of a series without listing
// all: a list takes a thin link longer than a picture.
type Picker interface {
	// Pick names the nth instance of a series as the archive counts them, from 0.
	Pick(ctx context.Context, study, series dicom.UID, n int) (clinic.Instance, error)
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
	n.link.slow = took > e.ThinAnswer
	return n.link.thin()
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
