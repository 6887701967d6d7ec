package jpegls

import (
	"fmt"

	"eris/dicom/codec"
)

// preset holds the coding parameters of an LSE segment (T.87 C.2.4.1.1); 0
// stands for the default.
type preset struct {
	maxval, t1, t2, t3, reset int
}

// defaultReset is T.87 table C.2.
const defaultReset = 64

// complete puts the defaults in place of zeros, for samples of so many bits,
// and checks the whole (T.87 C.2.4.1.1, table C.1).
func (p preset) complete(bits, near int) (preset, error) {
	most := 1<<bits - 1
	if p.maxval == 0 {
		p.maxval = most
	}
	if p.maxval > most || near > min(255, p.maxval/2) {
		return p, fmt.Errorf("%w: MAXVAL %d, NEAR %d in %d bits", codec.ErrCorrupt, p.maxval, near, bits)
	}
	t1, t2, t3 := thresholds(p.maxval, near)
	p.t1, p.t2, p.t3 = or(p.t1, t1), or(p.t2, t2), or(p.t3, t3)
	p.reset = or(p.reset, defaultReset)
	switch {
	case p.t1 <= near, p.t2 < p.t1, p.t3 < p.t2, p.t3 > p.maxval, p.reset < 3, p.reset > max(255, p.maxval):
		return p, fmt.Errorf("%w: preset coding parameters %+v with NEAR %d", codec.ErrCorrupt, p, near)
	}
	return p, nil
}

func or(v, otherwise int) int {
	if v == 0 {
		return otherwise
	}
	return v
}

// thresholds are the default T1, T2 and T3 (T.87 C.2.4.1.1.1, figure C.3).
func thresholds(maxval, near int) (t1, t2, t3 int) {
	const basic1, basic2, basic3 = 3, 7, 21
	clamp := func(v, least int) int {
		if v > maxval || v < least {
			return least
		}
		return v
	}
	if maxval >= 128 {
		factor := (min(maxval, 4095) + 128) / 256
		t1 = clamp(factor*(basic1-2)+2+3*near, near+1)
		t2 = clamp(factor*(basic2-3)+3+5*near, t1)
		t3 = clamp(factor*(basic3-4)+4+7*near, t2)
		return t1, t2, t3
	}
	factor := 256 / (maxval + 1)
	t1 = clamp(max(2, basic1/factor+3*near), near+1)
	t2 = clamp(max(3, basic2/factor+5*near), t1)
	t3 = clamp(max(4, basic3/factor+7*near), t2)
	return t1, t2, t3
}
