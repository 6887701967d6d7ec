package main

import (
	"context"
	"fmt"
	"image"
	"time"

	"eris/dicom"
	"eris/store"
	"eris/viewer"
	"eris/viewer/geom"
)

// screenful is the size of a viewport that has a full-HD screen nearly alone.
var screenful = image.Pt(1600, 900)

// room is a reading room over a cache, without a screen.
type room struct {
	*viewer.Session
	store   *store.Store
	changed chan struct{}
}

func enter(s *store.Store) *room {
	r := &room{store: s, changed: make(chan struct{}, 1)}
	r.Session = viewer.New(viewer.Params{Loader: s, Viewports: 1, Changed: func() {
		select {
		case r.changed <- struct{}{}:
		default:
		}
	}})
	return r
}

// open shows a study: from the question to the cache until the first picture.
func (r *room) open(ctx context.Context, study dicom.UID) (frames int, took time.Duration, err error) {
	start := time.Now()
	series, err := r.store.Series(ctx, study)
	if err != nil || len(series) == 0 {
		return 0, 0, fmt.Errorf("study %s has %d series here: %w", study, len(series), err)
	}
	instances, err := r.store.Instances(ctx, study, series[0].SeriesInstanceUID)
	if err != nil {
		return 0, 0, err
	}
	stack := viewer.Stacks(series[0], instances)[0]
	r.Show(0, stack, viewer.Current)
	err = r.picture(ctx)
	return len(stack.Frames), time.Since(start), err
}

// picture waits for the frame and draws it.
func (r *room) picture(ctx context.Context) error {
	for {
		switch v := r.Viewport(0); v.Status {
		case viewer.Ready:
			r.Picture(0, screenful)
			return nil
		case viewer.Failed:
			return v.Err
		}
		select {
		case <-r.changed:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// scroll goes through the stack as a wheel does, a slice per frame of the
// screen, and returns how long each slice took.
func (r *room) scroll(ctx context.Context, frames int) (took []time.Duration, err error) {
	tick := time.NewTicker(time.Second / 60)
	defer tick.Stop()
	for i := 1; i < frames; i++ {
		<-tick.C
		start := time.Now()
		r.GoTo(0, i)
		if err := r.picture(ctx); err != nil {
			return nil, err
		}
		took = append(took, time.Since(start))
	}
	return took, nil
}

// window drags the window tool and returns how long each picture took.
func (r *room) window() (took []time.Duration) {
	at := func(i int) viewer.Pointer {
		return viewer.Pointer{At: geom.Screen{X: 800 + float64(i), Y: 400 + float64(i%40)}}
	}
	r.Press(at(0))
	for i := 1; i <= 200; i++ {
		start := time.Now()
		r.Drag(at(i))
		r.Picture(0, screenful)
		took = append(took, time.Since(start))
	}
	r.Release(at(200))
	return took
}

// rooms measures the reading room without a screen.
func (b *bench) rooms(ctx context.Context) ([]Row, error) {
	var opened, next, windowed, film []float64
	ct, study, err := b.shelf(ctx, 300)
	if err != nil {
		return nil, err
	}
	err = b.inRoom(ctx, ct, func(r *room) error {
		frames, took, err := r.open(ctx, study)
		if err != nil {
			return err
		}
		slices, err := r.scroll(ctx, frames)
		opened, next, windowed = append(opened, millis(took)), append(next, middle(slices)), append(windowed, middle(r.window()))
		return err
	})
	if err != nil {
		return nil, err
	}
	if film, err = b.films(ctx); err != nil {
		return nil, err
	}
	return []Row{
		limited("open a cached CT 512×512×300: first picture", opened, "ms", AtMost, 150),
		limited("next slice, 1600×900, decoding ahead", next, "ms", AtMost, 8),
		limited("window of a CT, 1600×900", windowed, "ms", AtMost, 4),
		limited("window of a radiograph 3000×2500, 1600×900", film, "ms", AtMost, 12),
	}, nil
}

// films measures the window of a large radiograph.
func (b *bench) films(ctx context.Context) (took []float64, err error) {
	dir, err := b.folder("film")
	if err != nil {
		return nil, err
	}
	of := person("TEST-FILM", "BENCH-4")
	if err := b.inCache(ctx, dir, func(s *store.Store) error { return add(ctx, s, film(of)) }); err != nil {
		return nil, err
	}
	err = b.inRoom(ctx, dir, func(r *room) error {
		if _, _, err := r.open(ctx, of.UID()); err != nil {
			return err
		}
		took = append(took, middle(r.window()))
		return nil
	})
	return took, err
}

// inRoom runs work once per run, each in a new room over the cache in dir.
func (b *bench) inRoom(ctx context.Context, dir string, work func(*room) error) error {
	return b.inCache(ctx, dir, func(s *store.Store) error {
		for range b.runs {
			r := enter(s)
			err := work(r)
			if closed := r.Close(ctx); err == nil {
				err = closed
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
}

func (b *bench) inCache(ctx context.Context, dir string, work func(*store.Store) error) error {
	s, err := store.Open(ctx, store.Params{Dir: dir})
	if err != nil {
		return err
	}
	defer s.Close()
	return work(s)
}
