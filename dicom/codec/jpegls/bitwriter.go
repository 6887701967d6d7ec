package jpegls

// bitWriter writes the bits of a scan, a 0 bit behind each byte FF (T.87 A.1).
type bitWriter struct {
	out  []byte
	acc  uint64 // bits not yet written, at the low end
	n    int    // how many
	full int    // bits that the next byte takes: 7 behind FF, otherwise 8
}

func newBitWriter(out []byte) *bitWriter { return &bitWriter{out: out, full: 8} }

// put appends the low count bits of v, at most 32.
func (w *bitWriter) put(v uint64, count int) {
	w.acc = w.acc<<uint(count) | v
	w.n += count
	for w.n >= w.full {
		w.n -= w.full
		b := byte(w.acc >> uint(w.n))
		w.acc &= 1<<uint(w.n) - 1
		w.out = append(w.out, b)
		if w.full = 8; b == 0xFF {
			w.full = 7
		}
	}
}

// golomb writes a mapped error (T.87 A.5.3).
func (w *bitWriter) golomb(mapped, k, limit, qbpp int) {
	most := limit - qbpp - 1
	if high := mapped >> uint(k); high < most {
		w.zeros(high)
		w.put(uint64(mapped&(1<<uint(k)-1)|1<<uint(k)), k+1)
		return
	}
	w.zeros(most)
	w.put(1, 1)
	w.put(uint64(mapped-1), qbpp)
}

func (w *bitWriter) zeros(n int) {
	for ; n > 32; n -= 32 {
		w.put(0, 32)
	}
	w.put(0, n)
}

// finish fills the last byte with zeros. A byte FF is not left last: its
// stuffed bit would be taken for the start of a marker (T.87 A.1).
func (w *bitWriter) finish() []byte {
	if w.n > 0 || w.full == 7 {
		w.put(0, w.full-w.n)
	}
	return w.out
}
