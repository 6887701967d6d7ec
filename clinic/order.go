package clinic

import (
	"slices"
	"time"

	"eris/dicom"
)

// OrderStatus is how far an order has come (FHIR R4 request-status); empty is
// OrderActive.
type OrderStatus string

// The states of an order.
const (
	OrderDraft          OrderStatus = "draft"
	OrderActive         OrderStatus = "active"
	OrderOnHold         OrderStatus = "on-hold"
	OrderRevoked        OrderStatus = "revoked"
	OrderCompleted      OrderStatus = "completed"
	OrderEnteredInError OrderStatus = "entered-in-error"
)

// Order is an exam that was asked for and not yet done (IHE SWF: Requested Procedure).
type Order struct {
	AccessionNumber string // the order's own number; the key of an order list
	// PlacerOrderNumber is its number with who ordered it, FillerOrderNumber with the
	// department (HL7 ORC-2, ORC-3; FHIR identifiers PLAC and FILL).
	PlacerOrderNumber string      `json:",omitempty"`
	FillerOrderNumber string      `json:",omitempty"`
	Status            OrderStatus `json:",omitempty"`
	StudyInstanceUID  dicom.UID   `json:",omitempty"` // of the study that is to be made
	Patient           Patient
	Scheduled         time.Time
	StationAETitle    dicom.AETitle // the scanner it is planned on
	Ordered           time.Time
	Modality          string // DICOM code
	Code              string // NSI service code or LOINC, may be empty
	Text              string // as the physician wrote it
	BodyPart          string
	Laterality        string // L, R, B or empty
	Contrast          string // "none", "iv" or empty for not stated
	Reason            string
	Sources           []OrderSource `json:",omitempty"` // who knows of it
}

// OrderSource is a system that knows of an order.
type OrderSource struct {
	Name string // empty: this workstation
	ID   string // of the order there
	Gone bool   `json:",omitempty"` // it named the order, and does not any more
}

// Withdrawn reports an order that is not to be done as far as is known: it was
// revoked, or no source names it any more.
func (o Order) Withdrawn() bool {
	if o.Status == OrderRevoked || o.Status == OrderEnteredInError {
		return true
	}
	return len(o.Sources) > 0 && !slices.ContainsFunc(o.Sources, func(s OrderSource) bool { return !s.Gone })
}

// Choice is what the person did with the verdict.
type Choice string

// The four ways out of the card.
const (
	UsePrior        Choice = "use-prior"
	JustifiedRepeat Choice = "justified-repeat"
	ChangeExam      Choice = "change-exam"
	AskRadiologist  Choice = "ask-radiologist"
)

// RepeatReason is the coded reason of a justified repeat.
type RepeatReason string

// The coded reasons.
const (
	NewSymptoms         RepeatReason = "new-symptoms"
	ControlByProtocol   RepeatReason = "control-by-protocol"
	InsufficientQuality RepeatReason = "insufficient-quality"
	OtherRegionOrPhase  RepeatReason = "other-region-or-phase"
	NotObtainable       RepeatReason = "images-not-obtainable"
	PatientsDemand      RepeatReason = "patients-or-insurers-demand"
	Emergency           RepeatReason = "emergency"
)

// RepeatReasons are all of them, in the order in which they are offered.
var RepeatReasons = []RepeatReason{NewSymptoms, ControlByProtocol, InsufficientQuality, OtherRegionOrPhase, NotObtainable, PatientsDemand, Emergency}

// Decision is one recorded outcome of a check. It is written to the journal
// before the screen says so.
type Decision struct {
	AccessionNumber  string
	PatientID        string
	Choice           Choice
	Reason           RepeatReason // only for JustifiedRepeat
	Note             string
	StudyInstanceUID dicom.UID // the prior it refers to; empty when none
	Verdict          string    // the sentence that stood on the card
	Rules            string    // version of the rule tables it followed
	Made             time.Time
}
