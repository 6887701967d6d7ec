package dicom

import (
	"cmp"
	"iter"
	"slices"
)

// VR is a value representation: two capital letters (PS3.5 6.2).
type VR string

// Element is one data element. Text is kept as it came (Raw) and decoded when
// asked for, because its character set may be declared wrongly.
type Element struct {
	Tag Tag
	VR  VR
	// Raw holds the value bytes: text as received; numbers little endian;
	// nil for sequences and for pixel data, which stays in its file.
	Raw []byte
	// Items holds the items of a sequence, in order.
	Items []*DataSet

	stored    bool // the value lies in the File's pixels
	fragments bool // Raw is a run of fragments, ended by a delimiter (PS3.5 A.4)
}

// DataSet is a list of elements in ascending tag order. It may be read by many
// goroutines at once, and changed by one.
type DataSet struct {
	elements []Element
	text     *textCodec // nil: UTF-8
}

// NewDataSet returns an empty data set whose text will be written in UTF-8
// (ISO_IR 192) unless SetCharacterSet says otherwise.
func NewDataSet() *DataSet { return &DataSet{} }

// find answers where t is or belongs.
func (d *DataSet) find(t Tag) (int, bool) {
	if d == nil {
		return 0, false
	}
	return slices.BinarySearchFunc(d.elements, t, func(e Element, t Tag) int { return cmp.Compare(e.Tag, t) })
}

// Get returns the element and whether it is present (perhaps empty).
func (d *DataSet) Get(t Tag) (Element, bool) {
	if i, ok := d.find(t); ok {
		return d.elements[i], true
	}
	return Element{}, false
}

// Has reports whether the element is present with a value.
func (d *DataSet) Has(t Tag) bool {
	e, ok := d.Get(t)
	return ok && (len(e.Raw) > 0 || len(e.Items) > 0 || e.stored)
}

// Put adds or replaces an element. Putting SpecificCharacterSet says in which
// set text is read and written from then on.
func (d *DataSet) Put(e Element) {
	i, ok := d.find(e.Tag)
	if ok {
		d.elements[i] = e
	} else {
		d.elements = slices.Insert(d.elements, i, e)
	}
	if e.Tag == SpecificCharacterSet {
		d.text = declaredCodec(termsOf(e.Raw))
	}
}

// Remove takes an element out; absent is fine.
func (d *DataSet) Remove(t Tag) {
	if i, ok := d.find(t); ok {
		d.elements = slices.Delete(d.elements, i, i+1)
	}
}

// All walks the elements in tag order.
func (d *DataSet) All() iter.Seq[Element] {
	return func(yield func(Element) bool) {
		if d == nil {
			return
		}
		for _, e := range d.elements {
			if !yield(e) {
				return
			}
		}
	}
}

// Len is the number of elements on the top level.
func (d *DataSet) Len() int {
	if d == nil {
		return 0
	}
	return len(d.elements)
}

// Bytes are the raw value bytes.
func (d *DataSet) Bytes(t Tag) []byte {
	e, _ := d.Get(t)
	return e.Raw
}

// Items are the items of a sequence; nil when absent or not a sequence.
func (d *DataSet) Items(t Tag) []*DataSet {
	e, _ := d.Get(t)
	return e.Items
}

// ordered sorts elements that came out of order and keeps the first of those
// that came twice (PS3.5 7.1).
func (w *walker) ordered(elements []Element) []Element {
	ascending := func(a, b Element) int { return cmp.Compare(a.Tag, b.Tag) }
	if !slices.IsSortedFunc(elements, ascending) {
		w.repair("elements out of order were sorted")
		slices.SortStableFunc(elements, ascending)
	}
	once := slices.CompactFunc(elements, func(a, b Element) bool { return a.Tag == b.Tag })
	if len(once) != len(elements) {
		w.repair("of repeated elements the first was kept")
	}
	return once
}
