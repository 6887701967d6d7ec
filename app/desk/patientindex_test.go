package desk_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"eris/app/desk"
	"eris/clinic"
	"eris/clinic/identity"
	"eris/sync/orthanctest"
)

// TestThePatientIndexSaysWhoHeIs has an archive know a patient under another
// hospital's number, in other letters, and an index that knows both.
func TestThePatientIndexSaysWhoHeIs(t *testing.T) {
	archive := orthanctest.Start(t)
	s := chest("20261111", "КТ ОГК")
	s.PatientID, s.PatientName, s.BirthDate = "H3-771", "OBRAZTSOVA^MARIYA", ""
	upload(t, archive.URL, s, 1)
	var mu sync.Mutex
	asked, body, status := 0, `{"resourceType":"Parameters","parameter":[
		{"name":"targetIdentifier","valueIdentifier":{"system":"urn:hospital3","value":"H3-771"}},
		{"name":"targetIdentifier","valueIdentifier":{"system":"https://fhir.ru/ig/core/systems/snils","value":"112-233-445 95"}}]}`, http.StatusOK
	index := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		asked++
		if status == http.StatusOK && r.URL.Path != "/fhir/Patient/$ihe-pix" || status == http.StatusOK && r.URL.Query().Get("sourceIdentifier") != "urn:clinic5|T1" {
			w.WriteHeader(http.StatusNotFound)
			return
		}
		w.Header().Set("Content-Type", "application/fhir+json")
		w.WriteHeader(status)
		fmt.Fprint(w, body)
	}))
	defer index.Close()
	d := workstation(t, t.TempDir(), archive.URL)
	if err := d.SavePatientIndex(t.Context(), desk.PatientIndex{ArchiveOptions: desk.ArchiveOptions{URL: index.URL + "/fhir"}}); err == nil {
		t.Error("an index without the system of our numbers was taken")
	}
	x := desk.PatientIndex{ArchiveOptions: desk.ArchiveOptions{URL: index.URL + "/fhir"}, System: "urn:clinic5"}
	if err := d.SavePatientIndex(t.Context(), x); err != nil {
		t.Fatal(err)
	}
	for range 2 { // the second time it is not asked again
		d.Ask(t.Context(), order().Patient)
	}
	c := card(t, d, order())
	if asked != 1 || len(c.Verdict.Priors) != 1 || c.Identity[s.UID()].Confidence != identity.Certain || c.Identity[s.UID()].Reason != identity.ByIndex || c.IndexErr != nil {
		t.Errorf("asked %d times; %d priors, %+v", asked, len(c.Verdict.Priors), c.Identity)
	}
	// A person's word counts more than the index's.
	if err := d.Unlink(t.Context(), order().Patient, c.Linked[0].Patient, "Пробный"); err != nil {
		t.Fatal(err)
	}
	if err := d.SavePatientIndex(t.Context(), x); err != nil { // forgets when it was asked
		t.Fatal(err)
	}
	d.Ask(t.Context(), order().Patient)
	if c = card(t, d, order()); len(c.Linked) != 0 || len(c.Verdict.Priors) != 0 {
		t.Errorf("linked again: %+v", c.Linked)
	}
	mu.Lock()
	body, status = "<html>", http.StatusBadGateway
	mu.Unlock()
	other := order()
	other.Patient.PatientID = "T2"
	d.Ask(t.Context(), other.Patient)
	if c = card(t, d, other); c.IndexErr == nil || c.Sources[0].Err != nil {
		t.Errorf("an index that fails: %v, archive %v", c.IndexErr, c.Sources[0].Err)
	}
}

func TestANumberIsLookedUpInThePatientIndex(t *testing.T) {
	index := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/fhir+json")
		entry := `{"resource":{"resourceType":"Patient","id":"1","identifier":[{"value":"T1"}],"name":[{"family":"Образцова"}],"birthDate":"1961-04-12"}}`
		if !strings.Contains(r.URL.Query().Get("identifier"), "11223344595") {
			entry = ""
		}
		fmt.Fprintf(w, `{"resourceType":"Bundle","type":"searchset","entry":[%s]}`, entry)
	}))
	defer index.Close()
	d := openDesk(t)
	if err := d.SavePatientIndex(t.Context(), desk.PatientIndex{ArchiveOptions: desk.ArchiveOptions{URL: index.URL}, System: "urn:clinic5"}); err != nil {
		t.Fatal(err)
	}
	p, ok, err := d.PatientNumbered(t.Context(), marias)
	if err != nil || !ok || p.PatientID != "T1" {
		t.Errorf("%+v, %v, %v", p, ok, err)
	}
	for _, text := range []string{"T1", "112-233-445 96", ""} {
		if p, ok, err := d.PatientNumbered(t.Context(), text); err != nil || ok {
			t.Errorf("%q: %+v, %v", text, p, err)
		}
	}
	// The cache knows him better.
	own := order().Patient
	own.AddIdentifier(clinic.Identifier{ID: marias, Issuer: identity.SystemSNILS})
	own.PatientID = "HERE-1"
	knownStudy(t, d, own, "1.2.3", "20261101")
	if p, ok, err = d.PatientNumbered(t.Context(), marias); err != nil || !ok || p.PatientID != "HERE-1" {
		t.Errorf("%+v, %v, %v", p, ok, err)
	}
}
