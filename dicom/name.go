package dicom

// NameGroup is one component group of a PN: family^given^middle^prefix^suffix (PS3.5 6.2.1).
type NameGroup struct{ Family, Given, Middle, Prefix, Suffix string }

// PersonName is a PN value with its three component groups.
type PersonName struct{ Alphabetic, Ideographic, Phonetic NameGroup }

// ParsePersonName reads a PN value. A full name typed into the family
// component with spaces, as many Russian sites do, is split into its parts.
func ParsePersonName(s string) PersonName { panic("stub") }

// String is the PN as DICOM writes it, with ^ and =.
func (n PersonName) String() string { panic("stub") }

// Display is the name for a reader: "Family Given Middle", suffixes behind.
func (n PersonName) Display() string { panic("stub") }

// IsZero reports a name with no component.
func (n PersonName) IsZero() bool { return n == PersonName{} }
