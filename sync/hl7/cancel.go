package hl7

import (
	"time"

	"github.com/google/uuid"

	"eris/clinic"
	"eris/dicom"
)

// Control is what a message says of an order (ORC-1, table 0119).
type Control string

// The ways to say that an order is not done.
const (
	CancelRequest Control = "CA" // asked of who fills it, by who placed it
	Canceled      Control = "OC" // told to who placed it, by who fills it
)

// Cancellation is an order that is not done, since an earlier exam answers it.
type Cancellation struct {
	Order   clinic.Order
	Control Control
	Why     string    // one sentence
	Prior   dicom.UID // StudyInstanceUID of the exam that answers it; empty when none
	At      time.Time
}

// Cancel is the message of a cancellation (ORM^O01, 4.4.1). Each call makes a
// new control ID: the same message is sent again, not made again.
func Cancel(from, to Party, c Cancellation) string {
	o, p := c.Order, c.Order.Patient
	name := p.PatientName.Alphabetic
	birth := ""
	if p.PatientBirthDate.Valid() {
		birth = p.PatientBirthDate.DICOM()
	}
	placer, filler := composite(o.PlacerOrderNumber), composite(o.FillerOrderNumber)
	accession := composite(o.AccessionNumber)
	text := header(from, to, c.At, "ORM^O01^ORM_O01", uuid.NewString()) +
		line("PID", "1", "", composite(p.PatientID, "", "", p.IssuerOfPatientID), "",
			composite(name.Family, name.Given, name.Middle), "", birth, p.PatientSex) +
		line("ORC", string(c.Control), placer, filler, "", "CA", "", "", "", c.At.Format(stamp), "", "", "", "", "", "", composite("", c.Why)) +
		line("OBR", "1", placer, filler, composite(o.Code, o.Text), "", "", "", "", "", "", "", "", "", "", "", "", "", accession)
	if c.Why != "" {
		text += line("NTE", "1", "L", composite(c.Why))
	}
	if c.Prior != "" { // no OBX: the UID there is that of the study ordered
		text += line("NTE", "2", "L", composite("Study Instance UID of the earlier exam: "+string(c.Prior)))
	}
	return text
}
