package window

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"time"

	"github.com/jezek/xgb/xproto"
)

// Look reads a rectangle of the screen: 4 bytes per pixel, rows from the top.
func (d *Display) Look(r image.Rectangle) ([]byte, error) {
	reply, err := xproto.GetImage(d.conn, xproto.ImageFormatZPixmap, xproto.Drawable(d.root),
		int16(r.Min.X), int16(r.Min.Y), uint16(r.Dx()), uint16(r.Dy()), ^uint32(0)).Reply()
	if err != nil {
		return nil, fmt.Errorf("screen %v: %w", r, err)
	}
	return reply.Data, nil
}

// glance is the pause between two looks: short against a frame of 16.7 ms, long
// enough that looking takes little from those who draw.
const glance = time.Millisecond

// Watch looks at a patch until see returns true or ctx ends. see gets the time
// of the look and the pixels, and is called once for each change.
func (d *Display) Watch(ctx context.Context, patch image.Rectangle, see func(at time.Time, pixels []byte) (enough bool)) error {
	var last []byte
	for {
		pixels, err := d.Look(patch)
		if err != nil {
			return err
		}
		if !bytes.Equal(pixels, last) {
			if see(time.Now(), pixels) {
				return nil
			}
			last = pixels
		}
		select {
		case <-time.After(glance):
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// Changed waits until a patch no longer shows what it showed before, and says when.
func (d *Display) Changed(ctx context.Context, patch image.Rectangle, before []byte) (at time.Time, err error) {
	err = d.Watch(ctx, patch, func(t time.Time, pixels []byte) bool {
		at = t
		return !bytes.Equal(pixels, before)
	})
	return at, err
}

// Settled waits until a patch has not changed for a while; it returns what it
// shows and since when.
func (d *Display) Settled(ctx context.Context, patch image.Rectangle, while time.Duration) (pixels []byte, since time.Time, err error) {
	for {
		quiet, stop := context.WithTimeoutCause(ctx, while, errQuiet)
		err := d.Watch(quiet, patch, func(at time.Time, now []byte) bool {
			changed := pixels != nil && !bytes.Equal(pixels, now)
			if pixels == nil || changed {
				pixels, since = now, at
			}
			return changed
		})
		stop()
		if err != nil {
			if ctx.Err() == nil && quiet.Err() != nil {
				return pixels, since, nil
			}
			return nil, since, err
		}
	}
}

// errQuiet ends a look in which nothing changed.
var errQuiet = fmt.Errorf("nothing changed on the screen: %w", context.DeadlineExceeded)

// Shades counts the different colours of a patch: a picture has many, an empty
// field one or two.
func Shades(pixels []byte) int {
	seen := map[[3]byte]bool{}
	for i := 0; i+3 < len(pixels); i += 4 {
		seen[[3]byte(pixels[i:i+3])] = true
	}
	return len(seen)
}

// Grays counts the shades of gray of a patch; 0 when much of it is coloured, as
// words and panels are.
func Grays(pixels []byte) int {
	seen := map[byte]bool{}
	gray, all := 0, len(pixels)/4
	for i := 0; i+3 < len(pixels); i += 4 {
		if pixels[i] == pixels[i+1] && pixels[i] == pixels[i+2] {
			gray++
			seen[pixels[i]] = true
		}
	}
	if gray*10 < all*9 {
		return 0
	}
	return len(seen)
}

// Brightness is the mean of the colours of a patch, 0 to 255.
func Brightness(pixels []byte) float64 {
	sum, n := 0, 0
	for i := 0; i+3 < len(pixels); i += 4 {
		sum += int(pixels[i]) + int(pixels[i+1]) + int(pixels[i+2])
		n += 3
	}
	return float64(sum) / float64(max(n, 1))
}
