package dicom

// vrInfo is what the reader and the writer must know of a VR (PS3.5 6.2, 7.1.2).
type vrInfo struct {
	name VR
	// long marks VRs whose explicit form has two reserved bytes and a 32-bit length.
	long bool
	// width is the size in bytes of one number; 1 where byte order does not matter.
	width int
	// kind says how the value is typed.
	kind vrKind
}

type vrKind uint8

const (
	kindASCII  vrKind = iota // text of the default repertoire, several values
	kindText                 // text in the data set's character set, several values
	kindProse                // text in the data set's character set, one value (LT, ST, UT)
	kindNumber               // binary numbers
	kindBinary               // bytes without meaning to us
	kindSequence
)

var vrTable = map[string]vrInfo{
	"AE": {"AE", false, 1, kindASCII}, "AS": {"AS", false, 1, kindASCII},
	"AT": {"AT", false, 2, kindNumber}, "CS": {"CS", false, 1, kindASCII},
	"DA": {"DA", false, 1, kindASCII}, "DS": {"DS", false, 1, kindASCII},
	"DT": {"DT", false, 1, kindASCII}, "FL": {"FL", false, 4, kindNumber},
	"FD": {"FD", false, 8, kindNumber}, "IS": {"IS", false, 1, kindASCII},
	"LO": {"LO", false, 1, kindText}, "LT": {"LT", false, 1, kindProse},
	"OB": {"OB", true, 1, kindBinary}, "OD": {"OD", true, 8, kindBinary},
	"OF": {"OF", true, 4, kindBinary}, "OL": {"OL", true, 4, kindBinary},
	"OV": {"OV", true, 8, kindBinary}, "OW": {"OW", true, 2, kindBinary},
	"PN": {"PN", false, 1, kindText}, "SH": {"SH", false, 1, kindText},
	"SL": {"SL", false, 4, kindNumber}, "SQ": {"SQ", true, 1, kindSequence},
	"SS": {"SS", false, 2, kindNumber}, "ST": {"ST", false, 1, kindProse},
	"SV": {"SV", true, 8, kindNumber}, "TM": {"TM", false, 1, kindASCII},
	"UC": {"UC", true, 1, kindText}, "UI": {"UI", false, 1, kindASCII},
	"UL": {"UL", false, 4, kindNumber}, "UN": {"UN", true, 1, kindBinary},
	"UR": {"UR", true, 1, kindASCII}, "US": {"US", false, 2, kindNumber},
	"UT": {"UT", true, 1, kindProse}, "UV": {"UV", true, 8, kindNumber},
}

// info is the VR's row in the table; UN's for letters the table does not know,
// as PS3.5 6.2.2 asks.
func (v VR) info() vrInfo {
	if i, ok := vrTable[string(v)]; ok {
		return i
	}
	return vrInfo{v, true, 1, kindBinary}
}

// padding is the byte that makes an odd value even (PS3.5 6.2).
func (v VR) padding() byte {
	switch k := v.info().kind; {
	case v == "UI", k == kindNumber, k == kindBinary:
		return 0
	}
	return ' '
}

// padded is b with an even number of bytes.
func padded(b []byte, with byte) []byte {
	if len(b)%2 == 0 {
		return b
	}
	return append(b[:len(b):len(b)], with)
}
