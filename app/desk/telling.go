package desk

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"eris/clinic"
	"eris/dicom"
	"eris/store"
	"eris/sync/fhir"
	"eris/sync/hl7"
	"eris/sync/node"
)

// cancellationKind is the journal's kind of what a source of orders is to be told:
// an order of its is not done, since an earlier exam answers it.
const cancellationKind = "cancellation"

// cancellation is said to one source, once.
type cancellation struct {
	Source          string    `json:"source"`
	AccessionNumber string    `json:"order"`
	PatientID       string    `json:"patient"`
	ID              string    `json:"id,omitempty"`   // of the order there
	Step            dicom.UID `json:"step,omitempty"` // from which those of discontinued procedures are made: told again they are the same
	Scheduled       time.Time `json:"scheduled,omitzero"`
	Message         string    `json:"message,omitempty"` // HL7, with its control ID: sent again it is the same
	Why             string    `json:"why"`
	Prior           dicom.UID `json:"prior,omitempty"` // StudyInstanceUID
	Made            time.Time `json:"made"`
}

// tellEvery is how often what is not told yet is tried.
const tellEvery = 30 * time.Second

// noteCancellation journals who is to be told of a decision. A decision that takes
// it back takes back what was not told yet.
func (d *Desk) noteCancellation(ctx context.Context, o clinic.Order, made clinic.Decision) error {
	if made.Choice != clinic.UsePrior {
		return d.dropCancellations(ctx, made)
	}
	options, err := d.orderSourceOptions(ctx)
	if err != nil {
		return err
	}
	services, err := d.Services(ctx)
	if err != nil {
		return err
	}
	for _, s := range o.Sources {
		c := cancellation{Source: s.Name, AccessionNumber: made.AccessionNumber, PatientID: made.PatientID, Why: made.Verdict, Prior: made.StudyInstanceUID, Made: made.Made}
		switch source, asked := options[s.Name]; {
		case s.Gone:
			continue
		case asked && source.Tell:
			c.ID, c.Step, c.Scheduled = s.ID, dicom.NewUID(), o.Scheduled
		case strings.HasPrefix(s.Name, heardPrefix) && services.OrdersTo != "":
			c.Message = hl7.Cancel(hl7.Party{Application: string(services.Title()), Facility: services.Clinic}, hl7.Party{},
				hl7.Cancellation{Order: o, Control: hl7.Canceled, Why: made.Verdict, Prior: made.StudyInstanceUID, At: made.Made})
		default:
			continue
		}
		if err := d.journal(ctx, cancellationKind, c); err != nil {
			return err
		}
	}
	return nil
}

// dropCancellations takes back what nobody was told yet.
func (d *Desk) dropCancellations(ctx context.Context, made clinic.Decision) error {
	return d.eachUntold(ctx, func(e store.Entry, c cancellation) error {
		if c.AccessionNumber != made.AccessionNumber || c.PatientID != made.PatientID {
			return nil
		}
		return d.Store.MarkSent(ctx, e.ID)
	})
}

func (d *Desk) eachUntold(ctx context.Context, each func(store.Entry, cancellation) error) error {
	d.telling.Lock()
	defer d.telling.Unlock()
	entries, err := d.Store.Unsent(ctx, cancellationKind)
	if err != nil {
		return err
	}
	for _, e := range entries {
		var c cancellation
		if err := json.Unmarshal(e.Body, &c); err != nil {
			return fmt.Errorf("journal entry %s: %w: %w", e.ID, store.ErrDamaged, err)
		}
		if err := each(e, c); err != nil {
			return err
		}
	}
	return nil
}

// keepTelling tells the sources of orders what was decided.
func (d *Desk) keepTelling(ctx context.Context) {
	every(ctx, tellEvery, func() {
		if err := d.Tell(ctx); err != nil && ctx.Err() == nil {
			d.Log.Error("decisions cannot be told", "error", err)
		}
	})
}

// Tell tells the sources of orders what was decided and they were not told yet.
// What one does not take waits, and stands in OrderSources.
func (d *Desk) Tell(ctx context.Context) error {
	options, err := d.orderSourceOptions(ctx)
	if err != nil {
		return err
	}
	services, err := d.Services(ctx)
	if err != nil {
		return err
	}
	untold, failed := map[string]int{}, map[string]error{}
	err = d.eachUntold(ctx, func(e store.Entry, c cancellation) error {
		err := failed[c.Source]
		if err == nil || !errors.Is(err, node.ErrUnreachable) && !errors.Is(err, node.ErrStalled) { // one that does not answer is asked once in a round
			err = d.tell(ctx, c, options, services)
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			untold[c.Source]++
			failed[c.Source] = err
			return nil
		}
		return d.Store.MarkSent(ctx, e.ID)
	})
	d.mu.Lock()
	defer d.mu.Unlock()
	for name := range untold { // who sends by himself is not known again after a restart
		d.orderAnswers[name] = d.orderAnswers[name]
	}
	for name, a := range d.orderAnswers {
		a.Untold, a.TellErr = untold[name], failed[name]
		d.orderAnswers[name] = a
	}
	return err
}

var errNobodyToTell = errors.New("it is not set up any more that this source is told of decisions")

func (d *Desk) tell(ctx context.Context, c cancellation, options map[string]OrderSourceOptions, services Services) error {
	if c.Message != "" {
		if services.OrdersTo == "" {
			return errNobodyToTell
		}
		client := hl7.Client{Name: c.Source, Address: services.OrdersTo}
		if services.Secured {
			secured, err := services.tls()
			if err != nil {
				return err
			}
			client.TLS = secured
		}
		return client.Send(ctx, c.Message)
	}
	o, ok := options[c.Source]
	if !ok || !o.Tell {
		return errNobodyToTell
	}
	asker, err := d.orderAsker(c.Source, o)
	if err != nil {
		return err
	}
	defer asker.Close()
	return asker.tell(ctx, c)
}

// over are the states in which a request is left as it is.
var over = []string{`"revoked"`, `"completed"`, `"entered-in-error"`}

// tell makes a service request revoked, with the reason as a note and the earlier
// study among what supports it (R4 12.13).
func (r requestAsker) tell(ctx context.Context, c cancellation) error {
	return r.client.Change(ctx, "ServiceRequest/"+c.ID, func(resource map[string]json.RawMessage) error {
		if slices.Contains(over, string(resource["status"])) {
			return nil
		}
		resource["status"] = json.RawMessage(`"revoked"`)
		err := add(resource, "note", map[string]string{"time": c.Made.Format(time.RFC3339), "text": c.Why})
		if err == nil && c.Prior != "" {
			err = add(resource, "supportingInfo", map[string]fhir.Identifier{"identifier": {System: fhir.SystemUID, Value: "urn:oid:" + string(c.Prior)}})
		}
		return err
	})
}

// tell asks who does a workitem to cancel it (PS3.18 11.8); one that is over stays
// as it is.
func (w workitemAsker) tell(ctx context.Context, c cancellation) error {
	err := w.RequestCancellation(ctx, dicom.UID(c.ID), c.Why)
	if errors.Is(err, node.ErrConflict) || errors.Is(err, node.ErrNotFound) {
		return nil
	}
	return err
}

// add appends a value to a list of a resource.
func add(resource map[string]json.RawMessage, element string, value any) error {
	var list []json.RawMessage
	if raw := resource[element]; raw != nil {
		if err := json.Unmarshal(raw, &list); err != nil {
			return fmt.Errorf("%s: %w", element, err)
		}
	}
	one, err := json.Marshal(value)
	if err != nil {
		return err
	}
	resource[element], err = json.Marshal(append(list, one))
	return err
}
