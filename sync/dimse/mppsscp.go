package dimse

import (
	"context"
	"errors"

	"eris/dicom"
)

// StepReport is what a scanner tells of one of its procedures (MPPS, PS3.4 F.7.2).
type StepReport struct {
	SOPInstanceUID dicom.UID
	Created        bool   // it is new (N-CREATE); else something of it changed (N-SET)
	Source         string // the AE title of the teller
	Set            *dicom.DataSet
}

// What a receiver of StepReports may answer.
var (
	ErrStepKnown   = errors.New("a procedure with this UID was told before")
	ErrStepUnknown = errors.New("no procedure with this UID was told")
	ErrStepOver    = errors.New("the procedure is completed or discontinued, and does not change any more") // PS3.4 F.7.2.2.2
	ErrStepInvalid = errors.New("the procedure's status is none that it may have now")
)

var stepRefusals = []struct {
	err    error
	status Status
}{
	{ErrStepKnown, DuplicateInstance},
	{ErrStepUnknown, NoSuchInstance},
	{ErrStepOver, ProcessingFailure},
	{ErrStepInvalid, InvalidValue},
}

// stepCreated and stepChanged take what is told of a procedure.
func (s *session) stepCreated(ctx context.Context, m *message) error {
	return s.step(ctx, m, m.AffectedSOPClassUID, m.AffectedSOPInstanceUID)
}

func (s *session) stepChanged(ctx context.Context, m *message) error {
	return s.step(ctx, m, m.RequestedSOPClassUID, m.RequestedSOPInstanceUID)
}

func (s *session) step(ctx context.Context, m *message, class, uid dicom.UID) error {
	set, err := s.dataSet(m)
	if err != nil {
		return err
	}
	r := StepReport{SOPInstanceUID: uid, Created: m.Field == NCreateRQ, Source: s.CallingAE(), Set: set}
	if r.Created && uid == "" {
		r.SOPInstanceUID = dicom.NewUID() // the receiver gives one then (PS3.7 10.1.5.1.4)
	}
	status := Success
	switch {
	case s.Steps == nil || class != PerformedProcedure || m.context.AbstractSyntax != PerformedProcedure:
		status = SOPClassNotSupported
	case r.SOPInstanceUID == "" || set == nil:
		status = MissingAttribute
	case !r.valid():
		status = InvalidValue
	default:
		if err := s.Steps(ctx, r); err != nil {
			status = ProcessingFailure
			for _, known := range stepRefusals {
				if errors.Is(err, known.err) {
					status = known.status
				}
			}
			s.log().Warn("a procedure that was told was not taken", "calling", s.CallingAE(), "status", status.String(), "error", err)
		}
	}
	return s.respond(ctx, m, Command{Status: status, AffectedSOPInstanceUID: r.SOPInstanceUID}, nil)
}

// valid reports a status that the operation may give: a procedure begins in
// progress (PS3.4 Table F.7.2-1).
func (r StepReport) valid() bool {
	switch r.Set.String(dicom.PerformedProcedureStepStatus) {
	case StepInProgress:
		return true
	case StepCompleted, StepDiscontinued, "":
		return !r.Created
	}
	return false
}
