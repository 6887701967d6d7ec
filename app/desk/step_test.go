package desk_test

import (
	"errors"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"

	"eris/app/desk"
	"eris/clinic"
	"eris/clinic/dose"
	"eris/clinic/orders"
	"eris/dicom"
	"eris/store"
	"eris/sync/dcmtktest"
	"eris/sync/node"
	"eris/sync/nodetest"
)

// TestAScannerTellsOfItsWork: the order is done, and the dose is known before any
// object of the study is here; a report that comes with them is believed first.
func TestAScannerTellsOfItsWork(t *testing.T) {
	list := dcmtktest.StartWorklist(t)
	ordered := planned("A-1", 9)
	ordered.Modality, ordered.Text = "RF", "Рентгеноскопия желудка"
	made := clinic.Study{Patient: ordered.Patient, StudyInstanceUID: ordered.StudyInstanceUID, StudyDate: dicom.ParseDate("20261127"),
		StudyDescription: ordered.Text, ModalitiesInStudy: []string{"RF"}, ExpectedInstances: 10, Source: "city"}
	list.Put(t, "1", ordered, "ISO_IR 192", nil)
	d := openAt(t, noon)
	addSource(t, d, "mwl", orders.Worklist, wlm(list))
	if known, _ := poll(t, d, "mwl"); len(known) != 1 {
		t.Fatalf("%+v", known)
	}
	if err := d.SaveServices(t.Context(), desk.Services{Receive: "127.0.0.1:0", Callers: []dicom.AETitle{"SCANNER"}}); err != nil {
		t.Fatal(err)
	}
	_, port, err := net.SplitHostPort(d.Listening().Receive)
	if err != nil {
		t.Fatal(err)
	}
	number, err := strconv.Atoi(port)
	if err != nil {
		t.Fatal(err)
	}
	patient := map[string]any{"PatientID": "T1", "PatientName": "Образцова^Мария^Тестовна", "PatientBirthDate": "19610412", "PatientSex": "F"}
	create := func(uid, accession string, study dicom.UID) nodetest.Request {
		set := map[string]any{"PerformedProcedureStepStatus": "IN PROGRESS", "Modality": "RF", "PerformedStationAETitle": "CT1", "SpecificCharacterSet": "ISO_IR 192",
			"ScheduledStepAttributesSequence": []any{map[string]any{"StudyInstanceUID": study, "AccessionNumber": accession}}}
		for k, v := range patient {
			set[k] = v
		}
		return nodetest.Request{Operation: "create", UID: uid, Set: set}
	}
	state := func() clinic.OrderStatus {
		t.Helper()
		known, err := d.Store.Orders(t.Context())
		if err != nil || len(known) != 1 {
			t.Fatalf("%+v, %v", known, err)
		}
		return known[0].Status
	}
	if said := nodetest.Scan(t, number, "ERIS", create("2.25.1", "A-1", made.StudyInstanceUID), create("2.25.2", "EMERGENCY", "1.2.840.99"),
		create("2.25.3", "", "")); said[0] != 0 || said[1] != 0 || said[2] != 0 { // the last names nothing
		t.Fatalf("%04X", said)
	}
	if state() != clinic.OrderActive {
		t.Errorf("in progress: %q", state())
	}
	// A procedure that is broken off leaves the order as its list has it.
	broken := create("2.25.4", "A-1", ordered.StudyInstanceUID)
	off := nodetest.Request{Operation: "set", UID: "2.25.4", Set: map[string]any{"PerformedProcedureStepStatus": "DISCONTINUED"}}
	if said := nodetest.Scan(t, number, "ERIS", broken, off); said[0] != 0 || said[1] != 0 || state() != clinic.OrderActive {
		t.Errorf("broken off: %04X, %q", said, state())
	}
	if known, err := d.Store.Orders(t.Context()); err != nil || !slices.ContainsFunc(known[0].Sources, func(s clinic.OrderSource) bool { return s.Gone }) {
		t.Errorf("the procedure still asks for the exam: %+v, %v", known, err)
	}
	list.Remove(t, "1") // as a department does when a scanner begins
	poll(t, d, "mwl")
	done := nodetest.Request{Operation: "set", UID: "2.25.1", Set: map[string]any{"PerformedProcedureStepStatus": "COMPLETED",
		"ImageAndFluoroscopyAreaDoseProduct": "123", "TotalTimeOfFluoroscopy": 90}}
	if said := nodetest.Scan(t, number, "ERIS", done, done); said[0] != 0 || said[1] != 0x0110 {
		t.Errorf("%04X", said)
	}
	if state() != clinic.OrderCompleted {
		t.Errorf("completed: %q", state())
	}

	if err := d.Store.SaveStudies(t.Context(), []clinic.Study{made}); err != nil {
		t.Fatal(err)
	}
	e, ok := card(t, d, order()).DoseOf(made.StudyInstanceUID)
	if !ok || e.Source != dose.FromStep || e.Values[dose.DAP] != 12.3 || e.Values[dose.Fluoro] != 90 {
		t.Errorf("dose %+v", e)
	}
	evicted := []dose.Report{{Source: dose.FromReport, Object: "1.2.3", Total: dose.Values{dose.DAP: 12.5}}} // its objects went, what they told stays
	if err := d.Store.SaveDose(t.Context(), made.StudyInstanceUID, 0, 1, evicted); err != nil {
		t.Fatal(err)
	}
	dir := d.Store.Dir
	d.Close()
	if err := d.Store.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := store.Rebuild(t.Context(), store.Params{Dir: dir}); err != nil {
		t.Fatal(err)
	}
	rebuilt, err := store.Open(t.Context(), store.Params{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	defer rebuilt.Close()
	if told, err := rebuilt.Doses(t.Context(), []dicom.UID{made.StudyInstanceUID}); err != nil || len(told[made.StudyInstanceUID]) != 2 {
		t.Errorf("after a rebuild: %+v, %v", told, err)
	}
}

// TestAWorklistIsToldOfADecision: each step of the order is discontinued, once,
// whatever the link does.
func TestAWorklistIsToldOfADecision(t *testing.T) {
	list, ris := dcmtktest.StartWorklist(t), nodetest.StartDepartment(t)
	list.Put(t, "1", planned("A-1", 9), "ISO_IR 192", nil)
	list.Put(t, "2", planned("A-1", 9), "ISO_IR 192", func(item, step *dicom.DataSet) {
		item.SetString(dicom.RequestedProcedureID, "R-1")
		step.SetString(dicom.ScheduledProcedureStepDescription, "Вторая серия")
	})
	list.Put(t, "3", planned("A-3", 9), "ISO_IR 192", nil)
	d := openAt(t, noon)
	add(t, d, chest("20261111", "КТ органов грудной клетки"), 2)
	err := d.SaveOrderSource(t.Context(), "mwl", desk.OrderSourceOptions{Kind: orders.Worklist, Tell: true,
		ArchiveOptions: desk.ArchiveOptions{URL: wlm(list) + "?mpps=RIS@" + ris.Address}})
	if err != nil {
		t.Fatal(err)
	}
	poll(t, d, "mwl")
	decide := func(number string) {
		t.Helper()
		o, ok, err := d.FindOrder(t.Context(), number)
		if err != nil || !ok {
			t.Fatal(ok, err)
		}
		if _, err := d.Decide(t.Context(), card(t, d, o), clinic.UsePrior, "", "", "", "ru"); err != nil {
			t.Fatal(err)
		}
	}
	list.Stop()
	decide("A-1")
	if err := d.Tell(t.Context()); err != nil {
		t.Fatal(err)
	}
	if s := sourceNamed(t, d, "mwl"); s.Untold != 1 || !errors.Is(s.TellErr, node.ErrUnreachable) {
		t.Errorf("without the worklist: %+v", s)
	}
	list.Start(t)
	for range 2 {
		if err := d.Tell(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	heard := ris.Said()
	if len(heard) != 4 || heard[0].UID == heard[2].UID {
		t.Fatalf("%+v", heard)
	}
	for i, s := range heard {
		text := func(keyword string) string { return string(s.Set[keyword]) }
		if s.Status != 0 {
			t.Errorf("%+v", s)
		}
		if i%2 == 0 && (s.Operation != "create" || text("PerformedProcedureStepStatus") != `"IN PROGRESS"` || text("PatientID") != `"T1"` || text("PerformedStationAETitle") != `"ERIS"`) {
			t.Errorf("begun: %+v", s)
		}
		if i%2 == 1 && (s.Operation != "set" || text("PerformedProcedureStepStatus") != `"DISCONTINUED"`) {
			t.Errorf("ended: %+v", s)
		}
	}
	if reason := string(heard[1].Set["PerformedProcedureStepDiscontinuationReasonCodeSequence"]); !strings.Contains(reason, `"110510"`) {
		t.Errorf("the reason: %s", reason)
	}
	first, second := string(heard[0].Set["ScheduledStepAttributesSequence"]), string(heard[2].Set["ScheduledStepAttributesSequence"])
	if !strings.Contains(first, `"A-1"`) || !strings.Contains(first+second, `"S-1"`) || !strings.Contains(first+second, `"S-2"`) {
		t.Errorf("the steps: %s %s", first, second)
	}
	if s := sourceNamed(t, d, "mwl"); s.Untold != 0 || s.TellErr != nil {
		t.Errorf("told: %+v", s)
	}
	list.Remove(t, "3")
	decide("A-3") // which the worklist does not name any more: nothing to tell
	if err := d.Tell(t.Context()); err != nil {
		t.Fatal(err)
	}
	if s := sourceNamed(t, d, "mwl"); s.Untold != 0 || len(ris.Said()) != 4 {
		t.Errorf("gone: %+v, %d", s, len(ris.Said()))
	}
}

// TestAWorkitemIsAskedToBeCanceled: its owner hears why.
func TestAWorkitemIsAskedToBeCanceled(t *testing.T) {
	e := startEMR(t)
	item := `[{"00080018":{"vr":"UI","Value":["1.2.3.1"]},"00741000":{"vr":"CS","Value":["SCHEDULED"]},"00100020":{"vr":"LO","Value":["T1"]},
		"00100010":{"vr":"PN","Value":[{"Alphabetic":"Образцова^Мария^Тестовна"}]},"00100030":{"vr":"DA","Value":["19610412"]},"00404005":{"vr":"DT","Value":["20261127093000"]},
		"0040A370":{"vr":"SQ","Value":[{"00080050":{"vr":"SH","Value":["A-1"]},"00321060":{"vr":"LO","Value":["КТ ОГК"]}}]}}]`
	e.says("application/dicom+json", item)
	d := openAt(t, noon)
	add(t, d, chest("20261111", "КТ органов грудной клетки"), 2)
	if err := d.SaveOrderSource(t.Context(), "ups", desk.OrderSourceOptions{Kind: orders.UPS, Tell: true, ArchiveOptions: desk.ArchiveOptions{URL: e.URL}}); err != nil {
		t.Fatal(err)
	}
	list, _ := poll(t, d, "ups")
	if _, err := d.Decide(t.Context(), card(t, d, list[0]), clinic.UsePrior, "", "", "", "ru"); err != nil {
		t.Fatal(err)
	}
	e.mu.Lock()
	e.queries = nil
	e.answer = func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(http.StatusAccepted) }
	e.mu.Unlock()
	for range 2 {
		if err := d.Tell(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if len(e.queries) != 1 || e.queries[0] != "/workitems/1.2.3.1/cancelrequest?" {
		t.Errorf("%q", e.queries)
	}
}
