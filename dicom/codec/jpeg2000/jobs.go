package jpeg2000

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
)

// job is a code-block to decode.
type job struct {
	tc *tileComponent
	b  *block
	in *band
}

// listJobs lists the blocks of a tile that there are bytes of and that the
// answer needs.
func (d *decoder) listJobs(t *tile) {
	d.jobs = d.jobs[:0]
	for i := range t.components {
		tc := &t.components[i]
		needed := d.out.needed(tc)
		for r := tc.keep - 1; r >= 0; r-- {
			if r > 0 {
				needed = beneath(needed)
			}
			d.listResolution(tc, &tc.resolutions[r], needed)
		}
	}
}

// needed is the part of a component that the answer shows, and a little more.
func (o *output) needed(tc *tileComponent) rect {
	w := o.window
	return rect{w.x0*o.dx/tc.dx - 1, w.y0*o.dy/tc.dy - 1, w.x1*o.dx/tc.dx + 2, w.y1*o.dy/tc.dy + 2}
}

// reach is more than how far from its place a coefficient of either wavelet
// has an effect, in samples of the band.
const reach = 4

// beneath is the part of the bands that a part of their resolution needs.
func beneath(r rect) rect {
	return rect{r.x0>>1 - reach, r.y0>>1 - reach, r.x1>>1 + reach, r.y1>>1 + reach}
}

func (d *decoder) listResolution(tc *tileComponent, res *resolution, needed rect) {
	for p := range res.precincts {
		for g := range res.precincts[p].grids {
			blocks := res.precincts[p].grids[g].blocks
			for k := range blocks {
				if b := &blocks[k]; b.first > 0 && !b.and(needed).empty() {
					d.jobs = append(d.jobs, job{tc, b, &res.bands[g]})
				}
			}
		}
	}
}

// decodeBlocks decodes the blocks of the list, each worker taking the next.
func (d *decoder) decodeBlocks(ctx context.Context, t *tile, workers int) error {
	workers = max(1, min(workers, len(d.jobs)))
	defer clear(d.jobs) // they hold the tile
	var next atomic.Int64
	var group sync.WaitGroup
	errs := make([]error, workers)
	work := func(i int, blocks *blockDecoder) {
		for {
			n := int(next.Add(1)) - 1
			if n >= len(d.jobs) {
				return
			}
			if errs[i] = blocks.do(ctx, d.jobs[n], t.chunks); errs[i] != nil {
				next.Store(int64(len(d.jobs))) // the others stop too
				return
			}
		}
	}
	decoders := d.blockDecoders(workers)
	for i := 1; i < workers; i++ {
		group.Go(func() { work(i, decoders[i]) })
	}
	work(0, decoders[0])
	group.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// do decodes a block and stores its coefficients.
func (d *blockDecoder) do(ctx context.Context, j job, chunks []chunk) error {
	err := ctx.Err()
	if err != nil {
		return err
	}
	b, planes := j.b, j.in.planes+j.in.roi
	if j.tc.modes&styleHT != 0 {
		err = d.decodeHT(b, chunks, j.tc.modes, planes)
	} else {
		err = d.decode(b, chunks, j.in.kind, j.tc.modes, planes)
	}
	if err != nil {
		return fmt.Errorf("code-block at %d, %d: %w", b.x0, b.y0, err)
	}
	d.store(j)
	return nil
}
