package fhir

import (
	"context"
	"errors"
	"net/url"

	"eris/clinic"
	"eris/sync/node"
)

// mostReferences bounds what an index may name for one person.
const mostReferences = 64

// CrossReference asks a master patient index which other numbers stand for the
// person with a number (IHE PIXm, ITI-83): target narrows it to one system; empty:
// all. A number that the index does not know has none.
func (c *Client) CrossReference(ctx context.Context, number Identifier, target string) ([]Identifier, error) {
	query := url.Values{"sourceIdentifier": {number.System + "|" + number.Value}}
	if target != "" {
		query.Set("targetSystem", target)
	}
	var answer struct {
		ResourceType string `json:"resourceType"`
		Parameter    []struct {
			Name            string     `json:"name"`
			ValueIdentifier Identifier `json:"valueIdentifier"`
		} `json:"parameter"`
	}
	err := c.Get(ctx, "Patient/$ihe-pix", query, &answer)
	if errors.Is(err, node.ErrNotFound) { // R4: sourceIdentifier not found, ITI-83 2:3.83.4.2.2
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if answer.ResourceType != "Parameters" {
		return nil, c.fault(node.ErrGarbled, errNoFHIR)
	}
	var list []Identifier
	for _, p := range answer.Parameter {
		if p.Name == "targetIdentifier" && p.ValueIdentifier.Value != "" && p.ValueIdentifier.Use != "old" && len(list) < mostReferences {
			list = append(list, p.ValueIdentifier)
		}
	}
	return list, nil
}

// Demographics finds patients by number, or by family name and birth date (IHE
// PDQm, ITI-78): whichever of them p tells, the number first.
func (c *Client) Demographics(ctx context.Context, number Identifier, p clinic.Patient) ([]clinic.Patient, error) {
	query := url.Values{}
	switch {
	case number.Value != "":
		query.Set("identifier", number.System+"|"+number.Value)
	case p.PatientName.Alphabetic.Family != "" && p.PatientBirthDate.Valid():
		query.Set("family", p.PatientName.Alphabetic.Family)
		query.Set("birthdate", p.PatientBirthDate.ISO())
	default:
		return nil, nil
	}
	var list []clinic.Patient
	for entry, err := range c.Search(ctx, "Patient", query) {
		if err != nil {
			return nil, err
		}
		var found Patient
		if entry.ResourceType != "Patient" || entry.Decode(&found) != nil {
			continue
		}
		if list = append(list, found.Clinic()); len(list) == mostReferences {
			break
		}
	}
	return list, nil
}
