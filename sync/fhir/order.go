package fhir

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"eris/clinic"
	"eris/dicom"
)

// ServiceRequest is R4 12.13: an exam that is asked for.
type ServiceRequest struct {
	ID           string            `json:"id"`
	Identifier   []Identifier      `json:"identifier"`
	Requisition  Identifier        `json:"requisition"`
	Status       string            `json:"status"`
	Intent       string            `json:"intent"`
	DoNotPerform bool              `json:"doNotPerform"`
	Category     []CodeableConcept `json:"category"`
	Code         CodeableConcept   `json:"code"`
	OrderDetail  []CodeableConcept `json:"orderDetail"`
	Subject      Reference         `json:"subject"`
	AuthoredOn   string            `json:"authoredOn"`
	ReasonCode   []CodeableConcept `json:"reasonCode"`
	BodySite     []CodeableConcept `json:"bodySite"`

	OccurrenceDateTime string `json:"occurrenceDateTime"`
	OccurrencePeriod   Period `json:"occurrencePeriod"`
	OccurrenceTiming   struct {
		Event []string `json:"event"`
	} `json:"occurrenceTiming"`
}

// Systems of codes.
const (
	SystemServices = "https://fhir.ru/ig/core/CodeSystem/core-cs-nsi-medical-services" // NSI 1.2.643.5.1.13.13.11.1070
	servicesOID    = "urn:oid:1.2.643.5.1.13.13.11.1070"
	systemLOINC    = "http://loinc.org"
	systemRadLex   = "http://radlex.org"
	systemSNOMED   = "http://snomed.info/sct"
	systemDCM      = "http://dicom.nema.org/resources/ontology/DCM"
)

// modalities are the codes of PS3.16 CID 29 that exams are ordered by.
var modalities = []string{"BMD", "CR", "CT", "DX", "ES", "IO", "IVUS", "MG", "MR", "NM", "OCT", "PT", "PX", "RF", "RG", "US", "XA"}

// sides by SNOMED CT (PS3.16 CID 244).
var sides = map[string]string{"7771000": "L", "24028007": "R", "51440002": "B"}

var statuses = map[string]clinic.OrderStatus{"draft": clinic.OrderDraft, "on-hold": clinic.OrderOnHold, "revoked": clinic.OrderRevoked,
	"completed": clinic.OrderCompleted, "entered-in-error": clinic.OrderEnteredInError}

// Order is the request as the department knows orders; patient is its subject,
// which the caller has read. Times without a zone are in zone. The accession
// number is the identifier of type ACSN, else the requisition, else the numbers of
// the filler and the placer, else the resource's ID.
func (r ServiceRequest) Order(patient clinic.Patient, zone *time.Location) clinic.Order {
	o := clinic.Order{Patient: patient, Status: cmp.Or(statuses[r.Status], clinic.OrderActive),
		PlacerOrderNumber: r.number("PLAC"), FillerOrderNumber: r.number("FILL"),
		Code: cmp.Or(r.Code.Code(SystemServices, servicesOID, systemLOINC, systemRadLex, systemSNOMED), r.Code.anyCode()),
		Text: r.Code.Words(), Ordered: moment(r.AuthoredOn, zone),
	}
	o.AccessionNumber = cmp.Or(r.number("ACSN"), r.Requisition.Value, o.FillerOrderNumber, o.PlacerOrderNumber, r.anyNumber(), r.ID)
	o.StudyInstanceUID = dicom.UID(r.study())
	occurs := cmp.Or(r.OccurrenceDateTime, r.OccurrencePeriod.Start)
	if occurs == "" && len(r.OccurrenceTiming.Event) > 0 {
		occurs = r.OccurrenceTiming.Event[0]
	}
	o.Scheduled = moment(occurs, zone)
	for _, c := range slices.Concat(r.OrderDetail, r.Category, []CodeableConcept{r.Code}) {
		if code := c.Code(systemDCM); o.Modality == "" && slices.Contains(modalities, code) {
			o.Modality = code
		}
	}
	var sites, reasons []string
	for _, c := range r.BodySite {
		o.Laterality = cmp.Or(o.Laterality, sides[c.Code(systemSNOMED)])
		sites = append(sites, c.Words())
	}
	for _, c := range r.ReasonCode {
		reasons = append(reasons, cmp.Or(c.Words(), c.anyCode()))
	}
	o.BodyPart, o.Reason = words(sites), words(reasons)
	if o.Text == "" {
		for _, c := range r.OrderDetail {
			o.Text = cmp.Or(o.Text, c.Words())
		}
	}
	return o
}

func words(list []string) string {
	return strings.Join(slices.DeleteFunc(list, func(s string) bool { return s == "" }), "; ")
}

// has reports a code of any system, e.g. of HL7 table 0203 in whatever version.
func (c CodeableConcept) has(code string) bool {
	return slices.ContainsFunc(c.Coding, func(k Coding) bool { return k.Code == code })
}

func (c CodeableConcept) anyCode() string {
	for _, k := range c.Coding {
		if k.Code != "" {
			return k.Code
		}
	}
	return ""
}

func (r ServiceRequest) number(kind string) string {
	i := slices.IndexFunc(r.Identifier, func(i Identifier) bool { return i.Type.has(kind) })
	if i < 0 {
		return ""
	}
	return r.Identifier[i].Value
}

func (r ServiceRequest) anyNumber() string {
	for _, i := range r.Identifier {
		if i.Value != "" && i.System != SystemUID {
			return i.Value
		}
	}
	return ""
}

// SystemUID is the system of DICOM UIDs, written urn:oid:1.2.3 (R4 2.24.0.11).
const SystemUID = "urn:dicom:uid"

func (r ServiceRequest) study() string {
	for _, i := range r.Identifier {
		if i.System == SystemUID {
			return strings.TrimPrefix(i.Value, "urn:oid:")
		}
	}
	return ""
}

// moment reads a dateTime (R4 2.24.0.1) of at least a day.
func moment(text string, zone *time.Location) time.Time {
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05", "2006-01-02T15:04", time.DateOnly} {
		if t, err := time.ParseInLocation(layout, text, zone); err == nil {
			return t
		}
	}
	return time.Time{}
}
