package desk_test

import (
	"encoding/json"
	"image"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"eris/app/desk"
	"eris/app/words"
	"eris/assets"
	"eris/clinic"
	"eris/clinic/dose"
	"eris/clinic/effect"
	"eris/clinic/orders"
	"eris/clinic/priors"
	"eris/sync/dcmtktest"
	"eris/sync/hl7"
	"eris/sync/nodetest"
	"eris/sync/orthanctest"
	"eris/viewer"
)

// TestBeforeANewScan is what the product is for: an order comes up on the
// worklist, the verdict stands, the earlier exam is opened, the decision is made
// and counted; and all of it again without worklist and archive.
func TestBeforeANewScan(t *testing.T) {
	archive, list := orthanctest.Start(t), dcmtktest.StartWorklist(t)
	day := time.Now()
	earlier := chest(day.AddDate(0, 0, -12).Format("20060102"), "КТ органов грудной клетки")
	upload(t, archive.URL, earlier, 4)
	order := func(number string) clinic.Order {
		o := planned(number, 9)
		o.Scheduled = time.Date(day.Year(), day.Month(), day.Day(), 9, 0, 0, 0, time.Local)
		return o
	}
	list.Put(t, "1", order("A-1"), "ISO_IR 144", nil)
	list.Put(t, "2", order("A-2"), "ISO_IR 192", nil)
	dir := t.TempDir()
	check := func(t *testing.T, number string, choice clinic.Choice, reason clinic.RepeatReason, online bool) {
		d := workstation(t, dir, archive.URL)
		if online {
			addSource(t, d, "mwl", orders.Worklist, wlm(list))
		}
		_, source := poll(t, d, "mwl")
		if (source.Err == nil) != online {
			t.Fatalf("worklist: %v", source.Err)
		}
		today, err := d.OrdersOn(t.Context(), day)
		if err != nil || len(today) != 2 {
			t.Fatalf("the list of the day: %+v, %v", today, err)
		}
		o, ok, err := d.FindOrder(t.Context(), number)
		if err != nil || !ok {
			t.Fatal(ok, err)
		}
		d.Ask(t.Context(), o.Patient)
		c := card(t, d, o)
		if !c.Verdict.Repeat || c.Verdict.Best.Class != priors.Same || c.Verdict.Best.Study.StudyInstanceUID != earlier.UID() {
			t.Fatalf("verdict %+v", c.Verdict.Best)
		}
		if e, ok := c.DoseOf(earlier.UID()); !ok || e.Basis != dose.FromTypical || c.Typical == nil {
			t.Errorf("dose %+v, typical %v", e, c.Typical)
		}
		if c.Silent() == online {
			t.Errorf("sources %+v", c.Sources)
		}
		if err := d.Note(t.Context(), c, effect.Shown, ""); err != nil {
			t.Fatal(err)
		}
		if online {
			if err := d.FetchBest(t.Context(), c); err != nil {
				t.Fatal(err)
			}
			settle(t, d)
		}
		open(t, d, c)
		if _, err := d.Decide(t.Context(), c, choice, "", reason, "", "ru"); err != nil {
			t.Fatal(err)
		}
		if made := card(t, d, o).Decision; made == nil || made.Choice != choice || made.StudyInstanceUID != earlier.UID() {
			t.Errorf("decision %+v", made)
		}
	}
	t.Run("online", func(t *testing.T) { check(t, "A-1", clinic.UsePrior, "", true) })
	archive.Stop(t)
	list.Stop()
	t.Run("offline", func(t *testing.T) { check(t, "A-2", clinic.JustifiedRepeat, clinic.Emergency, false) })

	d := workstation(t, dir, archive.URL)
	counted, err := d.Effect(t.Context(), day.AddDate(0, 0, -1), time.Now().AddDate(0, 0, 1))
	if err != nil {
		t.Fatal(err)
	}
	total := effect.Total(counted)
	if total.Orders != 2 || total.Repeats != 2 || total.Opened != 2 || total.UsedPrior != 1 || total.Justified != 1 || total.Exposures != 1 || total.MSv < 1 {
		t.Errorf("counted %+v", total)
	}
}

// open draws the earlier exam of a card.
func open(t *testing.T, d *desk.Desk, c desk.Card) {
	t.Helper()
	w, err := words.Load(assets.Words(), "ru")
	if err != nil {
		t.Fatal(err)
	}
	changed := make(chan struct{}, 1)
	s := d.NewSession(w, 1, 0, func() {
		select {
		case changed <- struct{}{}:
		default:
		}
	})
	defer s.Close(t.Context())
	uid := c.Verdict.Best.Study.StudyInstanceUID
	stacks, err := d.Stacks(t.Context(), uid)
	if err != nil {
		t.Fatal(err)
	}
	stack, ok := desk.MainStack(stacks)
	if !ok {
		t.Fatal("the earlier exam has no pictures here")
	}
	s.Show(0, stack, viewer.Prior)
	if !varied(drawn(t, s, 0, image.Pt(stack.Frames[0].Columns, stack.Frames[0].Rows), changed)) {
		t.Error("nothing is drawn")
	}
	if err := d.Note(t.Context(), c, effect.Opened, uid); err != nil {
		t.Fatal(err)
	}
}

// TestDecisionsAreTold has a record's server and a hospital's system hear that an
// order is not done, the second only once it is there.
func TestDecisionsAreTold(t *testing.T) {
	var mu sync.Mutex
	var put map[string]json.RawMessage
	stored := `{"resourceType":"ServiceRequest","id":"sr1","status":"active","intent":"order","note":[{"text":"прежняя"}],"subject":{"reference":"Patient/p1"}}`
	record := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		w.Header().Set("Content-Type", "application/fhir+json")
		switch {
		case r.Method == http.MethodPut:
			b, _ := io.ReadAll(r.Body)
			json.Unmarshal(b, &put)
			w.Write(b)
		case strings.HasSuffix(r.URL.Path, "/ServiceRequest/sr1"):
			io.WriteString(w, stored)
		default:
			io.WriteString(w, bundle("active"))
		}
	}))
	defer record.Close()
	socket, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	back := socket.Addr().String()
	socket.Close()

	d := openAt(t, noon)
	if err := d.SaveServices(t.Context(), desk.Services{Orders: "127.0.0.1:0", OrdersTo: back}); err != nil {
		t.Fatal(err)
	}
	err = d.SaveOrderSource(t.Context(), "emias", desk.OrderSourceOptions{Kind: orders.FHIR, Tell: true, ArchiveOptions: desk.ArchiveOptions{URL: record.URL + "/fhir"}})
	if err != nil {
		t.Fatal(err)
	}
	placedOne := planned("A-1", 9)
	placedOne.PlacerOrderNumber = "P-1"
	his := hl7.Client{Name: "his", Address: d.Listening().Orders, Timeout: 10 * time.Second}
	if err := his.Send(t.Context(), placed(placedOne)); err != nil {
		t.Fatal(err)
	}
	list, _ := poll(t, d, "emias")
	if len(list) != 1 || len(list[0].Sources) != 2 {
		t.Fatalf("%+v", list)
	}
	knownStudy(t, d, list[0].Patient, "1.2.643.7.9", "20261115")
	c := card(t, d, list[0])
	if _, err := d.Decide(t.Context(), c, clinic.UsePrior, "1.2.643.7.9", "", "", "ru"); err != nil {
		t.Fatal(err)
	}
	if err := d.Tell(t.Context()); err != nil {
		t.Fatal(err)
	}
	mu.Lock()
	if string(put["status"]) != `"revoked"` || !strings.Contains(string(put["note"]), "прежняя") || !strings.Contains(string(put["supportingInfo"]), "urn:oid:1.2.643.7.9") {
		t.Errorf("the record was told %s", put)
	}
	told, err := json.Marshal(put)
	if err != nil {
		t.Error(err)
	}
	put = nil
	mu.Unlock()
	t.Run("as FHIR", func(t *testing.T) { nodetest.CheckFHIR(t, stored, string(told)) })
	if source := sourceNamed(t, d, "HL7 HIS CLINIC5"); source.Untold != 1 || source.TellErr == nil {
		t.Errorf("%+v", source)
	}
	canceled := make(chan hl7.Message, 4)
	if socket, err = net.Listen("tcp", back); err != nil {
		t.Fatal(err)
	}
	runHL7(t, socket, canceled)
	for range 2 { // the second time there is nothing to say
		if err := d.Tell(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if m := <-canceled; m.Get("ORC", 1, 1) != "OC" || m.Get("ORC", 2, 1) != "P-1" || len(canceled) != 0 {
		t.Errorf("the hospital was told %+v, and %d more", m, len(canceled))
	}
	if source := sourceNamed(t, d, "HL7 HIS CLINIC5"); source.Untold != 0 || source.TellErr != nil {
		t.Errorf("%+v", source)
	}
	mu.Lock()
	defer mu.Unlock()
	if put != nil {
		t.Error("the record was told twice")
	}
}

// TestADecisionTakenBackIsNotTold changes its mind before anybody heard.
func TestADecisionTakenBackIsNotTold(t *testing.T) {
	d := openAt(t, noon)
	if err := d.SaveServices(t.Context(), desk.Services{OrdersTo: "127.0.0.1:1"}); err != nil {
		t.Fatal(err)
	}
	o := planned("A-1", 9)
	if _, err := d.Store.TakeOrders(t.Context(), "HL7 HIS", []orders.Record{{Kind: orders.HL7, ID: "P-1", Order: o}}, nil); err != nil {
		t.Fatal(err)
	}
	o, _, err := d.FindOrder(t.Context(), "A-1")
	if err != nil {
		t.Fatal(err)
	}
	untold := func() int {
		list, err := d.Store.Unsent(t.Context(), "cancellation")
		if err != nil {
			t.Fatal(err)
		}
		return len(list)
	}
	c := card(t, d, o)
	if _, err := d.Decide(t.Context(), c, clinic.UsePrior, "1.2.3", "", "", "ru"); err != nil || untold() != 1 {
		t.Fatal(untold(), err)
	}
	if _, err := d.Decide(t.Context(), c, clinic.JustifiedRepeat, "", clinic.NewSymptoms, "", "ru"); err != nil || untold() != 0 {
		t.Error(untold(), err)
	}
}

func sourceNamed(t *testing.T, d *desk.Desk, name string) desk.OrderSource {
	t.Helper()
	list, err := d.OrderSources(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range list {
		if s.Name == name {
			return s
		}
	}
	t.Fatalf("no source %s in %+v", name, list)
	return desk.OrderSource{}
}
