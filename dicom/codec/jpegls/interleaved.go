package jpegls

// interleaved decodes a line of all components, sample by sample. Run mode is
// entered where all components allow it (T.87 A.7, B.2).
func (l *lines) interleaved() {
	for x := 1; x < len(l.cur[0])-1; {
		var q [4]int
		flat := true
		for i := range l.cur {
			cur, prev := l.cur[i], l.prev[i]
			q[i] = l.gradients(int(cur[x-1]), int(prev[x]), int(prev[x-1]), int(prev[x+1]))
			flat = flat && q[i] == 0
		}
		if flat {
			x = l.commonRun(x)
			continue
		}
		for i := range l.cur {
			cur, prev := l.cur[i], l.prev[i]
			cur[x] = uint16(l.regular(q[i], predict(int(cur[x-1]), int(prev[x]), int(prev[x-1]))))
		}
		x++
	}
}

// commonRun decodes a run of all components; each sample that ends it is coded
// as one whose Ra and Rb differ.
func (l *lines) commonRun(x int) int {
	n := l.runLength(0, len(l.cur[0])-1-x)
	for i := range l.cur {
		fill(l.cur[i][x:x+n], l.cur[i][x-1])
	}
	if x += n; x == len(l.cur[0])-1 {
		return x
	}
	for i := range l.cur {
		ra, rb := int(l.cur[i][x-1]), int(l.prev[i][x])
		sign := 1
		if ra > rb {
			sign = -1
		}
		l.cur[i][x] = uint16(l.restored(rb, sign*l.interruption(&l.runs[0], 0)))
	}
	l.runIndex[0] = max(l.runIndex[0]-1, 0)
	return x + 1
}
