package dicom

// Limits bound what outside data may ask of memory and time. A zero field
// stands for the default.
type Limits struct {
	Elements     int   // elements in the whole object, nested ones and items included
	Depth        int   // nesting of sequences
	ElementBytes int64 // bytes of one element other than pixel data
	HeaderBytes  int64 // bytes held at once: the header; of a deflated object, all of it
}

// DefaultLimits fit every real object seen and keep a hostile one under 512 MB.
func DefaultLimits() Limits {
	return Limits{Elements: 500_000, Depth: 128, ElementBytes: 64 << 20, HeaderBytes: 128 << 20}
}

func (l Limits) orDefault() Limits {
	d := DefaultLimits()
	if l.Elements <= 0 {
		l.Elements = d.Elements
	}
	if l.Depth <= 0 {
		l.Depth = d.Depth
	}
	if l.ElementBytes <= 0 {
		l.ElementBytes = d.ElementBytes
	}
	if l.HeaderBytes <= 0 {
		l.HeaderBytes = d.HeaderBytes
	}
	return l
}
