package dicom

import (
	"errors"
	"fmt"
)

// undefinedLength reads a value that ends with a delimiter: a sequence, or
// pixel data fragments nested in an item.
func (w *walker) undefinedLength(e Element, h head, end int64, c coding, depth int) (Element, int64, error) {
	switch e.VR {
	case "SQ":
	case "UN":
		// PS3.5 6.2.2 note 2: the content of UN of undefined length is implicit VR little endian.
		found, next, err := w.sequence(e, h.value, end, coding{}, depth, true)
		if err == nil || errors.Is(err, ErrLimit) {
			return found, next, err
		}
		w.repair("a sequence of unknown kind read as its data set is written")
	case "OB", "OW":
		return w.nestedFragments(e, h, end, c)
	default:
		return e, 0, fmt.Errorf("%w: %s %s of undefined length at offset %d", ErrCorrupt, h.tag, h.vr, h.value)
	}
	return w.sequence(e, h.value, end, c, depth, true)
}

// hiddenSequence reads a known sequence that went through a system which did
// not know it and came out as UN (PS3.5 6.2.2); if it cannot, the bytes stay.
func (w *walker) hiddenSequence(e Element, h head, depth int) (Element, int64, error) {
	repairs := len(w.repairs)
	found, next, err := w.sequence(Element{Tag: h.tag, VR: "SQ"}, h.value, h.end(), coding{}, depth, false)
	if err == nil || errors.Is(err, ErrLimit) {
		return found, next, err
	}
	w.repairs = w.repairs[:repairs]
	e.Raw, err = w.win.bytes(h.value, int64(h.length))
	return e, h.end(), err
}

// sequence reads items from pos to end, or to the delimiter (PS3.5 7.5.2).
// What was read before an error is in the element.
func (w *walker) sequence(e Element, pos, end int64, c coding, depth int, delimited bool) (Element, int64, error) {
	if depth >= w.limits.Depth {
		return e, 0, fmt.Errorf("%w: sequences nested deeper than %d", ErrLimit, w.limits.Depth)
	}
	e.VR, e.Items = "SQ", []*DataSet{}
	for delimited || pos < end {
		h, err := w.head(pos, end, c)
		if err != nil {
			return e, 0, err
		}
		if h.tag == sequenceDelimiter && delimited {
			return e, h.value, nil
		}
		if h.tag == sequenceDelimiter && h.length == 0 {
			w.repair("superfluous sequence delimiter skipped")
			pos = h.value
			continue
		}
		if h.tag != itemTag {
			return e, 0, fmt.Errorf("%w: %s at offset %d where an item of %s should be", ErrCorrupt, h.tag, pos, e.Tag)
		}
		if h.length != undefined && h.end() > end {
			return e, 0, fmt.Errorf("%w: item of %s at offset %d is %d bytes long", errTruncated, e.Tag, pos, h.length)
		}
		item, next, err := w.item(h, end, c, depth+1)
		if err == nil || errors.Is(err, errTruncated) {
			e.Items = append(e.Items, item)
		}
		if err != nil {
			return e, 0, err
		}
		pos = next
	}
	return e, end, nil
}

// item reads the elements of one item (PS3.5 7.5.1).
func (w *walker) item(h head, end int64, c coding, depth int) (*DataSet, int64, error) {
	if w.count++; w.count > w.limits.Elements {
		return nil, 0, fmt.Errorf("%w: more than %d elements", ErrLimit, w.limits.Elements)
	}
	delimited := h.length == undefined
	if !delimited {
		end = h.end()
	}
	var elements []Element
	pos := h.value
	for delimited || pos < end {
		eh, err := w.head(pos, end, c)
		if err != nil {
			return w.itemOf(elements), 0, err
		}
		if eh.tag == itemDelimiter {
			if pos = eh.value; delimited {
				return w.itemOf(elements), pos, nil
			}
			w.repair("superfluous item delimiter skipped")
			continue
		}
		if eh.tag == sequenceDelimiter && delimited {
			w.repair("missing item delimiter supplied")
			return w.itemOf(elements), pos, nil
		}
		if eh.tag.Group() == 0xFFFE {
			return w.itemOf(elements), 0, fmt.Errorf("%w: %s at offset %d inside an item", ErrCorrupt, eh.tag, pos)
		}
		e, next, err := w.element(eh, end, c, depth)
		if err != nil {
			return w.itemOf(elements), 0, err
		}
		elements, pos = append(elements, e), next
	}
	return w.itemOf(elements), end, nil
}

func (w *walker) itemOf(elements []Element) *DataSet {
	return &DataSet{elements: w.ordered(elements)}
}

// nestedFragments keeps encapsulated pixel data inside an item, as in an icon
// image, with its fragments as they are (PS3.5 A.4).
func (w *walker) nestedFragments(e Element, h head, end int64, c coding) (Element, int64, error) {
	pos := h.value
	for {
		f, err := w.head(pos, end, c)
		switch {
		case err != nil:
			return e, 0, err
		case f.tag == sequenceDelimiter:
			e.fragments = true
			e.Raw, err = w.win.bytes(h.value, pos-h.value)
			return e, f.value, err
		case f.tag != itemTag || f.length == undefined:
			return e, 0, fmt.Errorf("%w: %s at offset %d where a fragment should be", ErrCorrupt, f.tag, pos)
		case f.end() > end:
			return e, 0, fmt.Errorf("%w: fragment at offset %d is %d bytes long", errTruncated, pos, f.length)
		case f.end()-h.value > w.limits.ElementBytes:
			return e, 0, fmt.Errorf("%w: %s is longer than %d bytes", ErrLimit, e.Tag, w.limits.ElementBytes)
		}
		if w.count++; w.count > w.limits.Elements {
			return e, 0, fmt.Errorf("%w: more than %d elements", ErrLimit, w.limits.Elements)
		}
		pos = f.end()
	}
}
