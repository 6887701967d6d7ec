package cdshooks_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
	"github.com/google/uuid"

	"eris/sync/cdshooks"
	"eris/sync/cdshooks/hookstest"
	"eris/sync/node"
)

const issuer = "https://record.example"

// place is a service and a record that knows it.
type place struct {
	client   *cdshooks.Client
	trust    *cdshooks.Trust
	recorder *hookstest.Recorder
	judge    func(context.Context, cdshooks.Service, cdshooks.Request) (cdshooks.Response, error)

	mu       sync.Mutex
	feedback []cdshooks.Feedback
}

func open(t *testing.T) *place {
	t.Helper()
	key, keys := hookstest.Key(t)
	p := &place{recorder: &hookstest.Recorder{T: t}, trust: &cdshooks.Trust{Issuers: []cdshooks.Issuer{{ISS: issuer, Keys: keys}}}}
	p.judge = func(context.Context, cdshooks.Service, cdshooks.Request) (cdshooks.Response, error) {
		return cdshooks.Response{Cards: []cdshooks.Card{card()}}, nil
	}
	handler := cdshooks.New(cdshooks.Params{Trust: p.trust, Origins: []string{"https://browser.example"},
		Services: []cdshooks.Service{
			{Hook: cdshooks.OrderSign, ID: "priors", Description: "Earlier exams.", Prefetch: map[string]string{
				"patient": "Patient/{{context.patientId}}", "today": "Slot?start={{today()}}"}},
			{Hook: cdshooks.OrderSelect, ID: "priors", Description: "Earlier exams."},
		},
		Judge: func(ctx context.Context, s cdshooks.Service, r cdshooks.Request) (cdshooks.Response, error) {
			return p.judge(ctx, s, r)
		},
		Feedback: func(_ context.Context, _ cdshooks.Service, list []cdshooks.Feedback) error {
			p.mu.Lock()
			defer p.mu.Unlock()
			p.feedback = append(p.feedback, list...)
			return nil
		}})
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	p.trust.Base = server.URL
	p.client = &cdshooks.Client{Name: "test", URL: server.URL, ISS: issuer, Key: key, HTTP: &http.Client{Transport: p.recorder}}
	return p
}

func card() cdshooks.Card {
	return cdshooks.Card{UUID: uuid.NewString(), Summary: "Done before.", Indicator: cdshooks.Warning, Source: cdshooks.Source{Label: "ERIS"},
		Suggestions:       []cdshooks.Suggestion{{Label: "Withdraw", UUID: uuid.NewString(), Actions: []cdshooks.Action{{Type: "delete", Description: "Withdraw the order.", ResourceID: "ServiceRequest/1"}}}},
		SelectionBehavior: cdshooks.AtMostOne}
}

func request() cdshooks.Request {
	return cdshooks.Request{Context: cdshooks.Context{UserID: "Practitioner/1", PatientID: "T1", Selections: []string{"ServiceRequest/1"},
		DraftOrders: json.RawMessage(`{"resourceType":"Bundle","entry":[{"resource":{"resourceType":"ServiceRequest","id":"1"}}]}`)}}
}

// A record discovers, asks with what was to be fetched, and tells what became of the card.
func TestConversation(t *testing.T) {
	p := open(t)
	services, err := p.client.Discover(t.Context())
	if err != nil || len(services) != 2 {
		t.Fatalf("discovered %v: %v", services, err)
	}
	r := request()
	r.Prefetch = services[0].Fill(r.Context, func(query string) (json.RawMessage, bool) {
		return json.RawMessage(`{"resourceType":"Patient","id":"T1"}`), query == "Patient/T1"
	})
	if len(r.Prefetch) != 1 {
		t.Fatalf("prefetched %s: a template with an unknown token must be left out", r.Prefetch)
	}
	cards, err := p.client.Call(t.Context(), services[0], r)
	if err != nil || len(cards) != 1 {
		t.Fatalf("cards %v: %v", cards, err)
	}
	err = p.client.Feedback(t.Context(), services[0], []cdshooks.Feedback{{Card: cards[0].UUID, Outcome: cdshooks.Accepted,
		AcceptedSuggestions: []cdshooks.AcceptedSuggestion{{ID: cards[0].Suggestions[0].UUID}}, OutcomeTimestamp: time.Now()}})
	if err != nil || len(p.feedback) != 1 || p.feedback[0].Card != cards[0].UUID {
		t.Fatalf("feedback %v: %v", p.feedback, err)
	}
}

// Each refusal has its status, and says in a FHIR OperationOutcome why.
func TestRefusals(t *testing.T) {
	p := open(t)
	services, err := p.client.Discover(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	service := services[0]
	p.judge = func(context.Context, cdshooks.Service, cdshooks.Request) (cdshooks.Response, error) {
		return cdshooks.Response{}, &cdshooks.MissingError{Key: "patient", What: "The patient is not known."}
	}
	if _, err := p.client.Call(t.Context(), service, request()); !errors.Is(err, node.ErrUnsupported) {
		t.Errorf("without data: %v", err)
	}
	if got := last(p).Status; got != http.StatusPreconditionFailed {
		t.Errorf("status %d", got)
	}
	p.judge = func(context.Context, cdshooks.Service, cdshooks.Request) (cdshooks.Response, error) {
		return cdshooks.Response{}, errors.New("ТЕСТОВ^ИВАН")
	}
	if _, err := p.client.Call(t.Context(), service, request()); !errors.Is(err, node.ErrServer) || bytes.Contains(last(p).Response, []byte("ТЕСТОВ")) {
		t.Errorf("a failure: %v, %s", err, last(p).Response)
	}
	if _, err := p.client.Call(t.Context(), cdshooks.Service{ID: "no", Hook: cdshooks.OrderSign}, request()); !errors.Is(err, node.ErrNotFound) {
		t.Errorf("unknown service: %v", err)
	}
	p.judge = func(context.Context, cdshooks.Service, cdshooks.Request) (cdshooks.Response, error) {
		return cdshooks.Response{Cards: []cdshooks.Card{{Summary: "no source", Indicator: cdshooks.Info}, {Summary: "x", Indicator: "hard-stop",
			Source: cdshooks.Source{Label: "y"}}}}, nil
	}
	loose := *p.client
	loose.HTTP = http.DefaultClient // the recorder would rightly object
	if cards, err := loose.Call(t.Context(), service, request()); err != nil || len(cards) != 0 {
		t.Errorf("cards that must be taken as errors: %v, %v", cards, err)
	}
}

func last(p *place) hookstest.Exchange {
	all := p.recorder.Exchanges()
	return all[len(all)-1]
}

// What cannot be understood is refused before anyone judges.
func TestBadCalls(t *testing.T) {
	handler := cdshooks.New(cdshooks.Params{Services: []cdshooks.Service{{Hook: cdshooks.OrderSign, ID: "priors"}},
		Judge: func(context.Context, cdshooks.Service, cdshooks.Request) (cdshooks.Response, error) {
			t.Error("a bad call was judged")
			return cdshooks.Response{}, nil
		}})
	good := `"hookInstance":"d1577c69-dfbe-44ad-ba6d-3e05e953b2ea"`
	for body, want := range map[string]int{
		`<html>`:                400,
		`{}`:                    400,
		`{"hook":"order-sign"}`: 400,
		`{"hook":"patient-view",` + good + `,"context":{"patientId":"1"}}`:                                       400,
		`{"hook":"order-sign",` + good + `,"context":{"patientId":"1"}}`:                                         400,
		`{"hook":"order-sign",` + good + `,"context":{"draftOrders":{}}}`:                                        400,
		`{"hook":"order-sign",` + good + `,"fhirAuthorization":{},"context":{"patientId":"1","draftOrders":{}}}`: 400,
		`{"hook":"order-sign",` + good + `,"context":{"patientId":"` + strings.Repeat("x", 9<<20) + `"}}`:        413,
	} {
		r := httptest.NewRequest(http.MethodPost, "/cds-services/priors", strings.NewReader(body))
		r.Header.Set("Content-Type", "application/json")
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, r)
		if w.Code != want {
			t.Errorf("%.80s: %d, want %d", body, w.Code, want)
		}
		hookstest.Valid(t, "operationOutcome", w.Body.Bytes())
	}
	r := httptest.NewRequest(http.MethodPost, "/cds-services/priors", strings.NewReader("{}"))
	w := httptest.NewRecorder()
	if handler.ServeHTTP(w, r); w.Code != http.StatusUnsupportedMediaType {
		t.Errorf("without a content type: %d", w.Code)
	}
}

// Only tokens of the listed issuers, for this address, for now and for once are let in.
func TestTrust(t *testing.T) {
	key, keys := hookstest.Key(t)
	other, _ := hookstest.Key(t)
	now := time.Now()
	const base, path = "https://cds.example", "/cds-services/priors"
	claims := func(change func(*jwt.Claims)) jwt.Claims {
		c := jwt.Claims{Issuer: issuer, Audience: jwt.Audience{base + path}, ID: uuid.NewString(), IssuedAt: jwt.NewNumericDate(now), Expiry: jwt.NewNumericDate(now.Add(time.Minute))}
		change(&c)
		return c
	}
	sign := func(key any, algorithm jose.SignatureAlgorithm, c jwt.Claims) string {
		signer, err := jose.NewSigner(jose.SigningKey{Algorithm: algorithm, Key: key}, (&jose.SignerOptions{}).WithType("JWT"))
		if err != nil {
			t.Fatal(err)
		}
		s, err := jwt.Signed(signer).Claims(c).Serialize()
		if err != nil {
			t.Fatal(err)
		}
		return "Bearer " + s
	}
	trust := &cdshooks.Trust{Base: base, Issuers: []cdshooks.Issuer{{ISS: issuer, Keys: keys}}}
	good := sign(*key, jose.ES384, claims(func(*jwt.Claims) {}))
	if err := trust.Check(t.Context(), good, path); err != nil {
		t.Fatalf("a good token: %v", err)
	}
	secret := jose.JSONWebKey{Key: []byte(strings.Repeat("k", 48)), KeyID: "record-1"}
	cases := map[string]string{
		"none":            "",
		"basic":           "Basic dXNlcjpwYXNz",
		"no token":        "Bearer x.y.z",
		"used before":     good,
		"unsigned":        "Bearer eyJhbGciOiJub25lIn0.eyJpc3MiOiJodHRwczovL3JlY29yZC5leGFtcGxlIn0.",
		"shared secret":   sign(secret, jose.HS384, claims(func(*jwt.Claims) {})),
		"other key":       sign(*other, jose.ES384, claims(func(*jwt.Claims) {})),
		"unknown kid":     sign(jose.JSONWebKey{Key: key.Key, KeyID: "record-2"}, jose.ES384, claims(func(*jwt.Claims) {})),
		"other issuer":    sign(*key, jose.ES384, claims(func(c *jwt.Claims) { c.Issuer = "https://stranger.example" })),
		"other audience":  sign(*key, jose.ES384, claims(func(c *jwt.Claims) { c.Audience = jwt.Audience{base + "/cds-services"} })),
		"ended":           sign(*key, jose.ES384, claims(func(c *jwt.Claims) { c.Expiry = jwt.NewNumericDate(now.Add(-time.Minute)) })),
		"of tomorrow":     sign(*key, jose.ES384, claims(func(c *jwt.Claims) { c.IssuedAt = jwt.NewNumericDate(now.Add(24 * time.Hour)) })),
		"without end":     sign(*key, jose.ES384, claims(func(c *jwt.Claims) { c.Expiry = nil })),
		"for a year":      sign(*key, jose.ES384, claims(func(c *jwt.Claims) { c.Expiry = jwt.NewNumericDate(now.Add(365 * 24 * time.Hour)) })),
		"without a nonce": sign(*key, jose.ES384, claims(func(c *jwt.Claims) { c.ID = "" })),
	}
	for name, token := range cases {
		if err := trust.Check(t.Context(), token, path); err == nil {
			t.Errorf("%s was let in", name)
		}
	}
	for _, place := range []string{"http://192.0.2.1/keys", "/no/such/file", "https://127.0.0.1:1/keys"} {
		bad := &cdshooks.Trust{Base: base, Issuers: []cdshooks.Issuer{{ISS: issuer, Keys: place}}}
		if err := bad.Check(t.Context(), sign(*key, jose.ES384, claims(func(*jwt.Claims) {})), path); err == nil {
			t.Errorf("let in with keys at %s", place)
		}
	}
}

// A changed key is fetched; what the set said last holds while its place is down.
func TestKeysChange(t *testing.T) {
	key, _ := hookstest.Key(t)
	now, up := time.Now(), true
	places := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if !up {
			http.Error(w, "down", http.StatusBadGateway)
			return
		}
		_ = json.NewEncoder(w).Encode(jose.JSONWebKeySet{Keys: []jose.JSONWebKey{key.Public()}})
	}))
	t.Cleanup(places.Close)
	trust := &cdshooks.Trust{Base: "https://cds.example", Issuers: []cdshooks.Issuer{{ISS: issuer, Keys: places.URL}}, Now: func() time.Time { return now }}
	check := func() error {
		signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.ES384, Key: *key}, nil)
		if err != nil {
			t.Fatal(err)
		}
		token, err := jwt.Signed(signer).Claims(jwt.Claims{Issuer: issuer, Audience: jwt.Audience{"https://cds.example/x"}, ID: uuid.NewString(),
			IssuedAt: jwt.NewNumericDate(now), Expiry: jwt.NewNumericDate(now.Add(time.Minute))}).Serialize()
		if err != nil {
			t.Fatal(err)
		}
		return trust.Check(t.Context(), "Bearer "+token, "/x")
	}
	if err := check(); err != nil {
		t.Fatal(err)
	}
	key, _ = hookstest.Key(t)
	key.KeyID = "record-2"
	now = now.Add(time.Minute)
	if err := check(); err != nil {
		t.Fatalf("with a new key: %v", err)
	}
	up, now = false, now.Add(time.Hour)
	if err := check(); err != nil {
		t.Fatalf("while the set cannot be read: %v", err)
	}
}

// Browser programs of the named origins may call, others may not.
func TestCrossOrigin(t *testing.T) {
	p := open(t)
	for origin, want := range map[string]int{"https://browser.example": http.StatusNoContent, "https://evil.example": http.StatusUnauthorized} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodOptions, p.client.URL+"/cds-services/priors", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Origin", origin)
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		if allowed := answer.Header.Get("Access-Control-Allow-Origin"); answer.StatusCode != want || (allowed == origin) != (want == http.StatusNoContent) {
			t.Errorf("%s: %d, allowed %q", origin, answer.StatusCode, allowed)
		}
	}
}

// A server that is no service says so in one sentence.
func TestServersThatAreNone(t *testing.T) {
	answers := map[string]error{"<html>log in</html>": node.ErrGarbled, `{"cards":` + strings.Repeat(" ", 5<<20) + "}": node.ErrGarbled}
	for body, want := range answers {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, body) }))
		client := &cdshooks.Client{Name: "test", URL: server.URL}
		if _, err := client.Call(t.Context(), cdshooks.Service{ID: "x", Hook: cdshooks.OrderSign}, request()); !errors.Is(err, want) {
			t.Errorf("%.30s: %v", body, err)
		}
		server.Close()
		if _, err := client.Discover(t.Context()); !errors.Is(err, node.ErrUnreachable) {
			t.Errorf("a closed server: %v", err)
		}
	}
}

// A server that sends on to another host gets neither token nor patient there.
func TestNothingGoesElsewhere(t *testing.T) {
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("another host was asked") }))
	t.Cleanup(elsewhere.Close)
	server := httptest.NewServer(http.RedirectHandler(elsewhere.URL, http.StatusTemporaryRedirect))
	t.Cleanup(server.Close)
	client := &cdshooks.Client{Name: "test", URL: server.URL}
	if _, err := client.Call(t.Context(), cdshooks.Service{ID: "x", Hook: cdshooks.OrderSign}, request()); !errors.Is(err, node.ErrUnsupported) {
		t.Errorf("sent on: %v", err)
	}
}
