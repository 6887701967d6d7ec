package dicomweb

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Options says where an archive is and how to log in. Secrets are left out of
// its JSON: they belong in the system's keyring.
type Options struct {
	Name string `json:"name"` // as people call the archive; in every error
	URL  string `json:"url"`  // the base of its DICOMweb services, e.g. https://host/dicom-web

	Username string `json:"username,omitempty"` // basic authentication when not empty
	Password string `json:"-"`
	Token    string `json:"-"` // bearer authentication when not empty

	CAFile string `json:"caFile,omitempty"` // PEM certificates to trust beside the system's

	StallTimeout time.Duration `json:"stallTimeout,omitempty"` // 0 is 30 s
	MaxJSON      int64         `json:"maxJSON,omitempty"`      // bytes of one JSON answer; 0 is 64 MB
	PageSize     int           `json:"pageSize,omitempty"`     // results asked for at once; 0 is 200
}

const (
	defaultStall   = 30 * time.Second
	defaultMaxJSON = 64 << 20
	defaultPage    = 200
)

// Client talks to one archive. Its methods may be called from many goroutines.
type Client struct {
	Options
	base *url.URL
	http *http.Client
}

// New makes a client; nothing is sent. It fails on an address that is none
// and on a CA file without certificates.
func New(o Options) (*Client, error) {
	base, err := url.Parse(strings.TrimRight(strings.TrimSpace(o.URL), "/"))
	if err != nil || base.Host == "" || base.Scheme != "http" && base.Scheme != "https" {
		return nil, fmt.Errorf("archive %q: the address must begin with http:// or https:// and name a host", o.Name)
	}
	transport, err := newTransport(o.CAFile)
	if err != nil {
		return nil, fmt.Errorf("archive %q: %w", o.Name, err)
	}
	base.User, base.RawQuery, base.Fragment = nil, "", ""
	o.StallTimeout = cmp.Or(o.StallTimeout, defaultStall)
	o.MaxJSON = cmp.Or(o.MaxJSON, defaultMaxJSON)
	o.PageSize = cmp.Or(o.PageSize, defaultPage)
	return &Client{Options: o, base: base, http: &http.Client{Transport: transport, CheckRedirect: sameHost}}, nil
}

// Close gives idle connections back.
func (c *Client) Close() { c.http.CloseIdleConnections() }

// sameHost follows redirects within the archive only.
func sameHost(next *http.Request, via []*http.Request) error {
	first := via[0].URL
	if next.URL.Host != first.Host || first.Scheme == "https" && next.URL.Scheme != "https" {
		return errElsewhere
	}
	if len(via) > 5 {
		return fmt.Errorf("it redirects in a circle")
	}
	return nil
}

// request is one question to the archive.
type request struct {
	method      string
	path        []string // below the base, unescaped
	query       url.Values
	accept      string
	contentType string
	body        io.Reader
}

// send asks and returns the answer, whose body is watched for stalls; the
// caller closes it. An answer with a status other than 2xx is an error.
func (c *Client) send(ctx context.Context, r request) (*http.Response, error) {
	answer, err := c.sendAny(ctx, r)
	if err != nil {
		return nil, err
	}
	if err := c.statusFault(answer.StatusCode); err != nil {
		answer.Body.Close()
		return nil, err
	}
	return answer, nil
}

// sendAny is send without a look at the status.
func (c *Client) sendAny(ctx context.Context, r request) (*http.Response, error) {
	watch := watchStall(ctx, c.StallTimeout)
	answer, err := c.roundTrip(watch, r)
	watch.pause()
	if err != nil {
		defer watch.end()
		return nil, c.sendFault(watch.ctx, err)
	}
	answer.Body = &watchedBody{client: c, watch: watch, body: answer.Body}
	return answer, nil
}

func (c *Client) roundTrip(watch *stallWatch, r request) (*http.Response, error) {
	address := c.base.JoinPath(r.path...)
	// The asterisk need not be escaped (RFC 3986 3.4), and Orthanc 1.10 knows it
	// as a wildcard only when it is not.
	address.RawQuery = strings.ReplaceAll(r.query.Encode(), "%2A", "*")
	var body io.Reader
	if r.body != nil {
		body = &watchedUpload{watch: watch, body: r.body}
	}
	req, err := http.NewRequestWithContext(watch.ctx, r.method, address.String(), body)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Accept", r.accept)
	if r.contentType != "" {
		req.Header.Set("Content-Type", r.contentType)
	}
	switch {
	case c.Token != "":
		req.Header.Set("Authorization", "Bearer "+c.Token)
	case c.Username != "":
		req.SetBasicAuth(c.Username, c.Password)
	}
	return c.http.Do(req)
}

// Echo asks the smallest question and returns how long the answer took.
func (c *Client) Echo(ctx context.Context) (time.Duration, error) {
	start := time.Now()
	_, err := c.find(ctx, []string{"studies"}, url.Values{"limit": {"1"}})
	return time.Since(start), err
}
