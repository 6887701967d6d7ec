package jpeg2000

import (
	"math/bits"
	"sync"
	"sync/atomic"
)

// encodeBlocks encodes all blocks, and raises the exponents of bands that have
// more bit-planes than their size accounts for.
func (e *encoder) encodeBlocks() {
	jobs := e.jobs()
	coded := make([]*codedBlock, len(jobs))
	var next atomic.Int64
	var group sync.WaitGroup
	for range max(1, e.opts.Workers) {
		group.Go(func() {
			blocks := new(blockEncoder)
			for n := next.Add(1) - 1; n < int64(len(jobs)); n = next.Add(1) - 1 {
				coded[n] = blocks.encode(jobs[n].b, jobs[n].in, jobs[n].tc.whole)
			}
		})
	}
	group.Wait()
	e.coded = make(map[*block]*codedBlock, len(jobs))
	steps := e.coding.components[0].steps
	for n, c := range coded {
		e.coded[jobs[n].b] = c
		i := jobs[n].in.index
		steps[i].exponent = max(steps[i].exponent, c.planes+1-guardBits)
	}
}

// jobs lists all blocks, which have not been laid out before.
func (e *encoder) jobs() []job {
	var jobs []job
	for c := range e.tile.components {
		tc := &e.tile.components[c]
		for r := range tc.resolutions {
			res := &tc.resolutions[r]
			for p := range res.precincts {
				e.tile.open(res, p)
				for g := range res.precincts[p].grids {
					blocks := res.precincts[p].grids[g].blocks
					for k := range blocks {
						jobs = append(jobs, job{tc, &blocks[k], &res.bands[g]})
					}
				}
			}
		}
	}
	return jobs
}

// packets writes all packets in the order of the progression.
func (e *encoder) packets() ([]byte, error) {
	var out []byte
	err := e.tile.packets(mostVisits(0), func(res *resolution, index, _ int) error {
		out = e.appendPacket(out, res, index)
		return nil
	})
	return out, err
}

// appendPacket writes a packet: its header, then the bytes of the blocks
// (15444-1 B.9, B.10).
func (e *encoder) appendPacket(out []byte, res *resolution, index int) []byte {
	w := &bitWriter{out: out}
	w.bit(1)
	grids := res.precincts[index].grids
	for i := range grids {
		step := e.coding.components[0].steps[res.bands[i].index]
		e.writeGrid(w, &grids[i], guardBits+step.exponent-1)
	}
	out = w.align()
	for i := range grids {
		for k := range grids[i].blocks {
			out = append(out, e.coded[&grids[i].blocks[k]].bytes...)
		}
	}
	return out
}

// writeGrid writes what a packet header says of the blocks of a band that has
// so many bit-planes.
func (e *encoder) writeGrid(w *bitWriter, g *grid, planes int) {
	inclusion, missing := newTagWriter(g.width, g.height), newTagWriter(g.width, g.height)
	for k := range g.blocks {
		c := e.coded[&g.blocks[k]]
		if c.planes == 0 {
			inclusion.set(k%g.width, k/g.width, 1)
		}
		missing.set(k%g.width, k/g.width, planes-c.planes)
	}
	inclusion.build()
	missing.build()
	for k := range g.blocks {
		inclusion.encode(w, k%g.width, k/g.width, 1)
		if c := e.coded[&g.blocks[k]]; c.planes > 0 {
			missing.encode(w, k%g.width, k/g.width, maxMissing)
			w.block(c.passes(), len(c.bytes))
		}
	}
}

// block writes the number of passes, and the length of their segment
// (15444-1 B.10.6, B.10.7.1).
func (w *bitWriter) block(passes, length int) {
	switch {
	case passes == 1:
		w.bits(0, 1)
	case passes == 2:
		w.bits(0b10, 2)
	case passes < 6:
		w.bits(0b1100+passes-3, 4)
	case passes < 37:
		w.bits(0b1111<<5+passes-6, 9)
	default:
		w.bits(0b111111111<<7+passes-37, 16)
	}
	more := bits.Len(uint(passes)) - 1
	lblock := max(3, bits.Len(uint(length))-more)
	for range lblock - 3 {
		w.bit(1)
	}
	w.bit(0)
	w.bits(length, lblock+more)
}
