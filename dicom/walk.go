package dicom

import (
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
)

// undefined is the length of a value that ends with a delimiter (PS3.5 7.1.1).
const undefined = 0xFFFFFFFF

// Items and their delimiters (PS3.5 7.5).
const (
	itemTag            Tag = 0xFFFEE000
	itemDelimiter      Tag = 0xFFFEE00D
	sequenceDelimiter  Tag = 0xFFFEE0DD
	dataSetTrailingPad Tag = 0xFFFCFFFC
)

// errTruncated means that a value runs past the end of the file.
var errTruncated = fmt.Errorf("%w: it ends early", ErrCorrupt)

// coding is how elements are written (PS3.5 7.1, 7.3).
type coding struct{ explicit, big bool }

func (c coding) order() binary.ByteOrder {
	if c.big {
		return binary.BigEndian
	}
	return binary.LittleEndian
}

// head is an element up to its value.
type head struct {
	tag    Tag
	vr     VR
	length uint32
	value  int64 // offset of the value in the file
}

func (h head) end() int64 { return h.value + int64(h.length) }

// walker reads the structure of a data set: which elements there are, where
// their values lie, what is nested in what. It believes no length that leaves
// its surroundings, and stops at the limits.
type walker struct {
	win       *window
	limits    Limits
	count     int
	signed    bool // Pixel Representation seen so far, for implicit "US or SS"
	repairs   []string
	pixel     *head // the top-level pixel data element, when met
	charsetAt int64 // offset of the top-level Specific Character Set; -1 for none
}

// repair notes a mend once.
func (w *walker) repair(words string) {
	if !slices.Contains(w.repairs, words) {
		w.repairs = append(w.repairs, words)
	}
}

// topLevel walks the data set from pos up to the pixel data or the end of the
// file, and returns the elements with the offset behind the last good one.
func (w *walker) topLevel(pos int64, c coding) ([]Element, int64, error) {
	var elements []Element
	for pos+8 <= w.win.size {
		h, err := w.head(pos, w.win.size, c)
		if err != nil {
			next, found := w.nextElement(elements, pos, c)
			if !found {
				return elements, pos, err
			}
			w.repair("bytes that are no data element skipped")
			pos = next
			continue
		}
		if isPixelData(h.tag) {
			w.pixel = &h
			return elements, pos, nil
		}
		if h.tag == SpecificCharacterSet {
			w.charsetAt = pos
		}
		if h.tag == dataSetTrailingPad || h.tag.Group() == 0xFFFE {
			if h.length == undefined || h.end() > w.win.size {
				return elements, pos, nil
			}
			w.repair("padding and stray items between the elements skipped")
			pos = h.end()
			continue
		}
		e, next, err := w.element(h, w.win.size, c, 0)
		if err == nil || errors.Is(err, errTruncated) && len(e.Items) > 0 {
			elements = append(elements, e)
		}
		if err != nil {
			return elements, pos, err
		}
		pos = next
	}
	if pos < w.win.size {
		return elements, pos, fmt.Errorf("%w: %d bytes at offset %d", errTruncated, w.win.size-pos, pos)
	}
	return elements, pos, nil
}

// lostBytes is how far behind a wrong length the next element is looked for.
const lostBytes = 64

// nextElement looks behind pos, where no element is, for the next one of an
// explicit data set: a length that was counted wrongly leads into the midst of
// a value. It must be a known one that may stand there.
func (w *walker) nextElement(before []Element, pos int64, c coding) (at int64, found bool) {
	if !c.explicit || len(before) == 0 {
		return 0, false
	}
	last := before[len(before)-1].Tag
	for at = pos + 1; at <= pos+lostBytes && at+8 <= w.win.size; at++ {
		b, err := w.win.bytes(at, 8)
		if err != nil {
			return 0, false
		}
		t := readTag(b, c)
		if _, known := vrTable[string(b[4:6])]; !known || t <= last || t.Keyword() == "" || VR(b[4:6]) != t.VR() {
			continue
		}
		if h, err := w.head(at, w.win.size, c); err == nil && (h.length == undefined || h.end() <= w.win.size) {
			return at, true
		}
	}
	return 0, false
}

func isPixelData(t Tag) bool {
	return t == PixelData || t == FloatPixelData || t == DoubleFloatPixelData
}

// head reads tag, VR and length at pos (PS3.5 7.1.2, 7.1.3).
func (w *walker) head(pos, end int64, c coding) (head, error) {
	if pos+8 > end {
		return head{}, fmt.Errorf("%w at offset %d", errTruncated, pos)
	}
	b, err := w.win.bytes(pos, min(12, end-pos))
	if err != nil {
		return head{}, err
	}
	h := head{tag: readTag(b, c), value: pos + 8}
	if h.tag.Group() == 0xFFFE || !c.explicit {
		h.length = c.order().Uint32(b[4:])
		if h.tag.Group() != 0xFFFE {
			h.vr = implicitVR(h.tag, w.signed)
		}
		return h, nil
	}
	return w.explicitHead(h, b, c, end)
}

func (w *walker) explicitHead(h head, b []byte, c coding, end int64) (head, error) {
	info, known := vrTable[string(b[4:6])]
	switch {
	case known && !info.long:
		h.vr, h.length = info.name, uint32(c.order().Uint16(b[6:]))
		return h, nil
	case !known && !twoLetters(b[4:6]):
		return w.headWithoutVR(h, b, c, end)
	case len(b) < 12:
		return h, fmt.Errorf("%w in the header of %s at offset %d", errTruncated, h.tag, h.value-8)
	}
	h.vr, h.length, h.value = info.name, c.order().Uint32(b[8:]), h.value+4
	if !known {
		// PS3.5 6.2.2: a VR from the future is treated as UN.
		h.vr = "UN"
		w.repair("unknown value representation read as UN")
	}
	return h, nil
}

// headWithoutVR accepts an element written implicitly in the midst of explicit
// ones, as some converters leave them, or with a damaged VR, if its length then
// makes sense.
func (w *walker) headWithoutVR(h head, b []byte, c coding, end int64) (head, error) {
	h.vr = implicitVR(h.tag, w.signed)
	h.length = c.order().Uint32(b[4:])
	if h.length == undefined || h.end() <= end {
		w.repair("element without value representation read as implicit")
		return h, nil
	}
	if empty := b[4] == 0 && b[5] == 0; h.tag.Keyword() == "" && !(empty && h.value+int64(c.order().Uint16(b[6:])) <= end) {
		return h, fmt.Errorf("%w: no value representation in %s at offset %d", ErrCorrupt, h.tag, h.value-8)
	}
	h.length = uint32(c.order().Uint16(b[6:]))
	if long := int64(0); h.vr.info().long && len(b) == 12 {
		if long = int64(c.order().Uint32(b[8:])); h.value+4+long <= end || h.end() > end {
			h.length, h.value = uint32(long), h.value+4
		}
	}
	w.repair("damaged value representation replaced by the dictionary's")
	return h, nil
}

func twoLetters(b []byte) bool {
	return b[0] >= 'A' && b[0] <= 'Z' && b[1] >= 'A' && b[1] <= 'Z'
}

func readTag(b []byte, c coding) Tag {
	return NewTag(c.order().Uint16(b), c.order().Uint16(b[2:]))
}

// element reads the value of h, which must lie before end, and answers the
// offset behind it.
func (w *walker) element(h head, end int64, c coding, depth int) (Element, int64, error) {
	if w.count++; w.count > w.limits.Elements {
		return Element{}, 0, fmt.Errorf("%w: more than %d elements", ErrLimit, w.limits.Elements)
	}
	e := Element{Tag: h.tag, VR: h.vr}
	switch {
	case h.length == undefined:
		return w.undefinedLength(e, h, end, c, depth)
	case h.end() > end:
		return e, 0, fmt.Errorf("%w: %s at offset %d is %d bytes long", errTruncated, h.tag, h.value, h.length)
	case h.vr == "SQ":
		return w.sequence(e, h.value, h.end(), c, depth, false)
	case h.vr == "UN" && h.tag.VR() == "SQ":
		return w.hiddenSequence(e, h, depth)
	case int64(h.length) > w.limits.ElementBytes:
		return e, 0, fmt.Errorf("%w: %s is %d bytes long", ErrLimit, h.tag, h.length)
	}
	raw, err := w.win.bytes(h.value, int64(h.length))
	if err != nil {
		return e, 0, err
	}
	if c.big {
		raw = swapped(raw, h.vr.info().width)
	}
	e.Raw = raw
	w.remember(e)
	return e, h.end(), nil
}

// remember keeps what the meaning of later elements depends on.
func (w *walker) remember(e Element) {
	if e.Tag == PixelRepresentation && len(e.Raw) >= 2 {
		w.signed = binary.LittleEndian.Uint16(e.Raw) == 1
	}
}

// swapped is a copy of b with the bytes of each number in the other order.
func swapped(b []byte, width int) []byte {
	if width == 1 || len(b)%width != 0 {
		return b
	}
	out := make([]byte, len(b))
	for i := range b {
		out[i] = b[i-i%width+width-1-i%width]
	}
	return out
}
