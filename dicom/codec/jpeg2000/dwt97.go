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

// alongRow97 is a lifting step of every other sample of a row.
func alongRow97(v []float32, first int, f float32) {
	i, n := first, len(v)
	if i == 0 {
		v[0] -= 2 * f * v[1]
		i = 2
	}
	if i < n {
		left := v[i-1]
		for w := v[i:]; len(w) >= 2; {
			right := w[1]
			w[0] -= f * (left + right)
			left = right
			if len(w) == 2 {
				break
			}
			w = w[2:]
		}
	}
	if (n-1-first)&1 == 0 && n-1 > 0 {
		v[n-1] -= 2 * f * v[n-2]
	}
}
