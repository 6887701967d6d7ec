package dicom

import (
	"bytes"
	"strings"
)

// designation is what an escape sequence does: which set is used from then
// on, for bytes below 80 (low) or above (PS3.3 Tables C.12-3 and C.12-4).
type designation struct {
	sequence string // what follows ESC
	term     string
	low      bool
	wide     bool // two bytes to a character
}

var designations = []designation{
	{sequence: "(B", term: setDefault, low: true},
	{sequence: "(J", term: "ISO_IR 13", low: true},
	{sequence: ")I", term: "ISO_IR 13"},
	{sequence: "-A", term: setLatin1},
	{sequence: "-B", term: "ISO_IR 101"},
	{sequence: "-C", term: "ISO_IR 109"},
	{sequence: "-D", term: "ISO_IR 110"},
	{sequence: "-L", term: setRussian},
	{sequence: "-G", term: "ISO_IR 127"},
	{sequence: "-F", term: "ISO_IR 126"},
	{sequence: "-H", term: "ISO_IR 138"},
	{sequence: "-M", term: "ISO_IR 148"},
	{sequence: "-b", term: "ISO_IR 203"},
	{sequence: "-T", term: "ISO_IR 166"},
	{sequence: "$B", term: "ISO_IR 87", low: true, wide: true},
	{sequence: "$@", term: "ISO_IR 87", low: true, wide: true},
	{sequence: "$(D", term: "ISO_IR 159", low: true, wide: true},
	{sequence: "$)C", term: "ISO_IR 149", wide: true},
	{sequence: "$)A", term: "ISO_IR 58", wide: true},
}

// extendedState is where a decoder with code extensions stands.
type extendedState struct{ low, high designation }

// start is the state at the beginning of a value, and after each delimiter:
// the first declared set (PS3.5 6.1.2.5.3).
func (c *textCodec) start() extendedState {
	s := extendedState{low: designations[0], high: designation{term: c.first}}
	if c.first == setDefault {
		s.high.term = c.secondSet()
	}
	return s
}

// secondSet reads bytes above 7F without an escape sequence, which is wrong but
// common in Korean and Chinese files: the first declared set that has such bytes.
func (c *textCodec) secondSet() string {
	for _, s := range c.set.Declared {
		if term := normalTerm(s); term != "" && term != setDefault && term != "ISO_IR 87" && term != "ISO_IR 159" {
			return term
		}
	}
	return setDefault
}

// decodeExtended decodes text with escape sequences (PS3.5 6.1.2.5).
func (c *textCodec) decodeExtended(b []byte, name bool) string {
	var out strings.Builder
	state := c.start()
	for len(b) > 0 {
		if d, rest, ok := designated(b); ok {
			b = rest
			if d.low {
				state.low = d
			} else {
				state.high = d
			}
			continue
		}
		n := state.run(b, name)
		out.WriteString(state.decode(b[:n]))
		if state.ends(b[n-1], name) {
			state = c.start()
		}
		b = b[n:]
	}
	return out.String()
}

// designated reads an escape sequence at the start of b; an unknown one is
// passed over as an escape character alone.
func designated(b []byte) (d designation, rest []byte, ok bool) {
	if b[0] != escape {
		return d, b, false
	}
	for _, d := range designations {
		if bytes.HasPrefix(b[1:], []byte(d.sequence)) {
			return d, b[1+len(d.sequence):], true
		}
	}
	return designation{term: setDefault, low: true}, b[1:], true
}

// run is the length of the bytes that are decoded in one go: up to an escape
// sequence, a delimiter (included), or a change between low and high bytes.
func (s extendedState) run(b []byte, name bool) int {
	high := b[0] >= 0x80
	for i, c := range b {
		switch {
		case c == escape && i > 0:
			return i
		case c >= 0x80 != high:
			return i
		case s.ends(c, name):
			return i + 1
		}
	}
	return len(b)
}

// ends says that c ends the reach of escape sequences. Inside a two-byte set
// in the low half the byte may be half a character.
func (s extendedState) ends(c byte, name bool) bool {
	if s.low.wide {
		return c == '\r' || c == '\n' || c == '\f' || c == '\t'
	}
	return c == '\\' || c == '\r' || c == '\n' || c == '\f' || c == '\t' || name && (c == '^' || c == '=')
}

// decode decodes one run.
func (s extendedState) decode(b []byte) string {
	d := s.low
	if b[0] >= 0x80 {
		d = s.high
	}
	if d.low && d.wide {
		return decodeWideLow(d.term, b)
	}
	return decodeIn(d.term, b)
}

// decodeWideLow decodes JIS X 0208 and 0212 written in bytes below 80 by way
// of EUC-JP, where the same codes stand above 80.
func decodeWideLow(term string, b []byte) string {
	euc := make([]byte, 0, len(b)*3/2+1)
	for len(b) > 0 && b[0] > 0x20 && len(b) >= 2 {
		if term == "ISO_IR 159" {
			euc = append(euc, 0x8F) // single shift to the third set
		}
		euc = append(euc, b[0]|0x80, b[1]|0x80)
		b = b[2:]
	}
	return decodeIn("ISO_IR 87", euc) + string(b)
}
