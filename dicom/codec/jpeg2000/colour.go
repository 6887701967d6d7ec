package jpeg2000

import (
	"fmt"

	"eris/dicom/codec"
)

// inverseMCT undoes the component transform of the first three components
// (15444-1 annex G).
func (t *tile) inverseMCT(all []samples) error {
	if !t.coding.mct || len(all) < 3 {
		return nil
	}
	a, b, c := &all[0], &all[1], &all[2]
	if same(a.whole, b.whole, c.whole) && same(a.real, b.real, c.real) {
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

// inverseRCT undoes the reversible component transform (15444-1 G.2.2).
func inverseRCT(y0, y1, y2 []int32) {
	y1, y2 = y1[:len(y0)], y2[:len(y0)]
	for i, y := range y0 {
		u, v := y1[i], y2[i]
		g := y - (u+v)>>2
		y0[i], y1[i], y2[i] = v+g, g, u+g
	}
}

// inverseICT undoes the irreversible component transform (15444-1 G.3.2).
func inverseICT(y0, y1, y2 []float32) {
	y1, y2 = y1[:len(y0)], y2[:len(y0)]
	for i, y := range y0 {
		cb, cr := y1[i], y2[i]
		y0[i], y1[i], y2[i] = y+1.402*cr, y-0.344136*cb-0.714136*cr, y+1.772*cb
	}
}
