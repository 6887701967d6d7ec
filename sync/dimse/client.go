package dimse

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"eris/dicom"
	"eris/sync/node"
	"eris/sync/ul"
)

// Client talks to one archive, or to a modality or worklist. Its methods may be
// called from many goroutines; each uses an association of its own. One is kept
// open for three seconds after questions and C-GET, for the next.
type Client struct {
	Options
	tls *tls.Config

	mu       sync.Mutex
	spelling Spelling
	noGet    bool                        // the archive was seen not to offer C-GET
	classes  map[dicom.UID]([]dicom.UID) // SOP classes of series and instances, as answers named them
	idle     *dialogue                   // kept open; nil when there is none
	closed   bool
	few      bool          // the archive was seen to take few contexts at once only
	opening  time.Duration // how long the last association took to open

	farewells sync.WaitGroup // associations that are ended beside the work
}

// New makes a client; nothing is sent. It fails on options that cannot work.
func New(o Options) (*Client, error) {
	o, err := o.checked()
	if err != nil {
		return nil, err
	}
	c := &Client{Options: o, spelling: o.Spelling, classes: map[dicom.UID][]dicom.UID{}}
	if o.TLS != nil {
		if c.tls, err = ul.TLSConfig(*o.TLS); err != nil {
			return nil, fmt.Errorf("archive %q: %w", o.Name, err)
		}
	}
	return c, nil
}

// fault makes an error of this archive.
func (c *Client) fault(kind, cause error) error {
	return &node.Error{Node: c.Name, Kind: kind, Cause: cause}
}

// open opens an association for the contexts.
func (c *Client) open(ctx context.Context, contexts []ul.Context, extended ...ul.ExtendedNegotiation) (*dialogue, error) {
	start := time.Now()
	a, err := ul.Dial(ctx, ul.DialOptions{Address: c.Address, Node: c.Name, TLS: c.tls, Log: c.Log}, ul.Request{
		CallingAE: string(c.CallingAE), CalledAE: string(c.CalledAE), Contexts: contexts, Extended: extended, Identity: c.identity(),
	})
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	c.opening = time.Since(start)
	c.mu.Unlock()
	return &dialogue{Association: a, node: c.Name, stall: c.StallTimeout}, nil
}

func (c *Client) identity() *ul.UserIdentity {
	switch {
	case c.Token != "":
		return &ul.UserIdentity{Type: ul.JSONWebToken, Primary: []byte(c.Token)}
	case c.Username != "" && c.Password != "":
		return &ul.UserIdentity{Type: ul.UserAndPassword, Primary: []byte(c.Username), Secondary: []byte(c.Password)}
	case c.Username != "":
		return &ul.UserIdentity{Type: ul.User, Primary: []byte(c.Username)}
	}
	return nil
}

// errNotOffered says that no proposed context for a service was accepted.
var errNotOffered = errors.New("it does not offer this service to this AE title")

// service is the accepted context of the first of the SOP classes that has one.
func (d *dialogue) service(classes ...dicom.UID) (ul.Context, error) {
	contexts := d.Contexts()
	for _, class := range classes {
		if i := slices.IndexFunc(contexts, func(c ul.Context) bool { return c.AbstractSyntax == class && c.Usable() }); i >= 0 {
			return contexts[i], nil
		}
	}
	return ul.Context{}, d.fault(node.ErrUnsupported, errNotOffered)
}

// serve opens an association for one service under any of its SOP classes.
func (c *Client) serve(ctx context.Context, classes ...dicom.UID) (*dialogue, ul.Context, error) {
	contexts := make([]ul.Context, len(classes))
	for i, class := range classes {
		contexts[i] = ul.Context{AbstractSyntax: class, TransferSyntaxes: plainSyntaxes}
	}
	d, err := c.open(ctx, contexts, c.extended(classes)...)
	if err != nil {
		return nil, ul.Context{}, err
	}
	service, err := d.service(classes...)
	if err != nil {
		d.end(ctx)
		return nil, ul.Context{}, err
	}
	return d, service, nil
}

// extended is the extended negotiation of the classes that have one here.
func (c *Client) extended(classes []dicom.UID) (list []ul.ExtendedNegotiation) {
	for _, class := range classes {
		if info, ok := c.negotiated(class); ok {
			list = append(list, ul.ExtendedNegotiation{SOPClass: class, Info: info})
		}
	}
	return list
}

// Echo asks the smallest question (C-ECHO) and returns how long the answer took,
// the opening of the association not counted.
func (c *Client) Echo(ctx context.Context) (time.Duration, error) {
	d, service, err := c.serve(ctx, Verification)
	if err != nil {
		return 0, err
	}
	defer d.end(ctx)
	start := time.Now()
	q := &Command{Field: CEchoRQ, AffectedSOPClassUID: Verification}
	if err := d.request(ctx, service.ID, q, nil); err != nil {
		return 0, err
	}
	m, err := d.response(ctx, q)
	if err != nil {
		return 0, err
	}
	return time.Since(start), m.Status.fault(c.Name, ofNormalized)
}
