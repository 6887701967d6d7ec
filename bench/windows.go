package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	"eris/bench/window"
)

// seen is what one run in the real window measured.
type seen struct{ opened, notch, worst, scrolled, dragged, film []float64 }

// windows measures the real window from outside. The values in brackets are
// those of OHIF in Chromium on such a machine.
func (b *bench) windows(ctx context.Context) ([]Row, error) {
	ct, _, err := b.shelf(ctx, 300)
	if err != nil {
		return nil, err
	}
	film, _, err := b.shelf(ctx, 0)
	if err != nil {
		return nil, err
	}
	var s seen
	for range b.runs {
		if err := b.seeCT(ctx, ct, &s); err != nil {
			return nil, fmt.Errorf("CT: %w", err)
		}
		if err := b.seeFilm(ctx, film, &s); err != nil {
			return nil, fmt.Errorf("radiograph: %w", err)
		}
	}
	return []Row{
		limited("window: study opened to picture (OHIF 2000)", s.opened, "ms", AtMost, 300),
		limited("window: wheel notch to changed screen, median (OHIF 19.6)", s.notch, "ms", AtMost, 17),
		limited("window: wheel notch to changed screen, worst of 20", s.worst, "ms", AtMost, 25),
		limited("window: scrolling (OHIF 60)", s.scrolled, "pictures/s", AtLeast, wholeRate),
		limited("window: dragging the window of a CT (OHIF 60)", s.dragged, "pictures/s", AtLeast, wholeRate),
		limited("window: the same, radiograph 1760×2140 (OHIF 43)", s.film, "pictures/s", AtLeast, 50),
	}, nil
}

// wholeRate is 60 pictures a second, less what a count over three seconds
// cannot tell: one picture at each end.
const wholeRate = 59.3

func (b *bench) seeCT(ctx context.Context, cache string, s *seen) error {
	opened, err := b.onScreen(ctx, cache, func(ctx context.Context, d *window.Display, _ *window.Program) error {
		if err := d.Press(window.Home); err != nil {
			return err
		}
		took, err := notches(ctx, d)
		if err != nil {
			return err
		}
		s.notch, s.worst = append(s.notch, middle(took)), append(s.worst, millis(slices.Max(took)))
		scrolled, err := wheel(ctx, d)
		if err != nil {
			return err
		}
		dragged, err := drag(ctx, d)
		s.scrolled, s.dragged = append(s.scrolled, scrolled), append(s.dragged, dragged)
		return err
	})
	s.opened = append(s.opened, millis(opened))
	return err
}

func (b *bench) seeFilm(ctx context.Context, cache string, s *seen) error {
	_, err := b.onScreen(ctx, cache, func(ctx context.Context, d *window.Display, _ *window.Program) error {
		dragged, err := drag(ctx, d)
		s.film = append(s.film, dragged)
		return err
	})
	return err
}

// starts measures a cold start on the cache of a city: until the window is
// drawn and answers a key.
func (b *bench) starts(ctx context.Context) ([]Row, error) {
	cache, err := b.cityCache(ctx)
	if err != nil {
		return nil, err
	}
	var took []float64
	for range b.runs {
		one, err := b.startOnce(ctx, cache)
		if err != nil {
			return nil, err
		}
		took = append(took, millis(one))
	}
	return []Row{limited("start with 100,000 studies to a usable window", took, "ms", AtMost, 1500)}, nil
}

func (b *bench) startOnce(ctx context.Context, cache string) (took time.Duration, err error) {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	d, err := window.Open(screenSize)
	if err != nil {
		return 0, err
	}
	defer d.Close()
	home, err := b.folder("home")
	if err != nil {
		return 0, err
	}
	p, err := d.Start(ctx, home, b.eris, "--data", cache)
	if err != nil {
		return 0, err
	}
	defer p.Kill()
	at, err := answers(ctx, d)
	if err != nil {
		return 0, err
	}
	return at.Sub(p.Started), p.Close(ctx)
}

// answers waits until the screen shows something and a key changes it: F1
// opens the list of keys, over the middle.
func answers(ctx context.Context, d *window.Display) (at time.Time, err error) {
	const drawn = 8 // shades; an empty window has one
	var before []byte
	err = d.Watch(ctx, d.Screen(), func(_ time.Time, pixels []byte) bool {
		before = pixels
		return window.Shades(pixels) >= drawn
	})
	if err != nil {
		return at, err
	}
	if err := d.Press(window.F1); err != nil {
		return at, err
	}
	return d.Changed(ctx, d.Screen(), before)
}
