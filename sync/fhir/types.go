package fhir

import (
	"encoding/json"
	"strings"
)

// Identifier is R4 2.24.0.11: a number and who gives it out.
type Identifier struct {
	Use    string          `json:"use,omitempty"`
	Type   CodeableConcept `json:"type,omitzero"`
	System string          `json:"system,omitempty"`
	Value  string          `json:"value,omitempty"`
}

// Coding is R4 2.24.0.9: a code of a system.
type Coding struct {
	System  string `json:"system,omitempty"`
	Code    string `json:"code,omitempty"`
	Display string `json:"display,omitempty"`
}

// CodeableConcept is R4 2.24.0.10: one meaning in several codings, or in words.
type CodeableConcept struct {
	Coding []Coding `json:"coding,omitempty"`
	Text   string   `json:"text,omitempty"`
}

// Words are what a person wrote, else the display of the first coding that has one.
func (c CodeableConcept) Words() string {
	if c.Text != "" {
		return c.Text
	}
	for _, coding := range c.Coding {
		if coding.Display != "" {
			return coding.Display
		}
	}
	return ""
}

// Code is the code of a system; "" when there is none.
func (c CodeableConcept) Code(systems ...string) string {
	for _, system := range systems {
		for _, coding := range c.Coding {
			if coding.System == system {
				return coding.Code
			}
		}
	}
	return ""
}

// Reference is R4 2.3.0: another resource, by its address, its identifier, or words.
type Reference struct {
	Reference  string     `json:"reference,omitempty"`
	Identifier Identifier `json:"identifier,omitzero"`
	Display    string     `json:"display,omitempty"`
}

// Period is R4 2.24.0.13; either end may be empty.
type Period struct {
	Start string `json:"start,omitempty"`
	End   string `json:"end,omitempty"`
}

// HumanName is R4 2.24.0.14.
type HumanName struct {
	Use    string   `json:"use,omitempty"`
	Text   string   `json:"text,omitempty"`
	Family string   `json:"family,omitempty"`
	Given  []string `json:"given,omitempty"`
	Prefix []string `json:"prefix,omitempty"`
	Suffix []string `json:"suffix,omitempty"`
}

// Link is a link of a bundle, e.g. to its next page.
type Link struct {
	Relation string `json:"relation"`
	URL      string `json:"url"`
}

// Entry is one resource of a bundle, as it came.
type Entry struct {
	FullURL      string
	ResourceType string
	ID           string
	Included     bool // not found, but brought along (_include)
	Resource     json.RawMessage
}

// Decode reads the resource into v. Elements of a wrong type are left out.
func (e Entry) Decode(v any) error { return decode(e.Resource, v) }

// CapabilityStatement is R4 2.29, as far as a client asks: what the server
// offers for each type of resource.
type CapabilityStatement struct {
	FHIRVersion string `json:"fhirVersion"`
	Software    struct {
		Name    string `json:"name"`
		Version string `json:"version"`
	} `json:"software"`
	Rest []struct {
		Mode     string `json:"mode"`
		Resource []struct {
			Type        string   `json:"type"`
			Include     []string `json:"searchInclude"`
			Interaction []struct {
				Code string `json:"code"`
			} `json:"interaction"`
			SearchParam []struct {
				Name string `json:"name"`
			} `json:"searchParam"`
		} `json:"resource"`
	} `json:"rest"`
}

// SearchParams are the names by which resources of a type can be searched;
// servers of R4 and R5 differ in them.
func (s CapabilityStatement) SearchParams(resourceType string) map[string]bool {
	names := map[string]bool{}
	for _, rest := range s.Rest {
		for _, r := range rest.Resource {
			if rest.Mode != "server" || r.Type != resourceType {
				continue
			}
			for _, p := range r.SearchParam {
				names[p.Name] = true
			}
		}
	}
	return names
}

// IsR4 reports a server of FHIR R4 or R4B, whose resources have the shapes
// that are read here.
func (s CapabilityStatement) IsR4() bool {
	return strings.HasPrefix(s.FHIRVersion, "4.0") || strings.HasPrefix(s.FHIRVersion, "4.3")
}
