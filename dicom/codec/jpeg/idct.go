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
	shift := (constBits + kept + 3) & 31
	round := int32(1)<<(shift-1) + middle<<shift // samples are shifted by half their range (A.3.1)
	for y := range 8 {
		h := half[8*y:][:8]
		r0, r1, r2, r3, r4, r5, r6, r7 := eight(h[0], h[1], h[2], h[3], h[4], h[5], h[6], h[7])
		row := out[y*stride:][:8]
		row[0], row[1] = T(clamp((r0+round)>>shift, most)), T(clamp((r1+round)>>shift, most))
		row[2], row[3] = T(clamp((r2+round)>>shift, most)), T(clamp((r3+round)>>shift, most))
		row[4], row[5] = T(clamp((r4+round)>>shift, most)), T(clamp((r5+round)>>shift, most))
		row[6], row[7] = T(clamp((r6+round)>>shift, most)), T(clamp((r7+round)>>shift, most))
	}
}

// column transforms column x, mostly one value only.
func column(coef, quantizer, half *[64]int32, x int, kept uint) {
	c, q, h := coef[x:][:57], quantizer[x:][:57], half[x:][:57]
	if c[8]|c[16]|c[24]|c[32]|c[40]|c[48]|c[56] == 0 {
		v := c[0] * q[0] << kept
		h[0], h[8], h[16], h[24], h[32], h[40], h[48], h[56] = v, v, v, v, v, v, v, v
		return
	}
	r0, r1, r2, r3, r4, r5, r6, r7 := eight(c[0]*q[0], c[8]*q[8], c[16]*q[16], c[24]*q[24],
		c[32]*q[32], c[40]*q[40], c[48]*q[48], c[56]*q[56])
	shift := (constBits - kept) & 31
	round := int32(1) << (shift - 1)
	h[0], h[8], h[16], h[24] = (r0+round)>>shift, (r1+round)>>shift, (r2+round)>>shift, (r3+round)>>shift
	h[32], h[40], h[48], h[56] = (r4+round)>>shift, (r5+round)>>shift, (r6+round)>>shift, (r7+round)>>shift
}

// eight transforms eight values; the results are scaled by √8 and by constBits.
func eight(c0, c1, c2, c3, c4, c5, c6, c7 int32) (r0, r1, r2, r3, r4, r5, r6, r7 int32) {
	s := (c2 + c6) * k0541
	low, high := s+c2*k0765, s-c6*k1847
	sum, diff := (c0+c4)<<constBits, (c0-c4)<<constBits
	e0, e1, e2, e3 := sum+low, diff+high, diff-high, sum-low

	p, q := c7+c3, c5+c1
	r := (p + q) * k1175
	p, q = r-p*k1961, r-q*k0390
	t, u := (c7+c1)*k0899, (c5+c3)*k2562
	o3 := c7*k0298 - t + p
	o2 := c5*k2053 - u + q
	o1 := c3*k3072 - u + p
	o0 := c1*k1501 - t + q

	return e0 + o0, e1 + o1, e2 + o2, e3 + o3, e3 - o3, e2 - o2, e1 - o1, e0 - o0
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
