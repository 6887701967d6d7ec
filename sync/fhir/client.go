package fhir

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
	"sync/atomic"
	"time"

	"eris/sync/node"
)

// Options say where a server is and how to log in. Secrets are left out of
// their JSON: they belong in the system's keyring.
type Options struct {
	Name string `json:"name"` // as people call the server; in every error
	URL  string `json:"url"`  // its base, e.g. https://host/fhir

	Username string      `json:"username,omitempty"` // basic authentication when not empty
	Password string      `json:"-"`
	Token    string      `json:"-"` // bearer authentication when not empty
	Tokens   node.Tokens `json:"-"` // bearer authentication with tokens that end, before Token

	CAFile   string `json:"caFile,omitempty"`   // PEM certificates to trust beside the system's
	CertFile string `json:"certFile,omitempty"` // our own certificate, PEM, for servers that ask for one
	KeyFile  string `json:"keyFile,omitempty"`  // empty: the key lies in CertFile

	Timeout  time.Duration `json:"timeout,omitempty"`  // of one question and its answer; 0 is 30 s
	MaxJSON  int64         `json:"maxJSON,omitempty"`  // bytes of one answer; 0 is 32 MB
	PageSize int           `json:"pageSize,omitempty"` // resources asked for at once (_count); 0 is 100
}

const (
	defaultTimeout = 30 * time.Second
	defaultMaxJSON = 32 << 20
	defaultPage    = 100
)

// Client talks to one server. Its methods may be called from many goroutines.
type Client struct {
	Options
	base  *url.URL
	http  *http.Client
	drift atomic.Int64 // nanoseconds; see Drift
}

// New makes a client; nothing is sent. It fails on an address that is none and
// on certificate files without certificates.
func New(o Options) (*Client, error) {
	base, err := url.Parse(strings.TrimRight(strings.TrimSpace(o.URL), "/"))
	if err != nil || base.Host == "" || base.Scheme != "http" && base.Scheme != "https" {
		return nil, fmt.Errorf("server %q: the address must begin with http:// or https:// and name a host", o.Name)
	}
	transport, err := node.Transport(node.Certificates{CAFile: o.CAFile, CertFile: o.CertFile, KeyFile: o.KeyFile})
	if err != nil {
		return nil, fmt.Errorf("server %q: %w", o.Name, err)
	}
	base.User, base.RawQuery, base.Fragment = nil, "", ""
	o.Timeout = cmp.Or(o.Timeout, defaultTimeout)
	o.MaxJSON = cmp.Or(o.MaxJSON, defaultMaxJSON)
	o.PageSize = cmp.Or(o.PageSize, defaultPage)
	return &Client{Options: o, base: base, http: &http.Client{Transport: transport, CheckRedirect: node.SameHost}}, nil
}

// Close gives idle connections back.
func (c *Client) Close() { c.http.CloseIdleConnections() }

// Drift is how far the server's clock was ahead of ours at the last answer, to
// the second; zero before one came and for a server that does not say.
func (c *Client) Drift() time.Duration { return time.Duration(c.drift.Load()) }

// Get reads what lies at path below the base, e.g. "Patient/7" or
// "Patient/$ihe-pix", into a resource; the query may be nil.
// Errors: the kinds of package node, with an *Outcome where the server gave one.
func (c *Client) Get(ctx context.Context, path string, query url.Values, into any) error {
	a, err := c.ask(ctx, request{method: http.MethodGet, address: c.address(path, query)})
	if err != nil {
		return err
	}
	return c.decode(a.body, into)
}

// Post sends a resource to path: a type, to make one, or an operation. The
// answer is read into into, unless that is nil.
func (c *Client) Post(ctx context.Context, path string, resource, into any) error {
	return c.write(ctx, http.MethodPost, path, resource, into, "")
}

// Put writes the resource at path, e.g. "ServiceRequest/7".
func (c *Client) Put(ctx context.Context, path string, resource, into any) error {
	return c.write(ctx, http.MethodPut, path, resource, into, "")
}

// Change reads the resource at path, has change alter its elements and writes it
// back. What is not known here stays in it as it is. Somebody else's change in
// between is not overwritten: on a server that gives versions the change is made
// once more on the newer one (R4 3.1.0.7.1). Errors: node.ErrConflict.
func (c *Client) Change(ctx context.Context, path string, change func(resource map[string]json.RawMessage) error) error {
	for attempt := 0; ; attempt++ {
		a, err := c.ask(ctx, request{method: http.MethodGet, address: c.address(path, nil)})
		if err != nil {
			return err
		}
		resource := map[string]json.RawMessage{}
		if err := c.decode(a.body, &resource); err != nil {
			return err
		}
		if err := change(resource); err != nil {
			return err
		}
		err = c.write(ctx, http.MethodPut, path, resource, nil, a.etag)
		if attempt > 0 || !errors.Is(err, node.ErrConflict) {
			return err
		}
	}
}

// Echo asks what the server can do, and returns how long the answer took.
func (c *Client) Echo(ctx context.Context) (time.Duration, error) {
	start := time.Now()
	_, err := c.Capabilities(ctx)
	return time.Since(start), err
}

func (c *Client) write(ctx context.Context, method, path string, resource, into any, etag string) error {
	b, err := json.Marshal(resource)
	if err != nil {
		return fmt.Errorf("server %q: %w", c.Name, err)
	}
	a, err := c.ask(ctx, request{method: method, address: c.address(path, nil), body: b, etag: etag})
	if err != nil || into == nil {
		return err
	}
	return c.decode(a.body, into)
}

// address is path below the base. Dots that lead out of it lead nowhere.
func (c *Client) address(path string, query url.Values) *url.URL {
	address := *c.base
	escaped := c.base.EscapedPath()
	for part := range strings.SplitSeq(path, "/") {
		if part == "." || part == ".." {
			part = "-"
		}
		escaped += "/" + strings.ReplaceAll(url.PathEscape(part), "%24", "$") // operations begin with it
	}
	address.RawPath = escaped
	address.Path, _ = url.PathUnescape(escaped)
	address.RawQuery = query.Encode()
	return &address
}

// request is one question to the server.
type request struct {
	method  string
	address *url.URL
	body    []byte
	etag    string // of the version that is to be replaced
}

// answer is what came with a status of 2xx.
type answer struct {
	body []byte
	etag string
}

const mediaType = "application/fhir+json"

// ask sends r and reads the whole answer within the time and size allowed.
func (c *Client) ask(ctx context.Context, r request) (answer, error) {
	limited, cancel := context.WithTimeoutCause(ctx, c.Timeout, node.ErrStalled)
	defer cancel()
	resp, err := c.authorized(limited, r)
	if err != nil {
		return answer{}, c.sendFault(ctx, limited, err)
	}
	defer resp.Body.Close()
	c.noteClock(resp)
	body, err := io.ReadAll(io.LimitReader(resp.Body, c.MaxJSON+1))
	switch {
	case err != nil && limited.Err() != nil:
		return answer{}, c.sendFault(ctx, limited, err)
	case err != nil:
		return answer{}, c.fault(node.ErrPartial, node.RootCause(err))
	case int64(len(body)) > c.MaxJSON:
		return answer{}, c.fault(node.ErrGarbled, errors.New("the answer is too large"))
	}
	if err := c.answerFault(resp, body); err != nil {
		return answer{}, err
	}
	return answer{body, resp.Header.Get("ETag")}, nil
}

// authorized sends r with the login; a token that is refused is renewed once.
func (c *Client) authorized(ctx context.Context, r request) (*http.Response, error) {
	if c.Tokens == nil {
		return c.roundTrip(ctx, r, c.login())
	}
	token, err := c.Tokens.Token(ctx)
	if err != nil {
		return nil, err
	}
	resp, err := c.roundTrip(ctx, r, "Bearer "+token)
	if err != nil || resp.StatusCode != http.StatusUnauthorized {
		return resp, err
	}
	resp.Body.Close()
	if token, err = c.Tokens.Renew(ctx, token); err != nil {
		return nil, err
	}
	return c.roundTrip(ctx, r, "Bearer "+token)
}

func (c *Client) roundTrip(ctx context.Context, r request, login string) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, r.method, r.address.String(), bytes.NewReader(r.body))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Accept", mediaType)
	if r.body != nil {
		req.Header.Set("Content-Type", mediaType)
	}
	if r.method == http.MethodPost || r.method == http.MethodPut {
		req.Header.Set("Prefer", "return=representation")
	}
	if r.etag != "" {
		req.Header.Set("If-Match", r.etag)
	}
	if login != "" {
		req.Header.Set("Authorization", login)
	}
	return c.http.Do(req)
}

func (c *Client) login() string {
	return node.Authorization(c.Token, c.Username, c.Password)
}

func (c *Client) noteClock(resp *http.Response) {
	if there, err := http.ParseTime(resp.Header.Get("Date")); err == nil {
		c.drift.Store(int64(there.Sub(time.Now()).Round(time.Second)))
	}
}

// decode reads a resource. Elements of a wrong type are left out of it.
func (c *Client) decode(body []byte, into any) error {
	if decode(body, into) != nil {
		return c.fault(node.ErrGarbled, errNoFHIR)
	}
	return nil
}

// decode is json.Unmarshal, which reads all elements before it complains of
// the type of one.
func decode(body []byte, into any) error {
	var wrong *json.UnmarshalTypeError
	err := json.Unmarshal(body, into)
	if errors.As(err, &wrong) && wrong.Field != "" {
		return nil
	}
	return err
}
