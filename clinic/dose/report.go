package dose

import (
	"fmt"

	"eris/dicom"
)

// Source is where a dose was read. The sources are trusted in the order of
// their constants.
type Source string

// The sources, the most trusted first.
const (
	FromReport Source = "rdsr"   // a radiation dose structured report
	FromStep   Source = "mpps"   // a modality performed procedure step
	FromHeader Source = "header" // the header of an image
)

// trust orders the sources; the least is the most trusted.
var trust = map[Source]int{FromReport: 0, FromStep: 1, FromHeader: 2}

// Event is one irradiation event, or one administration of a radiopharmaceutical.
type Event struct {
	UID     dicom.UID `json:"uid,omitempty"`     // Irradiation Event UID
	Plane   string    `json:"plane,omitempty"`   // Acquisition Plane code; biplane devices tell of each plane
	Target  Code      `json:"target,omitzero"`   // Target Region
	Phantom int       `json:"phantom,omitempty"` // diameter of the CTDI phantom in cm: 16, 32; 0 not told
	Values  Values    `json:"values,omitempty"`
	// Authority names what a stated Effective dose follows.
	Authority string `json:"authority,omitempty"`
}

// Report is what one object tells of dose.
type Report struct {
	Source Source    `json:"source"`
	Object dicom.UID `json:"object,omitempty"` // SOP Instance UID
	Events []Event   `json:"events,omitempty"`
	// Total is what the object counts altogether; Scope over what: the UID of a
	// study, a series or a procedure step, and its kind.
	Total     Values    `json:"total,omitempty"`
	ScopeKind string    `json:"scopeKind,omitempty"`
	Scope     dicom.UID `json:"scope,omitempty"`
	Phantom   int       `json:"phantom,omitempty"` // that the total refers to
	Dropped   []Dropped `json:"dropped,omitempty"`
}

// The kinds of a Scope (PS3.16 CID 10000 and 10001).
const (
	ScopeStudy  = "113014"
	ScopeSeries = "113015"
	ScopeStep   = "113016"
)

// Dropped is a value that cannot be used.
type Dropped struct {
	Quantity Quantity `json:"quantity"`
	Reason   Reason   `json:"reason"`
	Unit     string   `json:"unit,omitempty"`
}

// Reason says why a value cannot be used.
type Reason string

// The reasons.
const (
	NoValue     Reason = "no value"     // the item is there and says nothing
	UnknownUnit Reason = "unknown unit" // the unit is not in the table, or of something else
	NoNumber    Reason = "no number"    // not a number, negative, or beyond all bounds
	TooMuch     Reason = "too much"     // the object has more content than any real one
)

func (d Dropped) String() string {
	if d.Unit == "" {
		return fmt.Sprintf("%s: %s", d.Quantity, d.Reason)
	}
	return fmt.Sprintf("%s: %s %q", d.Quantity, d.Reason, d.Unit)
}

// Sum adds up the events.
func (r Report) Sum() Values {
	sum := Values{}
	for _, e := range r.Events {
		for q, v := range e.Values {
			if q != CTDIvol { // an index of the scan, not an amount
				sum.add(q, v)
			}
		}
	}
	return sum
}

// Empty reports that the object tells nothing.
func (r Report) Empty() bool { return len(r.Events) == 0 && len(r.Total) == 0 && len(r.Dropped) == 0 }
