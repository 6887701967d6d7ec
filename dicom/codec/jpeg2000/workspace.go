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

// arena lends memory that is lent again once more is reserved.
type arena[T number] struct {
	memory []T
	used   int
}

// reserve takes all memory back, and makes room for n numbers.
func (a *arena[T]) reserve(n int) {
	if n > len(a.memory) {
		a.memory = make([]T, n)
	}
	a.used = 0
}

// take lends n numbers of any value, of those reserved or others.
func (a *arena[T]) take(n int) []T {
	if n > len(a.memory)-a.used {
		return make([]T, n)
	}
	taken := a.memory[a.used : a.used+n : a.used+n]
	a.used += n
	return taken
}
