// Package hookstest holds what tests of CDS Hooks need: the messages of the
// specification as a JSON schema, and records who have a key.
package hookstest

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	_ "embed"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/go-jose/go-jose/v4"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

//go:embed schema.json
var schema []byte

// Valid fails the test unless raw is a message of the specification: discovery,
// request, response, feedback or operationOutcome.
func Valid(t testing.TB, message string, raw []byte) {
	t.Helper()
	definitions, err := jsonschema.UnmarshalJSON(bytes.NewReader(schema))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("urn:eris:cds-hooks-2.0", definitions); err != nil {
		t.Fatal(err)
	}
	compiled, err := c.Compile("urn:eris:cds-hooks-2.0#/$defs/" + message)
	if err != nil {
		t.Fatal(err)
	}
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		t.Fatalf("%s is no JSON: %v\n%s", message, err, raw)
	}
	if err := compiled.Validate(value); err != nil {
		t.Errorf("%s: %v\n%s", message, err, raw)
	}
}

// Key makes a record's key, and writes the set with its public half to a file.
func Key(t testing.TB) (private *jose.JSONWebKey, keys string) {
	t.Helper()
	made, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	private = &jose.JSONWebKey{Key: made, KeyID: "record-1", Algorithm: string(jose.ES384), Use: "sig"}
	set, err := json.Marshal(jose.JSONWebKeySet{Keys: []jose.JSONWebKey{private.Public()}})
	if err != nil {
		t.Fatal(err)
	}
	keys = filepath.Join(t.TempDir(), "keys.json")
	if err := os.WriteFile(keys, set, 0o600); err != nil {
		t.Fatal(err)
	}
	return private, keys
}

// Exchange is one question and its answer.
type Exchange struct {
	Method, Path string
	Request      []byte // nil for GET
	Status       int
	Response     []byte
}

// Recorder writes down a conversation and holds each message against the schema.
type Recorder struct {
	T    testing.TB
	Next http.RoundTripper // http.DefaultTransport when nil

	mu        sync.Mutex
	exchanges []Exchange
}

// Exchanges are what was said so far.
func (c *Recorder) Exchanges() []Exchange {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]Exchange(nil), c.exchanges...)
}

// RoundTrip is http.RoundTripper.
func (c *Recorder) RoundTrip(r *http.Request) (*http.Response, error) {
	x := Exchange{Method: r.Method, Path: r.URL.Path}
	if r.Body != nil {
		var err error
		if x.Request, err = io.ReadAll(r.Body); err != nil {
			return nil, err
		}
		r.Body = io.NopCloser(bytes.NewReader(x.Request))
	}
	next := c.Next
	if next == nil {
		next = http.DefaultTransport
	}
	answer, err := next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	x.Status = answer.StatusCode
	x.Response, err = io.ReadAll(answer.Body)
	answer.Body.Close()
	answer.Body = io.NopCloser(bytes.NewReader(x.Response))
	c.hold(x)
	c.mu.Lock()
	c.exchanges = append(c.exchanges, x)
	c.mu.Unlock()
	return answer, err
}

func (c *Recorder) hold(x Exchange) {
	c.T.Helper()
	question, answer := "request", "response"
	switch {
	case strings.HasSuffix(x.Path, "/feedback"):
		question, answer = "feedback", ""
	case x.Method == http.MethodGet:
		question, answer = "", "discovery"
	}
	if x.Status != http.StatusOK {
		answer = "operationOutcome"
	}
	if question != "" {
		Valid(c.T, question, x.Request)
	}
	if answer != "" {
		Valid(c.T, answer, x.Response)
	}
}
