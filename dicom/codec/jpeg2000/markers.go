package jpeg2000

// Markers of the codestream (15444-1 Table A.2, 15444-2 Table A.1, 15444-15 A.2).
const (
	markerSOC = 0xFF4F
	markerCAP = 0xFF50
	markerSIZ = 0xFF51
	markerCOD = 0xFF52
	markerCOC = 0xFF53
	markerQCD = 0xFF5C
	markerQCC = 0xFF5D
	markerRGN = 0xFF5E
	markerPOC = 0xFF5F
	markerPPM = 0xFF60
	markerPPT = 0xFF61
	markerCOM = 0xFF64
	markerMCT = 0xFF74
	markerMCC = 0xFF75
	markerMCO = 0xFF77
	markerCBD = 0xFF78
	markerSOT = 0xFF90
	markerSOP = 0xFF91
	markerEPH = 0xFF92
	markerSOD = 0xFF93
	markerEOC = 0xFFD9
)

// reader takes big-endian numbers from the bytes of a marker segment. Past
// their end it answers 0 and says so in short.
type reader struct {
	b     []byte
	short bool
}

func (r *reader) number(bytes int) int {
	if len(r.b) < bytes {
		r.b, r.short = nil, true
		return 0
	}
	n := 0
	for _, v := range r.b[:bytes] {
		n = n<<8 | int(v)
	}
	r.b = r.b[bytes:]
	return n
}

func (r *reader) u8() int  { return r.number(1) }
func (r *reader) u16() int { return r.number(2) }
func (r *reader) u32() int { return r.number(4) }

// bytes takes the next n bytes.
func (r *reader) bytes(n int) []byte {
	if n < 0 || len(r.b) < n {
		r.b, r.short = nil, true
		return nil
	}
	taken := r.b[:n]
	r.b = r.b[n:]
	return taken
}

// segment takes the marker and the parameters of a marker segment, whose
// length counts itself (15444-1 A.1.1).
func (r *reader) segment() (marker int, parameters []byte) {
	marker = r.u16()
	return marker, r.bytes(r.u16() - 2)
}
