package jpeg2000

import (
	"cmp"
	"fmt"
	"slices"

	"eris/dicom/codec"
)

// Progression orders (15444-1 Table A.16).
const (
	orderLRCP = iota
	orderRLCP
	orderRPCL
	orderPCRL
	orderCPRL
)

// mostVisits bounds, by its bytes, the steps through packets and blocks of a
// tile that may read nothing: usually a byte is read for each of them.
func mostVisits(bytes int) int { return 1<<20 + 16*bytes }

// place is a precinct, and where its packets stand in the progressions.
type place struct {
	res   *resolution
	index int // in res.precincts
	r, c  int
	x, y  int // on the reference grid
}

// places lists the precincts that a change covers, in the order of its
// progression but for the layers.
func (t *tile) places(p change) []place {
	var list []place
	for c := p.component0; c < min(p.component1, len(t.components)); c++ {
		tc := &t.components[c]
		for r := p.resolution0; r < min(p.resolution1, len(tc.resolutions)); r++ {
			list = t.appendPlaces(list, tc, r, c)
		}
	}
	slices.SortFunc(list, compare[p.order])
	return list
}

func (t *tile) appendPlaces(list []place, tc *tileComponent, r, c int) []place {
	res := &tc.resolutions[r]
	scale := tc.levels - r
	for i := range res.precincts {
		// B.12.1.3: a precinct's turn is where its corner lies on the reference
		// grid, or the tile's edge that cuts it.
		px, py := (res.px0+i%res.columns)<<res.ppx, (res.py0+i/res.columns)<<res.ppy
		p := place{res: res, index: i, r: r, c: c, x: t.x0, y: t.y0}
		if px >= res.x0 {
			p.x = px << scale * tc.dx
		}
		if py >= res.y0 {
			p.y = py << scale * tc.dy
		}
		list = append(list, p)
	}
	return list
}

// compare has the order of places in each progression (15444-1 B.12.1).
var compare = [...]func(a, b place) int{
	orderLRCP: func(a, b place) int { return cmp.Or(a.r-b.r, a.c-b.c, a.index-b.index) },
	orderRLCP: func(a, b place) int { return cmp.Or(a.r-b.r, a.c-b.c, a.index-b.index) },
	orderRPCL: func(a, b place) int { return cmp.Or(a.r-b.r, a.y-b.y, a.x-b.x, a.c-b.c, a.index-b.index) },
	orderPCRL: func(a, b place) int { return cmp.Or(a.y-b.y, a.x-b.x, a.c-b.c, a.r-b.r, a.index-b.index) },
	orderCPRL: func(a, b place) int { return cmp.Or(a.c-b.c, a.y-b.y, a.x-b.x, a.r-b.r, a.index-b.index) },
}

// visit is called for each packet in its turn.
type visit func(res *resolution, index, layer int) error

// packets visits all packets of the tile in the order they have in the
// codestream (15444-1 B.12), with at most so many visits that find nothing.
func (t *tile) packets(visits int, do visit) error {
	changes := t.coding.changes
	if len(changes) == 0 {
		changes = []change{{0, maxLevels + 1, 0, len(t.components), t.coding.layers, t.coding.order}}
	}
	w := walk{do: do, visits: visits}
	for _, p := range changes {
		p.layer1 = min(p.layer1, t.coding.layers)
		list := t.places(p)
		if err := w.spend(len(list)); err != nil {
			return err
		}
		if err := w.progress(list, p); err != nil {
			return err
		}
	}
	return nil
}

// walk goes through packets within a number of visits.
type walk struct {
	do     visit
	visits int
}

func (w *walk) spend(visits int) error {
	if w.visits -= visits; w.visits < 0 {
		return fmt.Errorf("%w: too many packets", codec.ErrLimit)
	}
	return nil
}

// progress goes through the packets of one progression.
func (w *walk) progress(list []place, p change) error {
	switch p.order {
	case orderLRCP:
		return w.layers(list, p.layer1)
	case orderRLCP:
		for len(list) > 0 {
			n := 1
			for n < len(list) && list[n].r == list[0].r {
				n++
			}
			if err := w.layers(list[:n], p.layer1); err != nil {
				return err
			}
			list = list[n:]
		}
		return nil
	}
	for i := range list {
		if err := w.layers(list[i:i+1], p.layer1); err != nil {
			return err
		}
	}
	return nil
}

// layers goes layer by layer through places; those layers that an earlier
// progression has had are left out (15444-1 B.12.2).
func (w *walk) layers(list []place, layer1 int) error {
	layer := layer1
	for _, p := range list {
		layer = min(layer, p.res.precincts[p.index].layer)
	}
	for ; layer < layer1; layer++ {
		for _, p := range list {
			if err := w.packet(p, layer); err != nil {
				return err
			}
		}
	}
	return nil
}

func (w *walk) packet(p place, layer int) error {
	precinct := &p.res.precincts[p.index]
	if precinct.layer != layer {
		return w.spend(1)
	}
	precinct.layer++
	return w.do(p.res, p.index, layer)
}
