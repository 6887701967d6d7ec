package advise

import (
	"encoding/json"
	"slices"
	"strings"

	"eris/clinic"
	"eris/sync/cdshooks"
	"eris/sync/fhir"
)

// draft is an order of a call.
type draft struct {
	resource string // ServiceRequest/ID, by which it can be withdrawn; empty for an appointment's words
	request  fhir.ServiceRequest
	order    clinic.Order
}

// mostDrafts bounds the orders of one call.
const mostDrafts = 50

// bundle is R4 2.36, as far as calls hold it.
type bundle struct {
	Entry []struct {
		Resource json.RawMessage `json:"resource"`
	} `json:"entry"`
}

// appointment is R4 12.11.
type appointment struct {
	BasedOn     []fhir.Reference       `json:"basedOn"`
	ServiceType []fhir.CodeableConcept `json:"serviceType"`
	ReasonCode  []fhir.CodeableConcept `json:"reasonCode"`
	Description string                 `json:"description"`
	Start       string                 `json:"start"`
}

// drafts are the orders that a call is about: those that are being selected, those
// that are signed, those that are booked.
func drafts(r cdshooks.Request) []draft {
	if r.Hook == cdshooks.AppointmentBook {
		return booked(r)
	}
	list := requests(r.Context.DraftOrders)
	if r.Hook == cdshooks.OrderSelect {
		list = slices.DeleteFunc(list, func(d draft) bool { return !slices.Contains(r.Context.Selections, d.resource) })
	}
	return list
}

// requests are the service requests of a bundle.
func requests(raw json.RawMessage) (list []draft) {
	for _, resource := range resources(raw) {
		var s struct {
			ResourceType string `json:"resourceType"`
		}
		var d draft
		if json.Unmarshal(resource, &s) != nil || s.ResourceType != "ServiceRequest" || (fhir.Entry{Resource: resource}).Decode(&d.request) != nil {
			continue
		}
		d.resource = "ServiceRequest/" + d.request.ID
		if list = append(list, d); len(list) == mostDrafts {
			break
		}
	}
	return list
}

func resources(raw json.RawMessage) (list []json.RawMessage) {
	var b bundle
	if json.Unmarshal(raw, &b) != nil {
		return nil
	}
	for _, e := range b.Entry {
		list = append(list, e.Resource)
	}
	return list
}

// booked are the requests that the appointments are based on, and of an
// appointment without one its own words. An order that was placed is not a draft:
// nothing is offered to be withdrawn.
func booked(r cdshooks.Request) (list []draft) {
	known := requests(r.Prefetch[requestsKey])
	for _, resource := range resources(r.Context.Appointments) {
		var a appointment
		if (fhir.Entry{Resource: resource}).Decode(&a) != nil {
			continue
		}
		found := false
		for _, k := range known {
			if slices.ContainsFunc(a.BasedOn, func(b fhir.Reference) bool {
				return b.Reference == k.resource || strings.HasSuffix(b.Reference, "/"+k.resource)
			}) {
				k.resource, found = "", true
				list = append(list, k)
			}
		}
		if words := append(a.ServiceType, fhir.CodeableConcept{Text: a.Description}); !found && len(list) < mostDrafts {
			for _, c := range words {
				if c.Words() != "" {
					list = append(list, draft{request: fhir.ServiceRequest{Code: c, OccurrenceDateTime: a.Start, ReasonCode: a.ReasonCode}})
					break
				}
			}
		}
	}
	return list
}
