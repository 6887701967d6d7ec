package jpeg2000

// irreversible is the 9/7 wavelet (15444-1 F.3.8.2). Its scaling by K and 1/K
// is not done here: scale97 puts it into the quantization steps.
var irreversible = wavelet[float32]{steps: 4, row: row97, lift: lift97, alone: alone97}

// scalingK is K of 15444-1 Table F.4.
const scalingK = 1.230174104914001

// factors97 are δ, γ, β and α of 15444-1 Table F.4, in the order of the steps.
var factors97 = [4]float32{0.443506852043971, 0.882911075530934, -0.052980118572961, -1.586134342059924}

// scale97 is what the steps leave out for a band of a resolution when so many
// resolutions are above it: K for each low direction and 1/K for each high
// one, and K² for each further step that the result goes through as LL.
func scale97(kind, above int) float64 {
	scale := 1.0
	for range above {
		scale *= scalingK * scalingK
	}
	if kind == bandHH {
		scale /= scalingK * scalingK
	}
	return scale
}

func lift97(step int, row, above, below []float32) {
	f := factors97[step]
	above, below = above[:len(row)], below[:len(row)]
	for x := range row {
		row[x] -= f * (above[x] + below[x])
	}
}

// alone97 undoes the scaling, which such rows do not have (15444-1 F.3.6).
func alone97(row []float32, high bool) {
	scale := float32(1 / scalingK)
	if high {
		scale = scalingK / 2
	}
	for x := range row {
		row[x] *= scale
	}
}

func row97(dst, low, high []float32, odd bool) {
	if len(low) < 3 || len(high) < 3 {
		shortRow97(dst, low, high, odd)
		return
	}
	var s sweep97
	if odd {
		dst, low, high = s.beginHigh(dst, low, high)
	} else {
		dst, low, high = s.beginLow(dst, low, high)
	}
	n := min(len(low), len(high))
	s.run(dst[:2*n], low[:n], high[:n])
	dst = dst[2*n:]
	if len(low) > n {
		s.endLow(dst, low[n])
	} else {
		s.endHigh(dst)
	}
}

// sweep97 goes along a row with all four steps at once: each is one sample
// behind the one before it.
type sweep97 struct {
	high  float32 // before all steps
	low   float32 // after the first; the sample before high
	high2 float32 // after the second; the sample before low
	low3  float32 // after the third; the sample before high2
}

// run takes pairs of a low and a high sample and puts out pairs of a high and
// a low one that lie three samples back.
func (s *sweep97) run(dst, low, high []float32) {
	f := factors97
	h, l, h2, l3 := s.high, s.low, s.high2, s.low3
	high, dst = high[:len(low)], dst[:2*len(low)]
	for i, next := range low {
		after := high[i]
		next -= f[0] * (h + after)
		h -= f[1] * (l + next)
		l -= f[2] * (h2 + h)
		h2 -= f[3] * (l3 + l)
		dst[2*i], dst[2*i+1] = h2, l
		h, l, h2, l3 = after, next, h, l
	}
	s.high, s.low, s.high2, s.low3 = h, l, h2, l3
}

// beginLow begins a row whose first sample is a low one, and is mirrored.
func (s *sweep97) beginLow(dst, low, high []float32) (d, l, h []float32) {
	f := factors97
	first := low[0] - 2*f[0]*high[0]
	s.low = low[1] - f[0]*(high[0]+high[1])
	s.high = high[1]
	s.high2 = high[0] - f[1]*(first+s.low)
	s.low3 = first - 2*f[2]*s.high2
	dst[0] = s.low3
	return dst[1:], low[2:], high[2:]
}

// beginHigh begins a row whose first sample is a high one.
func (s *sweep97) beginHigh(dst, low, high []float32) (d, l, h []float32) {
	f := factors97
	first := low[0] - f[0]*(high[0]+high[1])
	before := high[0] - 2*f[1]*first
	s.low = low[1] - f[0]*(high[1]+high[2])
	s.high = high[2]
	s.high2 = high[1] - f[1]*(first+s.low)
	s.low3 = first - f[2]*(before+s.high2)
	dst[0], dst[1] = before-2*f[3]*s.low3, s.low3
	return dst[2:], low[2:], high[3:]
}

// endLow ends a row whose last sample is a low one.
func (s *sweep97) endLow(dst []float32, last float32) {
	s.run(dst[:2], []float32{last}, []float32{s.high})
	f := factors97
	low := s.low - 2*f[2]*s.high2
	dst[2], dst[3] = s.high2-f[3]*(s.low3+low), low
}

// endHigh ends a row whose last sample is a high one.
func (s *sweep97) endHigh(dst []float32) {
	f := factors97
	high := s.high - 2*f[1]*s.low
	low := s.low - f[2]*(s.high2+high)
	dst[0], dst[1], dst[2] = s.high2-f[3]*(s.low3+low), low, high-2*f[3]*low
}

// shortRow97 makes a row step by step.
func shortRow97(dst, low, high []float32, odd bool) {
	first := 0
	if odd {
		first = 1
	}
	for i, v := range low {
		dst[2*i+first] = v
	}
	for i, v := range high {
		dst[2*i+1-first] = v
	}
	if len(dst) == 1 {
		alone97(dst, odd)
		return
	}
	for step, f := range factors97 {
		alongRow97(dst, (first+step)&1, f)
	}
}

// alongRow97 is a lifting step of every other sample of a row of two or more.
func alongRow97(v []float32, first int, f float32) {
	for i := first; i < len(v); i += 2 {
		before, after := i-1, i+1
		if before < 0 {
			before = after
		}
		if after >= len(v) {
			after = i - 1
		}
		v[i] -= f * (v[before] + v[after])
	}
}
