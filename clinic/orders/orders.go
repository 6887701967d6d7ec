package orders

import (
	"cmp"
	"slices"

	"eris/clinic"
)

// Kind is how a source knows its orders.
type Kind string

// The kinds of sources, the one that is believed first to the last: the worklist
// is what the scanner will do; messages and the record's server say what was
// asked for; workitems repeat it; a person types what he has on paper; what a
// scanner tells of its work says only how far it has come.
const (
	Worklist Kind = "worklist" // DICOM modality worklist
	HL7      Kind = "hl7"
	FHIR     Kind = "fhir"
	UPS      Kind = "ups" // DICOM unified procedure steps
	Typed    Kind = "typed"
	Step     Kind = "mpps" // DICOM modality performed procedure steps
)

var trust = []Kind{Worklist, HL7, FHIR, UPS, Typed, Step}

// Record is an order as one source knows it.
type Record struct {
	Source string // its name; empty: this workstation
	Kind   Kind
	ID     string // of the order there, by which a change of it is recognised
	Gone   bool   // the source does not name it any more
	Order  clinic.Order
}

// Same reports that two records are of one order: they share a number, and
// neither patient nor exam contradict.
func Same(a, b clinic.Order) bool {
	return samePatient(a.Patient, b.Patient) && !differ(a.Modality, b.Modality) && shareNumber(a, b)
}

func differ(a, b string) bool { return a != "" && b != "" && a != b }

// shareNumber compares the numbers by what they are, and the accession number
// with the others: sources without one give another in its place.
func shareNumber(a, b clinic.Order) bool {
	same := func(x, y string) bool { return x != "" && x == y }
	return same(string(a.StudyInstanceUID), string(b.StudyInstanceUID)) ||
		same(a.AccessionNumber, b.AccessionNumber) ||
		same(a.PlacerOrderNumber, b.PlacerOrderNumber) || same(a.FillerOrderNumber, b.FillerOrderNumber) ||
		same(a.AccessionNumber, b.PlacerOrderNumber) || same(a.AccessionNumber, b.FillerOrderNumber) ||
		same(b.AccessionNumber, a.PlacerOrderNumber) || same(b.AccessionNumber, a.FillerOrderNumber)
}

// samePatient wants nothing that contradicts of patients with one ID, and name
// and birth date of those whose IDs are of different systems.
func samePatient(a, b clinic.Patient) bool {
	if !clinic.SamePerson(clinic.Patient{PatientName: a.PatientName, PatientBirthDate: a.PatientBirthDate, PatientSex: a.PatientSex},
		clinic.Patient{PatientName: b.PatientName, PatientBirthDate: b.PatientBirthDate, PatientSex: b.PatientSex}) {
		return false
	}
	if a.PatientID == b.PatientID || hasNumber(a, b.PatientID) || hasNumber(b, a.PatientID) {
		return true
	}
	return !a.PatientName.IsZero() && !b.PatientName.IsZero() && a.PatientBirthDate.Valid() && b.PatientBirthDate.Valid()
}

func hasNumber(p clinic.Patient, id string) bool {
	return slices.ContainsFunc(p.OtherPatientIDs, func(i clinic.Identifier) bool { return i.ID == id })
}

// Merge is the order that records of it make: what the first of them in trust
// does not tell, the next does. An order is revoked, completed or on hold as soon
// as one source that still names it says so. Sources lists all of them.
func Merge(records []Record) clinic.Order {
	records = slices.Clone(records)
	slices.SortStableFunc(records, func(a, b Record) int {
		return cmp.Or(boolean(a.Gone)-boolean(b.Gone), slices.Index(trust, a.Kind)-slices.Index(trust, b.Kind), cmp.Compare(a.Source, b.Source))
	})
	var o clinic.Order
	for i, r := range records {
		if i == 0 {
			o = r.Order
			o.Sources, o.Status = nil, clinic.OrderActive
		} else {
			fill(&o, r.Order)
		}
		if status := cmp.Or(r.Order.Status, clinic.OrderActive); !r.Gone || i == 0 {
			if slices.Index(finality, status) > slices.Index(finality, o.Status) {
				o.Status = status
			}
		}
		o.Sources = append(o.Sources, clinic.OrderSource{Name: r.Source, ID: r.ID, Gone: r.Gone})
	}
	return o
}

// finality orders the states by how much they end an order.
var finality = []clinic.OrderStatus{clinic.OrderDraft, clinic.OrderActive, clinic.OrderOnHold, clinic.OrderCompleted, clinic.OrderRevoked, clinic.OrderEnteredInError}

func boolean(b bool) int {
	if b {
		return 1
	}
	return 0
}

// fill adds to o what only from tells.
func fill(o *clinic.Order, from clinic.Order) {
	for _, f := range [][2]*string{
		{&o.AccessionNumber, &from.AccessionNumber}, {&o.PlacerOrderNumber, &from.PlacerOrderNumber}, {&o.FillerOrderNumber, &from.FillerOrderNumber},
		{&o.Modality, &from.Modality}, {&o.Code, &from.Code}, {&o.Text, &from.Text}, {&o.BodyPart, &from.BodyPart},
		{&o.Laterality, &from.Laterality}, {&o.Contrast, &from.Contrast}, {&o.Reason, &from.Reason},
		{&o.Patient.PatientSex, &from.Patient.PatientSex},
	} {
		*f[0] = cmp.Or(*f[0], *f[1])
	}
	o.StudyInstanceUID = cmp.Or(o.StudyInstanceUID, from.StudyInstanceUID)
	o.StationAETitle = cmp.Or(o.StationAETitle, from.StationAETitle)
	if o.Scheduled.IsZero() {
		o.Scheduled = from.Scheduled
	}
	if o.Ordered.IsZero() {
		o.Ordered = from.Ordered
	}
	fillPatient(&o.Patient, from.Patient)
}

func fillPatient(p *clinic.Patient, from clinic.Patient) {
	if p.PatientID == "" {
		p.PatientID, p.IssuerOfPatientID = from.PatientID, from.IssuerOfPatientID
	}
	if p.PatientName.IsZero() {
		p.PatientName = from.PatientName
	}
	if !p.PatientBirthDate.Valid() {
		p.PatientBirthDate = from.PatientBirthDate
	}
	p.AddIdentifier(clinic.Identifier{ID: from.PatientID, Issuer: from.IssuerOfPatientID})
	for _, i := range from.OtherPatientIDs {
		p.AddIdentifier(i)
	}
}

// Numbers are the numbers by which other records of an order are found.
func Numbers(o clinic.Order) []string {
	var list []string
	for _, n := range []string{o.AccessionNumber, o.PlacerOrderNumber, o.FillerOrderNumber, string(o.StudyInstanceUID)} {
		if n != "" && !slices.Contains(list, n) {
			list = append(list, n)
		}
	}
	return list
}
