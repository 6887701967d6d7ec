package render

// gap is the padding of an image as indices: first up to and without end.
type gap struct{ first, end uint32 }

func (g gap) holds(v uint16) bool { return uint32(v)-g.first < g.end-g.first }

// outside moves a blended value that happens to look like padding just out of it.
func (g gap) outside(v uint64) uint16 {
	if v > 0xFFFF {
		v = 0xFFFF
	}
	if !g.holds(uint16(v)) {
		return uint16(v)
	}
	if g.end <= 0xFFFF {
		return uint16(g.end)
	}
	return uint16(max(g.first, 1) - 1)
}

// downPadded is down for images with padding: padding adds nothing, and share
// says how much of the weight was real.
func downPadded(acc, share []uint32, src []uint16, width, from, first int, weights []uint16, g gap) {
	clear(acc)
	clear(share)
	for i, w := range weights {
		row := src[(first+i)*width+from:][:len(acc)]
		share := share[:len(acc)]
		for x, v := range row {
			if !g.holds(v) {
				acc[x] += uint32(v) * uint32(w)
				share[x] += uint32(w)
			}
		}
	}
}

// acrossPadded is across for images with padding: a pixel that is more than
// half padding is padding, any other is the mean of its real part. Padding
// never bleeds into the edge of the picture.
func acrossPadded(dst []uint16, acc, share []uint32, a *axis, g gap) {
	for x := range dst {
		from := int(a.first[x]) - a.least
		var sum, real uint64
		for i, w := range a.weight[a.begin[x]:a.begin[x+1]] {
			sum += uint64(acc[from+i]) * uint64(w)
			real += uint64(share[from+i]) * uint64(w)
		}
		switch {
		case real == one*one:
			dst[x] = g.outside((sum + half) >> (2 * weightBits))
		case real < half:
			dst[x] = uint16(g.first)
		default:
			dst[x] = g.outside((sum + real/2) / real)
		}
	}
}
