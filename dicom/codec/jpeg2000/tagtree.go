package jpeg2000

// tagTree holds numbers of a grid as minima of ever larger squares
// (15444-1 B.10.2).
type tagTree struct {
	levels []tagLevel // the leaves first
}

type tagLevel struct {
	width int
	nodes []tagNode
}

// tagNode is a number of which is known that it is at least low, or exactly low.
type tagNode struct {
	low   uint16
	known bool
}

func newTagTree(width, height int) tagTree {
	var t tagTree
	for {
		t.levels = append(t.levels, tagLevel{width, make([]tagNode, width*height)})
		if width*height <= 1 {
			return t
		}
		width, height = (width+1)/2, (height+1)/2
	}
}

// decode reads until it is known whether the leaf's number is below the
// threshold, and answers it so far as it is known.
func (t *tagTree) decode(r *bitReader, x, y int, threshold uint16) tagNode {
	var node tagNode
	for k := len(t.levels) - 1; k >= 0; k-- {
		level := &t.levels[k]
		n := &level.nodes[y>>k*level.width+x>>k]
		n.low = max(n.low, node.low) // no number is less than the minimum above it
		for n.low < threshold && !n.known {
			if r.bit() == 1 {
				n.known = true
			} else {
				n.low++
			}
		}
		node = *n
	}
	return node
}

// tagWriter is a tag tree that is written (15444-1 B.10.2).
type tagWriter struct {
	tree   tagTree
	values [][]int
}

func newTagWriter(width, height int) *tagWriter {
	t := &tagWriter{tree: newTagTree(width, height)}
	for _, level := range t.tree.levels {
		t.values = append(t.values, make([]int, len(level.nodes)))
	}
	return t
}

func (t *tagWriter) set(x, y, v int) { t.values[0][y*t.tree.levels[0].width+x] = v }

// build finds the minima of the levels above the leaves.
func (t *tagWriter) build() {
	for k := 1; k < len(t.values); k++ {
		below, width := t.values[k-1], t.tree.levels[k-1].width
		for i := range t.values[k] {
			t.values[k][i] = maxMissing
		}
		for i, v := range below {
			n := &t.values[k][i/width/2*t.tree.levels[k].width+i%width/2]
			*n = min(*n, v)
		}
	}
}

// encode writes until a reader knows whether the leaf's number is below the
// threshold.
func (t *tagWriter) encode(w *bitWriter, x, y int, threshold uint16) {
	low := uint16(0)
	for k := len(t.values) - 1; k >= 0; k-- {
		level := &t.tree.levels[k]
		i := y>>k*level.width + x>>k
		n := &level.nodes[i]
		n.low = max(n.low, low)
		for n.low < threshold && !n.known {
			if int(n.low) == t.values[k][i] {
				n.known = true
				w.bit(1)
			} else {
				n.low++
				w.bit(0)
			}
		}
		low = n.low
	}
}
