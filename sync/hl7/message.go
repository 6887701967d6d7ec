package hl7

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
)

// ErrMessage is a message that cannot be read.
var ErrMessage = errors.New("no HL7 message")

// mostSegments bounds a message; an order list has a few hundred.
const mostSegments = 5000

// delimiters are the characters that part a message (MSH-1, MSH-2; 2.5.4).
type delimiters struct{ field, component, repetition, escape, sub byte }

var usual = delimiters{'|', '^', '~', '\\', '&'}

// Message is one HL7 v2 message; its text is UTF-8.
type Message struct {
	Segments []Segment
	delimiters
}

// Segment is one line of a message.
type Segment struct {
	ID     string
	fields []string // fields[0] is the ID
	delimiters
}

// Parse reads a message. Segments end with CR as the standard says, or with LF
// as files do.
func Parse(b []byte) (Message, error) {
	b = bytes.TrimPrefix(b, []byte("\ufeff"))
	if !bytes.HasPrefix(b, []byte("MSH")) || len(b) < 8 {
		return Message{}, fmt.Errorf("%w: it does not begin with MSH", ErrMessage)
	}
	m := Message{delimiters: delimiters{b[3], b[4], b[5], b[6], b[7]}}
	if m.sub == m.field { // MSH-2 of three signs, from before subcomponents
		m.sub = usual.sub
	}
	if !m.valid() {
		return Message{}, fmt.Errorf("%w: its separators %q are not five different signs", ErrMessage, b[3:8])
	}
	text, err := decode(b, m.field)
	if err != nil {
		return Message{}, err
	}
	for part := range strings.FieldsFuncSeq(text, func(r rune) bool { return r == '\r' || r == '\n' }) {
		part = strings.TrimRight(part, " \t\x00")
		if part == "" {
			continue
		}
		if len(m.Segments) == mostSegments {
			return Message{}, fmt.Errorf("%w: it has more than %d segments", ErrMessage, mostSegments)
		}
		s := Segment{fields: strings.Split(part, string(m.field)), delimiters: m.delimiters}
		s.ID = s.fields[0]
		if s.ID == "MSH" { // the separator itself is MSH-1
			s.fields = append([]string{"MSH", string(m.field)}, s.fields[1:]...)
		}
		m.Segments = append(m.Segments, s)
	}
	return m, nil
}

// valid wants five different printable signs that are no letters or digits.
func (d delimiters) valid() bool {
	all := []byte{d.field, d.component, d.repetition, d.escape, d.sub}
	for i, c := range all {
		if c <= ' ' || c >= 0x7f || strings.IndexByte("0123456789", c) >= 0 || c|0x20 >= 'a' && c|0x20 <= 'z' {
			return false
		}
		if strings.IndexByte(string(all[:i]), c) >= 0 {
			return false
		}
	}
	return true
}

// sets are the character sets of table 0211 and those that Russian systems write
// instead.
var sets = map[string]encoding.Encoding{
	"8859/1": charmap.ISO8859_1, "8859/2": charmap.ISO8859_2, "8859/5": charmap.ISO8859_5, "8859/9": charmap.ISO8859_9, "8859/15": charmap.ISO8859_15,
	"WINDOWS-1251": charmap.Windows1251, "CP1251": charmap.Windows1251, "KOI8-R": charmap.KOI8R,
}

// decode turns a message to UTF-8 by MSH-18. A set that is not named, or not
// known, is UTF-8 when it can be, else Windows-1251, which Russian systems write
// without saying so.
func decode(b []byte, field byte) (string, error) {
	first, _, _ := bytes.Cut(b, []byte("\r"))
	var named string
	if fields := bytes.Split(first, []byte{field}); len(fields) > 17 {
		named = string(bytes.ToUpper(bytes.TrimSpace(fields[17])))
	}
	set := sets[named]
	switch {
	case set == nil && utf8.Valid(b):
		return string(b), nil
	case set == nil:
		set = charmap.Windows1251
	}
	text, err := set.NewDecoder().Bytes(b)
	if err != nil {
		return "", fmt.Errorf("%w: its text is not in the character set it names", ErrMessage)
	}
	return string(text), nil
}

// Get is a component of a field of the first segment of that ID.
func (m Message) Get(id string, field, component int) string {
	for _, s := range m.Segments {
		if s.ID == id {
			return s.Get(field, component)
		}
	}
	return ""
}

// Type is the message's code and trigger event, e.g. "ORM^O01" (MSH-9).
func (m Message) Type() string { return m.Get("MSH", 9, 1) + "^" + m.Get("MSH", 9, 2) }

// ControlID is what an acknowledgement refers to (MSH-10).
func (m Message) ControlID() string { return m.Get("MSH", 10, 1) }

// Get is a component of the first repetition of a field, both counted from 1;
// "" when it is not there, or is said to be deleted ("").
func (s Segment) Get(field, component int) string {
	if all := s.Repetitions(field); len(all) > 0 {
		return all[0].Get(component)
	}
	return ""
}

// Field is one repetition of a field: its components.
type Field struct {
	components []string
	delimiters
}

// Repetitions are the values of a field, counted from 1.
func (s Segment) Repetitions(field int) []Field {
	if field <= 0 || field >= len(s.fields) || s.fields[field] == "" {
		return nil
	}
	if s.ID == "MSH" && field <= 2 {
		return []Field{{[]string{s.fields[field]}, s.delimiters}}
	}
	var all []Field
	for text := range strings.SplitSeq(s.fields[field], string(s.repetition)) {
		all = append(all, Field{strings.Split(text, string(s.component)), s.delimiters})
	}
	return all
}

// Get is a component, counted from 1: its first subcomponent.
func (f Field) Get(component int) string { return f.Sub(component, 1) }

// Sub is a subcomponent of a component, both counted from 1.
func (f Field) Sub(component, sub int) string {
	if component <= 0 || component > len(f.components) {
		return ""
	}
	parts := strings.Split(f.components[component-1], string(f.sub))
	if sub <= 0 || sub > len(parts) || parts[sub-1] == `""` {
		return ""
	}
	return strings.TrimSpace(f.unescape(parts[sub-1]))
}

// unescape puts signs in the place of escape sequences (2.7). Highlighting and
// what is not known are left out, since they are no text.
func (d delimiters) unescape(s string) string {
	if strings.IndexByte(s, d.escape) < 0 {
		return s
	}
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(s, string(d.escape))
		b.WriteString(before)
		if !found {
			return b.String()
		}
		sequence, after, closed := strings.Cut(rest, string(d.escape))
		if !closed { // a lone sign is text
			b.WriteByte(d.escape)
			b.WriteString(rest)
			return b.String()
		}
		b.WriteString(d.meaning(sequence))
		s = after
	}
}

func (d delimiters) meaning(sequence string) string {
	switch {
	case sequence == "F":
		return string(d.field)
	case sequence == "S":
		return string(d.component)
	case sequence == "T":
		return string(d.sub)
	case sequence == "R":
		return string(d.repetition)
	case sequence == "E":
		return string(d.escape)
	case sequence == ".br":
		return "\n"
	case strings.HasPrefix(sequence, "X") && len(sequence)%2 == 1:
		var raw []byte
		for i := 1; i < len(sequence); i += 2 {
			n, err := strconv.ParseUint(sequence[i:i+2], 16, 8)
			if err != nil {
				return ""
			}
			raw = append(raw, byte(n))
		}
		if utf8.Valid(raw) {
			return string(raw)
		}
	}
	return ""
}
