package render

import "math"

// Weights of the taps of one target pixel add up to one.
const (
	weightBits = 12
	one        = 1 << weightBits
)

// axis says for each target pixel along one direction which source pixels make
// it: two neighbours when magnifying, all that it covers when minifying.
type axis struct {
	start  int      // first target pixel that shows the image
	first  []int32  // first source pixel, per target pixel
	begin  []int32  // where its weights begin; one more entry than first
	weight []uint16 // adding up to one for each target pixel
	least  int      // first source pixel used at all
	end    int      // source pixel after the last one used
}

// reset plans an axis: target pixel t, its centre at t+0.5, shows the source
// at scale·(t+0.5)+shift, where whole numbers are centres of source pixels.
// length is the size of the viewport, source that of the image.
func (a *axis) reset(scale, shift float64, length, source int) {
	a.first, a.begin, a.weight = a.first[:0], a.begin[:0], a.weight[:0]
	a.start, a.least, a.end = 0, source, 0
	start, end := visible(scale, shift, length, source)
	a.start = start
	for t := start; t < end; t++ {
		a.begin = append(a.begin, int32(len(a.weight)))
		if math.Abs(scale) > 1 {
			a.cover(scale*float64(t)+shift+0.5, scale*float64(t+1)+shift+0.5, source)
		} else {
			a.blend(scale*(float64(t)+0.5)+shift, source)
		}
		f := int(a.first[len(a.first)-1])
		a.least, a.end = min(a.least, f), max(a.end, f+len(a.weight)-int(a.begin[len(a.begin)-1]))
	}
	a.begin = append(a.begin, int32(len(a.weight)))
}

// visible are the target pixels whose centres lie on the image.
func visible(scale, shift float64, length, source int) (start, end int) {
	if scale == 0 {
		return 0, 0
	}
	from, to := (-0.5-shift)/scale, (float64(source)-0.5-shift)/scale
	from, to = math.Min(from, to), math.Max(from, to)
	if !(from < float64(length)) || !(to > 0) {
		return 0, 0
	}
	start = int(math.Ceil(math.Max(from, 0) - 0.5))
	end = int(math.Ceil(math.Min(to, float64(length)) - 0.5))
	return max(start, 0), max(min(end, length), start)
}

// blend adds the two neighbours of place s; beyond the outermost centres the
// edge pixel stands alone.
func (a *axis) blend(s float64, source int) {
	s = math.Max(0, math.Min(s, float64(source-1)))
	f := min(int(s), max(source-2, 0))
	w := uint16((s-float64(f))*one + 0.5)
	a.first = append(a.first, int32(f))
	if source == 1 {
		a.weight = append(a.weight, one)
		return
	}
	a.weight = append(a.weight, one-w, w)
}

// cover adds every source pixel between the edges from and to, weighted by its
// share; rounding is carried on, so that the weights add up to one exactly.
func (a *axis) cover(from, to float64, source int) {
	if from > to {
		from, to = to, from
	}
	from, to = math.Max(from, 0), math.Min(to, float64(source))
	f := min(int(from), source-1)
	a.first = append(a.first, int32(f))
	given := 0
	for i := f; ; i++ {
		done := int((math.Min(float64(i+1), to)-from)/(to-from)*one + 0.5)
		last := float64(i+1) >= to || i == source-1
		if last {
			done = one
		}
		a.weight = append(a.weight, uint16(done-given))
		given = done
		if last {
			return
		}
	}
}

// length is the number of target pixels.
func (a *axis) length() int { return len(a.first) }

// taps are the weights of target pixel i, counted from start, and its first source pixel.
func (a *axis) taps(i int) (first int, weights []uint16) {
	return int(a.first[i]), a.weight[a.begin[i]:a.begin[i+1]]
}
