package desk

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"eris/clinic"
	"eris/clinic/identity"
	"eris/store"
)

// nightly is how far beyond midnight the list of a day reaches: the night shift
// goes on with yesterday's orders, and clocks differ.
const nightly = 3 * time.Hour

// OrdersOn lists the orders of a day: those scheduled on it or in the night
// around it, and those for no day that are not done yet. One that no source names
// any more and whose study is known was done.
func (d *Desk) OrdersOn(ctx context.Context, at time.Time) ([]clinic.Order, error) {
	all, err := d.Store.Orders(ctx)
	if err != nil {
		return nil, err
	}
	from := time.Date(at.Year(), at.Month(), at.Day(), 0, 0, 0, 0, at.Location()).Add(-nightly)
	to := from.AddDate(0, 0, 1).Add(2 * nightly)
	list := slices.DeleteFunc(all, func(o clinic.Order) bool {
		if o.Scheduled.IsZero() {
			return o.Withdrawn() || o.Status == clinic.OrderCompleted
		}
		return o.Scheduled.Before(from) || !o.Scheduled.Before(to)
	})
	for i, o := range list {
		if !o.Withdrawn() || o.Status != clinic.OrderActive || o.Patient.PatientID == "" {
			continue
		}
		filter := store.StudyFilter{StudyInstanceUID: o.StudyInstanceUID, Limit: 1}
		if o.StudyInstanceUID == "" {
			filter.PatientID, filter.AccessionNumber = o.Patient.PatientID, o.AccessionNumber
		}
		studies, err := d.Store.Studies(ctx, filter)
		if err != nil {
			return nil, err
		}
		if len(studies) > 0 {
			list[i].Status = clinic.OrderCompleted
		}
	}
	return list, nil
}

// FindOrder finds an order by what a barcode or a person gives: one of its
// numbers, or one of the patient's. Of several the one due the nearest to now is
// meant.
func (d *Desk) FindOrder(ctx context.Context, text string) (clinic.Order, bool, error) {
	all, err := d.Store.Orders(ctx)
	if err != nil {
		return clinic.Order{}, false, err
	}
	all = slices.DeleteFunc(all, func(o clinic.Order) bool { return !OrderHas(o, text) })
	if len(all) == 0 {
		return clinic.Order{}, false, nil
	}
	now := d.Now()
	return slices.MinFunc(all, func(a, b clinic.Order) int {
		return cmp.Compare(now.Sub(a.Scheduled).Abs(), now.Sub(b.Scheduled).Abs())
	}), true, nil
}

// OrderHas reports that a text is a number of an order or of its patient,
// whatever signs stand in it.
func OrderHas(o clinic.Order, text string) bool {
	if text = plainNumber(text); text == "" {
		return false
	}
	p := o.Patient
	has := func(number string) bool { return plainNumber(number) == text }
	return has(o.AccessionNumber) || has(o.PlacerOrderNumber) || has(o.FillerOrderNumber) || has(p.PatientID) ||
		slices.ContainsFunc(p.OtherPatientIDs, func(i clinic.Identifier) bool { return has(i.ID) })
}

// plainNumber is a number without what people and scanners put into it.
func plainNumber(text string) string {
	return strings.ToUpper(strings.NewReplacer(" ", "", "-", "", "\u00a0", "").Replace(strings.TrimSpace(text)))
}

// PatientNumbered is the patient of the cache, else of the patient index, who has a
// number of the whole country (СНИЛС, policy); ok is false when it is none, nobody
// has it, or several who are not one person.
func (d *Desk) PatientNumbered(ctx context.Context, text string) (p clinic.Patient, ok bool, err error) {
	number, err := identity.Parse(text)
	if err != nil || !number.Strong {
		return p, false, nil
	}
	like, err := d.Store.PersonsLike(ctx, identity.Of(clinic.Patient{OtherPatientIDs: []clinic.Identifier{{ID: text}}}))
	if err != nil {
		return p, false, err
	}
	like = slices.DeleteFunc(like, func(q clinic.Patient) bool {
		return !OrderHas(clinic.Order{Patient: q}, number.Value)
	})
	for i, q := range like {
		if i > 0 && identity.Compare(like[0], q).Confidence == identity.Different {
			return p, false, nil
		}
	}
	if len(like) == 0 {
		return d.patientOfIndex(ctx, number)
	}
	return like[0], true, nil
}

// OrderFor keeps an order that is made here, due now. Without a number it gets
// one. Who the patient is comes from what the cache knows of the ID, when it knows
// only one person.
func (d *Desk) OrderFor(ctx context.Context, o clinic.Order) (clinic.Order, error) {
	now := d.Now()
	o.Scheduled, o.Ordered = now, now
	if o.AccessionNumber == "" {
		o.AccessionNumber = "TYPED-" + now.Format("060102-150405")
	}
	known, ok, err := d.KnownPatient(ctx, o.Patient.PatientID)
	if err != nil {
		return o, err
	}
	if ok {
		o.Patient = known
	}
	return o, d.Store.SaveOrders(ctx, o)
}
