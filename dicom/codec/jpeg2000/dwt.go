package jpeg2000

// number is what samples are while they are transformed: whole for the
// reversible wavelet, else not.
type number interface{ int32 | float32 }

// plane is a rectangle of numbers in rows without gaps.
type plane[T number] struct {
	width, height int
	v             []T
}

func (p plane[T]) row(y int) []T { return p.v[y*p.width : (y+1)*p.width] }

// level is one step of the inverse wavelet transform: four bands become a
// resolution (15444-1 F.3.2). Each row of it is first filled by the horizontal
// step, from a row of two bands; then the vertical step works in place.
type level[T number] struct {
	ll, hl, lh, hh plane[T]
	out            plane[T]
	oddX, oddY     bool // the first column, row is of the high bands
	wavelet        *wavelet[T]
}

// wavelet is a lifting scheme (15444-1 F.3.8).
type wavelet[T number] struct {
	// steps of lifting: the first changes the low rows, the second the high, …
	steps int
	// row makes a row from its low and its high half.
	row func(dst, low, high []T, odd bool)
	// lift changes a row by those beside it, by the step.
	lift func(step int, row, above, below []T)
	// alone changes a row that has none beside it (15444-1 F.3.6).
	alone func(row []T, high bool)
}

// fill makes a row by the horizontal step.
func (l *level[T]) fill(y int) {
	low, high := l.lh, l.hh
	if l.low(y) {
		low, high = l.ll, l.hl
	}
	l.wavelet.row(l.out.row(y), low.row(y>>1), high.row(y>>1), l.oddX)
}

// low reports whether a row is of the low bands.
func (l *level[T]) low(y int) bool { return y&1 == 0 != l.oddY }

// lift does the vertical steps that can be done once row y is filled: the
// first on the row above it, each further one on the row above that.
func (l *level[T]) lift(y, x0, x1 int) {
	if !l.low(y - 1) {
		return
	}
	height := l.out.height
	for step := range l.wavelet.steps {
		if y--; y < 0 || y >= height {
			continue
		}
		above, below := y-1, y+1
		if above < 0 {
			above = below // F.3.7: the signal goes on mirrored
		}
		if below >= height {
			below = y - 1
		}
		l.wavelet.lift(step, l.out.row(y)[x0:x1], l.out.row(above)[x0:x1], l.out.row(below)[x0:x1])
	}
}

// parallelSamples is the least size of a resolution for which goroutines pay.
const parallelSamples = 1 << 15

// run makes the resolution. With one worker filling and lifting go together,
// so that rows are still in the cache; more workers fill rows, then lift
// columns.
func (l *level[T]) run(workers int) {
	height := l.out.height
	if l.out.width == 0 || height == 0 {
		return
	}
	if l.out.width*height < parallelSamples || height == 1 {
		workers = 1
	}
	if workers > 1 {
		share(workers, height, l.fillRows)
		share(workers, l.out.width, l.liftColumns)
		return
	}
	for y := range height + l.wavelet.steps {
		if y < height {
			l.fill(y)
		}
		if height > 1 {
			l.lift(y, 0, l.out.width)
		}
	}
	l.alone()
}

func (l *level[T]) fillRows(y0, y1 int) {
	for y := y0; y < y1; y++ {
		l.fill(y)
	}
}

func (l *level[T]) liftColumns(x0, x1 int) {
	for y := range l.out.height + l.wavelet.steps {
		l.lift(y, x0, x1)
	}
}

// alone is the vertical step for a resolution of one row.
func (l *level[T]) alone() {
	if l.out.height == 1 {
		l.wavelet.alone(l.out.row(0), l.oddY)
	}
}
