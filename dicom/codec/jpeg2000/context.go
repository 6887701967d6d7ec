package jpeg2000

// A column word holds what is known of four samples below each other, a column
// of a stripe, and of the samples above and below it. Each kind of knowledge
// has a field of octal digits, one digit to a row; only the lowest bit of a
// digit is used, so that the words of three columns, shifted by one bit each,
// can be laid over each other. In such a sum the nine bits from a row's digit
// on are its neighbourhood:
//
//	bit 0 1 2   above left, above, above right
//	bit 3 4 5   left, itself, right
//	bit 6 7 8   below left, below, below right
//
// Fields of six rows, the first that above the stripe:
const (
	significant = 1       // σ
	negative    = 1 << 18 // χ
	sixRows     = 0o111111
)

// Fields of four rows, the stripe's own:
const (
	visited  = 1 << 36 // coded in this bit-plane's significance pass
	refined  = 1 << 48 // has been refined once (σ')
	fourRows = 0o1111
)

// causalMask hides the row below the stripe (15444-1 D.7).
const causalMask = ^uint64(0o700000<<18 | 0o700000)

// neighbours are the bits of a neighbourhood but for the sample's own.
const neighbours = 0o757

// zeroCoding is the context of a sample by its band and neighbourhood
// (15444-1 Table D.1).
var zeroCoding = func() (t [4][512]uint8) {
	for i := range t[0] {
		at := func(bit int) int { return i >> bit & 1 }
		h, v := at(3)+at(5), at(1)+at(7)
		d := at(0) + at(2) + at(6) + at(8)
		t[bandLL][i] = zeroContext(h, v, d)
		t[bandLH][i] = zeroContext(h, v, d)
		t[bandHL][i] = zeroContext(v, h, d)
		t[bandHH][i] = zeroContextHH(h+v, d)
	}
	return t
}()

func zeroContext(h, v, d int) uint8 {
	switch {
	case h == 2:
		return 8
	case h == 1 && v > 0:
		return 7
	case h == 1 && d > 0:
		return 6
	case h == 1:
		return 5
	case v > 0:
		return uint8(2 + v)
	}
	return uint8(min(d, 2))
}

func zeroContextHH(hv, d int) uint8 {
	switch {
	case d > 2:
		return 8
	case d == 2:
		return uint8(6 + min(hv, 1))
	case d == 1:
		return uint8(3 + min(hv, 2))
	}
	return uint8(min(hv, 2))
}

// signFlip is the bit of signCoding that turns the decoded sign over.
const signFlip = 0x80

// signCoding is the context of a sign, by which of the neighbours above, left,
// right and below are significant (bits 1, 3, 5 and 7) and negative (one bit
// lower) (15444-1 Tables D.2 and D.3).
var signCoding = func() (t [256]uint8) {
	for i := range t {
		contribution := func(bit int) int {
			if i>>bit&1 == 0 {
				return 0
			}
			return 1 - 2*(i>>(bit-1)&1)
		}
		h := max(-1, min(1, contribution(3)+contribution(5)))
		v := max(-1, min(1, contribution(1)+contribution(7)))
		if h < 0 || h == 0 && v < 0 {
			h, v, t[i] = -h, -v, signFlip
		}
		t[i] |= uint8(contextSign + 3*h + v)
	}
	return t
}()

// signIndex is the index of signCoding for a row's digit and above.
func signIndex(v uint64) uint8 { return uint8(v&0xAA | v>>18&0xAA>>1) }
