package fhir_test

import (
	"encoding/json"
	"reflect"
	"testing"
	"time"

	"eris/clinic"
	"eris/dicom"
	"eris/sync/fhir"
	"eris/sync/nodetest"
)

var msk = time.FixedZone("MSK", 3*60*60)

// resource reads JSON as a bundle's entry is read.
func resource[T any](t *testing.T, text string) (v T) {
	t.Helper()
	if err := (fhir.Entry{Resource: json.RawMessage(text)}).Decode(&v); err != nil {
		t.Fatal(err)
	}
	return v
}

// corePatient and coreRequest are as the Russian core profiles have them.
const (
	corePatient = `{"resourceType":"Patient","id":"p1","identifier":[
		{"system":"https://fhir.ru/ig/core/systems/snils","value":"112-233-445 95"},
		{"type":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v2-0203","code":"MR"}]},"system":"urn:clinic5","value":"771"}],
		"name":[{"use":"old","family":"Старая"},{"use":"official","family":"Образцова","given":["Мария","Тестовна"]}],
		"gender":"female","birthDate":"1961-04-12"}`
	coreRequest = `{"resourceType":"ServiceRequest","id":"sr1","status":"active","intent":"order",
		"identifier":[{"type":{"coding":[{"code":"PLAC"}]},"value":"P-1"},{"type":{"coding":[{"code":"ACSN"}]},"value":"A-1"},{"system":"urn:dicom:uid","value":"urn:oid:1.2.643.7.1"}],
		"category":[{"coding":[{"system":"http://snomed.info/sct","code":"363679005"}]}],
		"orderDetail":[{"coding":[{"system":"http://dicom.nema.org/resources/ontology/DCM","code":"CT"}]}],
		"code":{"coding":[{"system":"http://loinc.org","code":"24627-2"},{"system":"https://fhir.ru/ig/core/CodeSystem/core-cs-nsi-medical-services","code":"A06.09.005"}],"text":"КТ органов грудной клетки"},
		"subject":{"reference":"Patient/p1"},"occurrenceDateTime":"2026-11-27T10:40:00+03:00","authoredOn":"2026-11-26",
		"bodySite":[{"coding":[{"system":"http://snomed.info/sct","code":"7771000","display":"Left"}]},{"text":"лёгкое"}],
		"reasonCode":[{"coding":[{"code":"R05"}]},{"text":"кашель"}]}`
)

// TestResourcesAreFHIR: what is read in these tests, and what is made, is as the
// specification has it, and not as these tests have it.
func TestResourcesAreFHIR(t *testing.T) {
	o := clinic.Order{Text: "КТ ОГК", Code: "A06.09.005", Modality: "CT", Reason: "кашель", Ordered: time.Date(2026, 11, 26, 9, 0, 0, 0, msk)}
	var made []string
	for _, p := range []clinic.Patient{{PatientID: "T1", PatientName: dicom.ParsePersonName("Образцова")},
		resource[fhir.Patient](t, corePatient).Clinic()} {
		for _, r := range []map[string]any{fhir.DraftRequest(o, "r1", "p1"), fhir.DraftRequest(clinic.Order{Text: "?"}, "r1", "p1"), fhir.DraftPatient(p, "p1")} {
			b, err := json.Marshal(r)
			if err != nil {
				t.Fatal(err)
			}
			made = append(made, string(b))
		}
	}
	nodetest.CheckFHIR(t, append(made, corePatient, coreRequest, pixAnswer)...)
}

func TestPatientOfFHIR(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		want clinic.Patient
	}{
		"Russian core": {corePatient,
			clinic.Patient{PatientID: "771", PatientName: dicom.ParsePersonName("Образцова^Мария^Тестовна"), PatientBirthDate: dicom.ParseDate("19610412"), PatientSex: "F",
				OtherPatientIDs: []clinic.Identifier{{ID: "112-233-445 95", Issuer: "https://fhir.ru/ig/core/systems/snils"}, {ID: "771", Issuer: "urn:clinic5"}}}},
		"no record's number":     {`{"identifier":[{"system":"https://fhir.ru/ig/core/systems/oms","value":"7712"},{"value":"X-1"}]}`, clinic.Patient{PatientID: "X-1", OtherPatientIDs: []clinic.Identifier{{ID: "7712", Issuer: "https://fhir.ru/ig/core/systems/oms"}}}},
		"only СНИЛС":             {`{"identifier":[{"system":"https://fhir.ru/ig/core/systems/snils","value":"112-233-445 95"}]}`, clinic.Patient{PatientID: "112-233-445 95", OtherPatientIDs: []clinic.Identifier{{ID: "112-233-445 95", Issuer: "https://fhir.ru/ig/core/systems/snils"}}}},
		"one line of a name":     {`{"name":[{"text":"Образцова Мария"}],"birthDate":"1961"}`, clinic.Patient{PatientName: dicom.ParsePersonName("Образцова Мария")}},
		"wrong types":            {`{"identifier":"771","gender":7,"birthDate":"1961-04-12"}`, clinic.Patient{PatientBirthDate: dicom.ParseDate("19610412")}},
		"nothing":                {`{}`, clinic.Patient{}},
		"a sign of DICOM in it":  {`{"name":[{"family":"Образцова=^","given":["М\\А"]}]}`, clinic.Patient{PatientName: dicom.ParsePersonName("Образцова  ^М А")}},
		"a number no longer his": {`{"identifier":[{"use":"old","value":"1"},{"value":"2"}]}`, clinic.Patient{PatientID: "2"}},
	} {
		if got := resource[fhir.Patient](t, c.text).Clinic(); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s:\n%+v, want\n%+v", name, got, c.want)
		}
	}
}

func TestOrderOfServiceRequest(t *testing.T) {
	patient := clinic.Patient{PatientID: "771"}
	got := resource[fhir.ServiceRequest](t, coreRequest).Order(patient, msk)
	want := clinic.Order{AccessionNumber: "A-1", PlacerOrderNumber: "P-1", Status: clinic.OrderActive, StudyInstanceUID: "1.2.643.7.1", Patient: patient,
		Scheduled: time.Date(2026, 11, 27, 10, 40, 0, 0, msk), Ordered: time.Date(2026, 11, 26, 0, 0, 0, 0, msk), Modality: "CT", Code: "A06.09.005",
		Text: "КТ органов грудной клетки", BodyPart: "Left; лёгкое", Laterality: "L", Reason: "R05; кашель"}
	if !got.Scheduled.Equal(want.Scheduled) {
		t.Errorf("scheduled %v", got.Scheduled)
	}
	if got.Scheduled = want.Scheduled; !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, want\n%+v", got, want)
	}
}

func TestOrdersOfPoorServiceRequests(t *testing.T) {
	for text, want := range map[string]clinic.Order{
		`{"id":"sr1"}`: {AccessionNumber: "sr1", Status: clinic.OrderActive},
		`{"id":"sr1","status":"revoked","identifier":[{"value":"N-1"}],"code":"CT"}`:                                     {AccessionNumber: "N-1", Status: clinic.OrderRevoked},
		`{"id":"sr1","status":7,"requisition":{"value":"R-1"},"code":{"coding":[{"code":"X"}]}}`:                         {AccessionNumber: "R-1", Status: clinic.OrderActive, Code: "X"},
		`{"id":"sr1","status":"nonsense","occurrencePeriod":{"start":"yesterday"},"orderDetail":[{"text":"МРТ"}]}`:       {AccessionNumber: "sr1", Status: clinic.OrderActive, Text: "МРТ"},
		`{"id":"sr1","category":[{"coding":[{"system":"http://dicom.nema.org/resources/ontology/DCM","code":"ROOM"}]}]}`: {AccessionNumber: "sr1", Status: clinic.OrderActive},
		`{"id":"sr1","occurrenceTiming":{"event":["2026-11-27"]},"identifier":[{"type":{"coding":[{"code":"FILL"}]},"value":"F"}]}`: {AccessionNumber: "F", FillerOrderNumber: "F", Status: clinic.OrderActive,
			Scheduled: time.Date(2026, 11, 27, 0, 0, 0, 0, msk)},
	} {
		if got := resource[fhir.ServiceRequest](t, text).Order(clinic.Patient{}, msk); !reflect.DeepEqual(got, want) {
			t.Errorf("%s:\n%+v, want\n%+v", text, got, want)
		}
	}
}
