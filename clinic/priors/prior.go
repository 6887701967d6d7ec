package priors

import (
	"eris/clinic"
	"eris/clinic/anatomy"
)

// Class is what a prior is to an order, whatever its age.
type Class string

// The classes, the nearest first.
const (
	Same       Class = "same"
	Comparable Class = "comparable"
	Related    Class = "related"
	Unrelated  Class = "unrelated"
)

// Block is why a same or comparable prior raises no repeat.
type Block string

// The blocks.
const (
	ByModality   Block = "modality"  // does not replace the ordered one
	ByContrast   Block = "contrast"  // a phase asked for is missing
	ByPartial    Block = "partial"   // only a part of what is asked
	ByTechnique  Block = "technique" // tracer, dose, slice, sequence
	ByView       Block = "view"
	BySide       Block = "side"
	ByEvent      Block = "event"
	ByQuality    Block = "quality"
	ByAccess     Block = "access"
	ByWithdrawal Block = "withdrawn" // rejected, or deleted in its archive
	ByUnknown    Block = "unknown"   // a side or a date is not recorded
)

// Role is why a prior stands at the head of the list.
type Role string

// The roles.
const (
	Newest   Role = "newest"   // the newest comparable exam
	Baseline Role = "baseline" // the oldest comparable exam
	Reported Role = "reported" // the last with a final report
)

// Prior is an earlier study seen from an order.
type Prior struct {
	Study         clinic.Study
	Class         Class
	Score         float64 // 0 to 1, for sorting and shading: class first, then age
	Repeat        bool
	Block         Block
	Covers        bool   // it holds all that is asked
	Rule          string // the repeat window of the order, "" when none speaks of it
	WindowDays    int
	AgeDays       int // order date minus study date; negative when dated after it
	AgeKnown      bool
	RegionUnknown bool // shown because nothing tells what it is of
	Role          Role
	Why           Reason
}

// Verdict is the outcome of one check.
type Verdict struct {
	Repeat       bool
	Best         *Prior  // the strongest reason: a repeat, else the nearest prior; nil when there is none
	Priors       []Prior // every prior, in the order a reader wants them
	Wanted       anatomy.Exam
	OrderUnknown bool // the order names no region that could be understood
	Rule         string
	WindowDays   int
	RulesVersion string
	Why          Reason
}

// Count is the number of priors of a class.
func (v Verdict) Count(c Class) int {
	n := 0
	for _, p := range v.Priors {
		if p.Class == c {
			n++
		}
	}
	return n
}
