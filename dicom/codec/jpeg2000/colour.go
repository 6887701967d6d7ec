package jpeg2000

// inverseRCT undoes the reversible component transform (15444-1 G.2.2).
func inverseRCT(y0, y1, y2 []int32) {
	y1, y2 = y1[:len(y0)], y2[:len(y0)]
	for i, y := range y0 {
		u, v := y1[i], y2[i]
		g := y - (u+v)>>2
		y0[i], y1[i], y2[i] = v+g, g, u+g
	}
}

// inverseICT undoes the irreversible component transform (15444-1 G.3.2).
func inverseICT(y0, y1, y2 []float32) {
	y1, y2 = y1[:len(y0)], y2[:len(y0)]
	for i, y := range y0 {
		cb, cr := y1[i], y2[i]
		y0[i], y1[i], y2[i] = y+1.402*cr, y-0.344136*cb-0.714136*cr, y+1.772*cb
	}
}
