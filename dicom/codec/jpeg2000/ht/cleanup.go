package ht

import (
	"fmt"
	"math/bits"

	"eris/dicom/codec"
)

// cleanup decodes the cleanup pass, two lines of samples at a time.
func (d *Decoder) cleanup() error {
	n := (d.width + 1) / 2
	above, quads := d.words[0][:n+3], d.words[1][:n+3]
	clear(above)
	clear(quads)
	clear(d.bottom[:2*n+3])
	for y := 0; y < d.height; y += 2 {
		if y == 0 {
			d.firstPatterns(quads, n)
		} else {
			d.patterns(quads, above, n)
		}
		upper, lower := d.rows(y, n)
		if !d.magnitudes(upper, lower, quads, n) {
			return fmt.Errorf("%w: exponent too great at line %d of an HT block", codec.ErrCorrupt, y)
		}
		d.keep(y, upper, lower)
		above, quads = quads, above
	}
	return nil
}

// rows are where to decode lines y and y+1 of n quads: dst, where it has room.
func (d *Decoder) rows(y, n int) (upper, lower []int32) {
	if d.width == 2*n && y+1 < d.height {
		return d.dst[y*d.stride:][:2*n], d.dst[(y+1)*d.stride:][:2*n]
	}
	return d.spare[0][:2*n], d.spare[1][:2*n]
}

// keep copies lines that were decoded elsewhere.
func (d *Decoder) keep(y int, upper, lower []int32) {
	if d.width == len(upper) && y+1 < d.height {
		return
	}
	copy(d.dst[y*d.stride:][:d.width], upper)
	if y+1 < d.height {
		copy(d.dst[(y+1)*d.stride:][:d.width], lower)
	}
}

// firstPatterns decodes the words and u of the first row of n quads, in pairs
// (ISO/IEC 15444-15 7.3.5, 7.3.6).
func (d *Decoder) firstPatterns(quads []uint32, n int) {
	acc, ready := d.vlcBits.acc, d.vlcBits.n
	context := uint32(0)
	for i := 1; i <= n; i += 2 {
		if ready < 32 {
			acc, ready = d.vlc.fill(acc, ready)
		}
		var w [2]uint32
		for k := range 2 {
			if i+k > n {
				break
			}
			w[k] = uint32(firstRow[context<<7|uint32(acc)&127])
			if context == 0 && !d.mel.event() {
				w[k] = 0
			}
			acc >>= w[k] & 7
			ready -= uint(w[k] & 7)
			// Annex C: left above or below, right above, right below.
			context = (w[k]>>4|w[k]>>5)&1 | w[k]>>5&6
		}
		mode := w[0]>>3&1 | w[1]>>2&2
		if mode == modeBoth && d.mel.event() {
			mode = modeBothLarge
		}
		acc, ready = pair(quads[i:], w, firstExponents[mode<<6|uint32(acc)&63], acc, ready)
	}
	d.vlcBits = bitsReady{acc, ready}
}

// pair stores two words with their u.
func pair(quads []uint32, w [2]uint32, e exponents, acc uint64, ready uint) (uint64, uint) {
	acc >>= e.bits & 63
	u0 := uint32(e.u[0]) + uint32(acc)&(1<<(e.suffix[0]&31)-1)
	acc >>= e.suffix[0] & 63
	u1 := uint32(e.u[1]) + uint32(acc)&(1<<(e.suffix[1]&31)-1)
	acc >>= e.suffix[1] & 63
	quads[1], quads[0] = w[1]|u1<<16, w[0]|u0<<16
	return acc, ready - uint(e.bits+e.suffix[0]+e.suffix[1])
}

// patterns decodes the words and u of a row of n quads that has one above.
func (d *Decoder) patterns(quads, above []uint32, n int) {
	acc, ready := d.vlcBits.acc, d.vlcBits.n
	left := uint32(0)
	for i := 1; i <= n; i += 2 {
		if ready < 32 {
			acc, ready = d.vlc.fill(acc, ready)
		}
		var w [2]uint32
		for k := range 2 {
			if i+k > n {
				break
			}
			// Annex C: below left of the quad above and what is left of that, the
			// right side of the quad at the left, below right of the quad above and
			// what is right of that.
			context := (above[i+k-1]>>7|above[i+k]>>5)&1 | (left>>6|left>>7)&1<<1 |
				(above[i+k]>>7|above[i+k+1]>>5)&1<<2
			w[k] = uint32(otherRows[context<<7|uint32(acc)&127])
			if context == 0 && !d.mel.event() {
				w[k] = 0
			}
			acc >>= w[k] & 7
			ready -= uint(w[k] & 7)
			left = w[k]
		}
		mode := w[0]>>3&1 | w[1]>>2&2
		acc, ready = pair(quads[i:], w, otherExponents[mode<<6|uint32(acc)&63], acc, ready)
	}
	d.vlcBits = bitsReady{acc, ready}
}

// magnitudes decodes the samples of a row of n quads (7.3.7, 7.3.8); false
// where an exponent is beyond the bit-planes.
func (d *Decoder) magnitudes(upper, lower []int32, quads []uint32, n int) bool {
	acc, ready := d.magBits.acc, d.magBits.n
	bottom := d.bottom[:2*n+3]
	aboveLeft := uint32(0)
	for i := 1; i <= n; i++ {
		q := quads[i]
		up, low, below := upper[2*i-2:][:2], lower[2*i-2:][:2], bottom[2*i-1:][:3]
		around := aboveLeft | below[0] | below[1] | below[2]
		aboveLeft = below[1]
		if q&0xF0 == 0 {
			up[0], up[1], low[0], low[1] = 0, 0, 0, 0
			below[0], below[1] = 0, 0
			continue
		}
		u := uint(q>>16) + kappa(q, around)
		if u > d.most {
			return false
		}
		if ready < 4*u {
			acc, ready = d.mag.fill(acc, ready)
		}
		v, m := magSgn(acc, q, u)
		up[0] = value(v, q>>4, d.plane)
		acc >>= m & 63
		ready -= m
		if u > 12 && ready < 31 {
			acc, ready = d.mag.fill(acc, ready)
		}
		v, m = magSgn(acc, q>>1, u)
		low[0], below[0] = value(v, q>>5, d.plane), v
		acc >>= m & 63
		ready -= m
		if u > 12 && ready < 31 {
			acc, ready = d.mag.fill(acc, ready)
		}
		v, m = magSgn(acc, q>>2, u)
		up[1] = value(v, q>>6, d.plane)
		acc >>= m & 63
		ready -= m
		if u > 12 && ready < 31 {
			acc, ready = d.mag.fill(acc, ready)
		}
		v, m = magSgn(acc, q>>3, u)
		low[1], below[1] = value(v, q>>7, d.plane), v
		acc >>= m & 63
		ready -= m
	}
	d.magBits = bitsReady{acc, ready}
	return true
}

// kappa foretells the exponent of a quad by what is around it in the row above
// (7.3.7): one less than the greatest exponent there, if more than one sample
// of the quad is significant. Nothing is above the first row.
func kappa(q, around uint32) uint {
	rho := q & 0xF0
	several := rho & (rho - 0x10)
	return uint(bits.Len32(around&-((several+0xF0)>>8)|2) - 1)
}

// magSgn decodes a sample of a quad, shifted so that it is the first: twice its
// magnitude less 1, and the sign; 0 and no bits where it is not significant.
func magSgn(acc uint64, q uint32, u uint) (v uint32, m uint) {
	m = (u - uint(q>>8&1)) & -uint(q>>4&1)
	return uint32(acc)&(1<<(m&31)-1) | q>>12&1<<(m&31), m
}

// value is twice the magnitude with its midpoint, and the sign; 0 unless
// the low bit of significant is set.
func value(v, significant uint32, plane uint) int32 {
	sign := -(v & 1)
	return int32(((v|1)+2)<<(plane&31)^sign-sign) & -int32(significant&1)
}
