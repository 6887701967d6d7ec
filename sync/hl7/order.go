package hl7

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"eris/clinic"
	"eris/dicom"
)

// OrderTypes are the messages that carry orders.
var OrderTypes = []string{"ORM^O01", "OMI^O23", "OMG^O19"}

// Orders reads the orders of an order message. Times without a zone are in zone.
// Errors: *Refusal, as the sender has to be told.
func Orders(m Message, zone *time.Location) ([]clinic.Order, error) {
	if !slices.Contains(OrderTypes, m.Type()) {
		return nil, &Refusal{Code: UnsupportedType, Text: "only orders are taken here: " + strings.Join(OrderTypes, ", ")}
	}
	var patient clinic.Patient
	var list []clinic.Order
	var now *clinic.Order // the one that segments belong to
	begin := func() {
		list = append(list, clinic.Order{Patient: patient})
		now = &list[len(list)-1]
	}
	ordered := false // an ORC was seen and its OBR was not
	for _, s := range m.Segments {
		switch s.ID {
		case "PID":
			patient, now = patientOf(s), nil
		case "ORC":
			begin()
			control(s, zone, now)
			ordered = true
		case "OBR":
			if !ordered {
				begin()
			}
			ordered = false
			request(s, zone, now)
		}
		if now != nil {
			detail(s, zone, now)
		}
	}
	return list, check(list)
}

func check(list []clinic.Order) error {
	if len(list) == 0 {
		return &Refusal{Code: RequiredMissing, Text: "the message has neither ORC nor OBR"}
	}
	for i := range list {
		o := &list[i]
		o.AccessionNumber = cmp.Or(o.AccessionNumber, o.FillerOrderNumber, o.PlacerOrderNumber)
		if o.Patient.PatientID == "" {
			return &Refusal{Code: RequiredMissing, Text: "PID-3, the patient's number, is missing"}
		}
		if o.AccessionNumber == "" {
			return &Refusal{Code: RequiredMissing, Text: "the order has no number in ORC-2, ORC-3, OBR-18 or IPC-1"}
		}
	}
	return nil
}

// patientOf reads PID (3.4.2). Of several numbers the one of a medical record is
// the patient's; the others stand beside it.
func patientOf(s Segment) clinic.Patient {
	p := clinic.Patient{PatientBirthDate: day(s.Get(7, 1)), PatientSex: s.Get(8, 1)}
	if !slices.Contains([]string{"M", "F", "O"}, p.PatientSex) {
		p.PatientSex = ""
	}
	if all := s.Repetitions(5); len(all) > 0 {
		name := all[0]
		parts := []string{name.Get(1), name.Get(2), name.Get(3), name.Get(5), name.Get(4)} // XPN has the suffix before the prefix
		for i, part := range parts {
			parts[i] = strings.NewReplacer("^", " ", "=", " ", `\`, " ").Replace(part)
		}
		p.PatientName = dicom.ParsePersonName(strings.TrimRight(strings.Join(parts, "^"), "^"))
	}
	numbers := s.Repetitions(3)
	own := slices.IndexFunc(numbers, func(f Field) bool {
		return slices.Contains([]string{"MR", "PI", "PT"}, f.Get(5)) && f.Get(1) != ""
	})
	if own < 0 {
		own = slices.IndexFunc(numbers, func(f Field) bool { return f.Get(1) != "" })
	}
	for i, f := range numbers {
		id := clinic.Identifier{ID: f.Get(1), Issuer: cmp.Or(f.Sub(4, 1), f.Sub(4, 2))}
		if i == own {
			p.PatientID, p.IssuerOfPatientID = id.ID, id.Issuer
		} else if id.Issuer == "" {
			id.Issuer = f.Get(5)
		}
		p.AddIdentifier(id)
	}
	for _, f := range s.Repetitions(19) { // the social number, where it is still written
		p.AddIdentifier(clinic.Identifier{ID: f.Get(1)})
	}
	return p
}

// states of an order by what is asked for (ORC-1, table 0119) and by how it
// stands (ORC-5, table 0038); what is in neither is active.
var (
	byControl = map[string]clinic.OrderStatus{"CA": clinic.OrderRevoked, "OC": clinic.OrderRevoked, "CR": clinic.OrderRevoked, "DC": clinic.OrderRevoked,
		"OD": clinic.OrderRevoked, "DR": clinic.OrderRevoked, "HD": clinic.OrderOnHold, "OH": clinic.OrderOnHold, "HR": clinic.OrderOnHold, "DE": clinic.OrderEnteredInError}
	byState = map[string]clinic.OrderStatus{"CA": clinic.OrderRevoked, "DC": clinic.OrderRevoked, "RP": clinic.OrderRevoked,
		"CM": clinic.OrderCompleted, "HD": clinic.OrderOnHold, "ER": clinic.OrderEnteredInError}
)

// control reads ORC (4.5.1).
func control(s Segment, zone *time.Location, o *clinic.Order) {
	o.PlacerOrderNumber, o.FillerOrderNumber = s.Get(2, 1), s.Get(3, 1)
	o.Status = cmp.Or(byControl[s.Get(1, 1)], byState[s.Get(5, 1)], clinic.OrderActive)
	o.Ordered = Moment(s.Get(9, 1), zone)
	o.Scheduled = Moment(s.Get(7, 4), zone)
	o.Reason = cmp.Or(s.Get(16, 2), s.Get(16, 1))
}

// request reads OBR (4.5.3).
func request(s Segment, zone *time.Location, o *clinic.Order) {
	o.PlacerOrderNumber, o.FillerOrderNumber = cmp.Or(o.PlacerOrderNumber, s.Get(2, 1)), cmp.Or(o.FillerOrderNumber, s.Get(3, 1))
	o.AccessionNumber = s.Get(18, 1)
	o.Code, o.Text = s.Get(4, 1), cmp.Or(s.Get(4, 2), s.Get(4, 5), s.Get(4, 1))
	o.BodyPart = s.Get(15, 4)
	o.Modality = modalities[s.Get(24, 1)]
	o.Scheduled = firstTime(o.Scheduled, Moment(s.Get(36, 1), zone), Moment(s.Get(27, 4), zone))
	o.Ordered = firstTime(o.Ordered, Moment(s.Get(6, 1), zone))
	var reasons []string
	for _, f := range s.Repetitions(31) {
		reasons = append(reasons, cmp.Or(f.Get(2), f.Get(1)))
	}
	o.Reason = cmp.Or(strings.Join(reasons, "; "), s.Get(13, 1), o.Reason)
}

// modalities of the diagnostic service sections (OBR-24, table 0074), and the
// DICOM codes that are written there as often.
var modalities = map[string]string{"CT": "CT", "NMR": "MR", "MR": "MR", "NMS": "NM", "NM": "NM", "RUS": "US", "CUS": "US", "VUS": "US", "US": "US",
	"RX": "DX", "DX": "DX", "CR": "CR", "MG": "MG", "XA": "XA", "RF": "RF", "PT": "PT", "PX": "PX", "IO": "IO", "BMD": "BMD"}

// detail reads what may follow an order: its times (TQ1, 4.5.4), its steps (IPC,
// 4.5.6), the study that is to be made (ZDS of IHE, or OBX by its DICOM code).
func detail(s Segment, zone *time.Location, o *clinic.Order) {
	switch s.ID {
	case "TQ1":
		o.Scheduled = firstTime(Moment(s.Get(7, 1), zone), o.Scheduled)
	case "IPC":
		o.AccessionNumber = cmp.Or(o.AccessionNumber, s.Get(1, 1))
		o.StudyInstanceUID = cmp.Or(o.StudyInstanceUID, dicom.UID(s.Get(3, 1)))
		o.Modality = cmp.Or(modalities[s.Get(5, 1)], o.Modality)
		o.Text = cmp.Or(o.Text, s.Get(6, 2), s.Get(6, 1))
		o.StationAETitle = cmp.Or(o.StationAETitle, dicom.AETitle(s.Get(9, 1)))
	case "ZDS":
		o.StudyInstanceUID = cmp.Or(o.StudyInstanceUID, dicom.UID(s.Get(1, 1)))
	case "OBX":
		if s.Get(3, 1) == "110180" && s.Get(3, 3) == "DCM" { // Study Instance UID
			o.StudyInstanceUID = cmp.Or(o.StudyInstanceUID, dicom.UID(s.Get(5, 1)))
		}
	}
}

// Moment reads TS (2.A.77): as much of YYYYMMDDHHMMSS.ffff±ZZZZ as is there, at least the
// day; zero for what is none. Without a zone it is in zone.
func Moment(text string, zone *time.Location) time.Time {
	text, offset := text, ""
	if i := strings.IndexAny(text, "+-"); i >= 8 {
		text, offset = text[:i], text[i:]
	}
	text, _, _ = strings.Cut(text, ".")
	layout := "20060102150405"
	if len(text) < 8 || len(text) > len(layout) {
		return time.Time{}
	}
	layout = layout[:len(text)]
	if offset != "" {
		layout, text = layout+"-0700", text+offset
	}
	t, err := time.ParseInLocation(layout, text, zone)
	if err != nil {
		return time.Time{}
	}
	return t
}

// day is the date of a moment; one of which only the year is told is none.
func day(text string) dicom.Date { return dicom.ParseDate(text[:min(8, len(text))]) }

func firstTime(list ...time.Time) time.Time {
	for _, t := range list {
		if !t.IsZero() {
			return t
		}
	}
	return time.Time{}
}

// Refusal says why a message is not taken, for its acknowledgement (MSA, ERR).
type Refusal struct {
	Code string // table 0357
	Text string // one sentence without patient data
}

// Codes of refusals (table 0357).
const (
	SequenceError   = "100"
	RequiredMissing = "101"
	UnsupportedType = "200"
	InternalError   = "207"
)

// Error is the sentence with its code.
func (r *Refusal) Error() string { return fmt.Sprintf("%s (HL7 %s)", r.Text, r.Code) }
