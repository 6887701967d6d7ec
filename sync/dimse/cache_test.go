package dimse_test

import (
	"context"
	"io"
	"testing"

	"eris/clinic"
	"eris/dicom"
	"eris/store"
	"eris/sync/dicomweb/origin"
	"eris/sync/dimse"
	"eris/sync/node"
)

// cache makes a store what a server asks for.
type cache struct{ *store.Store }

var (
	_ dimse.Cache  = cache{}
	_ dimse.Sink   = cache{}
	_ origin.Cache = cache{} // one adapter serves both protocols
)

func (c cache) Studies(ctx context.Context, q node.Query) ([]clinic.Study, error) {
	return c.Store.Studies(ctx, store.StudyFilter{StudyInstanceUID: q.StudyInstanceUID, PatientID: q.PatientID,
		AccessionNumber: q.AccessionNumber, Modality: q.Modality, From: q.From, To: q.To, Limit: 1 << 30})
}

func (c cache) Add(ctx context.Context, r io.Reader, source string) (dicom.UID, error) {
	added, err := c.Store.Add(ctx, r, source)
	return added.SOPInstanceUID, err
}

// taking is a sink whose rows follow a moment after the answer.
type taking struct{ *store.Store }

func (c taking) Add(ctx context.Context, r io.Reader, source string) (dicom.UID, error) {
	added, err := c.Store.Take(ctx, r, source)
	return added.SOPInstanceUID, err
}

// openCache is an empty store that closes with the test.
func openCache(t testing.TB) cache {
	t.Helper()
	s, err := store.Open(t.Context(), store.Params{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return cache{s}
}
