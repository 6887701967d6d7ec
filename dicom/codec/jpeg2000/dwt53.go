package jpeg2000

// reversible is the 5/3 wavelet (15444-1 F.3.8.1).
var reversible = wavelet[int32]{steps: 2, row: row53, lift: lift53, alone: alone53}

func lift53(step int, row, above, below []int32) {
	above, below = above[:len(row)], below[:len(row)]
	if step == 0 {
		for x := range row {
			row[x] -= (above[x] + below[x] + 2) >> 2
		}
		return
	}
	for x := range row {
		row[x] += (above[x] + below[x]) >> 1
	}
}

func alone53(row []int32, high bool) {
	if !high {
		return
	}
	for x := range row {
		row[x] /= 2
	}
}

func row53(dst, low, high []int32, odd bool) {
	switch {
	case len(dst) == 1:
		copy(dst, low)
		copy(dst, high)
		alone53(dst, odd)
	case odd:
		oddRow53(dst, low, high)
	default:
		evenRow53(dst, low, high)
	}
}

// evenRow53 makes a row of at least two samples that begins with a low one.
func evenRow53(dst, low, high []int32) {
	n := min(len(low), len(high)) // of whole pairs
	before := high[0]
	last := low[0] - (2*before+2)>>2
	dst[0] = last
	pairs, lows, highs := dst[1:], low[1:n], high[1:n]
	highs = highs[:len(lows)]
	for len(pairs) >= 2 && len(lows) > 0 {
		h := highs[0]
		e := lows[0] - (before+h+2)>>2
		pairs[0], pairs[1] = before+(last+e)>>1, e
		last, before = e, h
		pairs, lows, highs = pairs[2:], lows[1:], highs[1:]
	}
	if len(low) == len(high) {
		pairs[0] = before + last
		return
	}
	e := low[n] - (2*before+2)>>2
	pairs[0], pairs[1] = before+(last+e)>>1, e
}

// oddRow53 makes a row of at least two samples that begins with a high one.
func oddRow53(dst, low, high []int32) {
	before := high[0]
	last := int32(0)
	for i, v := range low {
		after := before
		if i+1 < len(high) {
			after = high[i+1]
		}
		e := v - (before+after+2)>>2
		if i == 0 {
			last = e
		}
		dst[2*i], dst[2*i+1] = before+(last+e)>>1, e
		last, before = e, after
	}
	if len(high) > len(low) {
		dst[len(dst)-1] = before + last
	}
}
