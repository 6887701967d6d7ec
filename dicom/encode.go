package dicom

import (
	"bytes"
	"encoding/binary"
	"fmt"
)

// Encode is the data set as the transfer syntax writes it, without meta
// information: what a DIMSE message carries (PS3.7 6.3). Pixel data of a File
// is left out. Only little endian syntaxes are written.
func (d *DataSet) Encode(syntax UID) ([]byte, error) {
	if syntax == ExplicitVRBigEndian || syntax == DeflatedExplicitVRLittleEndian {
		return nil, fmt.Errorf("write a data set: %w", &UnsupportedSyntaxError{syntax})
	}
	return d.encode(nil, codingOf(syntax)), nil
}

// DecodeDataSet reads a data set without meta information, as a DIMSE message
// carries it. Pixel data that lies in b is kept in Raw when native.
func DecodeDataSet(b []byte, syntax UID, limits Limits) (*DataSet, error) {
	limits = limits.orDefault()
	limits.HeaderBytes = max(limits.HeaderBytes, int64(len(b)))
	win := &window{r: bytes.NewReader(b), size: int64(len(b)), most: limits.HeaderBytes, buf: b}
	w := &walker{win: win, limits: limits, charsetAt: -1}
	elements, end, err := w.topLevel(0, codingOf(syntax))
	if err != nil {
		return nil, err
	}
	switch {
	case w.pixel != nil && w.pixel.length != undefined && w.pixel.end() <= win.size:
		elements = append(elements, Element{Tag: w.pixel.tag, VR: w.pixel.vr, Raw: b[w.pixel.value:w.pixel.end()]})
	case w.pixel == nil && end != win.size:
		return nil, fmt.Errorf("%w at offset %d of a data set", errTruncated, end)
	}
	d := &DataSet{elements: w.ordered(elements)}
	d.settleText()
	return d, nil
}

// encode appends all elements that are in memory. Group lengths are left out:
// outside of group 0002 they are retired (PS3.5 7.2).
func (d *DataSet) encode(b []byte, c coding) []byte {
	for e := range d.All() {
		if !e.stored {
			b = d.appendElement(b, e, c)
		}
	}
	return b
}

// appendElement appends one element of d.
func (d *DataSet) appendElement(b []byte, e Element, c coding) []byte {
	info := e.VR.info()
	switch {
	case e.Tag.Element() == 0 && e.Tag.Group() > 2:
		return b
	case info.kind == kindSequence || e.Items != nil:
		return d.appendSequence(b, e, c)
	case e.fragments:
		b = appendHead(b, e.Tag, e.VR, undefined, c)
		return appendItemHead(append(b, e.Raw...), sequenceDelimiter, 0)
	}
	vr := e.VR
	if c.explicit && !info.long && len(e.Raw) > 0xFFFE {
		vr = "UN" // PS3.5 6.2.2 note 5: too long for the VR's 16-bit length
	}
	n := len(e.Raw)
	b = appendHead(b, e.Tag, vr, uint32(n+n%2), c)
	b = append(b, e.Raw...)
	if n%2 == 1 {
		b = append(b, e.VR.padding())
	}
	return b
}

// appendSequence writes sequence and items with undefined length, so that
// nothing has to be measured beforehand (PS3.5 7.5.2).
func (d *DataSet) appendSequence(b []byte, e Element, c coding) []byte {
	if len(e.Items) == 0 {
		return appendHead(b, e.Tag, "SQ", 0, c)
	}
	b = appendHead(b, e.Tag, "SQ", undefined, c)
	for _, item := range e.Items {
		b = appendItemHead(b, itemTag, undefined)
		b = item.inside(d.text).encode(b, c)
		b = appendItemHead(b, itemDelimiter, 0)
	}
	return appendItemHead(b, sequenceDelimiter, 0)
}

// appendHead writes tag, VR and length (PS3.5 7.1.2, 7.1.3).
func appendHead(b []byte, t Tag, vr VR, length uint32, c coding) []byte {
	le := binary.LittleEndian
	b = le.AppendUint16(le.AppendUint16(b, t.Group()), t.Element())
	if !c.explicit {
		return le.AppendUint32(b, length)
	}
	if len(vr) != 2 {
		vr = "UN"
	}
	b = append(b, vr...)
	if vr.info().long {
		return le.AppendUint32(append(b, 0, 0), length)
	}
	return le.AppendUint16(b, uint16(length))
}

func appendItemHead(b []byte, t Tag, length uint32) []byte {
	le := binary.LittleEndian
	return le.AppendUint32(le.AppendUint16(le.AppendUint16(b, t.Group()), t.Element()), length)
}
