package desk

import (
	"context"
	"slices"

	"eris/clinic"
	"eris/dicom"
	"eris/store"
	"eris/sync/node"
)

// Ask asks the patient index who a patient is elsewhere, then every archive for
// his studies, under his linked IDs too, and for those who may be him under
// another ID; it keeps what they answer.
// It returns when all have answered or the time is over; who failed stands in
// the card's sources. Transfers that wait for an archive try again at once when
// one answered; the pauses of the others stay.
func (d *Desk) Ask(ctx context.Context, p clinic.Patient) {
	if p.PatientID == "" {
		return
	}
	d.askIndexFirst(ctx, p)
	ids, err := d.idsWith(ctx, p.PatientID)
	if err != nil {
		d.Log.Error("the links of a patient could not be read; he is asked for under one ID", "error", err)
	}
	answered := d.each(ctx, func(ctx context.Context, a Archive) error {
		for _, id := range ids {
			if err := d.askFor(ctx, a, id); err != nil {
				return err
			}
		}
		return d.askForNamesakes(ctx, a, p)
	})
	if answered > 0 && d.Transfer.Summary().Offline > 0 {
		d.Transfer.Wake()
	}
}

// idsWith is a PatientID and those that links join to any patient who has it.
func (d *Desk) idsWith(ctx context.Context, patientID string) ([]string, error) {
	ids := []string{patientID}
	for at := 0; at < len(ids) && len(ids) < mostLinked; at++ {
		links, err := d.Store.LinksOf(ctx, ids[at])
		if err != nil {
			return ids, err
		}
		for _, l := range links {
			for _, p := range []clinic.Patient{l.A, l.B} {
				if l.Linked && !slices.Contains(ids, p.PatientID) {
					ids = append(ids, p.PatientID)
				}
			}
		}
	}
	return ids, nil
}

func (d *Desk) askFor(ctx context.Context, a Archive, patientID string) error {
	here, err := d.Store.Studies(ctx, store.StudyFilter{PatientID: patientID, Source: a.Name, Limit: mostPriors})
	if err != nil {
		return err
	}
	known, err := d.keep(ctx, a, node.Query{PatientID: patientID})
	if err != nil {
		return err
	}
	there := map[dicom.UID]bool{}
	for _, s := range known {
		there[s.StudyInstanceUID] = true
	}
	if _, err := d.withdrawGone(ctx, a, here, there, func(context.Context) error { return nil }); err != nil {
		return err
	}
	return d.Store.NoteAsked(ctx, a.Name, patientID)
}
