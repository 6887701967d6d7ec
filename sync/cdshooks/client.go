package cdshooks

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
	"github.com/google/uuid"

	"eris/sync/node"
)

// Client asks the services of one server. It is for concurrent use.
type Client struct {
	Name string           // for messages
	URL  string           // base, without /cds-services
	ISS  string           // who we are to it
	Key  *jose.JSONWebKey // private; nil asks without a token
	HTTP *http.Client     // one that follows no redirect to elsewhere when nil
}

// sameHost keeps tokens and patients' data from hosts that nobody entered.
var sameHost = &http.Client{CheckRedirect: node.SameHost}

// mostAnswer bounds what a server may say.
const mostAnswer = 4 << 20

// tokenLife is how long a token of one call holds.
const tokenLife = 2 * time.Minute

// Discover lists what the server offers. Errors: *node.Error.
func (c *Client) Discover(ctx context.Context) ([]Service, error) {
	var d Discovery
	err := c.do(ctx, http.MethodGet, "/cds-services", nil, &d)
	return d.Services, err
}

// Call asks a service. Cards that the specification tells to treat as an error
// are left out. Errors: *node.Error; node.ErrUnsupported when it lacks data (412).
func (c *Client) Call(ctx context.Context, service Service, r Request) ([]Card, error) {
	r.Hook = service.Hook
	if r.HookInstance == "" {
		r.HookInstance = uuid.NewString()
	}
	var answer Response
	if err := c.do(ctx, http.MethodPost, "/cds-services/"+url.PathEscape(service.ID), r, &answer); err != nil {
		return nil, err
	}
	good := answer.Cards[:0]
	for _, card := range answer.Cards {
		if card.usable() {
			good = append(good, card)
		}
	}
	return good, nil
}

// usable reports a card with all that a card must have.
func (c Card) usable() bool {
	known := c.Indicator == Info || c.Indicator == Warning || c.Indicator == Critical
	behaves := len(c.Suggestions) == 0 || c.SelectionBehavior == AtMostOne || c.SelectionBehavior == "any"
	return c.Summary != "" && c.Source.Label != "" && known && behaves
}

// Feedback tells the service what became of its cards.
func (c *Client) Feedback(ctx context.Context, service Service, list []Feedback) error {
	for i := range list {
		list[i].OutcomeTimestamp = list[i].OutcomeTimestamp.UTC()
	}
	return c.do(ctx, http.MethodPost, "/cds-services/"+url.PathEscape(service.ID)+"/feedback", feedbackMessage{list}, nil)
}

// Fill fills the prefetch templates of a service with what read knows of a query such
// as Patient/1. A key with an unknown token, or that read does not know, is left out.
func (s Service) Fill(c Context, read func(query string) (json.RawMessage, bool)) map[string]json.RawMessage {
	tokens := strings.NewReplacer("{{context.patientId}}", c.PatientID, "{{context.userId}}", c.UserID, "{{context.encounterId}}", c.EncounterID)
	filled := map[string]json.RawMessage{}
	for key, template := range s.Prefetch {
		query := tokens.Replace(template)
		if strings.Contains(query, "{{") {
			continue
		}
		if resource, known := read(query); known {
			filled[key] = resource
		}
	}
	return filled
}

// token says who asks, for one call (CDS Hooks, Trusting CDS Clients).
func (c *Client) token(address string) (string, error) {
	options := (&jose.SignerOptions{}).WithType("JWT")
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.SignatureAlgorithm(c.Key.Algorithm), Key: *c.Key}, options)
	if err != nil {
		return "", fmt.Errorf("signing for %s: %w", c.Name, err)
	}
	now := time.Now()
	return jwt.Signed(signer).Claims(jwt.Claims{Issuer: c.ISS, Audience: jwt.Audience{address}, ID: uuid.NewString(),
		IssuedAt: jwt.NewNumericDate(now), Expiry: jwt.NewNumericDate(now.Add(tokenLife))}).Serialize()
}

func (c *Client) do(ctx context.Context, method, path string, body, into any) error {
	address := strings.TrimRight(c.URL, "/") + path
	var content io.Reader
	if body != nil {
		b, err := json.Marshal(body)
		if err != nil {
			return err
		}
		content = bytes.NewReader(b)
	}
	r, err := http.NewRequestWithContext(ctx, method, address, content)
	if err != nil {
		return fmt.Errorf("address of %s: %w", c.Name, err)
	}
	r.Header.Set("Accept", "application/json")
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	if c.Key != nil {
		token, err := c.token(address)
		if err != nil {
			return err
		}
		r.Header.Set("Authorization", "Bearer "+token)
	}
	answer, err := cmp.Or(c.HTTP, sameHost).Do(r)
	if err != nil {
		return c.unreached(ctx, err)
	}
	defer answer.Body.Close()
	if err := c.refused(answer); err != nil || into == nil {
		return err
	}
	raw, err := io.ReadAll(io.LimitReader(answer.Body, mostAnswer+1))
	switch {
	case err != nil:
		return c.unreached(ctx, err)
	case len(raw) > mostAnswer:
		err = errors.New("the answer is too long")
	default:
		err = json.Unmarshal(raw, into)
	}
	if err != nil {
		return &node.Error{Node: c.Name, Role: "server", Kind: node.ErrGarbled, Status: answer.StatusCode, Cause: errors.New("the answer is no JSON of CDS Hooks")}
	}
	return nil
}

func (c *Client) unreached(ctx context.Context, err error) error {
	kind, cause := node.ErrUnreachable, node.RootCause(err)
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.Is(err, node.ErrElsewhere):
		kind, cause = node.ErrUnsupported, node.ErrElsewhere
	case node.Untrusted(err):
		kind = node.ErrUntrusted
	}
	return &node.Error{Node: c.Name, Role: "server", Kind: kind, Cause: cause}
}

func (c *Client) refused(answer *http.Response) error {
	kind := node.StatusKind(answer.StatusCode)
	if kind == nil {
		return nil
	}
	return &node.Error{Node: c.Name, Role: "server", Kind: kind, Status: answer.StatusCode}
}
