package advise_test

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"eris/app/advise"
	"eris/app/desk"
	"eris/app/words"
	"eris/assets"
	"eris/clinic"
	"eris/dicom"
	"eris/dicom/dicomtest"
	"eris/store"
	"eris/sync/cdshooks"
	"eris/sync/cdshooks/hookstest"
	"eris/sync/nodetest"
	"eris/sync/orthanctest"
)

var update = flag.Bool("update", false, "write the conversation anew")

var now = time.Date(2026, 11, 27, 12, 0, 0, 0, time.UTC)

// clinicNode is a service over a cache with one archive, and a record that asks it.
type clinicNode struct {
	desk     *desk.Desk
	client   *cdshooks.Client
	recorder *hookstest.Recorder
}

const issuer = "https://record.example"

func open(t testing.TB, language, archive string) *clinicNode {
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
	if archive != "" {
		if err := d.SaveArchive(t.Context(), "city", desk.ArchiveOptions{URL: archive}); err != nil {
			t.Fatal(err)
		}
	}
	w, err := words.Load(assets.Words(), language)
	if err != nil {
		t.Fatal(err)
	}
	key, keys := hookstest.Key(t)
	trust := &cdshooks.Trust{Issuers: []cdshooks.Issuer{{ISS: issuer, Keys: keys}}}
	server := httptest.NewServer(advise.Handler(advise.Params{Desk: d, Words: w, Trust: trust}))
	t.Cleanup(server.Close)
	trust.Base = server.URL
	n := &clinicNode{desk: d, recorder: &hookstest.Recorder{T: t}}
	n.client = &cdshooks.Client{Name: "eris", URL: server.URL, ISS: issuer, Key: key, HTTP: &http.Client{Transport: n.recorder}}
	return n
}

// TestCallsAreFHIR: what the callers of these tests send is as the specification
// has it.
func TestCallsAreFHIR(t *testing.T) {
	nodetest.CheckFHIR(t, patient, string(drafts(chestCT, brainMR)))
}

const patient = `{"resourceType":"Patient","id":"p1","identifier":[{"type":{"coding":[{"code":"MR"}]},"value":"T1"}],
	"name":[{"family":"Образцова","given":["Мария","Тестовна"]}],"gender":"female","birthDate":"1961-04-12"}`

func request(id, code, text string) string {
	return fmt.Sprintf(`{"resource":{"resourceType":"ServiceRequest","id":%q,"status":"draft","intent":"order","subject":{"reference":"Patient/p1"},
		"code":{"coding":[{"system":"https://fhir.ru/ig/core/CodeSystem/core-cs-nsi-medical-services","code":%q}],"text":%q}}}`, id, code, text)
}

func drafts(entries ...string) json.RawMessage {
	return json.RawMessage(`{"resourceType":"Bundle","type":"collection","entry":[` + strings.Join(entries, ",") + `]}`)
}

var (
	chestCT = request("ct", "A06.09.005", "КТ органов грудной клетки")
	brainMR = request("mr", "A05.23.009", "МРТ головного мозга")
	glucose = request("lab", "A09.05.023", "Исследование уровня глюкозы в крови")
)

// study puts an exam of the patient into an archive.
func study(t testing.TB, url, date, description, part string) {
	t.Helper()
	s := dicomtest.Study{PatientName: "Образцова^Мария^Тестовна", PatientID: "T1", BirthDate: "19610412", Sex: "F", Date: date, Time: "101500",
		StudyDescription: description, BodyPartExamined: part, InstitutionName: "Больница № 3 (синтетическая)"}
	for f := range dicomtest.CT(dicomtest.CTParams{Study: s, Body: dicomtest.Thorax(dicomtest.ThoraxParams{}), Size: 32, Slices: 2}) {
		var b bytes.Buffer
		if err := f.Write(&b); err != nil {
			t.Fatal(err)
		}
		answer, err := http.Post(strings.TrimSuffix(url, "/dicom-web")+"/instances", "application/dicom", &b)
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		if answer.StatusCode != http.StatusOK {
			t.Fatal(answer.Status)
		}
	}
}

// TestConversation is a record that orders an exam which was done: what is said
// stands in testdata for people to read. Each message is held against the schema.
func TestConversation(t *testing.T) {
	archive := orthanctest.Start(t)
	study(t, archive.URL, "20261115", "КТ органов грудной клетки", "CHEST")
	study(t, archive.URL, "20240203", "КТ органов грудной клетки", "CHEST")
	n := open(t, "ru", archive.URL)
	services, err := n.client.Discover(t.Context())
	if err != nil || len(services) != 3 {
		t.Fatal(services, err)
	}
	at := map[string]cdshooks.Service{}
	for _, s := range services {
		at[s.Hook] = s
	}
	said := cdshooks.Request{HookInstance: "11111111-2222-4333-8444-555555555555", Context: cdshooks.Context{UserID: "Practitioner/1", PatientID: "p1",
		Selections: []string{"ServiceRequest/ct"}, DraftOrders: drafts(chestCT, brainMR, glucose)}}
	if _, err := n.client.Call(t.Context(), at[cdshooks.OrderSelect], said); err == nil || !strings.Contains(err.Error(), "412") {
		t.Errorf("without the patient: %v", err)
	}
	said.Prefetch = map[string]json.RawMessage{"patient": json.RawMessage(patient)}
	cards, err := n.client.Call(t.Context(), at[cdshooks.OrderSelect], said)
	if err != nil || len(cards) != 1 {
		t.Fatalf("%+v, %v", cards, err)
	}
	c := cards[0]
	if c.Indicator != cdshooks.Warning || !strings.HasPrefix(c.Summary, "Выполнено 12 дн. назад: ") || len(c.OverrideReasons) != len(clinic.RepeatReasons) ||
		len(c.Suggestions) != 1 || c.Suggestions[0].Actions[0].ResourceID != "ServiceRequest/ct" || !strings.HasPrefix(c.Links[0].URL, "eris://check?") {
		t.Errorf("%+v", c)
	}
	if cards, err = n.client.Call(t.Context(), at[cdshooks.OrderSign], said); err != nil || len(cards) != 1 {
		t.Fatalf("of three drafts one was done: %+v, %v", cards, err)
	}
	feedback := []cdshooks.Feedback{{Card: c.UUID, Outcome: cdshooks.Accepted, AcceptedSuggestions: []cdshooks.AcceptedSuggestion{{ID: c.Suggestions[0].UUID}}, OutcomeTimestamp: now},
		{Card: cards[0].UUID, Outcome: cdshooks.Overridden, OutcomeTimestamp: now, OverrideReason: &cdshooks.OverrideReason{Reason: &cdshooks.Coding{System: "urn:eris:repeat-reason", Code: string(clinic.Emergency)}}},
		{Card: "00000000-0000-4000-8000-000000000000", Outcome: cdshooks.Overridden, OutcomeTimestamp: now}}
	if err := n.client.Feedback(t.Context(), at[cdshooks.OrderSign], feedback); err != nil {
		t.Fatal(err)
	}
	orders, err := n.desk.Effect(t.Context(), now.AddDate(0, 0, -1), now.AddDate(0, 0, 1))
	if err != nil || len(orders) != 2 {
		t.Fatalf("counted %+v, %v", orders, err)
	}
	choices := map[clinic.Choice]clinic.RepeatReason{}
	for _, o := range orders {
		choices[o.Choice] = o.Reason
	}
	if choices[clinic.JustifiedRepeat] != clinic.Emergency || len(choices) != 2 {
		t.Errorf("decided %+v", orders)
	}
	hold(t, n.recorder.Exchanges())
}

// ages are how long ago an archive was asked, by the clock of the computer.
var ages = regexp.MustCompile(`Проверено: city [^\\]*`)

var uuids = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}`)

// hold compares a conversation with the one in testdata.
func hold(t *testing.T, list []hookstest.Exchange) {
	t.Helper()
	var b strings.Builder
	numbers := map[string]string{}
	for _, e := range list {
		fmt.Fprintf(&b, "%s %s\n%s\n%d\n%s\n\n", e.Method, e.Path, pretty(e.Request), e.Status, pretty(e.Response))
	}
	text := uuids.ReplaceAllStringFunc(b.String(), func(id string) string {
		if numbers[id] == "" {
			numbers[id] = fmt.Sprintf("00000000-0000-4000-8000-%012d", len(numbers)+1)
		}
		return numbers[id]
	})
	text = ages.ReplaceAllString(text, "Проверено: city сейчас")
	path := filepath.Join("testdata", "conversation.txt")
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if text != string(want) {
		t.Errorf("the conversation is another than in %s (-update writes it anew):\n%s", path, text)
	}
}

func pretty(raw []byte) string {
	var b bytes.Buffer
	if len(raw) == 0 || json.Indent(&b, raw, "", "  ") != nil {
		return string(raw)
	}
	return b.String()
}

func TestWhatIsBooked(t *testing.T) {
	archive := orthanctest.Start(t)
	study(t, archive.URL, "20261115", "КТ органов грудной клетки", "CHEST")
	n := open(t, "en", archive.URL)
	appointments := func(text string) json.RawMessage {
		return json.RawMessage(`{"resourceType":"Bundle","type":"collection","entry":[{"resource":{"resourceType":"Appointment","id":"a1","status":"proposed",` + text + `}}]}`)
	}
	for name, tc := range map[string]struct {
		text  string
		cards int
	}{
		"based on an order": {`"basedOn":[{"reference":"https://record.example/fhir/ServiceRequest/ct"}]`, 1},
		"in words":          {`"serviceType":[{"text":"КТ ОГК"}],"start":"2026-12-01T10:00:00+03:00"`, 1},
		"no exam":           {`"serviceType":[{"text":"Приём терапевта"}]`, 0},
	} {
		r := cdshooks.Request{Context: cdshooks.Context{UserID: "Practitioner/1", PatientID: "p1", Appointments: appointments(tc.text)},
			Prefetch: map[string]json.RawMessage{"patient": json.RawMessage(patient), "requests": drafts(chestCT, brainMR)}}
		cards, err := n.client.Call(t.Context(), cdshooks.Service{Hook: cdshooks.AppointmentBook, ID: "eris-priors"}, r)
		if err != nil || len(cards) != tc.cards {
			t.Errorf("%s: %+v, %v", name, cards, err)
			continue
		}
		for _, c := range cards {
			if len(c.Suggestions) != 0 || !strings.HasPrefix(c.Summary, "Done 1") {
				t.Errorf("%s: %+v", name, c)
			}
		}
	}
}

func sign(t testing.TB, n *clinicNode, patient string) []cdshooks.Card {
	t.Helper()
	r := cdshooks.Request{Context: cdshooks.Context{UserID: "Practitioner/1", PatientID: "p1", DraftOrders: drafts(chestCT)},
		Prefetch: map[string]json.RawMessage{"patient": json.RawMessage(patient)}}
	cards, err := n.client.Call(t.Context(), cdshooks.Service{Hook: cdshooks.OrderSign, ID: "eris-priors"}, r)
	if err != nil {
		t.Fatal(err)
	}
	return cards
}

func TestNothingBeforeIsNoCard(t *testing.T) {
	if cards := sign(t, open(t, "ru", orthanctest.Start(t).URL), patient); len(cards) != 0 {
		t.Errorf("%+v", cards)
	}
}

// TestAnArchiveThatIsSlow is answered in time, and says that it was not heard.
func TestAnArchiveThatIsSlow(t *testing.T) {
	slow := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		<-r.Context().Done()
	}))
	defer slow.Close()
	cards := sign(t, open(t, "ru", slow.URL), patient)
	if len(cards) != 1 || cards[0].Indicator != cdshooks.Info || !strings.HasPrefix(cards[0].Summary, "Ответили не все архивы") || len(cards[0].Suggestions) != 0 {
		t.Errorf("%+v", cards)
	}
}

// TestAnothersExamsAreNoReasonToWithdraw has exams under the ID that may be
// somebody else's.
func TestAnothersExamsAreNoReasonToWithdraw(t *testing.T) {
	archive := orthanctest.Start(t)
	study(t, archive.URL, "20261115", "КТ органов грудной клетки", "CHEST")
	n := open(t, "ru", archive.URL)
	other := strings.NewReplacer("Образцова", "Примерова", "1961-04-12", "1970-01-01").Replace(patient)
	if cards := sign(t, n, other); len(cards) != 1 || len(cards[0].Suggestions) != 0 || cards[0].Indicator != cdshooks.Info {
		t.Errorf("%+v", cards)
	}
}

// TestThePatientIsReadFromTheRecord lends the right to read him.
func TestThePatientIsReadFromTheRecord(t *testing.T) {
	archive := orthanctest.Start(t)
	study(t, archive.URL, "20261115", "КТ органов грудной клетки", "CHEST")
	n := open(t, "ru", archive.URL)
	answer := patient
	record := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer lent" || r.URL.Path != "/fhir/Patient/p1" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		w.Header().Set("Content-Type", "application/fhir+json")
		fmt.Fprint(w, answer)
	}))
	defer record.Close()
	ask := func(ctx context.Context) ([]cdshooks.Card, error) {
		return n.client.Call(ctx, cdshooks.Service{Hook: cdshooks.OrderSign, ID: "eris-priors"}, cdshooks.Request{FHIRServer: record.URL + "/fhir",
			FHIRAuthorization: &cdshooks.FHIRAuthorization{AccessToken: "lent", TokenType: "Bearer", ExpiresIn: 300, Scope: "patient/Patient.read", Subject: "eris"},
			Context:           cdshooks.Context{UserID: "Practitioner/1", PatientID: "p1", DraftOrders: drafts(chestCT)}})
	}
	if cards, err := ask(t.Context()); err != nil || len(cards) != 1 {
		t.Errorf("%+v, %v", cards, err)
	}
	answer = "<html>login</html>"
	if _, err := ask(t.Context()); err == nil || !strings.Contains(err.Error(), "412") {
		t.Errorf("a web page instead of the patient: %v", err)
	}
}

// TestAWorkstationAsksAboutItsOwnOrders has one workstation type an order, ask the
// service of another, and say what was decided.
func TestAWorkstationAsksAboutItsOwnOrders(t *testing.T) {
	archive := orthanctest.Start(t)
	study(t, archive.URL, "20261115", "КТ органов грудной клетки", "CHEST")
	n := open(t, "ru", archive.URL)
	key, err := n.client.Key.MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "key.json")
	if err := os.WriteFile(file, key, 0o600); err != nil {
		t.Fatal(err)
	}
	maker := open(t, "ru", "").desk
	services := desk.Services{Advice: n.client.URL, AdviceISS: issuer, AdviceKey: file}
	if err := maker.SaveServices(t.Context(), services); err != nil {
		t.Fatal(err)
	}
	order, err := maker.OrderFor(t.Context(), clinic.Order{Modality: "CT", Text: "КТ ОГК", Patient: clinic.Patient{PatientID: "T1",
		PatientName: dicom.ParsePersonName("Образцова^Мария^Тестовна"), PatientBirthDate: dicom.ParseDate("19610412"), PatientSex: "F"}})
	if err != nil {
		t.Fatal(err)
	}
	advice, err := maker.Advise(t.Context(), order)
	if err != nil || len(advice) != 1 || !strings.HasPrefix(advice[0].Summary, "Выполнено 12 дн. назад") {
		t.Fatalf("%+v, %v", advice, err)
	}
	if err := maker.AnswerAdvice(t.Context(), advice, clinic.Decision{Choice: clinic.JustifiedRepeat, Reason: clinic.NewSymptoms, Made: now}); err != nil {
		t.Fatal(err)
	}
	counted, err := n.desk.Effect(t.Context(), now.AddDate(0, 0, -1), now.AddDate(0, 0, 1))
	if err != nil || len(counted) != 1 || counted[0].Choice != clinic.JustifiedRepeat || counted[0].Reason != clinic.NewSymptoms {
		t.Errorf("%+v, %v", counted, err)
	}
	placed := order
	placed.Sources = []clinic.OrderSource{{Name: "emias", ID: "1"}}
	if list, err := maker.Advise(t.Context(), placed); err != nil || list != nil {
		t.Errorf("an order of another system was asked about: %+v, %v", list, err)
	}
	services.AdviceKey = ""
	if err := maker.SaveServices(t.Context(), services); err != nil {
		t.Fatal(err)
	}
	if _, err := maker.Advise(t.Context(), order); err == nil {
		t.Error("a stranger was answered")
	}
	services.AdviceKey = "/nowhere"
	if err := maker.SaveServices(t.Context(), services); err == nil {
		t.Error("a key that is not there was taken")
	}
}

// BenchmarkHook is a call over a cache of 100,000 studies, with no archive.
func BenchmarkHook(b *testing.B) {
	n := open(b, "ru", "")
	var list []clinic.Study
	for i := range 100_000 {
		owner := i % 20_000
		birth := time.Date(1930, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, owner).Format("20060102")
		name := strings.Map(func(r rune) rune { return 'а' + 2*(r-'0') }, fmt.Sprintf("%05d", owner)) + "ова^Мария^Тестовна"
		if owner == 0 {
			birth, name = "19610412", "Образцова^Мария^Тестовна"
		}
		list = append(list, clinic.Study{StudyInstanceUID: dicom.DeriveUID("bench", fmt.Sprint(i)), StudyDate: dicom.ParseDate("20261101"), StudyDescription: "КТ ОГК",
			ModalitiesInStudy: []string{"CT"}, Source: "city", Patient: clinic.Patient{PatientID: fmt.Sprint("T", owner+1), PatientName: dicom.ParsePersonName(name),
				PatientBirthDate: dicom.ParseDate(birth), PatientSex: "F"}})
	}
	if err := n.desk.Store.SaveStudies(b.Context(), list); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		sign(b, n, patient)
	}
}
