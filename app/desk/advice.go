package desk

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"time"

	"github.com/go-jose/go-jose/v4"

	"eris/clinic"
	"eris/sync/cdshooks"
	"eris/sync/fhir"
)

// adviceTime is how long others may think about an order; the card is there already.
const adviceTime = 5 * time.Second

// Advice is what another service says of an order that is made here (CDS Hooks).
type Advice struct {
	cdshooks.Card
	service cdshooks.Service
}

// adviser is the service that is asked; nil when none is set up.
func (s Services) adviser() (*cdshooks.Client, error) {
	if s.Advice == "" {
		return nil, nil
	}
	c := &cdshooks.Client{Name: "advice", URL: s.Advice, ISS: s.AdviceISS}
	if s.AdviceKey == "" {
		return c, nil
	}
	b, err := os.ReadFile(s.AdviceKey)
	if err != nil {
		return nil, fmt.Errorf("the key for advice: %w", err)
	}
	c.Key = new(jose.JSONWebKey)
	if err := c.Key.UnmarshalJSON(b); err != nil || c.Key.IsPublic() {
		return nil, fmt.Errorf("the key for advice: %s is no private JSON web key", s.AdviceKey)
	}
	return c, nil
}

// MadeHere reports an order that no source but this workstation has named.
func MadeHere(o clinic.Order) bool {
	return len(o.Sources) == 0 || len(o.Sources) == 1 && o.Sources[0].Name == ""
}

// Advise asks the service that is set up about an order made here, at the moment
// it is signed; none when no service is.
func (d *Desk) Advise(ctx context.Context, o clinic.Order) ([]Advice, error) {
	services, err := d.Services(ctx)
	if err != nil {
		return nil, err
	}
	client, err := services.adviser()
	if client == nil || err != nil || !MadeHere(o) {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, adviceTime)
	defer cancel()
	offered, err := client.Discover(ctx)
	if err != nil {
		return nil, err
	}
	const id = "1"
	patient, err := json.Marshal(fhir.DraftPatient(o.Patient, id))
	if err != nil {
		return nil, err
	}
	drafts, err := json.Marshal(map[string]any{"resourceType": "Bundle", "type": "collection",
		"entry": []any{map[string]any{"resource": fhir.DraftRequest(o, id, id)}}})
	if err != nil {
		return nil, err
	}
	var list []Advice
	for _, s := range offered {
		if s.Hook != cdshooks.OrderSign {
			continue
		}
		r := cdshooks.Request{Context: cdshooks.Context{UserID: "PractitionerRole/" + string(services.Title()), PatientID: id, DraftOrders: drafts}}
		r.Prefetch = s.Fill(r.Context, func(query string) (json.RawMessage, bool) { return patient, query == "Patient/"+id })
		cards, err := client.Call(ctx, s, r)
		if err != nil {
			return list, err
		}
		for _, c := range cards {
			list = append(list, Advice{c, s})
		}
	}
	return list, nil
}

// AnswerAdvice says what became of advice: the order was withdrawn as it suggests,
// or stayed for a reason.
func (d *Desk) AnswerAdvice(ctx context.Context, list []Advice, made clinic.Decision) error {
	services, err := d.Services(ctx)
	if err != nil {
		return err
	}
	client, err := services.adviser()
	if client == nil || err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, adviceTime)
	defer cancel()
	for _, a := range list {
		if a.UUID == "" {
			continue
		}
		f := cdshooks.Feedback{Card: a.UUID, Outcome: cdshooks.Overridden, OutcomeTimestamp: made.Made.UTC()}
		switch {
		case made.Choice == clinic.UsePrior && len(a.Suggestions) > 0:
			f.Outcome, f.AcceptedSuggestions = cdshooks.Accepted, []cdshooks.AcceptedSuggestion{{ID: a.Suggestions[0].UUID}}
		case made.Reason != "":
			f.OverrideReason = &cdshooks.OverrideReason{UserComment: made.Note}
			for _, r := range a.OverrideReasons {
				if r.Code == string(made.Reason) {
					f.OverrideReason.Reason = &r
				}
			}
		}
		if err := client.Feedback(ctx, a.service, []cdshooks.Feedback{f}); err != nil {
			return err
		}
	}
	return nil
}
