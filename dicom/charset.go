package dicom

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
)

// CharacterSet says how the text of a data set is read (PS3.3 C.12.1.1.2).
type CharacterSet struct {
	// Declared are the values of (0008,0005) as found.
	Declared []string
	// Used names the set the text was really read with, e.g. "ISO_IR 144" or "CP1251".
	Used string
	// Repaired is true when Used contradicts Declared.
	Repaired bool
}

// Sets named often.
const (
	setDefault = "ISO_IR 6"
	setLatin1  = "ISO_IR 100"
	setRussian = "ISO_IR 144"
	setUTF8    = "ISO_IR 192"
)

// encodings are the defined terms of PS3.3 C.12.1.1.2, without code
// extensions, and after them the names of the sets found in repair.
var encodings = map[string]encoding.Encoding{
	setDefault:   charmap.ISO8859_1, // bytes above 7F do not belong there
	setLatin1:    charmap.ISO8859_1,
	"ISO_IR 101": charmap.ISO8859_2,
	"ISO_IR 109": charmap.ISO8859_3,
	"ISO_IR 110": charmap.ISO8859_4,
	setRussian:   charmap.ISO8859_5,
	"ISO_IR 127": charmap.ISO8859_6,
	"ISO_IR 126": charmap.ISO8859_7,
	"ISO_IR 138": charmap.ISO8859_8,
	"ISO_IR 148": charmap.ISO8859_9,
	"ISO_IR 203": charmap.ISO8859_15,
	"ISO_IR 166": charmap.Windows874, // TIS 620 and more
	"ISO_IR 13":  japanese.ShiftJIS,  // JIS X 0201 and more
	"ISO_IR 87":  japanese.EUCJP,     // JIS X 0208, by escape in ISO 2022
	"ISO_IR 159": japanese.EUCJP,     // JIS X 0212, likewise
	"ISO_IR 149": korean.EUCKR,       // KS X 1001
	"ISO_IR 58":  simplifiedchinese.GBK,
	setUTF8:      unicode.UTF8,
	"GB18030":    simplifiedchinese.GB18030,
	"GBK":        simplifiedchinese.GBK,
	"CP1251":     charmap.Windows1251,
	"KOI8-R":     charmap.KOI8R,
	"CP866":      charmap.CodePage866,
}

// otherSpellings are terms seen in files for what the standard calls otherwise.
var otherSpellings = map[string]string{
	"": setDefault, "ASCII": setDefault, "US-ASCII": setDefault,
	"UTF-8": setUTF8, "UTF8": setUTF8, "UNICODE": setUTF8,
	"LATIN1": setLatin1, "ISO-8859-1": setLatin1, "ISO8859-1": setLatin1, "ISO_8859-1": setLatin1,
	"ISO-8859-5": setRussian, "ISO8859-5": setRussian, "ISO_8859-5": setRussian,
	"WINDOWS-1251": "CP1251", "WINDOWS1251": "CP1251", "WIN1251": "CP1251", "WIN-1251": "CP1251",
	"GB2312": "ISO_IR 58", "GB 18030": "GB18030", "KOI8": "KOI8-R",
}

var registration = regexp.MustCompile(`^ISO[ _-]*(2022[ _-]*)?IR[ _-]*(\d+)$`)

// normalTerm is the term without code extensions that s means, however it is
// spelled ("ISO IR 192", "iso 2022 ir 6"); "" when it means none we know.
func normalTerm(s string) string {
	s = strings.ToUpper(strings.Trim(s, " \x00"))
	if other, ok := otherSpellings[s]; ok {
		return other
	}
	if m := registration.FindStringSubmatch(s); m != nil {
		s = "ISO_IR " + m[2]
	}
	if _, ok := encodings[s]; !ok {
		return ""
	}
	return s
}

// termsOf are the values of Specific Character Set.
func termsOf(raw []byte) []string {
	s := strings.Trim(string(raw), " \x00")
	if s == "" {
		return nil
	}
	terms := strings.Split(s, `\`)
	for i := range terms {
		terms[i] = strings.Trim(terms[i], " \x00")
	}
	return terms
}

// textCodec reads and writes the text of a data set. It does not change once made.
type textCodec struct {
	set CharacterSet
	// first is the set in force at the start of a value.
	first string
	// invalid says that a declared term is none.
	invalid bool
}

// declaredCodec reads text as declared; no terms mean the default repertoire.
func declaredCodec(terms []string) *textCodec {
	c := &textCodec{set: CharacterSet{Declared: slices.Clone(terms), Used: strings.Join(terms, `\`)}, first: setDefault}
	for i, s := range terms {
		term := normalTerm(s)
		switch {
		case term == "":
			c.invalid = true
		case i == 0:
			c.first = term
		}
	}
	if c.invalid || len(terms) <= 1 {
		c.set.Used = c.first
	}
	return c
}

// repairedCodec reads text in the set found, whatever was declared.
func repairedCodec(declared []string, used string) *textCodec {
	return &textCodec{set: CharacterSet{Declared: declared, Used: used, Repaired: true}, first: used}
}

// CharacterSet is what (0008,0005) declares and, after repair, what the bytes
// really are; see charset.go.
func (d *DataSet) CharacterSet() CharacterSet {
	if d.text == nil {
		return CharacterSet{Used: setUTF8}
	}
	return d.text.set
}

// SetCharacterSet declares the set in which later SetString calls write, and
// writes (0008,0005). Defined terms: ISO_IR 6, 100, 144, 192. Text already
// there is written anew.
func (d *DataSet) SetCharacterSet(term string) error {
	switch term {
	case setDefault, setLatin1, setRussian, setUTF8:
	default:
		return fmt.Errorf("%w: writing text in character set %q", ErrUnsupported, term)
	}
	*d = *d.transcoded(declaredCodec([]string{term}))
	d.Put(Element{Tag: SpecificCharacterSet, VR: "CS", Raw: padded([]byte(term), ' ')})
	return nil
}

// transcoded is the data set with all text, that of items too, written by
// another codec. d is left as it is.
func (d *DataSet) transcoded(to *textCodec) *DataSet {
	out := &DataSet{elements: slices.Clone(d.elements), text: to}
	out.Remove(SpecificCharacterSet)
	for i, e := range out.elements {
		if k := e.VR.info().kind; (k == kindText || k == kindProse) && !plain(e.Raw) {
			text := d.text.decodeAs(e.Raw, e.VR == "PN")
			out.elements[i].Raw = padded(to.encode(text), ' ')
		}
		if len(e.Items) > 0 {
			out.elements[i].Items = eachTranscoded(e.Items, to)
		}
	}
	return out
}

func eachTranscoded(items []*DataSet, to *textCodec) []*DataSet {
	out := make([]*DataSet, len(items))
	for i, item := range items {
		out[i] = item.transcoded(to)
	}
	return out
}

// inside is the item as it is written in a data set whose text is read by
// parent: without a declaration that only repeats the parent's, and with text
// from elsewhere brought into the parent's set.
func (d *DataSet) inside(parent *textCodec) *DataSet {
	_, own := d.Get(SpecificCharacterSet)
	same := d.text.used() == parent.used()
	switch {
	case own && same && parent != nil:
		out := &DataSet{elements: slices.Clone(d.elements), text: d.text}
		out.Remove(SpecificCharacterSet)
		return out
	case own || same || len(d.foreignText(nil, true)) == 0:
		return d
	}
	return d.transcoded(parent)
}

// used names the set; text of a codec that was never chosen is UTF-8.
func (c *textCodec) used() string {
	if c == nil {
		return setUTF8
	}
	return c.set.Used
}
