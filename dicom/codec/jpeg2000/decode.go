package jpeg2000

import (
	"context"
	"fmt"
	"image"
	"sync"

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
// codestream's own transform says so; the YCC of a JP2 file stays as it is.
// Image.Colour says what came out. Components with fewer samples are
// spread to the size of the image.
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
	size, n, bits := c.siz.size(), len(c.siz.components), c.siz.components[0].bits
	if err := want.Check(size.height(), size.width(), n, bits); err != nil {
		return err
	}
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

// workspace is memory that calls of Decode use one after another.
type workspace struct {
	whole  arena[int32]
	real   arena[float32]
	blocks []*blockDecoder
	jobs   []job
}

var workspaces = sync.Pool{New: func() any { return new(workspace) }}

// blockDecoders are as many as there are workers.
func (w *workspace) blockDecoders(n int) []*blockDecoder {
	for len(w.blocks) < n {
		w.blocks = append(w.blocks, new(blockDecoder))
	}
	return w.blocks[:n]
}

// decoder decodes one codestream.
type decoder struct {
	*codestream
	*workspace
	opts    Options
	out     output
	packets int
}

func (d *decoder) decode(ctx context.Context) (*codec.Image, error) {
	if err := d.newImage(); err != nil {
		return nil, err
	}
	if err := d.tileParts(func(index int, parts []tilePart) error { return d.tile(ctx, index, parts) }); err != nil {
		return nil, err
	}
	switch {
	case d.packets == 0:
		return nil, fmt.Errorf("%w: no packet", codec.ErrCorrupt)
	case d.cut && d.opts.Strict:
		return nil, fmt.Errorf("%w: the codestream ends early", codec.ErrCorrupt)
	}
	return d.out.image, nil
}

// newImage makes the answer: the whole image or the region, reduced.
func (d *decoder) newImage() error {
	size := d.siz.size()
	window := size
	if r := d.opts.Region; !r.Empty() {
		window = rect{r.Min.X, r.Min.Y, r.Max.X, r.Max.Y}
		window = rect{window.x0 + size.x0, window.y0 + size.y0, window.x1 + size.x0, window.y1 + size.y0}.and(size)
	}
	window = window.halved(d.opts.Reduce)
	if window.empty() {
		return fmt.Errorf("%w: a region without pixels", codec.ErrUnsupported)
	}
	first := d.siz.components[0]
	d.out = output{window: window, reduce: d.opts.Reduce}
	d.out.dx, d.out.dy = d.siz.step()
	d.out.image = codec.NewImage(window.height(), window.width(), len(d.siz.components), first.bits, first.signed)
	return nil
}

// tile decodes one tile of which there are parts.
func (d *decoder) tile(ctx context.Context, index int, parts []tilePart) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if d.siz.tileRect(index).scaled(d.out.dx, d.out.dy).halved(d.opts.Reduce).and(d.out.window).empty() {
		d.packets++ // nothing of it is seen
		return nil
	}
	coding, body, packed, err := d.tileHeader(parts)
	if err != nil {
		return fmt.Errorf("tile %d: %w", index, err)
	}
	t, err := newTile(&d.siz, index, coding, d.opts.Reduce)
	if err != nil {
		return fmt.Errorf("tile %d: %w", index, err)
	}
	n, cut, err := t.readPackets(ctx, body, packed)
	if err != nil {
		return fmt.Errorf("tile %d: %w", index, err)
	}
	d.packets, d.cut = d.packets+n, d.cut || cut
	return d.samples(ctx, t)
}

// tileHeader takes the headers of a tile's parts, and joins their packets.
func (d *decoder) tileHeader(parts []tilePart) (c *coding, body, packed []byte, err error) {
	c = d.coding.forTile()
	var ppt packedHeaders
	body = parts[0].body
	for i, p := range parts {
		for r := (&reader{b: p.header}); len(r.b) > 0; {
			marker, b := r.segment()
			if marker == markerPPT {
				err = ppt.add(b)
			} else {
				err = c.apply(marker, b)
			}
			if err != nil {
				return nil, nil, nil, err
			}
		}
		if i > 0 {
			body = append(body[:len(body):len(body)], p.body...)
		}
		packed = append(packed, p.packed...)
	}
	if len(ppt.pieces) > 0 {
		packed = ppt.joined()
	}
	return c, body, packed, nil
}

// samples decodes the blocks of a tile, transforms them and puts them out.
func (d *decoder) samples(ctx context.Context, t *tile) error {
	defer d.whole.release()
	defer d.real.release()
	workers := max(1, d.opts.Workers)
	d.listJobs(t)
	d.takeCoefficients(t)
	if err := d.decodeBlocks(ctx, t, workers); err != nil {
		return err
	}
	all := make([]samples, len(t.components))
	for i := range t.components {
		all[i] = d.transform(&t.components[i], workers)
	}
	if err := t.inverseMCT(all); err != nil {
		return err
	}
	for i := range all {
		d.out.tile(t, i, all[i])
	}
	return nil
}

// takeCoefficients lends a tile the memory of its coefficients, all 0.
func (d *decoder) takeCoefficients(t *tile) {
	for i := range t.components {
		tc := &t.components[i]
		if tc.reversible {
			tc.whole = d.whole.take(tc.total)
			clear(tc.whole)
		} else {
			tc.real = d.real.take(tc.total)
			clear(tc.real)
		}
	}
}

func (d *decoder) transform(tc *tileComponent, workers int) samples {
	if tc.reversible {
		return samples{whole: transform(tc, tc.whole, &reversible, &d.whole, workers)}
	}
	half := float32(int64(1) << (d.out.image.Bits - 1))
	return samples{
		real:  transform(tc, tc.real, &irreversible, &d.real, workers),
		least: -half, most: half - 1,
	}
}

// inverseMCT undoes the component transform of the first three components
// (15444-1 annex G).
func (t *tile) inverseMCT(all []samples) error {
	if !t.coding.mct || len(all) < 3 {
		return nil
	}
	a, b, c := &all[0], &all[1], &all[2]
	switch {
	case same(a.whole, b.whole, c.whole) && same(a.real, b.real, c.real):
		inverseRCT(a.whole.v, b.whole.v, c.whole.v)
		inverseICT(a.real.v, b.real.v, c.real.v)
		return nil
	}
	return fmt.Errorf("%w: a component transform of unequal components", codec.ErrCorrupt)
}

func same[T number](a, b, c plane[T]) bool {
	return a.width == b.width && a.height == b.height && a.width == c.width && a.height == c.height &&
		len(a.v) == len(b.v) && len(a.v) == len(c.v)
}
