package fhir

import (
	"slices"

	"eris/clinic"
)

// object is a resource that is made here.
type object = map[string]any

// DraftRequest is an order that is made here as a ServiceRequest that is not placed
// yet (R4 12.13); id is its own in the bundle it goes in.
func DraftRequest(o clinic.Order, id, patientID string) map[string]any {
	code := object{"text": o.Text}
	if o.Code != "" {
		code["coding"] = []object{{"system": SystemServices, "code": o.Code}}
	}
	r := object{"resourceType": "ServiceRequest", "id": id, "status": "draft", "intent": "order", "code": code, "subject": object{"reference": "Patient/" + patientID}}
	if slices.Contains(modalities, o.Modality) {
		r["orderDetail"] = []object{{"coding": []object{{"system": systemDCM, "code": o.Modality}}}}
	}
	if o.Reason != "" {
		r["reasonCode"] = []object{{"text": o.Reason}}
	}
	if !o.Ordered.IsZero() {
		r["authoredOn"] = o.Ordered.Format("2006-01-02T15:04:05Z07:00")
	}
	return r
}

// DraftPatient is a patient as a resource: his numbers, name, birth date and sex.
func DraftPatient(p clinic.Patient, id string) map[string]any {
	numbers := []object{{"type": object{"coding": []object{{"system": "http://terminology.hl7.org/CodeSystem/v2-0203", "code": "MR"}}}, "value": p.PatientID}}
	for _, n := range p.OtherPatientIDs {
		numbers = append(numbers, object{"system": n.Issuer, "value": n.ID})
	}
	r := object{"resourceType": "Patient", "id": id, "identifier": numbers}
	if name := p.PatientName.Alphabetic; name.Family != "" || name.Given != "" {
		written := object{}
		if name.Family != "" {
			written["family"] = name.Family
		}
		if given := slices.DeleteFunc([]string{name.Given, name.Middle}, func(s string) bool { return s == "" }); len(given) > 0 {
			written["given"] = given
		}
		r["name"] = []object{written}
	}
	if p.PatientBirthDate.Valid() {
		r["birthDate"] = p.PatientBirthDate.ISO()
	}
	for gender, sex := range sexes {
		if sex == p.PatientSex {
			r["gender"] = gender
		}
	}
	return r
}
