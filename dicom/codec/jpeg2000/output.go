package jpeg2000

import "eris/dicom/codec"

// output puts the samples of tiles into the answer.
type output struct {
	image  *codec.Image
	window rect // where the image lies among the reduced pixels
	reduce int
	dx, dy int // of the pixels on the reference grid
	line   []int32
	places []int32
	picked []int32
}

// tile puts the component of a tile where it belongs. Components with fewer
// samples are spread: a pixel has the sample at its left and above.
func (o *output) tile(t *tile, tc *tileComponent, index int, samples samples) {
	area := t.scaled(o.dx, o.dy).halved(o.reduce).and(o.window)
	own := tc.halved(o.reduce)
	if area.empty() || own.empty() {
		return
	}
	o.line = grow(o.line, own.width())
	places := o.columns(area, own, tc.dx)
	for y := area.y0; y < area.y1; y++ {
		line := samples.row(o.line, sampleAt(y, o.dy, tc.dy, own.y0, own.y1))
		if places != nil {
			line = o.pick(line, places)
		} else {
			line = line[area.x0-own.x0 : area.x1-own.x0]
		}
		first := ((y-o.window.y0)*o.image.Columns+area.x0-o.window.x0)*o.image.Components + index
		o.put(line, first)
	}
}

// columns are the places of the samples that the pixels of a row have; nil
// when each pixel has its own.
func (o *output) columns(area, own rect, dx int) []int32 {
	if dx == o.dx {
		return nil
	}
	o.places = grow(o.places, area.width())
	for i := range o.places {
		o.places[i] = int32(sampleAt(area.x0+i, o.dx, dx, own.x0, own.x1))
	}
	return o.places
}

// sampleAt is the place of the sample that a pixel has, among those from v0 to
// v1.
func sampleAt(pixel, step, d, v0, v1 int) int {
	return max(v0, min(v1-1, pixel*step/d)) - v0
}

// pick takes the samples at the places.
func (o *output) pick(line, places []int32) []int32 {
	o.picked = grow(o.picked, len(places))
	for i, p := range places {
		o.picked[i] = line[p]
	}
	return o.picked
}

// put stores samples from a place of the image on, by its components, shifted
// to the range of unsigned ones (15444-1 G.1.2) and kept within their bits.
func (o *output) put(line []int32, first int) {
	m := o.image
	most := int32(1)<<(m.Bits-1) - 1
	least, shift := -most-1, most+1
	if m.Signed {
		shift = 0
	}
	switch {
	case m.Pix8 != nil:
		store(m.Pix8[first:], line, m.Components, least, most, shift)
	case m.Pix16 != nil:
		store(m.Pix16[first:], line, m.Components, least, most, shift)
	default:
		store(m.Pix32[first:], line, m.Components, least, most, shift)
	}
}

func store[T uint8 | uint16 | uint32](dst []T, line []int32, step int, least, most, shift int32) {
	if step == 1 {
		dst = dst[:len(line)]
		for i, v := range line {
			dst[i] = T(max(least, min(most, v)) + shift)
		}
		return
	}
	for i, v := range line {
		dst[i*step] = T(max(least, min(most, v)) + shift)
	}
}

// samples are those of a tile-component: whole or not.
type samples struct {
	whole plane[int32]
	real  plane[float32]
	half  int32 // of the range of real ones
}

// row is a row as whole numbers, perhaps in line.
func (s *samples) row(line []int32, y int) []int32 {
	if s.real.v == nil {
		return s.whole.row(y)
	}
	row := s.real.row(y)
	line = line[:len(row)]
	lift := float32(s.half) + 0.5
	for i, v := range row {
		// What is in range is lifted above 0, where to truncate is to round.
		line[i] = int32(int64(v+lift)) - s.half
	}
	return line
}

// grow is a slice of n, with the memory of s if that is enough.
func grow[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n)
	}
	return s[:n]
}
