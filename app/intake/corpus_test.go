package intake_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"eris/app/intake"
	"eris/app/phrase"
	"eris/app/words"
	"eris/assets"
	"eris/dicom"
	"eris/dicom/corpustest"
	"eris/store"
	"eris/viewer"
)

// slowest is how long one file may take; a machine under load gets some more.
const slowest = 20 * time.Second

// TestWholeCorpus takes every real file into a cache and draws its first
// frame. Whatever is wrong with one is one sentence, and the rest goes on.
func TestWholeCorpus(t *testing.T) {
	dir := corpustest.Root(t)
	s, err := store.Open(t.Context(), store.Params{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	report, err := (&intake.Intake{Store: s}).Run(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	w, err := words.Load(assets.Words(), "en")
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range report.Refused {
		if sentence := phrase.Sentence(w, r.Err); sentence == "" || strings.Contains(sentence, "did not work") || r.Path == "" {
			t.Errorf("%s is refused without a plain sentence: %v", r.Path, r.Err)
		}
	}
	if v, err := s.Verify(t.Context()); err != nil || len(v.Problems) > 0 {
		t.Errorf("verify: %v, %v", v.Problems, err)
	}
	drawn, without, unsupported := drawAll(t, s)
	t.Logf("%d stored, %d duplicates, %d aside, %d refused; %d drawn, %d without pixels, %d in kinds not shown yet",
		report.Stored, report.Duplicates, len(report.Aside), len(report.Refused), drawn, without, unsupported)
	if drawn < 200 {
		t.Errorf("only %d files could be drawn", drawn)
	}
}

func drawAll(t *testing.T, s *store.Store) (drawn, without, unsupported int) {
	t.Helper()
	studies, err := s.Studies(t.Context(), store.StudyFilter{Limit: 10_000})
	if err != nil {
		t.Fatal(err)
	}
	for _, study := range studies {
		instances, err := s.StudyInstances(t.Context(), study.StudyInstanceUID)
		if err != nil {
			t.Fatal(err)
		}
		for _, i := range instances {
			f, err := s.Open(t.Context(), i.SOPInstanceUID)
			if err != nil {
				t.Errorf("%s was stored and cannot be opened: %v", i.SOPInstanceUID, err)
				continue
			}
			if f.NumberOfFrames() == 0 {
				without++
				continue
			}
			ctx, cancel := context.WithTimeout(t.Context(), slowest)
			_, err = viewer.RenderFrame(ctx, f, 0, viewer.Still{})
			cancel()
			switch {
			case err == nil:
				drawn++
			case errors.Is(err, dicom.ErrUnsupported), errors.Is(err, dicom.ErrCorrupt), errors.Is(err, dicom.ErrLimit), errors.Is(err, viewer.ErrDecode):
				unsupported++
			default:
				t.Errorf("%s: %v", i.SOPInstanceUID, err)
			}
		}
	}
	return drawn, without, unsupported
}
