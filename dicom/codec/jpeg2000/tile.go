package jpeg2000

import (
	"fmt"
	"math"

	"eris/dicom/codec"
)

// Bounds on the parts of one tile. A tile of 16 million samples has 2^20 of
// the smallest blocks, and 2^16 of the smallest that are usual.
const (
	maxBlocks    = 1 << 20
	maxPrecincts = 1 << 20
)

// mostPrecincts bounds the precincts of a tile by its bytes: a packet has at
// least one, so only the end of a cut stream has fewer.
func mostPrecincts(bytes int) int { return min(maxPrecincts, 1<<16+8*bytes) }

// tile is the geometry of a tile and what its packets hold.
type tile struct {
	rect
	coding     *coding
	components []tileComponent
	precincts  int // that may still be laid out
	blocks     int
	chunks     []chunk
}

// tileComponent is a component of a tile.
type tileComponent struct {
	rect
	*componentCoding
	dx, dy      int
	keep        int // resolutions that are decoded
	resolutions []resolution
	total       int       // of coefficients
	whole       []int32   // these, when reversible
	real        []float32 // or else
}

// resolution is a level of a tile-component: level 0 has the LL band, those
// above it HL, LH and HH.
type resolution struct {
	rect
	component     int // its index
	ppx, ppy      int
	columns, rows int // precincts
	px0, py0      int // the first precinct's place on the grid of precincts
	bands         []band
	precincts     []precinct
}

// band is a sub-band of a resolution.
type band struct {
	rect
	kind     int
	index    int     // as QCD lists bands
	xcb, ycb int     // exponents of the block's size within the precincts
	planes   int     // Mb (15444-1 E-2)
	step     float32 // the quantization step size
	roi      int
	offset   int // of its first coefficient in the component's
}

// Kinds of sub-band, as QCD counts them.
const (
	bandLL = iota
	bandHL
	bandLH
	bandHH
)

// precinct is what packets have told of a precinct so far.
type precinct struct {
	layer int // the next one to come
	grids []grid
}

// grid is the code-blocks that a precinct has in one band.
type grid struct {
	width, height      int
	blocks             []block
	inclusion, missing tagTree
}

// block is a code-block. Its chunks are in tile.chunks, linked.
type block struct {
	rect
	included    bool
	missing     uint8 // zero bit-planes
	lblock      uint8
	passes      int32 // coded so far
	room        int32 // passes that the open segment can still take
	first, last int32 // chunks, counted from 1
}

// chunk is what a packet adds to a segment of a block.
type chunk struct {
	bytes  []byte
	passes int32
	begins bool // a new segment
	next   int32
}

// newTile lays out a tile of so many bytes by its coding (15444-1 B.5 to B.9).
func newTile(s *siz, index int, c *coding, reduce, bytes int) (*tile, error) {
	t := &tile{rect: s.tileRect(index), coding: c, precincts: mostPrecincts(bytes), components: make([]tileComponent, len(s.components))}
	for i := range t.components {
		tc := &t.components[i]
		tc.dx, tc.dy = s.components[i].dx, s.components[i].dy
		tc.rect = t.scaled(tc.dx, tc.dy)
		tc.componentCoding = &c.components[i]
		tc.keep = tc.levels + 1 - reduce
		switch {
		case tc.keep < 1:
			return nil, fmt.Errorf("%w: %d levels cannot be reduced by %d", codec.ErrUnsupported, tc.levels, reduce)
		case tc.quantRank == 0 || tc.styleRank == 0:
			return nil, fmt.Errorf("%w: component %d has no coding", codec.ErrCorrupt, i)
		}
		if err := t.layResolutions(tc, i, s.components[i].bits); err != nil {
			return nil, err
		}
	}
	return t, nil
}

func (t *tile) layResolutions(tc *tileComponent, index, bits int) error {
	tc.resolutions = make([]resolution, tc.levels+1)
	for r := range tc.resolutions {
		res := &tc.resolutions[r]
		res.rect = tc.halved(tc.levels - r)
		res.component = index
		res.layPrecincts(tc, r)
		if res.columns > t.precincts || res.rows > t.precincts || res.columns*res.rows > t.precincts {
			return fmt.Errorf("%w: too many precincts", codec.ErrLimit)
		}
		t.precincts -= res.columns * res.rows
		res.precincts = make([]precinct, res.columns*res.rows)
		if err := tc.layBands(res, r, bits); err != nil {
			return err
		}
	}
	return nil
}

// layPrecincts finds the grid of precincts (15444-1 B-16).
func (res *resolution) layPrecincts(tc *tileComponent, r int) {
	res.ppx, res.ppy = tc.style.precincts[r].x, tc.style.precincts[r].y
	if res.empty() {
		return
	}
	res.px0, res.py0 = res.x0>>res.ppx, res.y0>>res.ppy
	res.columns = ceilDiv(res.x1, 1<<res.ppx) - res.px0
	res.rows = ceilDiv(res.y1, 1<<res.ppy) - res.py0
}

// layBands finds the bands of a resolution, and their quantization.
func (tc *tileComponent) layBands(res *resolution, r, bits int) error {
	kinds, decomposition, half := []int{bandHL, bandLH, bandHH}, tc.levels-r+1, 1
	if r == 0 {
		kinds, decomposition, half = []int{bandLL}, tc.levels, 0
	}
	res.bands = make([]band, len(kinds))
	for i, kind := range kinds {
		b := &res.bands[i]
		b.kind, b.index, b.roi = kind, max(3*r-2, 0)+i, tc.roi
		b.rect = bandRect(tc.rect, kind, decomposition)
		b.xcb, b.ycb = min(tc.xcb, res.ppx-half), min(tc.ycb, res.ppy-half) // B-17, B-18
		step, err := tc.quantization.step(b.index)
		if err != nil {
			return err
		}
		b.planes = tc.guard + step.exponent - 1                                                                                 // E-2
		b.step = float32(math.Ldexp(1+float64(step.mantissa)/2048, bits+gain(kind)-step.exponent) * scale97(kind, tc.keep-1-r)) // E-3
		if r < tc.keep {
			b.offset = tc.total
			tc.total += b.area()
		}
	}
	return nil
}

// gain is the logarithm of a band's gain (15444-1 Table E.1).
func gain(kind int) int { return kind&1 + kind>>1 }

// bandRect is where a band lies (15444-1 B-15).
func bandRect(r rect, kind, decomposition int) rect {
	if decomposition == 0 {
		return r
	}
	x, y := kind&1<<(decomposition-1), kind>>1<<(decomposition-1)
	return rect{r.x0 - x, r.y0 - y, r.x1 - x, r.y1 - y}.halved(decomposition)
}

// open makes the code-blocks of a precinct.
func (t *tile) open(res *resolution, index int) error {
	grids := make([]grid, len(res.bands))
	for i := range res.bands {
		if err := t.layGrid(&grids[i], res, &res.bands[i], index); err != nil {
			return err
		}
	}
	res.precincts[index].grids = grids
	return nil
}

// layGrid divides the part of a band that lies in a precinct into blocks
// (15444-1 B.7).
func (t *tile) layGrid(g *grid, res *resolution, b *band, index int) error {
	ppx, ppy := res.ppx, res.ppy
	if b.kind != bandLL {
		ppx, ppy = ppx-1, ppy-1
	}
	px, py := res.px0+index%res.columns, res.py0+index/res.columns
	area := rect{px << ppx, py << ppy, (px + 1) << ppx, (py + 1) << ppy}.and(b.rect)
	if area.empty() {
		return nil
	}
	bx0, by0 := area.x0>>b.xcb, area.y0>>b.ycb
	g.width, g.height = ceilDiv(area.x1, 1<<b.xcb)-bx0, ceilDiv(area.y1, 1<<b.ycb)-by0
	if g.width > maxBlocks || g.height > maxBlocks || t.blocks+g.width*g.height > maxBlocks {
		return fmt.Errorf("%w: too many code-blocks", codec.ErrLimit)
	}
	t.blocks += g.width * g.height
	g.blocks = make([]block, g.width*g.height)
	for i := range g.blocks {
		x, y := bx0+i%g.width, by0+i/g.width
		g.blocks[i] = block{
			rect:   rect{x << b.xcb, y << b.ycb, (x + 1) << b.xcb, (y + 1) << b.ycb}.and(area),
			lblock: 3, // B.10.7.1
		}
	}
	g.inclusion, g.missing = newTagTree(g.width, g.height), newTagTree(g.width, g.height)
	return nil
}
