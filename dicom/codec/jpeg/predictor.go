package jpeg

// predicted is a row of one component while its predictions are added to the
// differences. Sums are taken modulo 65536 (H.2.1).
type predicted[T uint8 | uint16] struct {
	row, above     []T // every step-th sample
	diffs          []uint16
	step, diffStep int
}

// left predicts by the sample to the left, Ra, the first by v (H.1.1, H.1.2.1).
func (p predicted[T]) left(v uint16) {
	k := 0
	for i := 0; i < len(p.row); i += p.step {
		v += p.diffs[k]
		p.row[i] = T(v)
		k += p.diffStep
	}
}

// by predicts as table H.1 says; the first sample always by the one above.
func (p predicted[T]) by(selection int) {
	if selection == 1 {
		p.left(uint16(p.above[0]))
		return
	}
	p.row[0] = T(uint16(p.above[0]) + p.diffs[0])
	switch selection {
	case 2:
		p.up()
	case 3:
		p.corner()
	case 4:
		p.plane()
	case 5:
		p.leftTilted()
	case 6:
		p.upTilted()
	case 7:
		p.mean()
	}
}

// up: Rb.
func (p predicted[T]) up() {
	k := 0
	for i := p.step; i < len(p.row); i += p.step {
		k += p.diffStep
		p.row[i] = T(uint16(p.above[i]) + p.diffs[k])
	}
}

// corner: Rc.
func (p predicted[T]) corner() {
	k := 0
	for i := p.step; i < len(p.row); i += p.step {
		k += p.diffStep
		p.row[i] = T(uint16(p.above[i-p.step]) + p.diffs[k])
	}
}

// plane: Ra + Rb - Rc.
func (p predicted[T]) plane() {
	k, a, c := 0, uint16(p.row[0]), uint16(p.above[0])
	for i := p.step; i < len(p.row); i += p.step {
		k += p.diffStep
		b := uint16(p.above[i])
		a += b - c + p.diffs[k]
		c = b
		p.row[i] = T(a)
	}
}

// leftTilted: Ra + (Rb - Rc)/2.
func (p predicted[T]) leftTilted() {
	k, a, c := 0, int32(p.row[0]), int32(p.above[0])
	for i := p.step; i < len(p.row); i += p.step {
		k += p.diffStep
		b := int32(p.above[i])
		v := T(a + (b-c)>>1 + int32(p.diffs[k]))
		a, c = int32(v), b
		p.row[i] = v
	}
}

// upTilted: Rb + (Ra - Rc)/2.
func (p predicted[T]) upTilted() {
	k, a, c := 0, int32(p.row[0]), int32(p.above[0])
	for i := p.step; i < len(p.row); i += p.step {
		k += p.diffStep
		b := int32(p.above[i])
		v := T(b + (a-c)>>1 + int32(p.diffs[k]))
		a, c = int32(v), b
		p.row[i] = v
	}
}

// mean: (Ra + Rb)/2.
func (p predicted[T]) mean() {
	k, a := 0, int32(p.row[0])
	for i := p.step; i < len(p.row); i += p.step {
		k += p.diffStep
		v := T((a+int32(p.above[i]))>>1 + int32(p.diffs[k]))
		a = int32(v)
		p.row[i] = v
	}
}
