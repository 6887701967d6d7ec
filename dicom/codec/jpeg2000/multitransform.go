package jpeg2000

import (
	"context"
	"fmt"
	"math"

	"eris/dicom/codec"
)

// inverse makes the reconstructed components of the coded ones, stage after
// stage (15444-2 annex J). The offsets of the arrays stand for the level shift
// of 15444-1 G.1; as the samples of a tile here are those before that shift,
// unsigned ones are brought down by it.
func (m *multi) inverse(ctx context.Context, all []samples) ([]samples, error) {
	for _, index := range m.order {
		stage, ok := m.stages[index]
		if !ok {
			return nil, fmt.Errorf("%w: MCO names a stage %d that is not there", codec.ErrCorrupt, index)
		}
		var err error
		if all, err = m.stage(ctx, stage, all); err != nil {
			return nil, err
		}
	}
	if len(all) != len(m.outputs) {
		return nil, fmt.Errorf("%w: %d transformed components where %d are stated", codec.ErrCorrupt, len(all), len(m.outputs))
	}
	for i, o := range m.outputs {
		all[i].half = 1 << (o.bits - 1)
		if !o.signed {
			all[i].add(-float64(all[i].half))
		}
	}
	return all, nil
}

// stage carries out the collections of a stage. Each output has to come from
// just one of them, and there are no more than the coded or the final ones:
// memory was granted for as many.
func (m *multi) stage(ctx context.Context, stage []collection, in []samples) ([]samples, error) {
	out := make([]samples, max(len(in), len(m.outputs)))
	n := 0
	for i := range stage {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		c := &stage[i]
		made, err := m.collect(c, in)
		if err != nil {
			return nil, err
		}
		for k, at := range c.out {
			if at >= len(out) || out[at].there() {
				return nil, fmt.Errorf("%w: component %d is transformed twice or too much", codec.ErrCorrupt, at)
			}
			out[at], n = made[k], n+1
		}
	}
	for _, s := range out[:n] {
		if !s.there() {
			return nil, fmt.Errorf("%w: a component that no collection makes", codec.ErrCorrupt)
		}
	}
	return out[:n], nil
}

// collect carries out one collection.
func (m *multi) collect(c *collection, in []samples) ([]samples, error) {
	inputs := make([]samples, len(c.in))
	for i, at := range c.in {
		if at >= len(in) || !in[at].sized(&in[0]) {
			return nil, fmt.Errorf("%w: a collection of component %d", codec.ErrCorrupt, at)
		}
		if c.reversible && in[at].real.v != nil {
			return nil, fmt.Errorf("%w: a reversible component transform of irreversible components", codec.ErrCorrupt)
		}
		inputs[i] = in[at]
	}
	n, inner := len(c.in), len(c.out)
	offsets := make([]float64, inner)
	if c.offset != 0 {
		offsets = m.arrays[arrayKey{arrayOffset, c.offset}]
	}
	if len(offsets) != inner || c.reversible && !whole(offsets) {
		return nil, fmt.Errorf("%w: %d offsets of %d components", codec.ErrCorrupt, len(offsets), inner)
	}
	array := m.arrays[arrayKey{c.kind, c.array}]
	if c.array == 0 {
		return pass(inputs, offsets)
	}
	if want := c.elements(); len(array) != want || n != inner && (c.reversible || c.kind == arrayDependency) {
		return nil, fmt.Errorf("%w: an array of %d elements for %d and %d components", codec.ErrCorrupt, len(array), n, inner)
	}
	switch {
	case c.reversible && !whole(array):
		return nil, fmt.Errorf("%w: a reversible transform of fractions", codec.ErrCorrupt)
	case c.reversible && c.kind == arrayDependency:
		return depend(inputs, array, offsets)
	case c.reversible:
		return lift(inputs, array, offsets)
	case c.kind == arrayDependency:
		return dependReal(inputs, array, offsets), nil
	}
	return multiply(inputs, array, offsets), nil
}

// elements is how many elements the array has (15444-2): reversible ones
// hold divisors besides.
func (c *collection) elements() int {
	n, m := len(c.in), len(c.out)
	switch {
	case c.kind == arrayDependency && c.reversible:
		return n*(n+1)/2 - 1
	case c.kind == arrayDependency:
		return n * (n - 1) / 2
	case c.reversible:
		return n * (n + 1)
	}
	return n * m
}

// whole reports whether the numbers are whole and of 32 bits.
func whole(v []float64) bool {
	for _, x := range v {
		if x != math.Trunc(x) || math.Abs(x) > math.MaxInt32 {
			return false
		}
	}
	return true
}

// pass is the null transform: components in another order, and offsets.
func pass(in []samples, offsets []float64) ([]samples, error) {
	if len(in) != len(offsets) {
		return nil, fmt.Errorf("%w: %d components passed on as %d", codec.ErrCorrupt, len(in), len(offsets))
	}
	out := make([]samples, len(in))
	for i := range in {
		out[i] = in[i].copied(false)
		out[i].add(offsets[i])
	}
	return out, nil
}

// multiply is the irreversible decorrelation: a matrix with a row for each
// output, and the offsets (15444-2).
func multiply(in []samples, matrix, offsets []float64) []samples {
	source := make([]samples, len(in))
	for i := range in {
		source[i] = in[i].asReal()
	}
	out := make([]samples, len(offsets))
	for m := range out {
		out[m].real = source[0].real
		out[m].real.v = make([]float32, len(source[0].real.v))
		for n := range source {
			accumulate(out[m].real.v, source[n].real.v, float32(matrix[m*len(in)+n]))
		}
		out[m].add(offsets[m])
	}
	return out
}

func accumulate(dst, src []float32, factor float32) {
	src = src[:len(dst)]
	for i, v := range src {
		dst[i] += factor * v
	}
}

// dependReal is the irreversible dependency transform: each output is its
// input, its offset, and a sum of the outputs before it (15444-2).
func dependReal(in []samples, triangle, offsets []float64) []samples {
	out := make([]samples, len(in))
	for m := range in {
		out[m] = in[m].copied(true)
		out[m].add(offsets[m])
		for n := range m {
			accumulate(out[m].real.v, out[n].real.v, float32(triangle[n]))
		}
		triangle = triangle[m:]
	}
	return out
}

// depend is the reversible dependency transform. A row of the triangle but the
// first ends with the power of two by which its sum is divided.
func depend(in []samples, triangle, offsets []float64) ([]samples, error) {
	out := make([]samples, len(in))
	for m := range in {
		out[m] = in[m].copied(false)
		out[m].add(offsets[m])
		if m == 0 {
			continue
		}
		shift, ok := powerOfTwo(triangle[m])
		if !ok {
			return nil, divisorError(triangle[m])
		}
		addSum(out, m, triangle[:m], shift, 1)
		triangle = triangle[m+1:]
	}
	return out, nil
}

// lift is the reversible decorrelation: single-row elementary matrices, one
// for each of N+1 columns of the array. A column changes one component by a
// rounded sum of the others, from the last component to the first and then
// the last again; in its own row stands the divisor. That of the last column
// may be below 0, which turns the sign (15444-2).
func lift(in []samples, array, offsets []float64) ([]samples, error) {
	n := len(in)
	out := make([]samples, n)
	for i := range in {
		out[i] = in[i].copied(false)
	}
	factors := make([]float64, n)
	for column := range n + 1 {
		at := n - 1 - column%n
		for row := range factors {
			factors[row] = array[row*(n+1)+column]
		}
		divisor := factors[at]
		turn := column == n && divisor < 0
		if turn {
			divisor = -divisor
		}
		shift, ok := powerOfTwo(divisor)
		if !ok {
			return nil, divisorError(divisor)
		}
		factors[at] = 0
		addSum(out, at, factors, shift, -1)
		if turn {
			for i, v := range out[at].whole.v {
				out[at].whole.v[i] = -v
			}
		}
	}
	for i := range out {
		out[i].add(offsets[i])
	}
	return out, nil
}

func divisorError(divisor float64) error {
	return fmt.Errorf("%w: a reversible component transform divides by %v", codec.ErrCorrupt, divisor)
}

// powerOfTwo is the exponent of a power of two.
func powerOfTwo(v float64) (shift uint, ok bool) {
	fraction, exponent := math.Frexp(v)
	return uint(max(exponent-1, 0)), v >= 1 && fraction == 0.5
}

// addSum adds to a component, or takes from it, the rounded sum of others.
func addSum(all []samples, at int, factors []float64, shift uint, sign int32) {
	dst := all[at].whole.v
	round := int64(1) << shift >> 1
	for i := range dst {
		sum := round
		for n, factor := range factors {
			sum += int64(factor) * int64(all[n].whole.v[i])
		}
		dst[i] += sign * int32(sum>>shift)
	}
}

// there reports whether samples were made, be it none.
func (s *samples) there() bool { return s.whole.v != nil || s.real.v != nil }

// sized reports whether two are of the same size.
func (s *samples) sized(o *samples) bool {
	w, h := s.size()
	ow, oh := o.size()
	return w == ow && h == oh
}

func (s *samples) size() (width, height int) {
	if s.real.v != nil {
		return s.real.width, s.real.height
	}
	return s.whole.width, s.whole.height
}

// copied is a copy, of real numbers where asked for.
func (s *samples) copied(real bool) samples {
	if s.real.v == nil && !real {
		whole := s.whole
		whole.v = append(make([]int32, 0, len(whole.v)), whole.v...)
		return samples{whole: whole}
	}
	r := s.asReal()
	if s.real.v != nil {
		r.real.v = append(make([]float32, 0, len(r.real.v)), r.real.v...)
	}
	return r
}

// asReal is the samples as real numbers.
func (s *samples) asReal() samples {
	if s.real.v != nil {
		return *s
	}
	v := make([]float32, len(s.whole.v))
	for i, x := range s.whole.v {
		v[i] = float32(x)
	}
	return samples{real: plane[float32]{s.whole.width, s.whole.height, v}}
}

// add adds a number to all samples.
func (s *samples) add(offset float64) {
	for i := range s.real.v {
		s.real.v[i] += float32(offset)
	}
	if s.real.v == nil && offset != 0 {
		for i := range s.whole.v {
			s.whole.v[i] += int32(offset)
		}
	}
}
