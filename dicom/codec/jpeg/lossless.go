package jpeg

import (
	"context"
	"fmt"

	"eris/dicom/codec"
)

// lossless is the process of annex H.
type lossless[T uint8 | uint16] struct {
	frame *frame
	pix   []T // interleaved
	seen  []bool
	bits  bitReader
	diffs []uint16 // of one row
}

func newLossless[T uint8 | uint16](f *frame) (process, error) {
	for _, c := range f.components {
		if c.across != 1 || c.down != 1 {
			return nil, fmt.Errorf("%w: lossless components of different sizes", codec.ErrUnsupported)
		}
	}
	n := len(f.components)
	return &lossless[T]{
		frame: f, pix: make([]T, f.rows*f.columns*n), seen: make([]bool, n),
		bits: bitReader{forgiven: lastCode}, diffs: make([]uint16, f.columns*n),
	}, nil
}

func (l *lossless[T]) complete(bool) bool {
	for _, seen := range l.seen {
		if !seen {
			return false
		}
	}
	return true
}

// scan reads the samples of some components row by row: first the differences,
// then what they differ from.
func (l *lossless[T]) scan(ctx context.Context, s *stream, header *scan) error {
	if err := l.check(header); err != nil {
		return err
	}
	var codes [4]*huffman
	for i, c := range header.components {
		codes[i] = c.dc
		l.seen[c.index] = true
	}
	n := len(header.components)
	diffs := l.diffs[:l.frame.columns*n]
	interval := header.restart / l.frame.columns
	s.beginSegment(&l.bits)
	for y := range l.frame.rows {
		if err := ctx.Err(); err != nil {
			return err
		}
		first := y == 0 || interval > 0 && y%interval == 0
		if first && y > 0 {
			s.nextSegment(&l.bits)
		}
		l.bits.differences(diffs, codes[:n])
		if err := l.bits.sound(); err != nil {
			return fmt.Errorf("row %d: %w", y, err)
		}
		l.predict(header, y, first, diffs)
	}
	l.shift(header)
	return nil
}

// check fails for what annex H does not allow in a scan: a restart interval
// must hold whole rows (H.1.1), and a component comes once.
func (l *lossless[T]) check(header *scan) error {
	if header.from < 1 || header.from > 7 || header.low >= l.frame.bits || header.restart%l.frame.columns != 0 {
		return fmt.Errorf("%w: predictor %d, point transform %d, restart interval %d",
			codec.ErrCorrupt, header.from, header.low, header.restart)
	}
	for _, c := range header.components {
		if l.seen[c.index] {
			return fmt.Errorf("%w: component %d comes twice", codec.ErrCorrupt, c.id)
		}
	}
	return header.ready(true, false, false)
}

// predict adds the predictions to the differences of row y.
func (l *lossless[T]) predict(header *scan, y int, first bool, diffs []uint16) {
	step := len(l.frame.components)
	width := l.frame.columns * step
	row := l.pix[y*width:][:width]
	for i, c := range header.components {
		r := predicted[T]{row: row[c.index:], diffs: diffs[i:], step: step, diffStep: len(header.components)}
		if first {
			r.left(1 << (l.frame.bits - header.low - 1))
			continue
		}
		r.above = l.pix[(y-1)*width:][:width][c.index:]
		r.by(header.from)
	}
}

// shift undoes the point transform (H.2.1).
func (l *lossless[T]) shift(header *scan) {
	if header.low == 0 {
		return
	}
	for _, c := range header.components {
		for i := c.index; i < len(l.pix); i += len(l.frame.components) {
			l.pix[i] <<= header.low
		}
	}
}

func (l *lossless[T]) image(context.Context) (*codec.Image, error) {
	return pictureOf(l.frame, l.pix), nil
}

// pictureOf is the answer for samples of a frame.
func pictureOf[T uint8 | uint16](f *frame, pix []T) *codec.Image {
	m := &codec.Image{Rows: f.rows, Columns: f.columns, Components: len(f.components), Bits: f.bits}
	switch pix := any(pix).(type) {
	case []uint8:
		m.Pix8 = pix
	case []uint16:
		m.Pix16 = pix
	}
	return m
}
