package jpeg2000

// store puts the samples of the block into its place among the coefficients
// of the band (15444-1 annex E).
func (d *blockDecoder) store(j job) {
	width := j.in.width()
	first := j.in.offset + (j.b.y0-j.in.y0)*width + j.b.x0 - j.in.x0
	for y := range d.height {
		row := d.row(y, j)
		at := first + y*width
		if j.tc.reversible {
			storeWhole(j.tc.whole[at:at+d.width], row)
		} else {
			storeReal(j.tc.real[at:at+d.width], row, j.in.step/2)
		}
	}
}

// row is a row of samples in two's complement, twice their number.
func (d *blockDecoder) row(y int, j job) []int32 {
	row := d.rows[y*d.width:][:d.width]
	if j.tc.modes&styleHT == 0 {
		samples := d.samples[4*(y>>2)*d.width+y&3:]
		for x := range row {
			v := samples[4*x]
			sign := int32(v) >> 31
			row[x] = int32(v&^(1<<31)) ^ sign - sign
		}
	}
	if j.in.roi > 0 {
		unshift(row, uint(j.in.roi))
	}
	return row
}

// unshift brings what is of the region of interest, larger than all that is
// not, back to its size (15444-1 H.1).
func unshift(row []int32, roi uint) {
	if roi >= maxPlanes {
		return // only what was not shifted has so few planes
	}
	least := int32(2) << roi
	for x, v := range row {
		switch {
		case v >= least:
			row[x] = v >> roi
		case v <= -least:
			row[x] = -(-v >> roi)
		}
	}
}

func storeWhole(dst, row []int32) {
	row = row[:len(dst)]
	for x := range dst {
		dst[x] = row[x] / 2
	}
}

func storeReal(dst []float32, row []int32, step float32) {
	row = row[:len(dst)]
	for x := range dst {
		dst[x] = float32(row[x]) * step
	}
}
