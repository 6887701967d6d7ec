package desk

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"eris/clinic"
	"eris/clinic/orders"
	"eris/dicom"
	"eris/store"
	"eris/sync/dicomweb"
	"eris/sync/dimse"
	"eris/sync/fhir"
	"eris/sync/node"
)

// worklistAsker asks a modality worklist (C-FIND).
type worklistAsker struct {
	*dimse.Client
	station dicom.AETitle
	steps   stepTeller
}

// Close ends both.
func (w worklistAsker) Close() {
	w.Client.Close()
	w.steps.Close()
}

// around are the days that are asked for, and their time.
func around(now time.Time) (from, to dicom.Date, whole store.Window) {
	first, last := now.Add(-ordersAround), now.Add(ordersAround)
	begin := func(t time.Time) time.Time { return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, t.Location()) }
	return day(first), day(last), store.Window{From: begin(first), To: begin(last).AddDate(0, 0, 1)}
}

func day(t time.Time) dicom.Date { return dicom.ParseDate(t.Format("20060102")) }

// Orders lists the requested procedures of the days around now. Several steps of
// one are one order: the first of them.
func (w worklistAsker) Orders(ctx context.Context, now, _ time.Time) (answer asked, err error) {
	from, to, whole := around(now)
	seen := map[string]bool{}
	for item, err := range w.Worklist(ctx, dimse.WorklistQuery{StationAETitle: w.station, From: from, To: to}) {
		if err != nil {
			return asked{}, err
		}
		id, o := identified(item)
		if seen[id] {
			continue
		}
		seen[id] = true
		if answer.add(id, o); len(answer.records) > mostOrders {
			return asked{}, &node.Error{Node: w.Name, Role: "worklist", Kind: node.ErrGarbled, Cause: errTooManyOrders}
		}
	}
	answer.whole = &whole
	return answer, nil
}

// identified is the order of an item, and what it is known by in its list.
func identified(item dimse.WorklistItem) (id string, o clinic.Order) {
	o = item.Order()
	o.StudyInstanceUID = item.StudyInstanceUID
	id = strings.Join([]string{string(item.StudyInstanceUID), o.AccessionNumber, item.RequestedProcedureID}, "/")
	if id == "//" {
		id = numberFor(o, item.ScheduledProcedureStep.ID)
	}
	o.AccessionNumber = cmp.Or(o.AccessionNumber, item.RequestedProcedureID, numberFor(o, item.ScheduledProcedureStep.ID))
	return id, o
}

// add keeps an order unless nobody could be looked up by it.
func (a *asked) add(id string, o clinic.Order) {
	if o.Patient.PatientID == "" && o.Patient.PatientName.IsZero() {
		a.unusable++
		return
	}
	a.records = append(a.records, orders.Record{ID: id, Order: o})
}

// numberFor is a number for an order that came without: the same whenever the
// same is asked for again.
func numberFor(o clinic.Order, step string) string {
	sum := sha256.Sum256([]byte(strings.Join([]string{o.Patient.PatientID, o.Patient.PatientName.String(), o.Modality, o.Code, o.Text,
		o.Scheduled.Format("20060102"), step}, "\x00")))
	return "NONE-" + strings.ToUpper(hex.EncodeToString(sum[:4]))
}

// workitemAsker asks for workitems (UPS-RS).
type workitemAsker struct {
	*dicomweb.Client
	label string
}

var workitemStates = map[dicomweb.WorkitemState]clinic.OrderStatus{dicomweb.Completed: clinic.OrderCompleted, dicomweb.Canceled: clinic.OrderRevoked}

// Orders lists the workitems of the days around now.
func (w workitemAsker) Orders(ctx context.Context, now, _ time.Time) (answer asked, err error) {
	from, to, whole := around(now)
	q := dicomweb.WorkitemQuery{WorklistLabel: w.label, Start: from.DICOM() + "-" + to.DICOM(), Limit: mostOrders + 1}
	for item, err := range w.FindWorkitems(ctx, q) {
		if err != nil {
			return asked{}, err
		}
		if answer.add(string(item.UID), orderOfWorkitem(item)); len(answer.records) > mostOrders {
			return asked{}, &node.Error{Node: w.Name, Role: "worklist", Kind: node.ErrGarbled, Cause: errTooManyOrders}
		}
	}
	answer.whole = &whole
	return answer, nil
}

// Attributes of workitems and of the requests they refer to (PS3.3 C.30.2, 10.6).
const (
	referencedRequests    = dicom.Tag(0x0040A370)
	scheduledWorkitemCode = dicom.Tag(0x00404018)
	placerOrderNumber     = dicom.Tag(0x00402016)
	fillerOrderNumber     = dicom.Tag(0x00402017)
)

func orderOfWorkitem(w dicomweb.Workitem) clinic.Order {
	o := clinic.Order{AccessionNumber: w.AccessionNumber, Patient: w.Patient, StudyInstanceUID: w.StudyInstanceUID, Text: w.Label,
		Status: cmp.Or(workitemStates[w.State], clinic.OrderActive), Scheduled: momentOf(w.Date, w.Time)}
	codes := w.Items(scheduledWorkitemCode)
	if requests := w.Items(referencedRequests); len(requests) > 0 {
		r := requests[0]
		o.PlacerOrderNumber, o.FillerOrderNumber = r.String(placerOrderNumber), r.String(fillerOrderNumber)
		o.Text = cmp.Or(r.String(dicom.RequestedProcedureDescription), o.Text)
		o.Reason = r.String(dicom.ReasonForTheRequestedProcedure)
		o.StudyInstanceUID = cmp.Or(o.StudyInstanceUID, r.UID(dicom.StudyInstanceUID))
		codes = slices.Concat(r.Items(dicom.RequestedProcedureCodeSequence), codes)
	}
	if len(codes) > 0 {
		o.Code = codes[0].String(dicom.CodeValue)
		o.Text = cmp.Or(o.Text, codes[0].String(dicom.CodeMeaning))
	}
	o.AccessionNumber = cmp.Or(o.AccessionNumber, o.FillerOrderNumber, o.PlacerOrderNumber, string(w.UID))
	return o
}

func momentOf(d dicom.Date, t dicom.Time) time.Time {
	if !d.Valid() {
		return time.Time{}
	}
	return time.Date(d.Year, time.Month(d.Month), d.Day, t.Hour, t.Minute, t.Second, 0, time.Local)
}

// requestAsker asks for service requests (FHIR R4).
type requestAsker struct {
	client *fhir.Client
	filter string
	isExam func(clinic.Order) bool
}

func (r requestAsker) Close() { r.client.Close() }

// requestsFrom is how far back requests are asked for the first time; overlap how
// far each later time, so that what was being written meanwhile is not missed.
const (
	requestsFrom    = 14 * 24 * time.Hour
	requestsOverlap = 10 * time.Minute
)

// Orders lists the service requests that changed since, with their patients.
// Others than exams are left out.
func (r requestAsker) Orders(ctx context.Context, now, since time.Time) (answer asked, err error) {
	query, err := url.ParseQuery(r.filter)
	if err != nil {
		return asked{}, fmt.Errorf("the search parameters %q cannot be read: %w", r.filter, err)
	}
	if since.IsZero() {
		since = now.Add(-requestsFrom)
	}
	query.Set("_lastUpdated", "ge"+since.UTC().Format(time.RFC3339))
	query.Set("_include", "ServiceRequest:subject")
	var requests []fhir.ServiceRequest
	patients := map[string]clinic.Patient{}
	for entry, err := range r.client.Search(ctx, "ServiceRequest", query) {
		if err != nil {
			return asked{}, err
		}
		switch entry.ResourceType {
		case "Patient":
			var p fhir.Patient
			if entry.Decode(&p) == nil {
				patients["Patient/"+entry.ID] = p.Clinic()
			}
		case "ServiceRequest":
			var s fhir.ServiceRequest
			if entry.Decode(&s) == nil && !s.DoNotPerform {
				requests = append(requests, s)
			}
		}
		if len(requests) > mostOrders {
			return asked{}, &node.Error{Node: r.client.Name, Role: "server", Kind: node.ErrGarbled, Cause: errTooManyOrders}
		}
	}
	for _, s := range requests {
		patient, err := r.subject(ctx, s, patients)
		if err != nil {
			return asked{}, err
		}
		if o := s.Order(patient, now.Location()); r.isExam(o) {
			answer.add(s.ID, o)
		}
	}
	answer.drift = r.client.Drift()
	answer.since = now.Add(answer.drift - requestsOverlap) // by the server's clock
	return answer, nil
}

// subject is the patient of a request: brought along, else read by the address,
// once each, else what the request says of him.
func (r requestAsker) subject(ctx context.Context, s fhir.ServiceRequest, known map[string]clinic.Patient) (clinic.Patient, error) {
	at := patientPath(s.Subject.Reference)
	if p, ok := known[at]; ok {
		return p, nil
	}
	said := clinic.Patient{PatientID: s.Subject.Identifier.Value}
	if at == "" {
		return said, nil
	}
	var p fhir.Patient
	err := r.client.Get(ctx, at, nil, &p)
	switch kind := node.Kind(err); {
	case err == nil:
		said = p.Clinic()
	case kind != node.ErrNotFound && kind != node.ErrRefused && kind != node.ErrGarbled:
		return said, err
	}
	known[at] = said
	return said, nil
}

// patientPath is Patient/ID out of a reference of this server; "" for others.
func patientPath(reference string) string {
	i := strings.LastIndex(reference, "Patient/")
	if i < 0 {
		return ""
	}
	id, _, _ := strings.Cut(strings.TrimPrefix(reference[i:], "Patient/"), "/")
	if id == "" || strings.ContainsAny(id, "?#") {
		return ""
	}
	return "Patient/" + id
}
