package dicom

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
)

const escape = 0x1B

// plain says that b needs no decoding: ASCII without escapes.
func plain(b []byte) bool {
	for _, c := range b {
		if c >= 0x80 || c == escape {
			return false
		}
	}
	return true
}

func (c *textCodec) decode(b []byte) string { return c.decodeAs(b, false) }

// decodeAs decodes a value; name says that it is a PN, in which ^ and = too
// end the reach of an escape sequence (PS3.5 6.1.2.5.3).
func (c *textCodec) decodeAs(b []byte, name bool) string {
	switch {
	case plain(b):
		return string(b)
	case c == nil:
		return strings.ToValidUTF8(string(b), "\uFFFD")
	case bytes.IndexByte(b, escape) >= 0:
		return c.decodeExtended(b, name)
	}
	return decodeIn(c.start().high.term, b)
}

// decodeIn decodes b in one set; what the set does not have becomes U+FFFD.
func decodeIn(term string, b []byte) string {
	e := encodings[term]
	if e == nil {
		e = encodings[setDefault]
	}
	out, err := e.NewDecoder().Bytes(b)
	if err != nil {
		return strings.ToValidUTF8(string(b), "\uFFFD")
	}
	return string(out)
}

// encode writes s in the set the codec reads first; characters it does not
// have become question marks.
func (c *textCodec) encode(s string) []byte {
	if c == nil || c.first == setUTF8 || plain([]byte(s)) {
		return []byte(s)
	}
	if c.first == setDefault {
		return []byte(strings.Map(asciiOnly, s))
	}
	encoder := encodings[c.first].NewEncoder()
	if out, err := encoder.Bytes([]byte(s)); err == nil {
		return out
	}
	return encodeEach(encoder, s)
}

func asciiOnly(r rune) rune {
	if r < utf8.RuneSelf {
		return r
	}
	return '?'
}

func encodeEach(encoder *encoding.Encoder, s string) []byte {
	var out []byte
	for _, r := range s {
		b, err := encoder.Bytes([]byte(string(r)))
		if err != nil {
			b = []byte{'?'}
		}
		out = append(out, b...)
	}
	return out
}
