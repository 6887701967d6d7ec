package dicom

import "iter"

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
}

// DataSet is a list of elements in ascending tag order.
type DataSet struct {
	elements []Element
	charset  CharacterSet
}

// NewDataSet returns an empty data set whose text will be written in UTF-8
// (ISO_IR 192) unless SetCharacterSet says otherwise.
func NewDataSet() *DataSet { panic("stub") }

// Get returns the element and whether it is present (perhaps empty).
func (d *DataSet) Get(t Tag) (Element, bool) { panic("stub") }

// Has reports whether the element is present with a value.
func (d *DataSet) Has(t Tag) bool { panic("stub") }

// Put adds or replaces an element.
func (d *DataSet) Put(e Element) { panic("stub") }

// Remove takes an element out; absent is fine.
func (d *DataSet) Remove(t Tag) { panic("stub") }

// All walks the elements in tag order.
func (d *DataSet) All() iter.Seq[Element] { panic("stub") }

// Len is the number of elements on the top level.
func (d *DataSet) Len() int { panic("stub") }

// String is the first value of a text element: decoded, without padding; ""
// when absent. Numbers are formatted.
func (d *DataSet) String(t Tag) string { panic("stub") }

// Strings are all values of a text element (backslash separated), decoded and trimmed.
func (d *DataSet) Strings(t Tag) []string { panic("stub") }

// Int is the first value as a whole number: binary VRs, IS, and DS without a fraction.
func (d *DataSet) Int(t Tag) (int, bool) { panic("stub") }

// IntOr is Int with a default.
func (d *DataSet) IntOr(t Tag, otherwise int) int { panic("stub") }

// Float is the first value as a number: FD, FL, DS, IS and the integers. NaN and Inf count as absent.
func (d *DataSet) Float(t Tag) (float64, bool) { panic("stub") }

// FloatOr is Float with a default.
func (d *DataSet) FloatOr(t Tag, otherwise float64) float64 { panic("stub") }

// Floats are all values as numbers; nil when absent or when one is no number.
func (d *DataSet) Floats(t Tag) []float64 { panic("stub") }

// UID is the first value as a UID, without padding.
func (d *DataSet) UID(t Tag) UID { panic("stub") }

// Date is the first value as a DA, perhaps partial.
func (d *DataSet) Date(t Tag) Date { panic("stub") }

// Time is the first value as a TM, perhaps partial.
func (d *DataSet) Time(t Tag) Time { panic("stub") }

// Name is the first value as a PN, decoded per component group.
func (d *DataSet) Name(t Tag) PersonName { panic("stub") }

// Bytes are the raw value bytes.
func (d *DataSet) Bytes(t Tag) []byte { panic("stub") }

// Items are the items of a sequence; nil when absent or not a sequence.
func (d *DataSet) Items(t Tag) []*DataSet { panic("stub") }

// SetString writes text values in the data set's character set, with the VR
// of the dictionary, padded to even length (PS3.5 6.2).
func (d *DataSet) SetString(t Tag, values ...string) { panic("stub") }

// SetInt writes whole numbers with the VR of the dictionary (IS, US, SS, UL, SL).
func (d *DataSet) SetInt(t Tag, values ...int) { panic("stub") }

// SetFloat writes numbers with the VR of the dictionary (DS, FD, FL).
func (d *DataSet) SetFloat(t Tag, values ...float64) { panic("stub") }

// SetUID writes UIDs.
func (d *DataSet) SetUID(t Tag, values ...UID) { panic("stub") }

// SetItems writes a sequence.
func (d *DataSet) SetItems(t Tag, items ...*DataSet) { panic("stub") }

// CharacterSet is what (0008,0005) declares and, after repair, what the bytes
// really are; see charset.go.
func (d *DataSet) CharacterSet() CharacterSet { panic("stub") }

// SetCharacterSet declares the set in which later SetString calls write, and
// writes (0008,0005). Defined terms: ISO_IR 6, 100, 144, 192.
func (d *DataSet) SetCharacterSet(term string) error { panic("stub") }
