package window

import (
	"bytes"
	"context"
	"image"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// screen opens a small display, or skips where there is no Xvfb.
func screen(t *testing.T) *Display {
	t.Helper()
	if _, err := exec.LookPath("Xvfb"); err != nil {
		t.Skip("Xvfb is not installed: the display is not tested")
	}
	d, err := Open(image.Pt(320, 200))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(d.Close)
	return d
}

func TestDisplayShowsItsScreen(t *testing.T) {
	d := screen(t)
	pixels, err := d.Look(d.Screen())
	if err != nil || len(pixels) != 4*320*200 {
		t.Fatalf("%d bytes, %v", len(pixels), err)
	}
	settled, _, err := d.Settled(t.Context(), image.Rect(0, 0, 10, 10), 20*time.Millisecond)
	if err != nil || !bytes.Equal(settled, pixels[:0:0]) && len(settled) != 400 {
		t.Errorf("%d bytes, %v", len(settled), err)
	}
}

func TestChangedEndsWithItsContext(t *testing.T) {
	d := screen(t)
	before, err := d.Look(image.Rect(0, 0, 10, 10))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Millisecond)
	defer cancel()
	if _, err := d.Changed(ctx, image.Rect(0, 0, 10, 10), before); err == nil {
		t.Error("a screen on which nothing happens changed")
	}
}

func TestKeysAreKnown(t *testing.T) {
	d := screen(t)
	for _, k := range []Key{Return, Escape, Home, Up, Down, F1, Control, 'i', '7'} {
		if err := d.Press(k); err != nil {
			t.Errorf("key %#x: %v", int(k), err)
		}
	}
	if err := d.Press(0x1ffffff); err == nil {
		t.Error("a key that no keyboard has was pressed")
	}
}

func TestProgramThatEndsIsReported(t *testing.T) {
	d := screen(t)
	_, err := d.Start(t.Context(), t.TempDir(), "sh", "-c", "echo it broke >&2; exit 3")
	if err == nil || !strings.Contains(err.Error(), "it broke") {
		t.Errorf("%v", err)
	}
}

func TestCloseEndsTheServer(t *testing.T) {
	d := screen(t)
	d.Close()
	d.Close() // a second time is nothing
	if d.server.ProcessState == nil {
		t.Error("the server still runs")
	}
}
