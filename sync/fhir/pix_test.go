package fhir_test

import (
	"errors"
	"net/http"
	"reflect"
	"strings"
	"testing"

	"eris/clinic"
	"eris/dicom"
	"eris/sync/fhir"
	"eris/sync/node"
)

// pixAnswer has the shape of the example of ITI-83 in IHE PIXm.
const pixAnswer = `{"resourceType":"Parameters","parameter":[
	{"name":"targetIdentifier","valueIdentifier":{"use":"official","system":"urn:oid:1.2.643.5","value":"H3-771"}},
	{"name":"targetIdentifier","valueIdentifier":{"use":"old","system":"urn:oid:1.2.643.5","value":"H3-OLD"}},
	{"name":"targetId","valueReference":{"reference":"Patient/9"}},
	{"name":"targetIdentifier","valueIdentifier":{"system":"https://fhir.ru/ig/core/systems/snils","value":"112-233-445 95"}}]}`

func TestCrossReference(t *testing.T) {
	var asked string
	answer, status := pixAnswer, http.StatusOK
	c := server(t, fhir.Options{}, func(w http.ResponseWriter, r *http.Request) {
		asked = r.URL.Path + "?" + r.URL.Query().Get("sourceIdentifier") + "&" + r.URL.Query().Get("targetSystem")
		says(status, "application/fhir+json", answer)(w, r)
	})
	source := fhir.Identifier{System: "urn:clinic5", Value: "T1"}
	list, err := c.CrossReference(t.Context(), source, "urn:oid:1.2.643.5")
	if err != nil || len(list) != 2 || list[0].Value != "H3-771" || list[1].Value != "112-233-445 95" {
		t.Errorf("%+v, %v", list, err)
	}
	if asked != "/fhir/Patient/$ihe-pix?urn:clinic5|T1&urn:oid:1.2.643.5" {
		t.Errorf("asked %s", asked)
	}
	answer, status = `{"resourceType":"OperationOutcome","issue":[{"severity":"error","code":"not-found","diagnostics":"sourceIdentifier Patient Identifier not found"}]}`, http.StatusNotFound
	if list, err := c.CrossReference(t.Context(), source, ""); err != nil || list != nil {
		t.Errorf("a number that is not known: %+v, %v", list, err)
	}
	answer, status = `{"resourceType":"Bundle"}`, http.StatusOK
	if _, err := c.CrossReference(t.Context(), source, ""); !errors.Is(err, node.ErrGarbled) {
		t.Errorf("another resource: %v", err)
	}
}

func TestDemographics(t *testing.T) {
	var asked string
	c := server(t, fhir.Options{}, func(w http.ResponseWriter, r *http.Request) {
		asked = r.URL.RawQuery
		says(http.StatusOK, "application/fhir+json", `{"resourceType":"Bundle","type":"searchset","entry":[{"resource":{"resourceType":"Patient","id":"9",
			"identifier":[{"value":"H3-771"}],"name":[{"family":"Образцова","given":["Мария"]}],"birthDate":"1961-04-12"}}]}`)(w, r)
	})
	want := []clinic.Patient{{PatientID: "H3-771", PatientName: dicom.ParsePersonName("Образцова^Мария"), PatientBirthDate: dicom.ParseDate("19610412")}}
	list, err := c.Demographics(t.Context(), fhir.Identifier{System: "https://fhir.ru/ig/core/systems/oms", Value: "77"}, clinic.Patient{})
	if err != nil || !reflect.DeepEqual(list, want) || !strings.Contains(asked, "identifier=https%3A%2F%2Ffhir.ru%2Fig%2Fcore%2Fsystems%2Foms%7C77") {
		t.Errorf("%+v, %v, asked %s", list, err, asked)
	}
	if _, err = c.Demographics(t.Context(), fhir.Identifier{}, want[0]); err != nil || !strings.Contains(asked, "birthdate=1961-04-12") {
		t.Errorf("%v, asked %s", err, asked)
	}
	asked = ""
	if list, err = c.Demographics(t.Context(), fhir.Identifier{}, clinic.Patient{}); err != nil || list != nil || asked != "" {
		t.Errorf("with nothing: %+v, %v, asked %s", list, err, asked)
	}
}
