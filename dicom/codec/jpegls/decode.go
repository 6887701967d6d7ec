package jpegls

import (
	"bytes"
	"context"
	"fmt"

	"eris/dicom/codec"
)

// Decode reads one frame. What stands behind the last sample, the end marker
// included, may be absent or anything.
func Decode(ctx context.Context, src []byte, want codec.Params) (*codec.Image, error) {
	d := decoder{ctx: ctx, src: src, want: want}
	if err := d.stream(); err != nil {
		return nil, fmt.Errorf("jpeg-ls: %w", err)
	}
	return d.image, nil
}

// decoder is the state of one Decode.
type decoder struct {
	header
	ctx   context.Context
	src   []byte
	pos   int
	want  codec.Params
	image *codec.Image
	done  [4]bool // components
}

// stream reads the segments until all components are there.
func (d *decoder) stream() error {
	if !bytes.HasPrefix(d.src, []byte{0xFF, markSOI}) {
		return fmt.Errorf("%w: not a JPEG-LS stream", codec.ErrCorrupt)
	}
	d.pos = 2
	for !d.complete() {
		mark, b, err := d.next()
		switch {
		case err != nil:
			return err
		case mark == markEOI:
			return fmt.Errorf("%w: the stream ends before its samples", codec.ErrCorrupt)
		case mark == markSOS:
			err = d.scan(b)
		default:
			err = d.segment(mark, b)
		}
		if err != nil {
			return err
		}
	}
	return d.untransform()
}

// complete says whether every component has been decoded.
func (d *decoder) complete() bool {
	for i := range d.ids {
		if !d.done[i] {
			return false
		}
	}
	return len(d.ids) > 0
}

// next finds the next marker and its segment. Bytes between segments are passed over.
func (d *decoder) next() (mark byte, b []byte, err error) {
	r := bitReader{src: d.src, pos: d.pos}
	d.pos = r.toMarker() + 2
	if d.pos > len(d.src) {
		return 0, nil, fmt.Errorf("%w: the stream ends before its samples", codec.ErrCorrupt)
	}
	mark = d.src[d.pos-1]
	if mark >= markRST && mark <= markEOI {
		return mark, nil, nil // alone, without a segment
	}
	if len(d.src)-d.pos < 2 {
		return 0, nil, fmt.Errorf("%w: marker %02X at the end", codec.ErrCorrupt, mark)
	}
	size := number(d.src[d.pos : d.pos+2])
	if size < 2 || size > len(d.src)-d.pos {
		return 0, nil, fmt.Errorf("%w: segment %02X of %d bytes at %d", codec.ErrCorrupt, mark, size, d.pos)
	}
	b = d.src[d.pos+2 : d.pos+size]
	d.pos += size
	return mark, b, nil
}

// scan decodes the scan that header b begins.
func (d *decoder) scan(b []byte) error {
	s, err := d.header.scan(b)
	if err != nil {
		return err
	}
	if err := d.allocate(); err != nil {
		return err
	}
	for _, c := range s.components {
		if d.done[c] {
			return fmt.Errorf("%w: component %d comes twice", codec.ErrCorrupt, c)
		}
		d.done[c] = true
	}
	p, err := d.preset.complete(d.bits, s.allowed)
	if err != nil {
		return err
	}
	l := newLines(d.src, d.pos, newModel(p, s.allowed), s, d.columns)
	if err := d.samples(l); err != nil {
		return err
	}
	d.pos = l.bits.pos
	return nil
}

// allocate makes the image before the first scan.
func (d *decoder) allocate() error {
	if d.image != nil {
		return nil
	}
	if d.rows == 0 {
		d.findLines()
	}
	if err := d.want.Check(d.rows, d.columns, len(d.ids), d.bits); err != nil {
		return err
	}
	// A line takes one bit at least: no more memory than the stream can fill.
	if d.rows > 8*(len(d.src)-d.pos) {
		return fmt.Errorf("%w: %d bytes cannot hold %d lines", codec.ErrCorrupt, len(d.src)-d.pos, d.rows)
	}
	d.image = codec.NewImage(d.rows, d.columns, len(d.ids), d.bits, false)
	return nil
}

// findLines looks behind the first scan for the number of lines (T.81 B.2.5).
func (d *decoder) findLines() {
	r := bitReader{src: d.src, pos: d.pos}
	for at := r.toMarker(); at < len(d.src); at = r.toMarker() {
		r.pos += 2
		mark := d.src[at+1]
		if mark == markDNL && at+6 <= len(d.src) {
			d.rows = number(d.src[at+4 : at+6])
		}
		if mark < markRST || mark >= markSOI {
			return
		}
	}
}

// samples decodes all lines of a scan into the image.
func (d *decoder) samples(l *lines) error {
	for y := range d.rows {
		if err := d.ctx.Err(); err != nil {
			return err
		}
		if d.restart > 0 && y > 0 && y%d.restart == 0 {
			if err := l.restart(y/d.restart - 1); err != nil {
				return err
			}
		}
		if l.next(); l.bits.short {
			return fmt.Errorf("%w: damaged bits, or too few, in line %d of %d", codec.ErrCorrupt, y, d.rows)
		}
		l.store(d.image, y)
	}
	return nil
}
