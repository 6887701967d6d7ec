package dicomweb

import (
	"eris/clinic"
	"eris/dicom"
)

// WorkitemState is the state of a workitem (PS3.4 CC.1.1).
type WorkitemState string

// States: a scheduled workitem is claimed by putting it in progress; completed
// and canceled ones stay so.
const (
	Scheduled  WorkitemState = "SCHEDULED"
	InProgress WorkitemState = "IN PROGRESS"
	Completed  WorkitemState = "COMPLETED"
	Canceled   WorkitemState = "CANCELED"
)

// Workitem is a piece of work on a worklist, a unified procedure step (PS3.4
// CC.2.5, Table CC.2.5-3).
type Workitem struct {
	UID              dicom.UID
	State            WorkitemState
	Label            string // of the step, e.g. "Double reading"
	WorklistLabel    string
	Priority         string // HIGH, MEDIUM, LOW
	Readiness        string // of the input: INCOMPLETE, UNAVAILABLE, READY
	Date             dicom.Date
	Time             dicom.Time // the scheduled start
	Patient          clinic.Patient
	StudyInstanceUID dicom.UID
	AccessionNumber  string // of the first request
	*dicom.DataSet          // all that the server said
}

// Attributes of workitems (PS3.6 6).
const (
	transactionUID       dicom.Tag = 0x00081195
	scheduledStart       dicom.Tag = 0x00404005
	inputReadinessState  dicom.Tag = 0x00404041
	referencedRequest    dicom.Tag = 0x0040A370
	procedureStepState   dicom.Tag = 0x00741000
	stepPriority         dicom.Tag = 0x00741200
	worklistLabel        dicom.Tag = 0x00741202
	procedureStepLabel   dicom.Tag = 0x00741204
	reasonForCancelation dicom.Tag = 0x00741238
)

func workitemOf(d *dicom.DataSet) Workitem {
	w := Workitem{
		UID: d.UID(dicom.SOPInstanceUID), State: WorkitemState(d.String(procedureStepState)),
		Label: d.String(procedureStepLabel), WorklistLabel: d.String(worklistLabel),
		Priority: d.String(stepPriority), Readiness: d.String(inputReadinessState),
		Patient:          clinic.PatientOf(d),
		StudyInstanceUID: d.UID(dicom.StudyInstanceUID),
		AccessionNumber:  d.String(dicom.AccessionNumber),
		DataSet:          d,
	}
	const date = len("20261111")
	if start := d.String(scheduledStart); len(start) >= date { // DT: date and time in one (PS3.5 6.2)
		w.Date, w.Time = dicom.ParseDate(start[:date]), dicom.ParseTime(clockOf(start[date:]))
	}
	for _, request := range d.Items(referencedRequest) {
		if w.AccessionNumber == "" {
			w.AccessionNumber = request.String(dicom.AccessionNumber)
		}
		if w.StudyInstanceUID == "" {
			w.StudyInstanceUID = request.UID(dicom.StudyInstanceUID)
		}
	}
	return w
}

// clockOf is a DT's time without its offset from UTC.
func clockOf(s string) string {
	for i, r := range s {
		if r == '+' || r == '-' {
			return s[:i]
		}
	}
	return s
}

// Claim is the right to work on a workitem: whoever put it in progress with a
// transaction UID changes and ends it with that UID, nobody else (PS3.4 CC.1.1).
// Keep it before it is sent.
type Claim struct{ Workitem, TransactionUID dicom.UID }

// NewClaim makes a claim that nobody else can guess.
func NewClaim(workitem dicom.UID) Claim { return Claim{workitem, dicom.NewUID()} }
