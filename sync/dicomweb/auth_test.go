package dicomweb_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"testing"

	"eris/dicom"
	"eris/sync/dicomweb"
	"eris/sync/node"
)

// counter gives the tokens 1, 2, 3; a new one when it is asked to renew.
type counter struct {
	n   int
	err error
}

// Token is the token of now.
func (c *counter) Token(context.Context) (string, error) { return fmt.Sprint(c.n), nil }

// Renew is the next token.
func (c *counter) Renew(_ context.Context, refused string) (string, error) {
	if refused == fmt.Sprint(c.n) {
		c.n++
	}
	return fmt.Sprint(c.n), c.err
}

// wants is an archive that takes one token and answers with what it was sent.
func wants(token string, asked *int) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		*asked++
		b, _ := io.ReadAll(r.Body)
		if r.Header.Get("Authorization") != "Bearer "+token {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		if r.Method == http.MethodPost && len(b) == 0 {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		w.WriteHeader(http.StatusNoContent)
	}
}

// TestARefusedTokenIsRenewedOnce: questions, payloads and objects are sent once
// more with the new token, and what is refused then is refused.
func TestARefusedTokenIsRenewedOnce(t *testing.T) {
	object := sendable(t, ct(mariya, 2, 1)...)
	for name, ask := range map[string]func(c *dicomweb.Client) error{
		"question": func(c *dicomweb.Client) error { _, err := c.Studies(t.Context(), node.Query{}); return err },
		"payload": func(c *dicomweb.Client) error {
			return c.UpdateWorkitem(t.Context(), dicomweb.Claim{Workitem: "2.25.1"}, dicom.NewDataSet())
		},
		"objects": func(c *dicomweb.Client) error { _, err := c.StoreAll(t.Context(), object); return err },
	} {
		asked := 0
		c := client(t, dicomweb.Options{Tokens: &counter{}, URL: scripted(t, wants("1", &asked))})
		if err := ask(c); err != nil || asked != 2 {
			t.Errorf("%s: %d requests, %v", name, asked, err)
		}
		asked = 0
		c = client(t, dicomweb.Options{Tokens: &counter{}, URL: scripted(t, wants("none", &asked))})
		if err := ask(c); !errors.Is(err, dicomweb.ErrRefused) || asked != 2 && (name != "objects" || asked > 4) {
			t.Errorf("%s: %d requests, %v", name, asked, err)
		}
	}
	gone := &node.Error{Node: "north", Kind: node.ErrUnreachable}
	asked := 0
	c := client(t, dicomweb.Options{Tokens: &counter{err: gone}, URL: scripted(t, wants("none", &asked))})
	if _, err := c.Echo(t.Context()); !errors.Is(err, gone) {
		t.Errorf("no token to be had: %v", err)
	}
}
