package dimse

import (
	"context"
	"time"

	"eris/dicom"
	"eris/sync/node"
)

// Procedure is a performed procedure step (MPPS, PS3.4 F.7): what a scanner or a
// workstation does about a worklist item.
type Procedure struct {
	SOPInstanceUID dicom.UID    // its own; dicom.NewUID
	ID             string       // PerformedProcedureStepID, required
	Item           WorklistItem // what it is done for; empty when unscheduled
	StationAETitle dicom.AETitle
	StationName    string
	Modality       string
	Description    string
	Started        time.Time
}

// PerformedSeries is a series that came of a procedure.
type PerformedSeries struct {
	SeriesInstanceUID dicom.UID
	Description       string
	ProtocolName      string // required by PS3.4 F.7.2.2
	Operator          dicom.PersonName
	Performing        dicom.PersonName
	RetrieveAETitle   dicom.AETitle
	Images            []node.Reference
	Others            []node.Reference
}

// States of a procedure (PS3.3 C.4.14).
const (
	StepInProgress   = "IN PROGRESS"
	StepCompleted    = "COMPLETED"
	StepDiscontinued = "DISCONTINUED"
)

// StartProcedure tells the node that a procedure is in progress (N-CREATE).
func (c *Client) StartProcedure(ctx context.Context, p Procedure) error {
	q := &Command{Field: NCreateRQ, AffectedSOPClassUID: PerformedProcedure, AffectedSOPInstanceUID: p.SOPInstanceUID}
	return c.normalized(ctx, q, p.created())
}

// CompleteProcedure tells the node that a procedure is done and what came of it
// (N-SET).
func (c *Client) CompleteProcedure(ctx context.Context, p Procedure, ended time.Time, series []PerformedSeries) error {
	d := p.ended(StepCompleted, ended, series)
	return c.normalized(ctx, p.set(), d)
}

// DiscontinueProcedure tells the node that a procedure was broken off, and the
// coded reason (PS3.16 CID 9300), for example {"110513", "DCM", "Discontinued for
// unspecified reason"}.
func (c *Client) DiscontinueProcedure(ctx context.Context, p Procedure, ended time.Time, reason Code, series []PerformedSeries) error {
	d := p.ended(StepDiscontinued, ended, series)
	d.SetItems(dicom.DiscontinuationReasonCodeSequence, reason.items()...)
	return c.normalized(ctx, p.set(), d)
}

func (p Procedure) set() *Command {
	return &Command{Field: NSetRQ, RequestedSOPClassUID: PerformedProcedure, RequestedSOPInstanceUID: p.SOPInstanceUID}
}

// normalized sends one normalized request about a procedure.
func (c *Client) normalized(ctx context.Context, q *Command, set *dicom.DataSet) error {
	d, service, err := c.serve(ctx, PerformedProcedure)
	if err != nil {
		return err
	}
	defer d.end(ctx)
	if err := d.ask(ctx, service, q, set); err != nil {
		return err
	}
	m, err := d.response(ctx, q)
	if err != nil {
		return err
	}
	return m.Status.fault(c.Name, ofNormalized)
}

// created is the data set of the N-CREATE (PS3.4 Table F.7.2-1): attributes of
// type 2 are there and empty.
func (p Procedure) created() *dicom.DataSet {
	d := dicom.NewDataSet()
	d.SetCharacterSet(string(UTF8)) // it can be written
	d.SetItems(dicom.ScheduledStepAttributesSequence, p.scheduled())
	copied(d, p.Item.Set, dicom.PatientName, dicom.PatientID, dicom.PatientBirthDate, dicom.PatientSex)
	d.SetItems(dicom.ReferencedPatientSequence)
	d.SetString(dicom.PerformedProcedureStepID, p.ID)
	d.SetString(dicom.PerformedStationAETitle, string(p.StationAETitle))
	d.SetString(dicom.PerformedStationName, p.StationName)
	d.SetString(dicom.PerformedLocation)
	d.SetString(dicom.PerformedProcedureStepStartDate, dicomDate(p.Started))
	d.SetString(dicom.PerformedProcedureStepStartTime, dicomTime(p.Started))
	d.SetString(dicom.PerformedProcedureStepStatus, StepInProgress)
	d.SetString(dicom.PerformedProcedureStepDescription, p.Description)
	d.SetString(dicom.PerformedProcedureTypeDescription)
	d.SetItems(dicom.ProcedureCodeSequence, p.Item.RequestedProcedureCode.items()...)
	d.SetString(dicom.PerformedProcedureStepEndDate)
	d.SetString(dicom.PerformedProcedureStepEndTime)
	d.SetString(dicom.Modality, p.Modality)
	d.SetString(dicom.StudyID, p.Item.RequestedProcedureID)
	d.SetItems(dicom.PerformedProtocolCodeSequence, p.Item.Protocol.items()...)
	d.SetItems(dicom.PerformedSeriesSequence)
	return d
}

// scheduled is the item of the Scheduled Step Attributes Sequence.
func (p Procedure) scheduled() *dicom.DataSet {
	w := p.Item
	d := dicom.NewDataSet()
	study := w.StudyInstanceUID
	if study == "" {
		study = dicom.DeriveUID("study of", string(p.SOPInstanceUID)) // type 1, also unscheduled
	}
	d.SetUID(dicom.StudyInstanceUID, study)
	d.SetItems(dicom.ReferencedStudySequence)
	d.SetString(dicom.AccessionNumber, w.AccessionNumber)
	d.SetString(dicom.RequestedProcedureID, w.RequestedProcedureID)
	d.SetString(dicom.RequestedProcedureDescription, w.RequestedProcedureDescription)
	d.SetString(dicom.ScheduledProcedureStepID, w.ScheduledProcedureStep.ID)
	d.SetString(dicom.ScheduledProcedureStepDescription, w.ScheduledProcedureStep.Description)
	d.SetItems(dicom.ScheduledProtocolCodeSequence, w.Protocol.items()...)
	return d
}

// ended is the data set of the last N-SET.
func (p Procedure) ended(state string, at time.Time, series []PerformedSeries) *dicom.DataSet {
	d := dicom.NewDataSet()
	d.SetCharacterSet(string(UTF8)) // it can be written
	d.SetString(dicom.PerformedProcedureStepStatus, state)
	d.SetString(dicom.PerformedProcedureStepEndDate, dicomDate(at))
	d.SetString(dicom.PerformedProcedureStepEndTime, dicomTime(at))
	items := make([]*dicom.DataSet, len(series))
	for i, s := range series {
		items[i] = s.item()
	}
	d.SetItems(dicom.PerformedSeriesSequence, items...)
	return d
}

func (s PerformedSeries) item() *dicom.DataSet {
	d := dicom.NewDataSet()
	d.SetString(dicom.RetrieveAETitle, string(s.RetrieveAETitle))
	d.SetString(dicom.SeriesDescription, s.Description)
	d.SetString(dicom.PerformingPhysicianName, s.Performing.String())
	d.SetString(dicom.OperatorsName, s.Operator.String())
	d.SetString(dicom.ProtocolName, s.ProtocolName)
	d.SetUID(dicom.SeriesInstanceUID, s.SeriesInstanceUID)
	d.SetItems(dicom.ReferencedImageSequence, referenceItems(s.Images)...)
	d.SetItems(dicom.ReferencedNonImageComposite, referenceItems(s.Others)...)
	return d
}

// copied takes attributes over, empty where there are none.
func copied(d, from *dicom.DataSet, tags ...dicom.Tag) {
	if from != nil {
		d.CopyFrom(from, tags...)
	}
	returned(d, tags...)
}

func dicomDate(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format("20060102")
}

func dicomTime(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format("150405")
}
