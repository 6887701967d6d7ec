package dicomweb

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"eris/sync/node"
)

// Options says where an archive is and how to log in. Secrets are left out of
// its JSON: they belong in the system's keyring.
type Options struct {
	Name string `json:"name"` // as people call the archive; in every error
	URL  string `json:"url"`  // the base of its DICOMweb services, e.g. https://host/dicom-web

	Username string `json:"username,omitempty"` // basic authentication when not empty
	Password string `json:"-"`
	Token    string `json:"-"` // bearer authentication when not empty
	Tokens   Tokens `json:"-"` // bearer authentication with tokens that end, before Token

	CAFile string `json:"caFile,omitempty"` // PEM certificates to trust beside the system's
	// CertFile and KeyFile are our own certificate in PEM form, for archives that
	// ask for one (mutual TLS). They are read at every handshake: renewed ones count.
	CertFile string `json:"certFile,omitempty"`
	KeyFile  string `json:"keyFile,omitempty"` // empty: the key lies in CertFile

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

	bare atomic.Bool  // it refuses includefield
	most atomic.Int64 // bytes that it takes in one STOW request, as far as known
}

// New makes a client; nothing is sent. It fails on an address that is none
// and on certificate files without certificates.
func New(o Options) (*Client, error) {
	base, err := url.Parse(strings.TrimRight(strings.TrimSpace(o.URL), "/"))
	if err != nil || base.Host == "" || base.Scheme != "http" && base.Scheme != "https" {
		return nil, fmt.Errorf("archive %q: the address must begin with http:// or https:// and name a host", o.Name)
	}
	transport, err := newTransport(o)
	if err != nil {
		return nil, fmt.Errorf("archive %q: %w", o.Name, err)
	}
	base.User, base.RawQuery, base.Fragment = nil, "", ""
	o.StallTimeout = cmp.Or(o.StallTimeout, defaultStall)
	o.MaxJSON = cmp.Or(o.MaxJSON, defaultMaxJSON)
	o.PageSize = cmp.Or(o.PageSize, defaultPage)
	c := &Client{Options: o, base: base, http: &http.Client{Transport: transport, CheckRedirect: node.SameHost}}
	c.most.Store(batchBytes)
	return c, nil
}

// Close gives idle connections back.
func (c *Client) Close() { c.http.CloseIdleConnections() }

// request is one question to the archive.
type request struct {
	method      string
	path        []string // below the base, unescaped
	query       url.Values
	address     *url.URL // instead of path and query
	accept      string
	contentType string
	span        int64 // only the first bytes are wanted, when not 0 (RFC 9110 14.2)

	body   io.Reader
	length int64                     // of the body in bytes; 0 is not known
	rewind func() (io.Reader, error) // the body once more; nil when it can be sent once only
}

// withJSON is r with data as its body.
func (r request) withJSON(data []byte) request {
	r.contentType, r.length = jsonType, int64(len(data))
	r.rewind = func() (io.Reader, error) { return bytes.NewReader(data), nil }
	r.body = bytes.NewReader(data)
	return r
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
	answer, err := c.authorized(watch, r)
	watch.pause()
	if err != nil {
		defer watch.end()
		return nil, c.sendFault(watch.ctx, err)
	}
	answer.Body = &watchedBody{client: c, watch: watch, body: answer.Body}
	if err := c.unpack(answer); err != nil {
		answer.Body.Close()
		return nil, err
	}
	return answer, nil
}

func (c *Client) roundTrip(watch *stallWatch, r request, login string) (*http.Response, error) {
	var body io.Reader
	if r.body != nil {
		body = &watchedUpload{watch: watch, body: r.body}
	}
	req, err := http.NewRequestWithContext(watch.ctx, r.method, c.addressOf(r).String(), body)
	if err != nil {
		return nil, err
	}
	req.ContentLength = r.length
	set := func(name, value string) {
		if value != "" {
			req.Header.Set(name, value)
		}
	}
	set("Accept", r.accept)
	set("Content-Type", r.contentType)
	set("Authorization", login)
	if r.accept == jsonType {
		set("Accept-Encoding", "gzip") // headers shrink to a tenth, and thin links are many
	}
	if r.span > 0 {
		set("Range", "bytes=0-"+strconv.FormatInt(r.span-1, 10))
	}
	return c.http.Do(req)
}

func (c *Client) addressOf(r request) *url.URL {
	if r.address != nil {
		return r.address
	}
	address := c.base.JoinPath(r.path...)
	address.RawQuery = plainQuery.Replace(r.query.Encode())
	return address
}

// plainQuery takes back what need not be escaped (RFC 3986 3.4): Orthanc 1.10
// knows the wildcard and the commas of a viewport only as they are.
var plainQuery = strings.NewReplacer("%2A", "*", "%2C", ",")

// Echo asks the smallest question and returns how long the answer took.
func (c *Client) Echo(ctx context.Context) (time.Duration, error) {
	start := time.Now()
	resp, err := c.send(ctx, request{method: http.MethodGet, path: []string{"studies"}, query: url.Values{"limit": {"1"}}, accept: jsonType})
	if err != nil {
		return 0, err
	}
	defer resp.Body.Close()
	_, err = c.dataSets(resp)
	return time.Since(start), err
}
