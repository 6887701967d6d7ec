package jpeg2000

import (
	"fmt"

	"eris/dicom/codec"
)

// Bounds on what a header may state. The standard has room for 16384
// components of 38 bits; images of medicine have 4 of 16.
const (
	maxComponents = 64
	maxBits       = 31
	maxTiles      = 65535 // Isot has 16 bits (15444-1 A.4.2)
)

// rect is a rectangle of some grid, its right and bottom edge outside.
type rect struct{ x0, y0, x1, y1 int }

func (r rect) width() int  { return max(r.x1-r.x0, 0) }
func (r rect) height() int { return max(r.y1-r.y0, 0) }
func (r rect) area() int   { return r.width() * r.height() }
func (r rect) empty() bool { return r.x1 <= r.x0 || r.y1 <= r.y0 }

// and is the rectangle that two have in common.
func (r rect) and(o rect) rect {
	return rect{max(r.x0, o.x0), max(r.y0, o.y0), min(r.x1, o.x1), min(r.y1, o.y1)}
}

// scaled is the rectangle on a grid of every dx-th column and dy-th row: the
// ceiling of each edge (15444-1 B-12).
func (r rect) scaled(dx, dy int) rect {
	return rect{ceilDiv(r.x0, dx), ceilDiv(r.y0, dy), ceilDiv(r.x1, dx), ceilDiv(r.y1, dy)}
}

// halved is the rectangle after n halvings (15444-1 B-14).
func (r rect) halved(n int) rect { return r.scaled(1<<n, 1<<n) }

func ceilDiv(a, b int) int { return (a + b - 1) / b }

// siz is the SIZ marker segment: image and tile sizes on the reference grid
// (15444-1 A.5.1).
type siz struct {
	image      rect
	tile       rect // the first tile, before it is cut to the image
	components []component
}

// component is how SIZ describes one component.
type component struct {
	bits   int
	signed bool
	dx, dy int // XRsiz, YRsiz
}

func parseSIZ(b []byte) (s siz, err error) {
	r := &reader{b: b}
	r.u16() // Rsiz: the profile binds no decoder that reads them all
	s.image.x1, s.image.y1 = r.u32(), r.u32()
	s.image.x0, s.image.y0 = r.u32(), r.u32()
	width, height := r.u32(), r.u32()
	s.tile.x0, s.tile.y0 = r.u32(), r.u32()
	s.tile.x1, s.tile.y1 = s.tile.x0+width, s.tile.y0+height
	n := r.u16()
	if n > maxComponents {
		return s, fmt.Errorf("%w: %d components", codec.ErrUnsupported, n)
	}
	for range n {
		bits := r.u8()
		s.components = append(s.components, component{bits&0x7F + 1, bits&0x80 != 0, r.u8(), r.u8()})
	}
	if r.short || n == 0 {
		return s, fmt.Errorf("%w: a short SIZ", codec.ErrCorrupt)
	}
	return s, s.check()
}

// check holds the sizes against the rules of 15444-1 B.2 and B.3.
func (s *siz) check() error {
	i, t := s.image, s.tile
	if i.empty() || t.empty() || t.x0 > i.x0 || t.y0 > i.y0 || t.x1 <= i.x0 || t.y1 <= i.y0 {
		return fmt.Errorf("%w: image %v in tiles %v", codec.ErrCorrupt, i, t)
	}
	columns, rows := s.tiles()
	if columns > maxTiles || rows > maxTiles || columns*rows > maxTiles {
		return fmt.Errorf("%w: %d by %d tiles", codec.ErrCorrupt, columns, rows)
	}
	for _, c := range s.components {
		switch {
		case c.dx == 0 || c.dy == 0 || i.scaled(c.dx, c.dy).empty():
			return fmt.Errorf("%w: a component without samples", codec.ErrCorrupt)
		case c.bits > maxBits:
			return fmt.Errorf("%w: %d bits", codec.ErrUnsupported, c.bits)
		}
	}
	return nil
}

// tiles is how many tiles lie beside and below each other (15444-1 B-5).
func (s *siz) tiles() (columns, rows int) {
	return ceilDiv(s.image.x1-s.tile.x0, s.tile.width()), ceilDiv(s.image.y1-s.tile.y0, s.tile.height())
}

// tileRect is where a tile lies on the reference grid (15444-1 B-7 to B-10).
func (s *siz) tileRect(index int) rect {
	columns, _ := s.tiles()
	x, y := index%columns*s.tile.width(), index/columns*s.tile.height()
	return rect{s.tile.x0 + x, s.tile.y0 + y, s.tile.x1 + x, s.tile.y1 + y}.and(s.image)
}

// step is the distance of the pixels of the answer on the reference grid: that
// of the component with most samples.
func (s *siz) step() (dx, dy int) {
	dx, dy = 255, 255
	for _, c := range s.components {
		dx, dy = min(dx, c.dx), min(dy, c.dy)
	}
	return dx, dy
}

// size is the rectangle of the answer's pixels, of full resolution.
func (s *siz) size() rect { return s.image.scaled(s.step()) }
