package desk

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"eris/clinic"
	"eris/clinic/anatomy"
	"eris/clinic/effect"
	"eris/clinic/priors"
	"eris/dicom"
	"eris/store"
)

// eventKind is the journal's kind of what happens to a card.
const eventKind = "check"

// Event is something that was shown or opened: without these the effect of
// the check could not be measured.
type Event struct {
	What             effect.Kind      `json:"what"`
	AccessionNumber  string           `json:"order"`
	PatientID        string           `json:"patient,omitempty"`
	StudyInstanceUID dicom.UID        `json:"study,omitempty"` // the prior that was opened
	Clinic           string           `json:"clinic,omitempty"`
	Family           anatomy.Family   `json:"family,omitempty"`
	Regions          []anatomy.Region `json:"regions,omitempty"`
	Class            priors.Class     `json:"class,omitempty"`
	Repeat           bool             `json:"repeat"`
	MSv              float64          `json:"mSv,omitempty"` // typical effective dose of the ordered exam
	Rules            string           `json:"rules"`
}

// Note journals that a card was shown, or a prior opened from it.
func (d *Desk) Note(ctx context.Context, card Card, what effect.Kind, study dicom.UID) error {
	services, err := d.Services(ctx)
	if err != nil {
		return err
	}
	return d.journal(ctx, eventKind, d.eventOf(card, what, study, services.Clinic))
}

func (d *Desk) eventOf(card Card, what effect.Kind, study dicom.UID, place string) Event {
	v := card.Verdict
	e := Event{What: what, AccessionNumber: card.Order.AccessionNumber, PatientID: card.Order.Patient.PatientID, StudyInstanceUID: study,
		Clinic: place, Family: v.Wanted.Family, Regions: v.Wanted.Regions, Repeat: v.Repeat, Rules: v.RulesVersion}
	if v.Best != nil {
		e.Class = v.Best.Class
	}
	if card.Typical != nil {
		e.MSv = float64(card.Typical.Effective)
	}
	return e
}

// Effect is what became of the orders that were checked here from a time on
// (inclusive) to another (exclusive).
func (d *Desk) Effect(ctx context.Context, from, to time.Time) ([]effect.Order, error) {
	events, err := d.Store.EntriesBetween(ctx, eventKind, from, to)
	if err != nil {
		return nil, err
	}
	decisions, err := d.Store.EntriesBetween(ctx, decisionKind, from, to)
	if err != nil {
		return nil, err
	}
	var facts []effect.Fact
	for _, e := range events {
		var v Event
		if err := json.Unmarshal(e.Body, &v); err != nil {
			return nil, fmt.Errorf("journal entry %s: %w: %w", e.ID, store.ErrDamaged, err)
		}
		facts = append(facts, effect.Fact{Kind: v.What, Order: orderKey(v.AccessionNumber, v.PatientID), At: e.Made, Clinic: v.Clinic,
			Family: v.Family, Regions: v.Regions, Class: v.Class, Repeat: v.Repeat, MSv: v.MSv})
	}
	for _, e := range decisions {
		var v clinic.Decision
		if err := json.Unmarshal(e.Body, &v); err != nil {
			return nil, fmt.Errorf("journal entry %s: %w: %w", e.ID, store.ErrDamaged, err)
		}
		facts = append(facts, effect.Fact{Kind: effect.Decided, Order: orderKey(v.AccessionNumber, v.PatientID), At: e.Made, Choice: v.Choice, Reason: v.Reason})
		made, err := d.made(ctx, v)
		if err != nil {
			return nil, err
		}
		facts = append(facts, made...)
	}
	return effect.Orders(facts), nil
}

// orderKey tells orders apart.
func orderKey(accessionNumber, patientID string) string { return accessionNumber + "\x00" + patientID }

// made says whether an exam that was not to be made was made all the same.
func (d *Desk) made(ctx context.Context, v clinic.Decision) ([]effect.Fact, error) {
	if v.Choice != clinic.UsePrior || v.AccessionNumber == "" {
		return nil, nil
	}
	studies, err := d.Store.Studies(ctx, store.StudyFilter{PatientID: v.PatientID, AccessionNumber: v.AccessionNumber})
	if err != nil || len(studies) == 0 {
		return nil, err
	}
	return []effect.Fact{{Kind: effect.Done, Order: orderKey(v.AccessionNumber, v.PatientID), At: v.Made}}, nil
}

// feedbackKind is the journal's kind of what a record said about advice that was
// not given here, or is not remembered.
const feedbackKind = "feedback"

// NoteFeedback journals what a record says about advice.
func (d *Desk) NoteFeedback(ctx context.Context, f any) error { return d.journal(ctx, feedbackKind, f) }
