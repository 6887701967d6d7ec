// Package intake brings files, folders, DICOMDIRs and ZIP archives into the
// cache. One bad file never stops the rest: it is refused with its reason.
package intake

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"eris/dicom"
	"eris/store"
)

// Refusal is one file that was not taken, and why.
type Refusal struct {
	Path string
	Err  error
}

// Report says what became of an intake.
type Report struct {
	Stored, Duplicates int
	Aside              []string // paths of files whose SOPInstanceUID was taken by other bytes
	Skipped            int      // files that are no images by their nature: DICOMDIR, system files
	Refused            []Refusal
	Bytes              int64
	Elapsed            time.Duration
	// Studies are those that got something, in order of appearance.
	Studies []dicom.UID
}

// Files is how many files were looked at.
func (r Report) Files() int {
	return r.Stored + r.Duplicates + len(r.Aside) + r.Skipped + len(r.Refused)
}

// item is one object on its way in.
type item struct {
	path string
	open func() (io.ReadCloser, error)
}

// workers is how many files are under way at once. They wait for the disk
// most of the time, and the cache gathers those that wait into one commit.
const workers = 16

// Intake is one import.
type Intake struct {
	Store *store.Store
	// Progress, when set, is told after each file; from several goroutines, one at a time.
	Progress func(Report)

	mu     sync.Mutex
	report Report
	series map[dicom.UID]dicom.UID // touched series and their study
	seen   map[dicom.UID]bool
}

// Run takes everything under the paths. The error is of the whole (canceled,
// disk full); what one file did wrong stands in the report.
func (in *Intake) Run(ctx context.Context, paths ...string) (Report, error) {
	started := time.Now()
	in.series, in.seen = map[dicom.UID]dicom.UID{}, map[dicom.UID]bool{}
	items := make(chan item)
	work, workCtx := errgroup.WithContext(ctx)
	work.Go(func() error {
		defer close(items)
		return in.find(workCtx, paths, items)
	})
	for range workers {
		work.Go(func() error {
			for it := range items {
				if err := in.take(workCtx, it); err != nil {
					return err
				}
			}
			return nil
		})
	}
	err := work.Wait()
	for series, study := range in.series {
		if ctx.Err() != nil {
			break
		}
		// A series without a picture shows its words; that is no failure of the import.
		_, _ = in.Store.ThumbnailPNG(ctx, study, series)
	}
	in.report.Elapsed = time.Since(started)
	return in.report, err
}

// take stores one item. Only what stops the whole import is an error.
func (in *Intake) take(ctx context.Context, it item) error {
	r, err := it.open()
	if err != nil {
		in.refuse(it.path, err)
		return ctx.Err()
	}
	defer r.Close()
	added, err := in.Store.Add(ctx, r, "")
	switch {
	case err == nil:
		in.count(it.path, added)
	case errors.Is(err, store.ErrFull), errors.Is(err, store.ErrReadOnly), ctx.Err() != nil:
		return fmt.Errorf("%s: %w", it.path, err)
	default:
		in.refuse(it.path, err)
	}
	return nil
}

func (in *Intake) count(path string, a store.Added) {
	in.note(func(r *Report) {
		switch a.Outcome {
		case store.Stored:
			r.Stored++
			r.Bytes += a.Bytes
			in.series[a.SeriesInstanceUID] = a.StudyInstanceUID
			if !in.seen[a.StudyInstanceUID] {
				in.seen[a.StudyInstanceUID] = true
				r.Studies = append(r.Studies, a.StudyInstanceUID)
			}
		case store.Duplicate:
			r.Duplicates++
		case store.Aside:
			r.Aside = append(r.Aside, path)
		}
	})
}

func (in *Intake) refuse(path string, err error) {
	in.note(func(r *Report) { r.Refused = append(r.Refused, Refusal{path, err}) })
}

func (in *Intake) skip() { in.note(func(r *Report) { r.Skipped++ }) }

func (in *Intake) note(change func(*Report)) {
	in.mu.Lock()
	defer in.mu.Unlock()
	change(&in.report)
	if in.Progress != nil {
		in.Progress(in.report)
	}
}
