package cdshooks

import (
	"encoding/json"
	"time"
)

// The hooks that speak of orders.
const (
	OrderSelect     = "order-select"
	OrderSign       = "order-sign"
	AppointmentBook = "appointment-book"
)

// Discovery is what a server offers.
type Discovery struct {
	Services []Service `json:"services"`
}

// Service is one kind of advice at one hook.
type Service struct {
	Hook              string            `json:"hook"`
	Title             string            `json:"title,omitempty"`
	Description       string            `json:"description"`
	ID                string            `json:"id"`
	Prefetch          map[string]string `json:"prefetch,omitempty"` // FHIR queries by key, with tokens of the context
	UsageRequirements string            `json:"usageRequirements,omitempty"`
}

// Request is one call of a service.
type Request struct {
	Hook              string                     `json:"hook"`
	HookInstance      string                     `json:"hookInstance"` // a UUID
	FHIRServer        string                     `json:"fhirServer,omitempty"`
	FHIRAuthorization *FHIRAuthorization         `json:"fhirAuthorization,omitempty"`
	Context           Context                    `json:"context"`
	Prefetch          map[string]json.RawMessage `json:"prefetch,omitempty"`
}

// FHIRAuthorization lets the service read from the record's FHIR server for the
// time of a call.
type FHIRAuthorization struct {
	AccessToken string `json:"access_token"`
	TokenType   string `json:"token_type"` // Bearer
	ExpiresIn   int    `json:"expires_in"` // seconds
	Scope       string `json:"scope"`
	Subject     string `json:"subject"`
	Patient     string `json:"patient,omitempty"`
}

// Context is what the record says at the hooks about orders. FHIR bundles stay
// JSON.
type Context struct {
	UserID       string          `json:"userId"` // e.g. Practitioner/abc
	PatientID    string          `json:"patientId"`
	EncounterID  string          `json:"encounterId,omitempty"`
	Selections   []string        `json:"selections,omitempty"`  // order-select: which of the drafts, e.g. ServiceRequest/1
	DraftOrders  json.RawMessage `json:"draftOrders,omitempty"` // Bundle, at order-select and order-sign
	Appointments json.RawMessage `json:"appointments,omitempty"`
}

// Response is the advice; no cards are no advice.
type Response struct {
	Cards []Card `json:"cards"`
}

// Indicator says how urgent a card is.
type Indicator string

// The indicators.
const (
	Info     Indicator = "info"
	Warning  Indicator = "warning"
	Critical Indicator = "critical"
)

// SummaryRunes is how long a summary may be: less than 140 characters.
const SummaryRunes = 139

// Card is one piece of advice.
type Card struct {
	UUID              string       `json:"uuid,omitempty"`
	Summary           string       `json:"summary"`
	Detail            string       `json:"detail,omitempty"` // GitHub Flavored Markdown
	Indicator         Indicator    `json:"indicator"`
	Source            Source       `json:"source"`
	Suggestions       []Suggestion `json:"suggestions,omitempty"`
	SelectionBehavior string       `json:"selectionBehavior,omitempty"` // at-most-one or any; goes with suggestions
	OverrideReasons   []Coding     `json:"overrideReasons,omitempty"`
	Links             []Link       `json:"links,omitempty"`
}

// AtMostOne is the SelectionBehavior of suggestions that exclude each other.
const AtMostOne = "at-most-one"

// Source is whose advice it is.
type Source struct {
	Label string  `json:"label"`
	URL   string  `json:"url,omitempty"`
	Icon  string  `json:"icon,omitempty"`
	Topic *Coding `json:"topic,omitempty"`
}

// Suggestion is a change of the order at one click.
type Suggestion struct {
	Label         string   `json:"label"`
	UUID          string   `json:"uuid,omitempty"`
	IsRecommended bool     `json:"isRecommended,omitempty"`
	Actions       []Action `json:"actions,omitempty"`
}

// Action changes one resource.
type Action struct {
	Type        string          `json:"type"` // create, update, delete
	Description string          `json:"description"`
	Resource    json.RawMessage `json:"resource,omitempty"`
	ResourceID  string          `json:"resourceId,omitempty"`
}

// Coding is a coded term.
type Coding struct {
	System  string `json:"system,omitempty"`
	Code    string `json:"code"`
	Display string `json:"display,omitempty"`
}

// Link opens something beside the record.
type Link struct {
	Label string `json:"label"`
	URL   string `json:"url"`
	Type  string `json:"type"` // absolute or smart
}

// Absolute is the Type of a link that is opened as it stands.
const Absolute = "absolute"

// The outcomes of a card.
const (
	Accepted   = "accepted"
	Overridden = "overridden"
)

// Feedback is what became of a card.
type Feedback struct {
	Card                string               `json:"card"`
	Outcome             string               `json:"outcome"`
	AcceptedSuggestions []AcceptedSuggestion `json:"acceptedSuggestions,omitempty"`
	OverrideReason      *OverrideReason      `json:"overrideReason,omitempty"`
	OutcomeTimestamp    time.Time            `json:"outcomeTimestamp"` // UTC
}

// AcceptedSuggestion names a suggestion by its UUID.
type AcceptedSuggestion struct {
	ID string `json:"id"`
}

// OverrideReason is why a card was passed over.
type OverrideReason struct {
	Reason      *Coding `json:"reason,omitempty"`
	UserComment string  `json:"userComment,omitempty"`
}

type feedbackMessage struct {
	Feedback []Feedback `json:"feedback"`
}
