package identity

import (
	"time"

	"eris/clinic"
)

// Link is what is kept of two patients taken for one person: as they were
// written down when that was said. A link never goes; what takes it back is
// another entry about the same two.
type Link struct {
	A, B  clinic.Patient
	Match Match
	By    string // the person who said so; empty: by itself
	Made  time.Time

	Linked bool   `json:"-"` // false: it was taken back
	Entry  string `json:"-"` // of the journal
}

// Other is the patient whom the link joins to the one of a key.
func (l Link) Other(key string) clinic.Patient {
	if l.A.Key() == key {
		return l.B
	}
	return l.A
}
