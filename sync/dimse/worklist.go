package dimse

import (
	"context"
	"iter"
	"time"

	"eris/clinic"
	"eris/dicom"
	"eris/sync/node"
)

// WorklistQuery chooses scheduled exams (PS3.4 K.6.1.2.2); empty fields do not
// filter.
type WorklistQuery struct {
	StationAETitle  dicom.AETitle
	Modality        string
	From, To        dicom.Date // the days on which the exams are scheduled
	PatientName     string     // with wildcards, as in node.Query
	PatientID       string
	AccessionNumber string
	Limit           int // at most so many; 0 is all
}

// WorklistItem is one scheduled procedure step of a requested procedure (PS3.4
// Table K.6-1). Set is the whole answer, for what is not named here and for MPPS.
type WorklistItem struct {
	Patient                       clinic.Patient
	StudyInstanceUID              dicom.UID
	AccessionNumber               string
	RequestedProcedureID          string
	RequestedProcedureDescription string
	RequestedProcedureCode        Code
	RequestedProcedurePriority    string
	Reason                        string
	ReferringPhysician            dicom.PersonName
	RequestingPhysician           dicom.PersonName
	ContrastAgent                 string
	ScheduledProcedureStep

	Set *dicom.DataSet
}

// ScheduledProcedureStep is what one scanner has to do.
type ScheduledProcedureStep struct {
	ID                  string
	Description         string
	Protocol            Code
	Modality            string
	StationAETitle      dicom.AETitle
	StartDate           dicom.Date
	StartTime           dicom.Time
	PerformingPhysician dicom.PersonName
}

// Code is a coded term (PS3.3 8).
type Code struct{ Value, Scheme, Meaning string }

func codeOf(items []*dicom.DataSet) Code {
	if len(items) == 0 {
		return Code{}
	}
	return Code{items[0].String(dicom.CodeValue), items[0].String(dicom.CodingSchemeDesignator), items[0].String(dicom.CodeMeaning)}
}

// item is c as a sequence item; none for an empty one.
func (c Code) items() []*dicom.DataSet {
	if c == (Code{}) {
		return nil
	}
	d := dicom.NewDataSet()
	d.SetString(dicom.CodeValue, c.Value)
	d.SetString(dicom.CodingSchemeDesignator, c.Scheme)
	d.SetString(dicom.CodeMeaning, c.Meaning)
	return []*dicom.DataSet{d}
}

// Order is the item as the department knows it. Scheduled is in the local time
// zone, zero when no day is given.
func (w WorklistItem) Order() clinic.Order {
	o := clinic.Order{
		AccessionNumber: w.AccessionNumber, Patient: w.Patient, StationAETitle: w.StationAETitle,
		Modality: w.ScheduledProcedureStep.Modality, Code: w.RequestedProcedureCode.Value, Text: w.RequestedProcedureDescription, Reason: w.Reason,
	}
	if o.Text == "" {
		o.Text = w.ScheduledProcedureStep.Description
	}
	if w.ContrastAgent != "" {
		o.Contrast = "iv"
	}
	if d, t := w.StartDate, w.StartTime; d.Valid() {
		o.Scheduled = time.Date(d.Year, time.Month(d.Month), d.Day, t.Hour, t.Minute, t.Second, 0, time.Local)
	}
	return o
}

// Worklist asks what is scheduled (C-FIND, modality worklist), item by item. A
// Cyrillic name that finds nothing is asked for in other spellings. When the
// caller stops or ctx ends, the node is told to stop.
func (c *Client) Worklist(ctx context.Context, q WorklistQuery) iter.Seq2[WorklistItem, error] {
	return func(yield func(WorklistItem, error) bool) {
		d, service, err := c.serve(ctx, ModalityWorklistFind)
		if err != nil {
			yield(WorklistItem{}, err)
			return
		}
		defer d.end(ctx)
		tries := attempts(q.PatientName, c.present())
		for _, a := range tries {
			n := 0
			for set, err := range d.find(ctx, service, q.identifier(a)) {
				if err != nil {
					yield(WorklistItem{}, err)
					return
				}
				if a.loose && !sounds(q.PatientName, set.String(dicom.PatientName)) {
					continue
				}
				if n++; !yield(worklistItem(set), nil) || n == q.Limit {
					return
				}
			}
			if n > 0 {
				if len(tries) > 1 {
					c.learn(a.spelling)
				}
				return
			}
		}
	}
}

// identifier asks for items, all sequences with the attributes that are wanted
// in them (PS3.4 K.4.1.1.3).
func (q WorklistQuery) identifier(a attempt) *dicom.DataSet {
	d := dicom.NewDataSet()
	d.SetCharacterSet(a.spelling.characterSet()) // one of those that can be written
	d.SetString(dicom.PatientName, a.name)
	d.SetString(dicom.PatientID, q.PatientID)
	d.SetString(dicom.AccessionNumber, q.AccessionNumber)
	returned(d, dicom.IssuerOfPatientID, dicom.PatientBirthDate, dicom.PatientSex, dicom.StudyInstanceUID, dicom.RequestedProcedureID,
		dicom.RequestedProcedureDescription, dicom.RequestedProcedurePriority, dicom.ReasonForTheRequestedProcedure,
		dicom.ReferringPhysicianName, dicom.RequestingPhysician, dicom.RequestedContrastAgent)
	d.SetItems(dicom.OtherPatientIDsSequence, patientIDQuery())
	d.SetItems(dicom.RequestedProcedureCodeSequence, codeQuery())
	d.SetItems(dicom.ReferencedStudySequence, emptyReference())
	d.SetItems(dicom.ScheduledProcedureStepSequence, q.step())
	return d
}

func patientIDQuery() *dicom.DataSet {
	d := dicom.NewDataSet()
	returned(d, dicom.PatientID, dicom.IssuerOfPatientID)
	return d
}

func (q WorklistQuery) step() *dicom.DataSet {
	d := dicom.NewDataSet()
	d.SetString(dicom.ScheduledStationAETitle, string(q.StationAETitle))
	d.SetString(dicom.Modality, q.Modality)
	d.SetString(dicom.ScheduledProcedureStepStartDate, node.Query{From: q.From, To: q.To}.Dates())
	returned(d, dicom.ScheduledProcedureStepStartTime, dicom.ScheduledPerformingPhysicianName,
		dicom.ScheduledProcedureStepDescription, dicom.ScheduledProcedureStepID)
	d.SetItems(dicom.ScheduledProtocolCodeSequence, codeQuery())
	return d
}

func codeQuery() *dicom.DataSet {
	d := dicom.NewDataSet()
	returned(d, dicom.CodeValue, dicom.CodingSchemeDesignator, dicom.CodeMeaning)
	return d
}

func emptyReference() *dicom.DataSet {
	d := dicom.NewDataSet()
	returned(d, dicom.ReferencedSOPClassUID, dicom.ReferencedSOPInstanceUID)
	return d
}

func worklistItem(d *dicom.DataSet) WorklistItem {
	w := WorklistItem{
		Patient:                       node.Study(d, "").Patient,
		StudyInstanceUID:              d.UID(dicom.StudyInstanceUID),
		AccessionNumber:               d.String(dicom.AccessionNumber),
		RequestedProcedureID:          d.String(dicom.RequestedProcedureID),
		RequestedProcedureDescription: d.String(dicom.RequestedProcedureDescription),
		RequestedProcedureCode:        codeOf(d.Items(dicom.RequestedProcedureCodeSequence)),
		RequestedProcedurePriority:    d.String(dicom.RequestedProcedurePriority),
		Reason:                        d.String(dicom.ReasonForTheRequestedProcedure),
		ReferringPhysician:            d.Name(dicom.ReferringPhysicianName),
		RequestingPhysician:           d.Name(dicom.RequestingPhysician),
		ContrastAgent:                 d.String(dicom.RequestedContrastAgent),
		Set:                           d,
	}
	if steps := d.Items(dicom.ScheduledProcedureStepSequence); len(steps) > 0 {
		w.ScheduledProcedureStep = stepOf(steps[0])
	}
	return w
}

func stepOf(d *dicom.DataSet) ScheduledProcedureStep {
	return ScheduledProcedureStep{
		ID: d.String(dicom.ScheduledProcedureStepID), Description: d.String(dicom.ScheduledProcedureStepDescription),
		Protocol: codeOf(d.Items(dicom.ScheduledProtocolCodeSequence)), Modality: d.String(dicom.Modality),
		StationAETitle: dicom.AETitle(d.String(dicom.ScheduledStationAETitle)),
		StartDate:      d.Date(dicom.ScheduledProcedureStepStartDate), StartTime: d.Time(dicom.ScheduledProcedureStepStartTime),
		PerformingPhysician: d.Name(dicom.ScheduledPerformingPhysicianName),
	}
}
