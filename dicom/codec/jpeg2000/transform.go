package jpeg2000

// transform makes the samples of a tile-component from its coefficients: step
// after step, the last of them into a plane of its own.
func transform[T number](tc *tileComponent, coefficients []T, w *wavelet[T], memory *arena[T], workers int) plane[T] {
	bandPlane := func(b *band) plane[T] {
		return plane[T]{b.width(), b.height(), coefficients[b.offset : b.offset+b.area()]}
	}
	out := bandPlane(&tc.resolutions[0].bands[0])
	if tc.keep == 1 {
		return out
	}
	// Steps alternate between two planes, as none can work in place.
	planes := [2][]T{memory.take(tc.resolutions[tc.keep-1].area()), memory.take(tc.resolutions[tc.keep-2].area())}
	for r := 1; r < tc.keep; r++ {
		res := &tc.resolutions[r]
		l := level[T]{
			ll: out, hl: bandPlane(&res.bands[0]), lh: bandPlane(&res.bands[1]), hh: bandPlane(&res.bands[2]),
			out:     plane[T]{res.width(), res.height(), planes[(tc.keep-1-r)&1][:res.area()]},
			oddX:    res.x0&1 == 1,
			oddY:    res.y0&1 == 1,
			wavelet: w,
		}
		l.run(workers)
		out = l.out
	}
	return out
}
