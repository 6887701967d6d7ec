package jpegls

import "math/bits"

// tally is the statistics of one kind of neighbourhood (T.87 A.2.1). k and
// flip follow from the others and are kept, so that decoding a sample need not
// wait for them.
type tally struct {
	a    int32 // sum of the magnitudes of the errors
	b    int32 // their bias
	n    int32 // how many
	c    int16 // correction of the prediction
	k    uint8 // Golomb parameter (T.87 A.5.1)
	flip int8  // -1 where k is 0 and negative errors are the likelier (T.87 A.5.2)
}

// update enters an error (T.87 A.6.1, A.6.2). scaled is the error times 2*NEAR+1.
func (c *tally) update(e, scaled, reset int, lossless bool) {
	a, b, n := int(c.a)+max(e, -e), int(c.b)+scaled, int(c.n)
	if n == reset {
		a, b, n = a>>1, b>>1, n>>1
	}
	n++
	switch {
	case b <= -n:
		b = max(b+n, 1-n)
		c.c = max(c.c-1, -128)
	case b > 0:
		b = min(b-n, 0)
		c.c = min(c.c+1, 127)
	}
	c.a, c.b, c.n = int32(a), int32(b), int32(n)
	k := golombParameter(a, n)
	c.k, c.flip = uint8(k), 0
	if lossless && k == 0 && 2*b <= -n {
		c.flip = -1
	}
}

// golombParameter is the least k with n<<k >= a (T.87 A.5.1). n is above 0.
func golombParameter(a, n int) int {
	k := max(bits.Len32(uint32(a))-bits.Len32(uint32(n)), 0)
	if n<<k < a {
		k++
	}
	return k
}

// runTally is the statistics of the samples that end runs (T.87 A.7.2).
type runTally struct {
	a, n     int
	negative int // Nn: how many errors were below 0
	riType   int // RItype: 1 where Ra and Rb agree
}

func (c *runTally) k() int {
	if c.riType == 1 {
		return golombParameter(c.a+c.n>>1, c.n)
	}
	return golombParameter(c.a, c.n)
}

// inverted says whether an odd mapped value stands for a negative error (T.87
// A.7.2, figure A.22, read from the other side).
func (c *runTally) inverted(k int) bool { return k != 0 || 2*c.negative >= c.n }

// value is the error that a mapped value stands for.
func (c *runTally) value(mapped, k int) int {
	t := mapped + c.riType
	odd := t & 1
	e := (t + odd) / 2
	if c.inverted(k) == (odd == 1) {
		return -e
	}
	return e
}

// mapped is the value that stands for an error.
func (c *runTally) mapped(e, k int) int {
	odd := 0
	if e != 0 && (e < 0) == c.inverted(k) {
		odd = 1
	}
	return 2*max(e, -e) - c.riType - odd
}

// update is T.87 A.7.2, figure A.23.
func (c *runTally) update(e, mapped, reset int) {
	if e < 0 {
		c.negative++
	}
	c.a += (mapped + 1 - c.riType) >> 1
	if c.n == reset {
		c.a, c.n, c.negative = c.a>>1, c.n>>1, c.negative>>1
	}
	c.n++
}

// updateLossless is update where the error is its own bias. Branches that go
// either way are sums with masks instead.
func (c *tally) updateLossless(e, reset int32) {
	a, b, n := c.a+max(e, -e), c.b+e, c.n
	if n == reset {
		a, b, n = a>>1, b>>1, n>>1
	}
	n++
	low, high := (b+n-1)>>31, -b>>31 // -1 where b is at most -n, and above 0
	correction := int32(c.c) + low - high
	b = min(max(b+n&low-n&high, 1-n), 0)
	c.a, c.b, c.n, c.c = a, b, n, int16(min(max(correction, -128), 127))
	k := golombParameter(int(a), int(n))
	c.k, c.flip = uint8(k), 0
	if k == 0 && 2*b <= -n {
		c.flip = -1
	}
}
