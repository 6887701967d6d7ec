package fhir

import (
	"bytes"
	"context"
	"errors"
	"mime"
	"net/http"
	"net/url"
	"strings"

	"eris/sync/node"
)

var (
	errNoFHIR  = errors.New("it is no FHIR resource in JSON")
	errWebPage = errors.New("it is a web page: the address is not that of the FHIR service, or the network wants a login first")
	errXML     = errors.New("it is XML, although JSON was asked for")
)

func (c *Client) fault(kind, cause error) *node.Error {
	return &node.Error{Node: c.Name, Role: "server", Kind: kind, Cause: cause}
}

// sendFault says why there is no answer. The address is cut out of the cause:
// its query names the patient.
func (c *Client) sendFault(asker, limited context.Context, err error) error {
	var asked *url.Error
	if errors.As(err, &asked) {
		err = asked.Err
	}
	switch {
	case asker.Err() != nil:
		return context.Cause(asker)
	case limited.Err() != nil:
		return c.fault(node.ErrStalled, nil)
	case node.Kind(err) != nil: // of whom the tokens come from
		return err
	case errors.Is(err, node.ErrElsewhere):
		return c.fault(node.ErrUnsupported, node.ErrElsewhere)
	case node.Untrusted(err):
		return c.fault(node.ErrUntrusted, err)
	case strings.Contains(err.Error(), "malformed"): // net/http has no type for it, and quotes what came
		return c.fault(node.ErrGarbled, nil)
	}
	return c.fault(node.ErrUnreachable, node.RootCause(err))
}

// answerFault says what is wrong with an answer as a whole; nil for a FHIR
// resource, or nothing, with a status of 2xx.
func (c *Client) answerFault(resp *http.Response, body []byte) error {
	kind := node.StatusKind(resp.StatusCode)
	if resp.StatusCode == http.StatusPreconditionFailed {
		kind = node.ErrConflict // If-Match: another version is there (R4 3.1.0.7.1)
	}
	markup := markupFault(resp.Header.Get("Content-Type"), body)
	switch {
	case kind == nil && markup != nil:
		return c.fault(node.ErrGarbled, markup)
	case kind == nil:
		return nil
	}
	failure := c.fault(kind, nil)
	failure.Status = resp.StatusCode
	if o := outcomeOf(body); o != nil {
		failure.Cause = o
	} else if markup == errWebPage && kind == node.ErrNotFound {
		failure.Kind, failure.Cause = node.ErrGarbled, markup // another web server's 404
	}
	return failure
}

// markupFault knows what is no JSON by its type and its first byte.
func markupFault(contentType string, body []byte) error {
	kind, _, _ := mime.ParseMediaType(contentType)
	body = bytes.TrimLeft(body, "\ufeff \t\r\n")
	switch {
	case strings.Contains(kind, "html"):
		return errWebPage
	case strings.HasSuffix(kind, "xml"):
		return errXML
	case !bytes.HasPrefix(body, []byte("<")):
		return nil
	case bytes.HasPrefix(body, []byte("<?xml")), bytes.Contains(body[:min(len(body), 500)], []byte("http://hl7.org/fhir")):
		return errXML
	}
	return errWebPage
}

// Outcome is what a server says about a failure (R4 OperationOutcome): its
// first issue. Error is one sentence in the words of the code; Details may name
// a patient and belong on the screen of the one who asked, in no log.
type Outcome struct {
	Code    string // e.g. "not-found" (R4 value set issue-type)
	Details string // free words of the server, on one line
}

// Error says the code in words.
func (o *Outcome) Error() string {
	if words, ok := issueWords[o.Code]; ok {
		return words
	}
	return "it does not say why"
}

// issueWords are the codes of R4 value set issue-type that a client meets.
var issueWords = map[string]string{
	"invalid": "the content is invalid", "structure": "the content is malformed", "required": "an element is missing",
	"value": "an element has a value it must not have", "invariant": "a rule of the specification is broken",
	"security": "the rights do not suffice", "login": "it wants a login", "unknown": "it does not know the user",
	"expired": "the login has expired", "forbidden": "the rights do not suffice", "suppressed": "some of it is withheld",
	"processing": "it could not be processed", "not-supported": "it does not support this", "duplicate": "it has this already",
	"multiple-matches": "more than one matches", "not-found": "there is no such resource", "deleted": "the resource was deleted",
	"too-long": "the content is too long", "code-invalid": "a code is not known there", "extension": "an extension is not accepted",
	"too-costly": "the question is too costly", "business-rule": "a rule of the server forbids it",
	"conflict": "it was changed by somebody else", "transient": "it cannot do this just now", "lock-error": "it cannot do this just now",
	"no-store": "it cannot store just now", "exception": "it has an error of its own", "timeout": "it took too long",
	"incomplete": "the answer is not complete", "throttled": "it is asked too often",
}

// outcomeOf reads an OperationOutcome; nil when body is none.
func outcomeOf(body []byte) *Outcome {
	var o struct {
		ResourceType string `json:"resourceType"`
		Issue        []struct {
			Code        string          `json:"code"`
			Details     CodeableConcept `json:"details"`
			Diagnostics string          `json:"diagnostics"`
		} `json:"issue"`
	}
	if decode(body, &o) != nil || o.ResourceType != "OperationOutcome" || len(o.Issue) == 0 {
		return nil
	}
	first := o.Issue[0]
	words := first.Details.Words()
	if words == "" {
		words = first.Diagnostics
	}
	return &Outcome{first.Code, oneLine(words)}
}

// oneLine is text without line breaks and control characters, cut to a
// sentence's length.
func oneLine(text string) string {
	const longest = 300
	text = strings.Join(strings.Fields(strings.ToValidUTF8(text, "?")), " ")
	if r := []rune(text); len(r) > longest {
		text = string(r[:longest]) + "…"
	}
	return text
}
