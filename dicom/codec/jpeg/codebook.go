package jpeg

import "math/bits"

// codeBook is the codes of the difference categories.
type codeBook struct {
	counts  [16]uint8 // of codes by length, from 1 on
	symbols []byte    // in the order of their codes
	code    [maxSize + 1]uint32
	length  [maxSize + 1]int
}

// newCodeBook finds the shortest codes for differences (K.2).
func newCodeBook(diffs []uint16) *codeBook {
	var often [maxSize + 2]int
	for _, d := range diffs {
		often[category(d)]++
	}
	often[maxSize+1] = 1 // takes the code of ones only, which must not be used
	c := new(codeBook)
	lengths := limited(codeLengths(often[:]))
	for n := 1; n < len(lengths); n++ {
		c.counts[n-1] = uint8(lengths[n])
	}
	c.symbols = byFrequency(often[:maxSize+1])
	c.assign()
	return c
}

// category is the number of bits of a difference (table H.2).
func category(diff uint16) int {
	d := int(int16(diff))
	return bits.Len(uint(max(d, -d)))
}

// codeLengths counts the codes of each length in the tree that joins the two
// rarest again and again.
func codeLengths(often []int) []int {
	type node struct {
		weight  int
		symbols []int
	}
	var nodes []node
	for s, n := range often {
		if n > 0 {
			nodes = append(nodes, node{n, []int{s}})
		}
	}
	rarest := func() node {
		at := len(nodes) - 1
		for i, n := range nodes {
			if n.weight < nodes[at].weight {
				at = i
			}
		}
		n := nodes[at]
		nodes = append(nodes[:at], nodes[at+1:]...)
		return n
	}
	depth := make([]int, len(often))
	for len(nodes) > 1 {
		a, b := rarest(), rarest()
		joined := node{a.weight + b.weight, append(a.symbols, b.symbols...)}
		for _, s := range joined.symbols {
			depth[s]++
		}
		nodes = append(nodes, joined)
	}
	counts := make([]int, len(often)+1)
	for _, d := range depth {
		counts[d]++
	}
	counts[0] = 0
	return counts
}

// limited makes codes at most 16 bits long (figure K.3), and takes the last
// one, which would be of ones only, away.
func limited(counts []int) []int {
	for n := len(counts) - 1; n > 16; n-- {
		for counts[n] > 0 {
			shorter := n - 2
			for counts[shorter] == 0 {
				shorter--
			}
			counts[n] -= 2
			counts[n-1]++
			counts[shorter+1] += 2
			counts[shorter]--
		}
	}
	last := min(16, len(counts)-1)
	for counts[last] == 0 {
		last--
	}
	counts[last]--
	return counts[:min(17, len(counts))]
}

// byFrequency is the symbols that occur, the most frequent first.
func byFrequency(often []int) (symbols []byte) {
	for s, n := range often {
		if n == 0 {
			continue
		}
		at := len(symbols)
		for at > 0 && often[symbols[at-1]] < n {
			at--
		}
		symbols = append(symbols[:at], append([]byte{byte(s)}, symbols[at:]...)...)
	}
	return symbols
}

// assign numbers the codes (C.2).
func (c *codeBook) assign() {
	code, k := uint32(0), 0
	for i, n := range c.counts {
		for range n {
			s := c.symbols[k]
			c.code[s], c.length[s] = code, i+1
			code, k = code+1, k+1
		}
		code <<= 1
	}
}

// segment is the parameters of the DHT segment (B.2.4.2).
func (c *codeBook) segment(number byte) []byte {
	return append(append([]byte{number}, c.counts[:]...), c.symbols...)
}

// write appends the code of a difference and its bits.
func (c *codeBook) write(w *bitWriter, diff uint16) {
	size := category(diff)
	w.put(c.code[size], c.length[size])
	if size == maxSize {
		return
	}
	v := uint32(diff)
	if int16(diff) < 0 {
		v--
	}
	w.put(v&(1<<size-1), size)
}

// bitWriter writes bits, the most significant first, with a zero behind each
// 0xFF (F.1.2.3).
type bitWriter struct {
	out []byte
	acc uint32
	n   int
}

func (w *bitWriter) put(v uint32, n int) {
	w.acc = w.acc<<n | v
	for w.n += n; w.n >= 8; w.n -= 8 {
		b := byte(w.acc >> (w.n - 8))
		if w.out = append(w.out, b); b == 0xFF {
			w.out = append(w.out, 0)
		}
	}
}

// flush fills the last byte with ones.
func (w *bitWriter) flush() {
	if w.n > 0 {
		w.put(1<<(8-w.n)-1, 8-w.n)
	}
}
