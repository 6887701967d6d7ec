package desk_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"eris/app/desk"
	"eris/clinic"
	"eris/clinic/orders"
	"eris/dicom"
	"eris/store"
	"eris/sync/dcmtktest"
	"eris/sync/hl7"
	"eris/sync/node"
	"eris/sync/nodetest"
)

// noon of the day that the orders are due.
var noon = time.Date(2026, 11, 27, 12, 0, 0, 0, time.Local)

func openAt(t *testing.T, now time.Time) *desk.Desk {
	t.Helper()
	s, err := store.Open(t.Context(), store.Params{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	d, err := desk.Open(t.Context(), desk.Params{Store: s, Keyring: desk.NoKeyring{}, Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(d.Close)
	return d
}

func planned(number string, hour int) clinic.Order {
	o := order()
	o.AccessionNumber, o.StationAETitle, o.Contrast = number, "CT1", ""
	o.Scheduled = time.Date(2026, 11, 27, hour, 0, 0, 0, time.Local)
	o.StudyInstanceUID = dicom.DeriveUID("planned", number)
	return o
}

func addSource(t *testing.T, d *desk.Desk, name string, kind orders.Kind, url string) {
	t.Helper()
	if err := d.SaveOrderSource(t.Context(), name, desk.OrderSourceOptions{Kind: kind, ArchiveOptions: desk.ArchiveOptions{URL: url}}); err != nil {
		t.Fatal(err)
	}
}

// poll asks and gives the order list, and how the source answered.
func poll(t *testing.T, d *desk.Desk, name string) ([]clinic.Order, desk.OrderSource) {
	t.Helper()
	if err := d.PollOrders(t.Context()); err != nil {
		t.Fatal(err)
	}
	list, err := d.Store.Orders(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	sources, err := d.OrderSources(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range sources {
		if s.Name == name {
			return list, s
		}
	}
	t.Fatalf("%s is no source: %+v", name, sources)
	return nil, desk.OrderSource{}
}

func wlm(w *dcmtktest.Worklist) string { return "dicom://" + dcmtktest.WorklistTitle + "@" + w.Address }

func TestOrdersOfAWorklist(t *testing.T) {
	w := dcmtktest.StartWorklist(t)
	w.Put(t, "1", planned("A-1", 9), "ISO_IR 144", nil)
	latin := planned("A-2", 10)
	latin.Patient.PatientName, latin.Patient.PatientID = dicom.ParsePersonName("PRIMEROV^PYOTR"), "T2"
	w.Put(t, "2", latin, "", nil)
	w.Put(t, "3", planned("", 11), "ISO_IR 192", func(item, step *dicom.DataSet) { // neither number nor modality nor words
		item.SetString(dicom.RequestedProcedureID)
		item.SetString(dicom.RequestedProcedureDescription)
		item.SetUID(dicom.StudyInstanceUID, "")
		step.SetString(dicom.Modality, "OT")
		step.SetString(dicom.ScheduledProcedureStepDescription)
	})
	nextWeek := planned("A-9", 9)
	nextWeek.Scheduled = nextWeek.Scheduled.AddDate(0, 0, 7)
	w.Put(t, "9", nextWeek, "ISO_IR 192", nil)
	lastNight := planned("A-4", 23) // by a clock that is a day behind
	lastNight.Scheduled = lastNight.Scheduled.AddDate(0, 0, -1)
	w.Put(t, "4", lastNight, "ISO_IR 192", nil)

	d := openAt(t, noon)
	addSource(t, d, "mwl", orders.Worklist, wlm(w))
	list, source := poll(t, d, "mwl")
	if source.Err != nil || source.Orders != 4 || len(list) != 4 {
		t.Fatalf("%+v\n%+v", source, list)
	}
	if o := list[0]; o.AccessionNumber != "A-4" {
		t.Errorf("%+v", o)
	}
	if o := list[1]; o.AccessionNumber != "A-1" || o.Patient.PatientName.String() != "Образцова^Мария^Тестовна" || o.StationAETitle != "CT1" || o.StudyInstanceUID == "" {
		t.Errorf("%+v", o)
	}
	if o := list[2]; o.Patient.PatientName.String() != "PRIMEROV^PYOTR" {
		t.Errorf("%+v", o)
	}
	nameless := list[3]
	if !strings.HasPrefix(nameless.AccessionNumber, "NONE-") {
		t.Errorf("%+v", nameless)
	}
	if c := card(t, d, nameless); !c.Verdict.OrderUnknown {
		t.Errorf("the card of an order without words: %+v", c.Verdict.Why)
	}

	w.Remove(t, "1")
	if list, _ = poll(t, d, "mwl"); !list[1].Withdrawn() || list[2].Withdrawn() || list[3].AccessionNumber != nameless.AccessionNumber {
		t.Errorf("after one was taken off: %+v", list)
	}
	made := clinic.Study{Patient: list[1].Patient, StudyInstanceUID: list[1].StudyInstanceUID, StudyDate: dicom.ParseDate("20261127"), ModalitiesInStudy: []string{"CT"}, Source: "city"}
	if err := d.Store.SaveStudies(t.Context(), []clinic.Study{made}); err != nil {
		t.Fatal(err)
	}
	if today, err := d.OrdersOn(t.Context(), noon); err != nil || len(today) != 4 || today[1].Status != clinic.OrderCompleted || today[2].Status == clinic.OrderCompleted {
		t.Errorf("after it was made: %+v, %v", today, err)
	}
	w.Stop()
	list, source = poll(t, d, "mwl")
	if !errors.Is(source.Err, node.ErrUnreachable) || source.Answered.IsZero() || len(list) != 4 || list[2].Withdrawn() {
		t.Errorf("without the worklist: %+v\n%+v", source, list)
	}
	w.Start(t)
	w.Put(t, "1", planned("A-1", 9), "ISO_IR 192", nil)
	if list, source = poll(t, d, "mwl"); source.Err != nil || list[1].Withdrawn() {
		t.Errorf("back again: %+v\n%+v", source, list[1])
	}
	if err := d.RemoveOrderSource(t.Context(), "mwl"); err != nil {
		t.Fatal(err)
	}
	if list, err := d.Store.Orders(t.Context()); err != nil || len(list) != 0 {
		t.Errorf("of a source that is gone: %+v, %v", list, err)
	}
}

func TestAnEmptyWorklist(t *testing.T) {
	w := dcmtktest.StartWorklist(t)
	d := openAt(t, noon)
	addSource(t, d, "mwl", orders.Worklist, wlm(w))
	if list, source := poll(t, d, "mwl"); source.Err != nil || source.Answered.IsZero() || source.Orders != 0 || len(list) != 0 {
		t.Errorf("%+v %+v", source, list)
	}
}

// emr is a FHIR server that says what it is told to.
type emr struct {
	*httptest.Server
	mu      sync.Mutex
	answer  func(w http.ResponseWriter, r *http.Request)
	queries []string
}

func startEMR(t *testing.T) *emr {
	e := &emr{}
	e.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		e.mu.Lock()
		defer e.mu.Unlock()
		e.queries = append(e.queries, r.URL.Path+"?"+r.URL.RawQuery)
		e.answer(w, r)
	}))
	t.Cleanup(e.Close)
	return e
}

func (e *emr) says(contentType, body string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.answer = func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", contentType)
		fmt.Fprint(w, body)
	}
}

// bundle is a searchset with one request of a patient who is brought along.
func bundle(status string) string {
	return `{"resourceType":"Bundle","type":"searchset","entry":[
	{"fullUrl":"http://emr/fhir/ServiceRequest/sr1","resource":{"resourceType":"ServiceRequest","id":"sr1","status":"` + status + `","intent":"order",
		"identifier":[{"type":{"coding":[{"code":"PLAC"}]},"value":"P-1"},{"type":{"coding":[{"code":"ACSN"}]},"value":"A-1"}],
		"code":{"coding":[{"system":"https://fhir.ru/ig/core/CodeSystem/core-cs-nsi-medical-services","code":"A06.09.005"}],"text":"КТ органов грудной клетки"},
		"subject":{"reference":"Patient/p1"},"authoredOn":"2026-11-26T09:00:00+03:00","reasonCode":[{"text":"кашель"}]},"search":{"mode":"match"}},
	{"fullUrl":"http://emr/fhir/ServiceRequest/lab","resource":{"resourceType":"ServiceRequest","id":"lab","status":"active","intent":"order",
		"code":{"text":"Глюкоза крови"},"subject":{"reference":"Patient/p1"}},"search":{"mode":"match"}},
	{"fullUrl":"http://emr/fhir/Patient/p1","resource":{"resourceType":"Patient","id":"p1","identifier":[{"value":"EMIAS-77"},
		{"system":"https://fhir.ru/ig/core/systems/snils","value":"112-233-445 95"}],"name":[{"family":"Образцова","given":["Мария","Тестовна"]}],"birthDate":"1961-04-12","gender":"female"},"search":{"mode":"include"}}]}`
}

// TestTheRecordSpeaksFHIR: the server of these tests says what the specification
// lets one say.
func TestTheRecordSpeaksFHIR(t *testing.T) {
	nodetest.CheckFHIR(t, bundle("active"), bundle("revoked"))
}

// TestOneOrderOfWorklistAndRecord has one order come from both, and the record
// take it back.
func TestOneOrderOfWorklistAndRecord(t *testing.T) {
	w, e := dcmtktest.StartWorklist(t), startEMR(t)
	w.Put(t, "1", planned("A-1", 9), "ISO_IR 192", nil)
	e.says("application/fhir+json", bundle("active"))
	d := openAt(t, noon)
	addSource(t, d, "emias", orders.FHIR, e.URL+"/fhir")
	addSource(t, d, "mwl", orders.Worklist, wlm(w))
	list, source := poll(t, d, "emias")
	if source.Err != nil || source.Orders != 1 || len(list) != 1 {
		t.Fatalf("%+v\n%+v", source, list)
	}
	if o := list[0]; len(o.Sources) != 2 || o.Code != "A06.09.005" || o.Reason != "кашель" || o.Patient.PatientID != "T1" || o.PlacerOrderNumber != "P-1" ||
		len(o.Patient.OtherPatientIDs) != 2 {
		t.Errorf("%+v", o)
	}
	e.says("application/fhir+json", bundle("revoked"))
	if list, _ = poll(t, d, "emias"); len(list) != 1 || !list[0].Withdrawn() || list[0].Status != clinic.OrderRevoked {
		t.Errorf("%+v", list)
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	first, last := e.queries[0], e.queries[len(e.queries)-1]
	if !strings.Contains(first, "_include=ServiceRequest%3Asubject") || !strings.Contains(first, "_lastUpdated=ge2026-11-13T") || !strings.Contains(last, "_lastUpdated=ge2026-11-27T") {
		t.Errorf("asked %s, then %s", first, last)
	}
}

func TestRecordsThatAnswerWrongly(t *testing.T) {
	e := startEMR(t)
	d := openAt(t, noon)
	e.says("application/fhir+json", bundle("active"))
	addSource(t, d, "emias", orders.FHIR, e.URL+"/fhir")
	poll(t, d, "emias")
	for name, c := range map[string]struct {
		contentType, body string
		want              error
	}{
		"a web page":   {"text/html", "<html>login</html>", node.ErrGarbled},
		"another JSON": {"application/json", `[1,2,3]`, node.ErrGarbled},
		"cut":          {"application/fhir+json", bundle("active")[:300], node.ErrGarbled},
	} {
		e.says(c.contentType, c.body)
		if list, source := poll(t, d, "emias"); !errors.Is(source.Err, c.want) || len(list) != 1 || list[0].Withdrawn() {
			t.Errorf("%s: %v, %+v", name, source.Err, list)
		}
	}
	e.mu.Lock()
	e.answer = func(w http.ResponseWriter, r *http.Request) { // each page has another after it
		w.Header().Set("Content-Type", "application/fhir+json")
		fmt.Fprintf(w, `{"resourceType":"Bundle","link":[{"relation":"next","url":"%s/fhir/ServiceRequest?page=%d"}],"entry":[%s]}`, e.URL, len(e.queries),
			strings.TrimSuffix(strings.Repeat(`{"resource":{"resourceType":"ServiceRequest","id":"x"}},`, 3000), ","))
	}
	e.mu.Unlock()
	if _, source := poll(t, d, "emias"); !errors.Is(source.Err, node.ErrGarbled) {
		t.Errorf("without end: %v", source.Err)
	}
	e.mu.Lock()
	e.answer = func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "", http.StatusUnauthorized) }
	e.mu.Unlock()
	if _, source := poll(t, d, "emias"); !errors.Is(source.Err, node.ErrRefused) {
		t.Errorf("no login: %v", source.Err)
	}
}

func TestOrdersOfWorkitems(t *testing.T) {
	items := `[{"00080018":{"vr":"UI","Value":["1.2.3.1"]},"00741000":{"vr":"CS","Value":["SCHEDULED"]},"00741204":{"vr":"LO","Value":["CT"]},
		"00404005":{"vr":"DT","Value":["20261127093000"]},"00100020":{"vr":"LO","Value":["T1"]},"00100010":{"vr":"PN","Value":[{"Alphabetic":"Образцова^Мария"}]},
		"0040A370":{"vr":"SQ","Value":[{"00080050":{"vr":"SH","Value":["A-1"]},"00321060":{"vr":"LO","Value":["КТ ОГК"]},"00402016":{"vr":"LO","Value":["P-1"]},
			"00321064":{"vr":"SQ","Value":[{"00080100":{"vr":"SH","Value":["A06.09.005"]}}]}}]}},
		{"00080018":{"vr":"UI","Value":["1.2.3.2"]},"00741000":{"vr":"CS","Value":["CANCELED"]},"00100020":{"vr":"LO","Value":["T2"]}},
		{"00080018":{"vr":"UI","Value":["1.2.3.3"]}}]`
	e := startEMR(t)
	e.says("application/dicom+json", items)
	d := openAt(t, noon)
	addSource(t, d, "ups", orders.UPS, e.URL)
	list, source := poll(t, d, "ups")
	if source.Err != nil || source.Orders != 2 || source.Unusable != 1 || len(list) != 2 {
		t.Fatalf("%+v\n%+v", source, list)
	}
	for _, o := range list {
		switch o.Patient.PatientID {
		case "T1":
			if o.AccessionNumber != "A-1" || o.Text != "КТ ОГК" || o.Code != "A06.09.005" || o.PlacerOrderNumber != "P-1" || !o.Scheduled.Equal(time.Date(2026, 11, 27, 9, 30, 0, 0, time.Local)) {
				t.Errorf("%+v", o)
			}
		case "T2":
			if o.AccessionNumber != "1.2.3.2" || !o.Withdrawn() {
				t.Errorf("%+v", o)
			}
		}
	}
}

// TestOrdersOfMessages has a hospital's system place an order and cancel it.
func TestOrdersOfMessages(t *testing.T) {
	d := openAt(t, noon)
	if err := d.SaveServices(t.Context(), desk.Services{Orders: "127.0.0.1:0"}); err != nil {
		t.Fatal(err)
	}
	at := d.Listening()
	if at.OrdersErr != nil || at.Orders == "" {
		t.Fatalf("%+v", at)
	}
	c := hl7.Client{Name: "his", Address: at.Orders, Timeout: 10 * time.Second}
	o := planned("A-1", 9)
	o.PlacerOrderNumber = "P-1"
	if err := c.Send(t.Context(), placed(o)); err != nil {
		t.Fatal(err)
	}
	list, source := poll(t, d, "HL7 HIS CLINIC5")
	if len(list) != 1 || list[0].AccessionNumber != "A-1" || list[0].Patient.PatientID != "T1" || list[0].Withdrawn() || source.Orders != 1 || source.Kind != orders.HL7 {
		t.Fatalf("%+v\n%+v", list, source)
	}
	party := hl7.Party{Application: "HIS", Facility: "CLINIC5"}
	if err := c.Send(t.Context(), hl7.Cancel(party, hl7.Party{}, hl7.Cancellation{Order: list[0], Control: hl7.CancelRequest, At: noon})); err != nil {
		t.Fatal(err)
	}
	if list, _ = poll(t, d, "HL7 HIS CLINIC5"); len(list) != 1 || !list[0].Withdrawn() {
		t.Errorf("%+v", list)
	}
}

// placed is an order as a hospital's system sends it.
func placed(o clinic.Order) string {
	return strings.Join([]string{`MSH|^~\&|HIS|CLINIC5|ERIS||20261127091000||ORM^O01|M1|P|2.5.1||||||UNICODE UTF-8`,
		"PID|1||" + o.Patient.PatientID + "||Образцова^Мария^Тестовна||19610412|F", "ORC|NW|" + o.PlacerOrderNumber,
		"OBR|1|" + o.PlacerOrderNumber + "||^" + o.Text + strings.Repeat("|", 14) + o.AccessionNumber + "||||||CT", ""}, "\r")
}

func TestSourcesThatCannotWorkAreRefused(t *testing.T) {
	d := openAt(t, noon)
	for name, o := range map[string]desk.OrderSourceOptions{
		"":      {Kind: orders.Worklist, ArchiveOptions: desk.ArchiveOptions{URL: "dicom://A@b:104"}},
		"kind":  {Kind: "telepathy", ArchiveOptions: desk.ArchiveOptions{URL: "http://x"}},
		"title": {Kind: orders.Worklist, ArchiveOptions: desk.ArchiveOptions{URL: "dicom://b:104"}},
		"url":   {Kind: orders.FHIR, ArchiveOptions: desk.ArchiveOptions{URL: "ftp://x"}},
		"login": {Kind: orders.FHIR, ArchiveOptions: desk.ArchiveOptions{URL: "http://x", Login: &desk.Login{Issuer: "http://y"}}},
	} {
		if err := d.SaveOrderSource(t.Context(), name, o); err == nil {
			t.Errorf("%q was taken", name)
		}
	}
	if err := d.RemoveOrderSource(t.Context(), "nobody"); !errors.Is(err, store.ErrNotFound) {
		t.Error(err)
	}
}

// TestSourcesAreAskedByThemselves waits for the desk to ask a new source.
func TestSourcesAreAskedByThemselves(t *testing.T) {
	e := startEMR(t)
	e.says("application/fhir+json", bundle("active"))
	d := openAt(t, noon)
	addSource(t, d, "emias", orders.FHIR, e.URL+"/fhir")
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	for {
		if list, err := d.Store.Orders(ctx); err != nil || len(list) == 1 {
			if err != nil {
				t.Fatal(err)
			}
			return
		}
		select {
		case <-ctx.Done():
			t.Fatal("nobody asked")
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// runHL7 takes every message until the test ends.
func runHL7(t *testing.T, socket net.Listener, told chan<- hl7.Message) {
	ctx, stop := context.WithCancel(context.Background())
	served := make(chan error, 1)
	server := hl7.Server{Listener: socket, Take: func(_ context.Context, m hl7.Message) error { told <- m; return nil }}
	go func() { served <- server.Serve(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-served; err != nil {
			t.Error(err)
		}
	})
}
