package dicom

import (
	"bytes"
	"errors"
	"io"

	parser "github.com/suyashkumar/dicom"
)

// libraryElements is the most the library is asked to parse: it makes some
// fifty allocations for each element.
const libraryElements = 20_000

// confirmed has the library parse the header that the walker found sound, and
// answers its elements with their bytes as they stand in the file: the library
// trims text and decodes it by the declared character set, so it keeps no raw
// values. Where the library fails, the walker's reading is used, and said so.
func (w *walker) confirmed(walked []Element, from, to int64, c coding) []Element {
	if len(walked) == 0 || w.count > libraryElements {
		return walked
	}
	header, err := w.win.bytes(from, to-from)
	if err != nil {
		return walked
	}
	parsed, err := parseWithLibrary(header, w.charsetAt-from, c)
	if err != nil {
		w.repair("the usual parser failed on the header; read by its structure alone")
		return walked
	}
	elements, ok := paired(parsed, walked)
	if !ok {
		w.repair("the usual parser read the header differently; read by its structure alone")
		return walked
	}
	return elements
}

// parseWithLibrary parses the elements of a data set without its pixel data.
// A panic of the library comes out as an error.
func parseWithLibrary(header []byte, charset int64, c coding) (elements []*parser.Element, err error) {
	defer func() {
		if recover() != nil {
			err = errors.New("the parser panicked")
		}
	}()
	meta := libraryMeta(c)
	r := io.MultiReader(bytes.NewReader(meta), hiding(header, charset))
	p, err := parser.NewParser(r, int64(len(meta)+len(header)), nil, parser.SkipPixelData())
	if err != nil {
		return nil, err
	}
	for {
		e, err := p.Next()
		if errors.Is(err, parser.ErrorEndOfDICOM) {
			return elements, nil
		}
		if err != nil {
			return nil, err
		}
		elements = append(elements, e)
	}
}

// libraryMeta is the least meta information that tells the library the coding.
// Without one it guesses, and allocates by the lengths it guessed.
func libraryMeta(c coding) []byte {
	syntax := ExplicitVRLittleEndian
	switch {
	case c.big:
		syntax = ExplicitVRBigEndian
	case !c.explicit:
		syntax = ImplicitVRLittleEndian
	}
	b := append(make([]byte, preambleBytes, 256), magic...)
	value := padded([]byte(syntax), 0)
	b = append(b, 2, 0, 0, 0, 'U', 'L', 4, 0, byte(8+len(value)), 0, 0, 0)
	b = append(b, 2, 0, 0x10, 0, 'U', 'I', byte(len(value)), 0)
	return append(b, value...)
}

// hiding reads header with the tag (0008,0005) at offset at turned into
// (0009,0005): the library refuses character sets it does not know and decodes
// the others, but strings shall come out byte for byte. at below 0: not there.
func hiding(header []byte, at int64) io.Reader {
	if at < 0 {
		return bytes.NewReader(header)
	}
	tag := bytes.Replace(header[at:at+4], []byte{8}, []byte{9}, 1)
	return io.MultiReader(bytes.NewReader(header[:at]), bytes.NewReader(tag), bytes.NewReader(header[at+4:]))
}

// paired makes elements of what the library parsed and the bytes the walker
// kept; ok is false unless both found the same tags, nested alike.
func paired(parsed []*parser.Element, walked []Element) (elements []Element, ok bool) {
	if len(parsed) != len(walked) {
		return nil, false
	}
	elements = make([]Element, len(walked))
	for i, p := range parsed {
		if elements[i], ok = joined(p, walked[i]); !ok {
			return nil, false
		}
	}
	return elements, true
}

func joined(p *parser.Element, walked Element) (Element, bool) {
	if walked.Tag == SpecificCharacterSet {
		return walked, true // went in disguise
	}
	e := Element{Tag: Tag(p.Tag.Uint32()), VR: VR(p.RawValueRepresentation), Raw: walked.Raw}
	if e.Tag != walked.Tag {
		return e, false
	}
	if e.VR != walked.VR {
		// The walker knows "US or SS" and sequences hidden in UN better.
		return walked, true
	}
	items, nested := p.Value.GetValue().([]*parser.SequenceItemValue)
	if !nested {
		e.fragments = walked.fragments
		return e, e.VR != "SQ"
	}
	var ok bool
	e.Items, ok = pairedItems(items, walked.Items)
	return e, ok
}

func pairedItems(parsed []*parser.SequenceItemValue, walked []*DataSet) ([]*DataSet, bool) {
	if len(parsed) != len(walked) {
		return nil, false
	}
	items := make([]*DataSet, len(walked))
	for i, p := range parsed {
		elements, ok := paired(p.GetValue().([]*parser.Element), walked[i].elements)
		if !ok {
			return nil, false
		}
		items[i] = &DataSet{elements: elements}
	}
	return items, true
}
