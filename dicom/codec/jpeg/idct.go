package jpeg

// The inverse transform (A.3.3) by the factorization of Loeffler, Ligtenberg
// and Moschytz (ICASSP 1989), in whole numbers with 13 bits of fraction: first
// the columns, kept with a few bits more than the samples, then the rows.
const constBits = 13

// Their constants: sums and differences of √2·cos(kπ/16).
const (
	k0298 = 2446  // 0.298631336
	k0390 = 3196  // 0.390180644
	k0541 = 4433  // 0.541196100
	k0765 = 6270  // 0.765366865
	k0899 = 7373  // 0.899976223
	k1175 = 9633  // 1.175875602
	k1501 = 12299 // 1.501321110
	k1847 = 15137 // 1.847759065
	k1961 = 16069 // 1.961570560
	k2053 = 16819 // 2.053119869
	k2562 = 20995 // 2.562915447
	k3072 = 25172 // 3.072711026
)

// keptBits is the fraction kept between the passes: what 32 bits leave free.
func keptBits(bits int) uint {
	if bits > 8 {
		return 1
	}
	return 2
}

// inverse writes the samples of a block of coefficients and its quantizer.
func inverse[T uint8 | uint16](coef, quantizer *[64]int32, out []T, stride, bits int) {
	var half [64]int32
	kept := keptBits(bits)
	for x := range 8 {
		column(coef, quantizer, &half, x, kept)
	}
	most, middle := int32(1)<<bits-1, int32(1)<<(bits-1)
	shift := constBits + kept + 3
	round := int32(1)<<(shift-1) + middle<<shift // samples are shifted by half their range (A.3.1)
	for y := range 8 {
		h := half[8*y:][:8]
		r := [8]int32{h[0], h[1], h[2], h[3], h[4], h[5], h[6], h[7]}
		eight(&r)
		row := out[y*stride:][:8]
		for x := range row {
			row[x] = T(clamp((r[x]+round)>>shift, most))
		}
	}
}

// column transforms column x, mostly one value only.
func column(coef, quantizer, half *[64]int32, x int, kept uint) {
	c := [8]int32{coef[x], coef[8+x], coef[16+x], coef[24+x], coef[32+x], coef[40+x], coef[48+x], coef[56+x]}
	if c[1]|c[2]|c[3]|c[4]|c[5]|c[6]|c[7] == 0 {
		v := c[0] * quantizer[x] << kept
		for y := range 8 {
			half[8*y+x] = v
		}
		return
	}
	for y := range 8 {
		c[y] *= quantizer[8*y+x]
	}
	eight(&c)
	shift := constBits - kept
	for y := range 8 {
		half[8*y+x] = (c[y] + 1<<(shift-1)) >> shift
	}
}

// eight transforms eight values in place, scaled by √8 and by constBits.
func eight(c *[8]int32) {
	s := (c[2] + c[6]) * k0541
	low, high := s+c[2]*k0765, s-c[6]*k1847
	sum, diff := (c[0]+c[4])<<constBits, (c[0]-c[4])<<constBits
	e0, e1, e2, e3 := sum+low, diff+high, diff-high, sum-low

	p, q := c[7]+c[3], c[5]+c[1]
	r := (p + q) * k1175
	p, q = r-p*k1961, r-q*k0390
	t, u := (c[7]+c[1])*k0899, (c[5]+c[3])*k2562
	o3 := c[7]*k0298 - t + p
	o2 := c[5]*k2053 - u + q
	o1 := c[3]*k3072 - u + p
	o0 := c[1]*k1501 - t + q

	c[0], c[1], c[2], c[3] = e0+o0, e1+o1, e2+o2, e3+o3
	c[4], c[5], c[6], c[7] = e3-o3, e2-o2, e1-o1, e0-o0
}

// flat writes a block of which only the first coefficient is not 0.
func flat[T uint8 | uint16](dc int32, out []T, stride, bits int) {
	v := T(clamp((dc+4)>>3+1<<(bits-1), int32(1)<<bits-1))
	for y := range 8 {
		row := out[y*stride:][:8]
		for x := range row {
			row[x] = v
		}
	}
}

func clamp(v, most int32) int32 {
	if uint32(v) <= uint32(most) {
		return v
	}
	if v < 0 {
		return 0
	}
	return most
}
