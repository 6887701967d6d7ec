package fhir_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"eris/sync/fhir"
	"eris/sync/node"
)

// server answers with handle below /fhir.
func server(t *testing.T, o fhir.Options, handle http.HandlerFunc) *fhir.Client {
	t.Helper()
	s := httptest.NewServer(handle)
	t.Cleanup(s.Close)
	o.Name, o.URL = "emr", s.URL+"/fhir/"
	c, err := fhir.New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

func says(status int, contentType, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", contentType)
		w.WriteHeader(status)
		fmt.Fprint(w, body)
	}
}

func TestWhatIsNoFHIRIsOnePlainSentence(t *testing.T) {
	outcome := `{"resourceType":"OperationOutcome","issue":[{"severity":"error","code":"not-found","diagnostics":"Patient Sample^Anna\nis not known"}]}`
	for name, c := range map[string]struct {
		handle http.HandlerFunc
		kind   error
		words  string
	}{
		"login page":      {says(200, "text/html; charset=utf-8", "<html>log in"), node.ErrGarbled, "web page"},
		"untyped page":    {says(200, "application/json", "\n <!doctype html>"), node.ErrGarbled, "web page"},
		"page as 404":     {says(404, "text/html", "<html>nginx"), node.ErrGarbled, "web page"},
		"gateway":         {says(502, "text/html", "<html>nginx"), node.ErrUnreachable, "HTTP 502"},
		"XML":             {says(200, "application/fhir+xml", `<CapabilityStatement xmlns="http://hl7.org/fhir"/>`), node.ErrGarbled, "XML"},
		"no JSON":         {says(200, "application/json", "{"), node.ErrGarbled, "no FHIR resource"},
		"a list":          {says(200, "application/json", "[]"), node.ErrGarbled, "no FHIR resource"},
		"another kind":    {says(200, "application/json", `{"resourceType":"Patient"}`), node.ErrGarbled, "no FHIR resource"},
		"nothing":         {says(200, "application/json", ""), node.ErrGarbled, "no FHIR resource"},
		"outcome":         {says(404, "application/fhir+json", outcome), node.ErrNotFound, "there is no such resource"},
		"login missing":   {says(401, "application/json", ""), node.ErrRefused, "login"},
		"too large":       {says(200, "application/json", strings.Repeat(" ", 2000)), node.ErrGarbled, "too large"},
		"version changed": {says(412, "application/json", ""), node.ErrConflict, "412"},
		"elsewhere": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://login.example.test/", http.StatusFound)
		}, node.ErrUnsupported, "another host"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := server(t, fhir.Options{MaxJSON: 1000}, c.handle).Capabilities(t.Context())
			if !errors.Is(err, c.kind) || !strings.Contains(err.Error(), c.words) || !strings.HasPrefix(err.Error(), `server "emr"`) {
				t.Errorf("%v, want kind %v with %q", err, c.kind, c.words)
			}
			if strings.Contains(err.Error(), "Sample") || strings.Contains(err.Error(), "\n") {
				t.Errorf("words of the server in %q", err)
			}
			var o *fhir.Outcome
			if errors.As(err, &o) && o.Details != "Patient Sample^Anna is not known" {
				t.Errorf("details %q", o.Details)
			}
		})
	}
}

func TestASilentServerHoldsNobody(t *testing.T) {
	c := server(t, fhir.Options{Timeout: 50 * time.Millisecond}, func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(200)
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	})
	if _, err := c.Capabilities(t.Context()); !errors.Is(err, node.ErrStalled) {
		t.Errorf("silent: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := c.Capabilities(ctx); !errors.Is(err, context.Canceled) || node.Kind(err) != nil {
		t.Errorf("given up: %v", err)
	}
}

// A bundle's next page is asked for at the host that was entered, whatever the
// server calls itself, and a page that names itself as the next ends the search.
func TestSearchGoesFromPageToPage(t *testing.T) {
	var asked []string
	c := server(t, fhir.Options{Token: "secret", PageSize: 2}, func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer secret" {
			t.Error("no login")
		}
		asked = append(asked, r.URL.RequestURI())
		entry, next := `{"resource":{"resourceType":"ServiceRequest","id":"1","status":["odd"],"code":{"text":"КТ"}}},{"resource":7},{}`, "http://inner.example.test:8080/fhir?_getpages=abc"
		if r.URL.Query().Has("_getpages") {
			entry = `{"resource":{"resourceType":"Patient","id":"2"},"search":{"mode":"Include"}},{"resource":{"resourceType":"OperationOutcome"}}`
		}
		fmt.Fprintf(w, `{"resourceType":"Bundle","type":"searchset","link":[{"relation":"self","url":"x"},{"relation":"next","url":%q}],"entry":[%s]}`, next, entry)
	})
	var found []fhir.Entry
	for e, err := range c.Search(t.Context(), "ServiceRequest", nil) {
		if err != nil {
			t.Fatal(err)
		}
		found = append(found, e)
	}
	if got, want := fmt.Sprint(asked), "[/fhir/ServiceRequest?_count=2 /fhir?_getpages=abc]"; got != want {
		t.Errorf("asked %s, want %s", got, want)
	}
	if len(found) != 2 || found[0].ID != "1" || found[0].Included || found[1].ResourceType != "Patient" || !found[1].Included {
		t.Fatalf("found %+v", found)
	}
	var order struct {
		Status string
		Code   fhir.CodeableConcept
	}
	if err := found[0].Decode(&order); err != nil || order.Code.Words() != "КТ" {
		t.Errorf("an odd status hides the order: %+v, %v", order, err)
	}
}

func TestChangeKeepsWhatItDoesNotKnow(t *testing.T) {
	version, wrote := 1, ""
	c := server(t, fhir.Options{}, func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPut {
			if version == 1 { // somebody was faster
				version = 2
			}
			if r.Header.Get("If-Match") != fmt.Sprintf(`W/"%d"`, version) {
				w.WriteHeader(http.StatusPreconditionFailed)
				return
			}
			b := json.RawMessage{}
			json.NewDecoder(r.Body).Decode(&b)
			wrote = string(b)
			return
		}
		w.Header().Set("ETag", fmt.Sprintf(`W/"%d"`, version))
		fmt.Fprintf(w, `{"resourceType":"ServiceRequest","id":"7","status":"active","_status":{"id":"a"},"version":%d,"dose":1.50}`, version)
	})
	err := c.Change(t.Context(), "ServiceRequest/7", func(r map[string]json.RawMessage) error {
		r["status"] = json.RawMessage(`"revoked"`)
		return nil
	})
	if want := `{"_status":{"id":"a"},"dose":1.50,"id":"7","resourceType":"ServiceRequest","status":"revoked","version":2}`; err != nil || wrote != want {
		t.Errorf("wrote %s, %v", wrote, err)
	}
}

func TestAddressStaysBelowTheBase(t *testing.T) {
	var asked []string
	c := server(t, fhir.Options{}, func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.URL.EscapedPath())
		fmt.Fprint(w, `{"resourceType":"Patient"}`)
	})
	for _, path := range []string{"Patient/$ihe-pix", "Patient/../../admin", "Patient/a?b c"} {
		var p struct{}
		if err := c.Get(t.Context(), path, nil, &p); err != nil {
			t.Error(err)
		}
	}
	if got := fmt.Sprint(asked); got != "[/fhir/Patient/$ihe-pix /fhir/Patient/-/-/admin /fhir/Patient/a%3Fb%20c]" {
		t.Error(got)
	}
	for _, address := range []string{"", "emr", "ftp://emr", "http://"} {
		if _, err := fhir.New(fhir.Options{Name: "emr", URL: address}); err == nil {
			t.Errorf("%q is no address", address)
		}
	}
}

// tokens end after the first question.
type tokens struct{ renewed int }

func (k *tokens) Token(context.Context) (string, error) { return fmt.Sprint(k.renewed), nil }
func (k *tokens) Renew(context.Context, string) (string, error) {
	k.renewed++
	return fmt.Sprint(k.renewed), nil
}

func TestATokenThatEndedIsRenewedOnceAndTheQuestionRepeated(t *testing.T) {
	k := &tokens{}
	c := server(t, fhir.Options{Tokens: k}, func(w http.ResponseWriter, r *http.Request) {
		var sent struct{ ID string }
		if json.NewDecoder(r.Body).Decode(&sent); sent.ID != "7" {
			t.Errorf("body %+v", sent)
		}
		if r.Header.Get("Authorization") != "Bearer 1" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		w.Header().Set("Date", time.Now().Add(25*time.Hour).UTC().Format(http.TimeFormat))
		fmt.Fprint(w, `{"resourceType":"Patient","id":"8"}`)
	})
	var made struct{ ID string }
	err := c.Post(t.Context(), "Patient", map[string]string{"resourceType": "Patient", "id": "7"}, &made)
	if err != nil || made.ID != "8" || k.renewed != 1 {
		t.Errorf("made %+v, %v, renewed %d times", made, err, k.renewed)
	}
	if d := c.Drift(); d < 24*time.Hour || d > 26*time.Hour {
		t.Errorf("drift %v", d)
	}
}

func TestCapabilities(t *testing.T) {
	c := server(t, fhir.Options{}, says(200, "application/fhir+json", `{"resourceType":"CapabilityStatement","fhirVersion":"4.0.1",
		"rest":[{"mode":"server","resource":[{"type":"ImagingStudy","searchParam":[{"name":"bodysite"}]}]}]}`))
	s, err := c.Capabilities(t.Context())
	if err != nil || !s.IsR4() || !s.SearchParams("ImagingStudy")["bodysite"] || len(s.SearchParams("Patient")) != 0 {
		t.Errorf("%+v, %v", s, err)
	}
	if _, err := c.Echo(t.Context()); err != nil {
		t.Error(err)
	}
}
