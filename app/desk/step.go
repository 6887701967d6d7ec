package desk

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"eris/clinic"
	"eris/clinic/orders"
	"eris/dicom"
	"eris/store"
	"eris/sync/dimse"
)

// takeStep keeps what a scanner tells of a procedure, and how far the order that
// it is done for has come.
func (d *Desk) takeStep(ctx context.Context, r dimse.StepReport) error {
	told := r.Set
	if r.Created {
		err := d.Store.AddStep(ctx, store.Step{SOPInstanceUID: r.SOPInstanceUID, Set: told})
		if errors.Is(err, store.ErrExists) {
			return dimse.ErrStepKnown
		}
		if err != nil {
			return err
		}
	} else {
		err := d.Store.ChangeStep(ctx, r.SOPInstanceUID, func(set *dicom.DataSet) error {
			if set.String(dicom.PerformedProcedureStepStatus) != dimse.StepInProgress {
				return dimse.ErrStepOver
			}
			for e := range r.Set.All() {
				set.CopyFrom(r.Set, e.Tag)
			}
			told = set
			return nil
		})
		if errors.Is(err, store.ErrNotFound) {
			return dimse.ErrStepUnknown
		}
		if err != nil {
			return err
		}
	}
	// The report is kept: a scanner that sent it again would be refused.
	if err := d.noteStep(ctx, r, told); err != nil {
		d.Log.Warn("what a scanner told of a procedure could not be joined with its order", "error", err)
	}
	return nil
}

// stepPrefix stands before the AE title of a scanner that tells of its procedures.
const stepPrefix = "MPPS "

// noteStep joins what a scanner told with the orders it is for. A procedure that
// nobody ordered opens none: the list is what is to be done.
func (d *Desk) noteStep(ctx context.Context, r dimse.StepReport, told *dicom.DataSet) error {
	var records []orders.Record
	state := told.String(dicom.PerformedProcedureStepStatus)
	for i, item := range told.Items(dicom.ScheduledStepAttributesSequence) {
		o := clinic.Order{AccessionNumber: item.String(dicom.AccessionNumber), StudyInstanceUID: item.UID(dicom.StudyInstanceUID),
			Modality: told.String(dicom.Modality), StationAETitle: dicom.AETitle(told.String(dicom.PerformedStationAETitle)),
			Patient: clinic.Patient{PatientID: told.String(dicom.PatientID), IssuerOfPatientID: told.String(dicom.IssuerOfPatientID),
				PatientName: told.Name(dicom.PatientName), PatientBirthDate: told.Date(dicom.PatientBirthDate), PatientSex: told.String(dicom.PatientSex)}}
		if state == dimse.StepCompleted {
			o.Status = clinic.OrderCompleted
		}
		o.AccessionNumber = cmp.Or(o.AccessionNumber, string(o.StudyInstanceUID))
		known, err := d.Store.KnowsOrder(ctx, o)
		if err != nil {
			return err
		}
		if known {
			records = append(records, orders.Record{Kind: orders.Step, ID: fmt.Sprintf("%s/%d", r.SOPInstanceUID, i), Order: o,
				Gone: state == dimse.StepDiscontinued}) // whether it is still to be done, others say
		}
	}
	_, err := d.Store.TakeOrders(ctx, stepPrefix+r.Source, records, nil)
	return err
}

// duplicateOrder is why a procedure is not done that an earlier exam answers
// (PS3.16 CID 9300).
var duplicateOrder = dimse.Code{Value: "110510", Scheme: "DCM", Meaning: "Duplicate order"}

// tell tells the department's system that the steps of an order are not
// done: each is begun and discontinued at once, since only what was begun has a
// state there (PS3.4 F.7.2). An order that its list does not name any more needs
// nothing.
func (w worklistAsker) tell(ctx context.Context, c cancellation) error {
	from, to, _ := around(c.Scheduled)
	if c.Scheduled.IsZero() {
		from, to = dicom.Date{}, dicom.Date{}
	}
	var steps []dimse.WorklistItem
	for item, err := range w.Worklist(ctx, dimse.WorklistQuery{PatientID: c.PatientID, From: from, To: to}) {
		if err != nil {
			return err
		}
		if id, _ := identified(item); id == c.ID {
			steps = append(steps, item)
		}
	}
	for _, item := range steps {
		step := item.ScheduledProcedureStep
		p := dimse.Procedure{SOPInstanceUID: dicom.DeriveUID("discontinued", string(c.Step), step.ID), ID: "ERIS" + c.Made.Format("060102150405"),
			Item: item, StationAETitle: w.CallingAE, Modality: cmp.Or(step.Modality, "OT"), Started: c.Made,
			Description: cmp.Or(step.Description, item.RequestedProcedureDescription)}
		if err := w.steps.discontinueOnce(ctx, p, c.Made); err != nil {
			return err
		}
	}
	return nil
}

// stepTeller is where it is told of procedures.
type stepTeller struct{ *dimse.Client }

// discontinueOnce begins and discontinues a procedure; what was told before, and
// whose answer was lost, is not told again.
func (t stepTeller) discontinueOnce(ctx context.Context, p dimse.Procedure, at time.Time) error {
	answered := func(err error, status dimse.Status) bool {
		var said *dimse.StatusError
		return errors.As(err, &said) && said.Status == status
	}
	begun := t.StartProcedure(ctx, p)
	if begun != nil && !answered(begun, dimse.DuplicateInstance) {
		return begun
	}
	err := t.DiscontinueProcedure(ctx, p, at, duplicateOrder, nil)
	if begun != nil && answered(err, dimse.ProcessingFailure) {
		return nil // it is over there: it cannot be begun and be over but by this
	}
	return err
}

// stepAddress is where a worklist's system is told of procedures: at its own
// address, or where the address says, dicom://RIS@host:104?mpps=RISPPS@host:105.
func stepAddress(address string) (string, error) {
	u, err := url.Parse(strings.TrimSpace(address))
	if err != nil {
		return "", err
	}
	said := u.Query()
	if to := said.Get("mpps"); to != "" {
		said.Del("mpps")
		u.RawQuery = said.Encode()
		return u.Scheme + "://" + to + "?" + u.RawQuery, nil
	}
	return address, nil
}
