package jpegls

import "math/bits"

const (
	// quantRange and quantMask: a table for all differences of 16-bit samples,
	// those below 0 behind, as two's complement has them.
	quantRange = 1 << 17
	quantMask  = quantRange - 1
	// contexts of regular mode are 0 to 364 (T.87 A.3.4); the rest is there for
	// an index that needs no check.
	contextRange = 512
	contextMask  = contextRange - 1
)

// runLengths is J, the logarithms of the lengths of run segments (T.87 A.2.1).
var runLengths = [32]uint8{0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 9, 10, 11, 12, 13, 14, 15}

// model is what coder and decoder know alike while a scan goes on (T.87 A.2).
type model struct {
	preset
	near, step int // step is 2*NEAR+1
	span       int // RANGE
	qbpp       int // bits of a mapped error
	limit      int // the most bits of one code
	quant      *[quantRange]int8
	contexts   [contextRange]tally
	runs       [2]runTally // by RItype
	runIndex   [4]int      // by component
}

func newModel(p preset, near int) *model {
	m := &model{preset: p, near: near, step: 2*near + 1}
	m.span = (p.maxval+2*near)/m.step + 1
	m.qbpp = bits.Len(uint(m.span - 1))
	bpp := max(2, bits.Len(uint(p.maxval)))
	m.limit = 2 * (bpp + max(8, bpp))
	m.quantiser()
	m.restart()
	return m
}

// restart begins a scan or a restart interval (T.87 A.2.1).
func (m *model) restart() {
	a := max(2, (m.span+32)/64)
	for i := range m.contexts {
		m.contexts[i] = tally{a: int32(a), n: 1, k: uint8(golombParameter(a, 1))}
	}
	m.runs = [2]runTally{{a: a, n: 1}, {a: a, n: 1, riType: 1}}
	m.runIndex = [4]int{}
}

// quantiser fills the table of the quantised gradients (T.87 A.3.3).
func (m *model) quantiser() {
	m.quant = new([quantRange]int8)
	for q, bound := range []struct{ from, to int }{
		{0, m.near + 1}, {m.near + 1, m.t1}, {m.t1, m.t2}, {m.t2, m.t3}, {m.t3, m.maxval + 1},
	} {
		if bound.from >= bound.to {
			continue
		}
		fill(m.quant[bound.from:bound.to], int8(q))
		fill(m.quant[quantRange-bound.to+1:quantRange-max(bound.from, 1)+1], int8(-q))
	}
}

// fill sets all of s to v.
func fill[T any](s []T, v T) {
	if len(s) == 0 {
		return
	}
	s[0] = v
	for n := 1; n < len(s); n *= 2 {
		copy(s[n:], s[:n])
	}
}

// gradients is the number of the context, negative where signs are turned
// (T.87 A.3.4); 0 stands for run mode.
func (m *model) gradients(ra, rb, rc, rd int) int {
	q := m.quant
	return (int(q[(rd-rb)&quantMask])*9+int(q[(rb-rc)&quantMask]))*9 + int(q[(rc-ra)&quantMask])
}

// predict is the median of the neighbours and their plane (T.87 A.4.1).
func predict(ra, rb, rc int) int {
	return max(min(ra, rb), min(max(ra, rb), ra+rb-rc))
}

// corrected is the prediction with the correction of its context (T.87 A.4.2).
func (m *model) corrected(px, correction, sign int) int {
	return min(max(px+sign*correction, 0), m.maxval)
}

// restored is the sample that an error makes of a prediction (T.87 A.4.4, A.4.5).
func (m *model) restored(px, e int) int {
	v := px + e*m.step
	switch {
	case v < -m.near:
		v += m.span * m.step
	case v > m.maxval+m.near:
		v -= m.span * m.step
	}
	return min(max(v, 0), m.maxval)
}

// reduced is an error quantised and brought into the range (T.87 A.4.4, A.4.5).
func (m *model) reduced(e int) int {
	switch {
	case e > 0:
		e = (e + m.near) / m.step
	default:
		e = -((m.near - e) / m.step)
	}
	if e < 0 {
		e += m.span
	}
	if e >= (m.span+1)/2 {
		e -= m.span
	}
	return e
}

// signOf is -1 for negative contexts, otherwise 1; and the context's number.
func signOf(q int) (sign, context int) {
	if q < 0 {
		return -1, -q
	}
	return 1, q
}

// nearly says whether a run may go on from a to b (T.87 A.7.1).
func (m *model) nearly(a, b int) bool { return max(a-b, b-a) <= m.near }
