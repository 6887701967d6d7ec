package viewer

import (
	"context"
	"sync"
	"time"

	"eris/dicom"
	"eris/viewer/geom"
	"eris/viewer/measure"
)

// Journal keeps edits where they survive a kill. Record returns when the entry is safe.
type Journal interface {
	Record(ctx context.Context, e Entry) error
}

// Spaces in which the points of an Entry are given.
const (
	InPatientSpace = "patient" // mm in FrameOfReferenceUID
	InPixelSpace   = "pixel"   // column, row, 0 of the frame
)

// Entry is one edit of a measurement: how it is now, or that it is gone.
type Entry struct {
	ID                  string       `json:"id"`
	StudyInstanceUID    dicom.UID    `json:"study"`
	SeriesInstanceUID   dicom.UID    `json:"series"`
	SOPInstanceUID      dicom.UID    `json:"instance"`
	Frame               int          `json:"frame"`
	Kind                measure.Kind `json:"kind"`
	Space               string       `json:"space"`
	FrameOfReferenceUID dicom.UID    `json:"frame_of_reference,omitempty"`
	Points              []geom.Point `json:"points"`
	Deleted             bool         `json:"deleted,omitempty"`
	Partial             bool         `json:"partial,omitempty"` // made while only a part of the study was here
	Time                time.Time    `json:"time"`
}

// writer puts entries through the journal in order, in its own goroutine. An
// entry that failed stays first in line until an edit or Flush tries again.
type writer struct {
	journal Journal
	changed func()
	wake    chan struct{}

	writing sync.Mutex // held while entries go through the journal
	mu      sync.Mutex
	queue   []Entry
	failure error
}

func newWriter(j Journal, changed func()) *writer {
	return &writer{journal: j, changed: changed, wake: make(chan struct{}, 1)}
}

// run writes until ctx ends.
func (w *writer) run(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-w.wake:
			w.drain(ctx)
			w.changed()
		}
	}
}

// add puts entries in line. Without a journal nothing is ever safe.
func (w *writer) add(entries []Entry) {
	if len(entries) == 0 {
		return
	}
	w.mu.Lock()
	w.queue = append(w.queue, entries...)
	w.mu.Unlock()
	select {
	case w.wake <- struct{}{}:
	default:
	}
}

// drain writes what is in line, up to the first failure, which it returns.
func (w *writer) drain(ctx context.Context) error {
	w.writing.Lock()
	defer w.writing.Unlock()
	for {
		e, ok := w.head()
		if !ok || w.journal == nil {
			return nil
		}
		err := w.journal.Record(ctx, e)
		w.mu.Lock()
		w.failure = err
		if err == nil {
			w.queue = w.queue[1:]
		}
		w.mu.Unlock()
		if err != nil {
			return err
		}
	}
}

func (w *writer) head() (Entry, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.queue) == 0 {
		return Entry{}, false
	}
	return w.queue[0], true
}

// unsaved are the IDs still in line, and the failure that holds them up.
func (w *writer) unsaved() (ids map[string]bool, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	ids = make(map[string]bool, len(w.queue))
	for _, e := range w.queue {
		ids[e.ID] = true
	}
	return ids, w.failure
}
