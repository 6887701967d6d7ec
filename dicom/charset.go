package dicom

// CharacterSet says how the text of a data set is read (PS3.3 C.12.1.1.2).
type CharacterSet struct {
	// Declared are the values of (0008,0005) as found.
	Declared []string
	// Used names the set the text was really read with, e.g. "ISO_IR 144" or "CP1251".
	Used string
	// Repaired is true when Used contradicts Declared.
	Repaired bool
}
