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
