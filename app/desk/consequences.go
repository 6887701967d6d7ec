package desk

import (
	"context"
	"encoding/json"
	"fmt"

	"eris/clinic"
	"eris/clinic/identity"
	"eris/dicom"
	"eris/store"
)

// Consequences are what a link has led to, for the one who takes it back.
type Consequences struct {
	// Priors count for the other side only because of the link.
	Priors []clinic.Study
	// Rested are decisions about one side that refer to a prior of the other.
	Rested []clinic.Decision
	// Meanwhile are the other decisions about either side since the link was
	// made: their verdicts saw the priors of both.
	Meanwhile []clinic.Decision
}

// Consequences says what a link has led to. Without it the two sides are those
// that other links still join.
func (d *Desk) Consequences(ctx context.Context, l identity.Link) (c Consequences, err error) {
	var sides [2]map[string]bool // PatientIDs
	studies := map[dicom.UID]int{}
	for i, p := range []clinic.Patient{l.A, l.B} {
		side, err := d.linkedWithout(ctx, p, l)
		if err != nil {
			return c, err
		}
		sides[i] = map[string]bool{}
		for _, k := range append(side, Linked{Patient: p}) {
			sides[i][k.Patient.PatientID] = true
			found, err := d.Store.Studies(ctx, store.StudyFilter{PatientID: k.Patient.PatientID, Limit: mostPriors})
			if err != nil {
				return c, err
			}
			sure, _ := byIdentity(clinic.Order{Patient: k.Patient}, found)
			for _, s := range sure {
				studies[s.StudyInstanceUID] = i
			}
			c.Priors = append(c.Priors, sure...)
		}
	}
	entries, err := d.Store.DecisionsSince(ctx, l.Made)
	if err != nil {
		return c, err
	}
	for _, e := range entries {
		var made clinic.Decision
		if err := json.Unmarshal(e.Body, &made); err != nil {
			return c, fmt.Errorf("decision %s: %w", e.ID, err)
		}
		of, known := studies[made.StudyInstanceUID]
		switch {
		case known && sides[1-of][made.PatientID]:
			c.Rested = append(c.Rested, made)
		case sides[0][made.PatientID] || sides[1][made.PatientID]:
			c.Meanwhile = append(c.Meanwhile, made)
		}
	}
	return c, nil
}
