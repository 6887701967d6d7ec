package jpeg

// upsampled is row y of the picture in this component. Where a component has
// half of the columns, or half of columns and rows, its samples lie in the
// middle of the pixels that they cover (T.871 clause 9) and are interpolated:
// three parts of the nearer, one of the farther. Others are repeated.
func (p *plane[T]) upsampled(y int) []T {
	if p.wider == 1 && p.higher == 1 {
		return p.row(y)
	}
	if p.line == nil {
		p.line, p.sums = make([]T, p.columns*p.wider), make([]int32, p.columns)
	}
	// Two columns are too few to interpolate for the reference decoder.
	smooth := p.wider == 2 && p.columns > 2
	switch {
	case smooth && p.higher == 1:
		p.widen(p.row(y))
	case smooth && p.higher == 2:
		p.widenBetween(y)
	default:
		p.repeat(p.row(y / p.higher))
	}
	return p.line
}

func (p *plane[T]) repeat(row []T) {
	for x, v := range row {
		for i := range p.wider {
			p.line[x*p.wider+i] = v
		}
	}
}

func (p *plane[T]) widen(row []T) {
	for x, v := range row {
		p.sums[x] = int32(v)
	}
	p.spread(1, 2, 2)
}

// widenBetween interpolates between the nearer and the farther row first.
func (p *plane[T]) widenBetween(y int) {
	near := y / 2
	far := max(near-1, 0)
	if y%2 == 1 {
		far = min(near+1, p.rows-1)
	}
	farther := p.row(far)
	for x, v := range p.row(near) {
		p.sums[x] = 3*int32(v) + int32(farther[x])
	}
	p.spread(8, 7, 4)
}

// spread makes two pixels of each sum. They are rounded differently, so that
// rounding does not make the picture brighter.
func (p *plane[T]) spread(roundLeft, roundRight int32, shift uint) {
	sums := p.sums
	line := p.line[:2*len(sums)]
	last := sums[0]
	for x, v := range sums {
		next := v
		if x+1 < len(sums) {
			next = sums[x+1]
		}
		line[2*x] = T((3*v + last + roundLeft) >> shift)
		line[2*x+1] = T((3*v + next + roundRight) >> shift)
		last = v
	}
}
