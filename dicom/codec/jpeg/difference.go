package jpeg

// differences reads differences by the tables in turn. The state of b is held
// in variables of its own: this loop is all that costs time in a lossless picture.
func (b *bitReader) differences(out []uint16, codes []*huffman) {
	acc, n, turn := b.acc, b.n, 0
	for i := range out {
		if n < 32 {
			b.acc, b.n = acc, n
			b.fill()
			acc, n = b.acc, b.n
		}
		h := codes[turn]
		if turn++; turn == len(codes) {
			turn = 0
		}
		e := h.fast[acc>>(64-lookBits)]
		if e&entryWhole == 0 {
			b.acc, b.n = acc, n
			_, v := h.long(b)
			out[i] = uint16(v)
			acc, n = b.acc, b.n
			continue
		}
		acc <<= e & 63
		n -= e.bits()
		out[i] = uint16(e >> 16)
	}
	b.acc, b.n = acc, n
}
