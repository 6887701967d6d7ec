package jpeg2000

import (
	"context"
	"fmt"
	"image"

	"eris/dicom/codec"
)

// Options of Decode; the zero value decodes all with the calling goroutine.
type Options struct {
	// Reduce is how many of the highest resolutions are discarded: each halves
	// rows and columns, rounded up. At most Header.Levels.
	Reduce int
	// Region is the part of the image to decode, in pixels of full resolution;
	// the answer has its size, reduced. Empty stands for all.
	Region image.Rectangle
	// Workers is how many goroutines decode; they end before Decode returns.
	// 0 and 1 stand for the calling one.
	Workers int
	// Strict refuses a codestream that ends early. Without it what is there is
	// decoded, and what is not stays 0.
	Strict bool
}

// Decode decodes a codestream, or the one in a JP2 file. The declared size in
// want is that of the full image. Colours are turned to RGB where the
// codestream's own transform says so; the YCC and the palette of a JP2 file
// stay as they are. Image.Colour says what came out. Components with fewer
// samples are spread to the size of the image. Failures are of the kinds of
// package codec, or the error of ctx.
func Decode(ctx context.Context, src []byte, want codec.Params, opts Options) (*codec.Image, error) {
	stream, space, err := unwrap(src)
	if err != nil {
		return nil, err
	}
	c, rest, err := parseMain(stream)
	if err != nil {
		return nil, err
	}
	if err := c.check(len(stream), want, opts); err != nil {
		return nil, err
	}
	if err := c.parseParts(rest); err != nil {
		return nil, err
	}
	w := workspaces.Get().(*workspace)
	defer workspaces.Put(w)
	d := &decoder{codestream: c, workspace: w, opts: opts}
	m, err := d.decode(ctx)
	if err != nil {
		return nil, err
	}
	switch {
	case c.coding.mct && m.Components >= 3:
		m.Colour = codec.RGB
	case space == ColourSYCC:
		m.Colour = codec.YCbCr
	}
	return m, nil
}

// Bounds on what a codestream may claim by its length: a black image takes few
// bytes, but not none.
const (
	freeSamples    = 1 << 24
	samplesPerByte = 1 << 16
)

// check holds the claims of the main header against the bounds, before any
// memory is taken for them.
func (c *codestream) check(length int, want codec.Params, opts Options) error {
	size, n, bits := c.siz.size(), len(c.outputs), c.outputs[0].bits
	if err := want.Check(size.height(), size.width(), n, bits); err != nil {
		return err
	}
	n = max(n, len(c.siz.components))
	if size.area()*n > freeSamples+length*samplesPerByte {
		return fmt.Errorf("%w: %d rows and %d columns in %d bytes", codec.ErrLimit, size.height(), size.width(), length)
	}
	// Coefficients have 32 bits, and those of a tile are held at once.
	want.Rows, want.Columns = 0, 0
	tile := c.siz.tile.and(c.siz.image).scaled(c.siz.step())
	if err := want.Check(max(tile.height(), 1), max(tile.width(), 1), n, 32); err != nil {
		return fmt.Errorf("a tile: %w", err)
	}
	if opts.Reduce < 0 || opts.Reduce > maxLevels {
		return fmt.Errorf("%w: reduced by %d levels", codec.ErrUnsupported, opts.Reduce)
	}
	return nil
}
