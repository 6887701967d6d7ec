package ht

import (
	"strconv"
	"strings"
)

// A word is an entry of the tables of quads: from the low end the length of the
// code word (3 bits), u_off (1), rho, e_k and e_1 (4 each).
type word = uint16

// firstRow and otherRows are indexed by context and the next seven bits.
var (
	firstRow  = wordTable(firstWords)
	otherRows = wordTable(otherWords)
)

func wordTable(contexts [8]string) *[1024]word {
	var table [1024]word
	for c, words := range contexts {
		for w := range strings.FieldsSeq(words) {
			value, code, _ := strings.Cut(w, ":")
			rho, known := hex(value[:1]), hex(value[2:])
			entry := word(len(code)) | rho<<4 | known>>4<<8 | known&15<<12
			if value[1] == '+' {
				entry |= 1 << 3
			}
			for i := reversed(code); i < 128; i += 1 << len(code) {
				table[c<<7|i] = entry
			}
		}
	}
	return &table
}

func hex(s string) word {
	v, _ := strconv.ParseUint(s, 16, 16)
	return word(v)
}

// reversed is a word as a number, the first bit that is read the lowest.
func reversed(code string) int {
	v := 0
	for i, bit := range code {
		v |= int(bit-'0') << i
	}
	return v
}

// exponents is an entry of the tables of u for the two quads of a pair.
type exponents struct {
	bits   uint8    // of both prefixes
	suffix [2]uint8 // bits of the suffixes
	u      [2]uint8 // to which the suffixes are added
	_      [3]uint8
}

// Modes of a pair: which of its quads have u_off, 1 for the first and 2 for the
// second; modeBothLarge is a pair whose u are both above 2.
const (
	modeBoth      = 3
	modeBothLarge = 4
)

// firstExponents and otherExponents are indexed by mode and the next six bits.
var (
	firstExponents = exponentTable(true)
	otherExponents = exponentTable(false)
)

func exponentTable(first bool) *[8 * 64]exponents {
	var table [8 * 64]exponents
	for mode := range modeBothLarge + 1 {
		for bits := range 64 {
			table[mode<<6|bits] = pairOf(mode, bits, first)
		}
	}
	return &table
}

// pairOf decodes the prefixes of a pair (ISO/IEC 15444-15 7.3.6, table 3).
func pairOf(mode, bits int, first bool) exponents {
	var e exponents
	for quad := range 2 {
		if mode != modeBothLarge && mode>>quad&1 == 0 {
			continue
		}
		rest := bits >> e.bits
		if first && mode == modeBoth && quad == 1 && e.u[0] > 2 {
			// Not both are above 2: one bit is enough for the second.
			e.u[1] = uint8(1 + rest&1)
			e.bits++
			continue
		}
		u, length, suffix := prefix(rest)
		e.u[quad], e.suffix[quad] = u, suffix
		e.bits += length
		if mode == modeBothLarge {
			e.u[quad] += 2
		}
	}
	return e
}

// prefix decodes a prefix of u: 1, 01, 001 and 000.
func prefix(bits int) (u, length, suffix uint8) {
	switch {
	case bits&1 == 1:
		return 1, 1, 0
	case bits&2 == 2:
		return 2, 2, 0
	case bits&4 == 4:
		return 3, 3, 1
	}
	return 5, 3, 5
}
