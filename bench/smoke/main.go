// Command smoke opens the demo in a real window on a display of its own, opens
// a study by keyboard, sees whether the picture is there and follows the keys,
// closes the window and expects that the program ends well.
package main

import (
	"context"
	"errors"
	"fmt"
	"image"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"eris/bench/window"
)

// long is the time for everything; the demo draws its patients meanwhile.
const long = 2 * time.Minute

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: smoke PROGRAM")
		os.Exit(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	ctx, cancel := context.WithTimeoutCause(ctx, long, errors.New("two minutes were not enough"))
	defer cancel()
	if err := smoke(ctx, os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "smoke:", err)
		os.Exit(1)
	}
	fmt.Println("The window opens, shows a study, follows the keys and closes.")
}

func smoke(ctx context.Context, program string) error {
	program, err := filepath.Abs(program)
	if err != nil {
		return err
	}
	folder, err := os.MkdirTemp("", "smoke")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	d, err := window.Open(image.Pt(1600, 1000))
	if err != nil {
		return err
	}
	defer d.Close()
	p, err := d.Start(ctx, folder, program, "demo", "--data", filepath.Join(folder, "demo"))
	if err != nil {
		return err
	}
	defer p.Kill()
	if err := read(ctx, d, p); err != nil {
		return err
	}
	return p.Close(ctx)
}

// patch lies in the first picture of the reading page; on the check page there
// is no picture at this place.
var patch = image.Rect(600, 560, 680, 620)

// grays is how many shades of gray a part of a picture has at least.
const grays = 20

// read opens a study and tries two keys on it.
func read(ctx context.Context, d *window.Display, p *window.Program) error {
	if err := open(ctx, d, p); err != nil {
		return fmt.Errorf("no study came onto the screen: %w", err)
	}
	first, _, err := d.Settled(ctx, patch, 300*time.Millisecond)
	if err != nil {
		return fmt.Errorf("the picture does not stand still: %w", err)
	}
	if err := changes(ctx, d, window.Down, first); err != nil {
		return fmt.Errorf("the key for the next image changes nothing: %w", err)
	}
	next, _, err := d.Settled(ctx, patch, 300*time.Millisecond)
	if err != nil {
		return fmt.Errorf("the picture does not stand still: %w", err)
	}
	if err := changes(ctx, d, 'i', next); err != nil {
		return fmt.Errorf("the key for inverting changes nothing: %w", err)
	}
	inverted, _, err := d.Settled(ctx, patch, 300*time.Millisecond)
	if err != nil {
		return fmt.Errorf("the picture does not stand still: %w", err)
	}
	// White minus a picture: the two add up to white, but for letters over it.
	if sum := window.Brightness(next) + window.Brightness(inverted); sum < 230 || sum > 280 {
		return fmt.Errorf("inverting gave no inverted picture: %.0f and %.0f make %.0f instead of 255", window.Brightness(next), window.Brightness(inverted), sum)
	}
	return nil
}

// open presses Enter until the reading page shows a picture: the demo may
// still be drawing its patients.
func open(ctx context.Context, d *window.Display, p *window.Program) error {
	for {
		if ended, err := p.Ended(); ended {
			return fmt.Errorf("the program ended: %w", err)
		}
		if err := d.Press(window.Return); err != nil {
			return err
		}
		wait, cancel := context.WithTimeout(ctx, time.Second)
		err := d.Watch(wait, patch, func(_ time.Time, pixels []byte) bool { return window.Grays(pixels) >= grays })
		cancel()
		if err == nil || ctx.Err() != nil {
			return err
		}
	}
}

// changes presses a key and waits until the patch shows something else.
func changes(ctx context.Context, d *window.Display, key window.Key, before []byte) error {
	ctx, cancel := context.WithTimeoutCause(ctx, 10*time.Second, errors.New("ten seconds passed"))
	defer cancel()
	if err := d.Press(key); err != nil {
		return err
	}
	_, err := d.Changed(ctx, patch, before)
	return err
}
