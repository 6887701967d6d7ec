package jpeg2000

import "eris/dicom/codec"

// transform makes the coefficients of all components from an image.
func (e *encoder) transform(m *codec.Image) {
	planes := make([]plane[int32], m.Components)
	for c := range planes {
		planes[c] = plane[int32]{m.Columns, m.Rows, make([]int32, m.Rows*m.Columns)}
		take(planes[c].v, m, c)
	}
	if e.opts.MCT {
		forwardRCT(planes[0].v, planes[1].v, planes[2].v)
	}
	for c := range planes {
		tc := &e.tile.components[c]
		tc.whole = make([]int32, tc.total)
		analyse(tc, planes[c])
	}
}

// take takes the samples of a component, shifted to a range around 0
// (15444-1 G.1.1).
func take(dst []int32, m *codec.Image, component int) {
	shift := int32(1) << (m.Bits - 1)
	for i := range dst {
		k := i*m.Components + component
		switch {
		case m.Pix8 != nil && m.Signed:
			dst[i] = int32(int8(m.Pix8[k]))
		case m.Pix8 != nil:
			dst[i] = int32(m.Pix8[k]) - shift
		case m.Pix16 != nil && m.Signed:
			dst[i] = int32(int16(m.Pix16[k]))
		case m.Pix16 != nil:
			dst[i] = int32(m.Pix16[k]) - shift
		case m.Signed:
			dst[i] = int32(m.Pix32[k])
		default:
			dst[i] = int32(m.Pix32[k]) - shift
		}
	}
}

// forwardRCT is the reversible component transform (15444-1 G.2.1).
func forwardRCT(r, g, b []int32) {
	g, b = g[:len(r)], b[:len(r)]
	for i, red := range r {
		green, blue := g[i], b[i]
		r[i], g[i], b[i] = (red+2*green+blue)>>2, blue-green, red-green
	}
}

// analyse divides a component into bands, the highest resolution first
// (15444-1 F.4.2). Tiles here begin at 0, so every first sample is a low one.
func analyse(tc *tileComponent, p plane[int32]) {
	for r := tc.levels; r > 0; r-- {
		forwardVertical53(p)
		res := &tc.resolutions[r]
		target := func(b *band) plane[int32] {
			return plane[int32]{b.width(), b.height(), tc.whole[b.offset : b.offset+b.area()]}
		}
		hl, lh, hh := target(&res.bands[0]), target(&res.bands[1]), target(&res.bands[2])
		low := plane[int32]{tc.resolutions[r-1].width(), tc.resolutions[r-1].height(), nil}
		low.v = make([]int32, low.width*low.height)
		for y := range p.height {
			if y&1 == 0 {
				forwardRow53(p.row(y), low.row(y>>1), hl.row(y>>1))
			} else {
				forwardRow53(p.row(y), lh.row(y>>1), hh.row(y>>1))
			}
		}
		p = low
	}
	b := &tc.resolutions[0].bands[0]
	copy(tc.whole[b.offset:], p.v)
}

// forwardVertical53 is the 5/3 wavelet along columns, in place (15444-1 F.4.8.1).
func forwardVertical53(p plane[int32]) {
	for y := 1; y < p.height; y += 2 {
		above, below, row := p.row(y-1), p.row(y-1), p.row(y)
		if y+1 < p.height {
			below = p.row(y + 1)
		}
		for x := range row {
			row[x] -= (above[x] + below[x]) >> 1
		}
	}
	for y := 0; y < p.height && p.height > 1; y += 2 {
		row := p.row(y)
		above, below := p.row(max(y-1, 1)), p.row(max(y-1, 1))
		if y+1 < p.height {
			below = p.row(y + 1)
		}
		for x := range row {
			row[x] += (above[x] + below[x] + 2) >> 2
		}
	}
}

// forwardRow53 is the 5/3 wavelet along a row, into its low and high half.
func forwardRow53(row, low, high []int32) {
	for i := range high {
		left, right := row[2*i], row[2*i]
		if 2*i+2 < len(row) {
			right = row[2*i+2]
		}
		high[i] = row[2*i+1] - (left+right)>>1
	}
	for i := range low {
		low[i] = row[2*i]
		if len(high) > 0 {
			low[i] += (high[max(i-1, 0)] + high[min(i, len(high)-1)] + 2) >> 2
		}
	}
}
