package main

import (
	"context"
	"errors"
	"fmt"
	"image"
	"math/rand/v2"
	"time"

	"eris/bench/window"
)

// screenSize is the display on which the real window is measured.
var screenSize = image.Pt(1600, 1000)

// patch is what is looked at to know when the screen changed: a part of the
// picture, in the middle of the reading page, small enough to be read in a
// fraction of a millisecond.
var patch = image.Rect(940, 600, 1004, 648)

// still is how long nothing may change before a screen counts as done.
const still = 700 * time.Millisecond

// onScreen opens a cache in the real window, opens its study by keyboard, and
// runs work with the picture on the screen. took is how long opening was.
func (b *bench) onScreen(ctx context.Context, cache string, work func(context.Context, *window.Display, *window.Program) error) (took time.Duration, err error) {
	ctx, cancel := context.WithTimeout(ctx, 3*time.Minute)
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
	if took, err = openStudy(ctx, d); err != nil {
		return 0, err
	}
	if err := work(ctx, d, p); err != nil {
		return 0, err
	}
	return took, p.Close(ctx)
}

// openStudy waits for the check page, presses Enter, and returns how long it
// took until the picture stood as it then stayed.
func openStudy(ctx context.Context, d *window.Display) (time.Duration, error) {
	if _, _, err := d.Settled(ctx, d.Screen(), still); err != nil {
		return 0, fmt.Errorf("check page: %w", err)
	}
	start := time.Now()
	if err := d.Press(window.Return); err != nil {
		return 0, err
	}
	pixels, since, err := d.Settled(ctx, patch, still)
	if err != nil {
		return 0, fmt.Errorf("reading page: %w", err)
	}
	if window.Grays(pixels) < leastGrays {
		return 0, errNoPicture
	}
	return since.Sub(start), d.Move(patch.Min.X, patch.Min.Y)
}

// leastGrays is how many shades of gray a picture has at least: a radiograph is
// smooth, an empty viewport has one.
const leastGrays = 4

var errNoPicture = errors.New("no picture came onto the screen")

// notches turns the wheel by one, twenty times, and returns how long the
// screen took to change.
func notches(ctx context.Context, d *window.Display) (took []time.Duration, err error) {
	for range 20 {
		before, _, err := d.Settled(ctx, patch, 120*time.Millisecond)
		if err != nil {
			return nil, err
		}
		// The toolkit draws in ticks, and the last change came with one: without a
		// pause by chance every notch would meet the same moment of a tick.
		time.Sleep(rand.N(time.Second / 60))
		start := time.Now()
		if err := d.Notch(true); err != nil {
			return nil, err
		}
		at, err := d.Changed(ctx, patch, before)
		if err != nil {
			return nil, err
		}
		took = append(took, at.Sub(start))
	}
	return took, nil
}

// play does a step 120 times a second, twice the screen's rate so that none is
// without, and returns how many pictures a second were on the screen.
func play(ctx context.Context, d *window.Display, step func(i int) error) (float64, error) {
	const long = 3 * time.Second
	ctx, stop := context.WithTimeoutCause(ctx, long, errDone)
	defer stop()
	failed := make(chan error, 1)
	go func() { failed <- steps(ctx, step) }()
	pictures := 0
	var first, last time.Time
	err := d.Watch(ctx, patch, func(at time.Time, _ []byte) bool {
		if pictures++; pictures == 1 {
			first = at
		}
		last = at
		return false
	})
	if err := errors.Join(<-failed, unlessDone(err)); err != nil {
		return 0, err
	}
	if pictures < 2 {
		return 0, nil
	}
	return float64(pictures-1) / last.Sub(first).Seconds(), nil
}

var errDone = errors.New("played long enough")

func unlessDone(err error) error {
	if errors.Is(err, errDone) {
		return nil
	}
	return err
}

func steps(ctx context.Context, step func(i int) error) error {
	tick := time.NewTicker(time.Second / 120)
	defer tick.Stop()
	for i := 0; ; i++ {
		if err := step(i); err != nil {
			return err
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return nil
		}
	}
}

// wheel scrolls to and fro, so that the stack never ends.
func wheel(ctx context.Context, d *window.Display) (float64, error) {
	return play(ctx, d, func(i int) error { return d.Notch(i/100%2 == 0) })
}

// drag moves the window tool, to and fro.
func drag(ctx context.Context, d *window.Display) (rate float64, err error) {
	if err := d.Hold(); err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, d.Let()) }()
	return play(ctx, d, func(i int) error {
		far := i % 120
		if far > 60 {
			far = 120 - far
		}
		return d.Move(patch.Min.X+far, patch.Min.Y+2*far)
	})
}
