package jpeg2000

import (
	"context"
	"fmt"
	"image"

	"eris/dicom/codec"
)

// decoder decodes one codestream.
type decoder struct {
	*codestream
	*workspace
	opts    Options
	out     output
	packets int
	layout  int // resolutions of all tiles so far
}

// maxLayout bounds the resolutions of all components of all tiles, each of
// which takes time even when it is empty.
const maxLayout = 1 << 22

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
	if !d.opts.Region.Empty() {
		r := d.opts.Region.Intersect(image.Rect(0, 0, size.width(), size.height()))
		window = rect{size.x0 + r.Min.X, size.y0 + r.Min.Y, size.x0 + r.Max.X, size.y0 + r.Max.Y}
	}
	window = window.halved(d.opts.Reduce)
	if window.empty() {
		return fmt.Errorf("%w: a region without pixels", codec.ErrUnsupported)
	}
	first := d.outputs[0]
	d.out = output{window: window, reduce: d.opts.Reduce}
	d.out.dx, d.out.dy = d.siz.step()
	d.out.image = codec.NewImage(window.height(), window.width(), len(d.outputs), first.bits, first.signed)
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
	t, err := d.lay(index, coding, len(body)+len(packed))
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

// lay lays out a tile of so many bytes.
func (d *decoder) lay(index int, c *coding, bytes int) (*tile, error) {
	for i := range c.components {
		d.layout += c.components[i].levels + 1
	}
	if d.layout > maxLayout {
		return nil, fmt.Errorf("%w: many tiles of many resolutions", codec.ErrLimit)
	}
	return newTile(&d.siz, index, c, d.opts.Reduce, bytes)
}

// tileHeader takes the headers of a tile's parts, and joins their packets.
func (d *decoder) tileHeader(parts []tilePart) (c *coding, body, packed []byte, err error) {
	c = d.coding.forTile()
	var ppt packedHeaders
	for _, p := range parts {
		if err := c.applyTile(p.header, &ppt); err != nil {
			return nil, nil, nil, err
		}
		packed = append(packed, p.packed...)
	}
	if len(ppt.pieces) > 0 {
		packed = ppt.joined()
	}
	return c, joinBodies(parts), packed, c.multi.check()
}

// applyTile takes the marker segments of a tile-part's header.
func (c *coding) applyTile(header []byte, ppt *packedHeaders) error {
	for r := (&reader{b: header}); len(r.b) > 0; {
		marker, b := r.segment()
		var err error
		if marker == markerPPT {
			err = ppt.add(b)
		} else {
			err = c.apply(marker, b)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// joinBodies is the packets of a tile, which are not copied when in one part.
func joinBodies(parts []tilePart) []byte {
	if len(parts) == 1 {
		return parts[0].body
	}
	var body []byte
	for _, p := range parts {
		body = append(body, p.body...)
	}
	return body
}

// samples decodes the blocks of a tile, transforms them and puts them out.
func (d *decoder) samples(ctx context.Context, t *tile) error {
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
	if t.coding.multi.used {
		var err error
		if all, err = t.coding.multi.inverse(ctx, all); err != nil {
			return err
		}
	}
	for i := range all {
		// The components that a transform makes lie as those it takes do.
		d.out.tile(t, &t.components[min(i, len(t.components)-1)], i, all[i])
	}
	return nil
}

// takeCoefficients lends a tile the memory of its coefficients, all 0.
func (d *decoder) takeCoefficients(t *tile) {
	d.reserve(t)
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

// reserve makes room for the coefficients of a tile and for its transforms.
func (d *decoder) reserve(t *tile) {
	whole, real := 0, 0
	for i := range t.components {
		tc := &t.components[i]
		n := tc.total
		if tc.keep > 1 {
			n += tc.resolutions[tc.keep-1].area() + tc.resolutions[tc.keep-2].area()
		}
		if tc.reversible {
			whole += n
		} else {
			real += n
		}
	}
	d.whole.reserve(whole)
	d.real.reserve(real)
}

func (d *decoder) transform(tc *tileComponent, workers int) samples {
	if tc.reversible {
		return samples{whole: transform(tc, tc.whole, &reversible, &d.whole, workers)}
	}
	return samples{
		real: transform(tc, tc.real, &irreversible, &d.real, workers),
		half: 1 << (d.out.image.Bits - 1),
	}
}
