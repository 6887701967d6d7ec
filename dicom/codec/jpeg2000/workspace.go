package jpeg2000

import "sync"

// workspace is memory that calls of Decode use one after another.
type workspace struct {
	whole  arena[int32]
	real   arena[float32]
	blocks []*blockDecoder
	jobs   []job
}

var workspaces = sync.Pool{New: func() any { return new(workspace) }}

// blockDecoders are as many as there are workers.
func (w *workspace) blockDecoders(n int) []*blockDecoder {
	for len(w.blocks) < n {
		w.blocks = append(w.blocks, new(blockDecoder))
	}
	return w.blocks[:n]
}

// arena lends memory that is given back all at once, to be lent again.
type arena[T number] struct {
	memory []T
	used   int
	wanted int
}

// take lends n numbers of any value.
func (a *arena[T]) take(n int) []T {
	a.wanted += n
	if n > len(a.memory)-a.used {
		return make([]T, n)
	}
	taken := a.memory[a.used : a.used+n : a.used+n]
	a.used += n
	return taken
}

// release takes all memory back; what did not fit will fit the next time.
func (a *arena[T]) release() {
	if a.wanted > len(a.memory) {
		a.memory = make([]T, a.wanted)
	}
	a.used, a.wanted = 0, 0
}
