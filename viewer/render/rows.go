package render

import (
	"runtime"
	"sync"
)

// shared runs work over the rows 0 to n in parts, one per processor, and
// returns when all are done; part numbers them from 0.
func shared(n int, work func(part, from, to int)) {
	parts := min(processors(), n)
	if parts <= 1 {
		work(0, 0, n)
		return
	}
	var wg sync.WaitGroup
	for part := 1; part < parts; part++ {
		wg.Go(func() { work(part, n*part/parts, n*(part+1)/parts) })
	}
	work(0, 0, n/parts)
	wg.Wait()
}

// processors is the number of parts work is cut into.
func processors() int { return max(runtime.GOMAXPROCS(0), 1) }

// sample is what images are made of.
type sample interface{ uint8 | uint16 }

// down adds up the rows that make one target row, each with its weight: acc
// has 16+12 bits. The rows lie width apart in src, and acc starts at column
// from of them. Four rows are taken in one pass to spare memory traffic.
func down[T sample](acc []uint32, src []T, width, from, first int, weights []uint16) {
	row := func(i int) []T { return src[(first+i)*width+from:][:len(acc)] }
	i := 0
	switch len(weights) & 3 {
	case 0:
		clear(acc)
	case 1:
		single(acc, row(0), uint32(weights[0]))
		i = 1
	case 2:
		pair(acc, row(0), row(1), uint32(weights[0]), uint32(weights[1]))
		i = 2
	case 3:
		pair(acc, row(0), row(1), uint32(weights[0]), uint32(weights[1]))
		more(acc, row(2), uint32(weights[2]))
		i = 3
	}
	for ; i < len(weights); i += 4 {
		four(acc, row(i), row(i+1), row(i+2), row(i+3), weights[i:i+4])
	}
}

func single[T sample](acc []uint32, a []T, w uint32) {
	a = a[:len(acc)]
	for x := range acc {
		acc[x] = uint32(a[x]) * w
	}
}

func pair[T sample](acc []uint32, a, b []T, wa, wb uint32) {
	a, b = a[:len(acc)], b[:len(acc)]
	for x := range acc {
		acc[x] = uint32(a[x])*wa + uint32(b[x])*wb
	}
}

func more[T sample](acc []uint32, a []T, w uint32) {
	a = a[:len(acc)]
	for x := range acc {
		acc[x] += uint32(a[x]) * w
	}
}

func four[T sample](acc []uint32, a, b, c, d []T, w []uint16) {
	a, b, c, d = a[:len(acc)], b[:len(acc)], c[:len(acc)], d[:len(acc)]
	wa, wb, wc, wd := uint32(w[0]), uint32(w[1]), uint32(w[2]), uint32(w[3])
	for x := range acc {
		acc[x] += uint32(a[x])*wa + uint32(b[x])*wb + uint32(c[x])*wc + uint32(d[x])*wd
	}
}

// half rounds a sum of 16+12+12 bits.
const half = 1 << (2*weightBits - 1)

// across makes one target row of gray from acc, whose first entry is source
// column a.least.
func across(dst []uint16, acc []uint32, a *axis) {
	for x := range dst {
		b, e := a.begin[x], a.begin[x+1]
		in := acc[int(a.first[x])-a.least:]
		if e-b == 2 {
			w := a.weight[b : b+2]
			dst[x] = uint16((uint64(in[0])*uint64(w[0]) + uint64(in[1])*uint64(w[1]) + half) >> (2 * weightBits))
			continue
		}
		sum := uint64(half)
		for i, w := range a.weight[b:e] {
			sum += uint64(in[i]) * uint64(w)
		}
		dst[x] = uint16(sum >> (2 * weightBits))
	}
}

// acrossRGB is across for three interleaved samples.
func acrossRGB(dst []uint8, acc []uint32, a *axis) {
	for x := range a.first {
		in := acc[3*(int(a.first[x])-a.least):]
		var r, g, b uint64 = half, half, half
		for i, w := range a.weight[a.begin[x]:a.begin[x+1]] {
			r += uint64(in[3*i]) * uint64(w)
			g += uint64(in[3*i+1]) * uint64(w)
			b += uint64(in[3*i+2]) * uint64(w)
		}
		dst[3*x], dst[3*x+1], dst[3*x+2] = uint8(r>>(2*weightBits)), uint8(g>>(2*weightBits)), uint8(b>>(2*weightBits))
	}
}
