package dicomweb

import (
	"context"
	"errors"
	"io"
	"net/url"
	"strings"

	"eris/sync/node"
)

// Kinds of failure to act on; test with errors.Is. They are those of package node.
var (
	ErrUnreachable = node.ErrUnreachable
	ErrUntrusted   = node.ErrUntrusted
	ErrRefused     = node.ErrRefused     // 401, 403
	ErrNotFound    = node.ErrNotFound    // 404, 410
	ErrServer      = node.ErrServer      // 5xx, 429
	ErrGarbled     = node.ErrGarbled     // no DICOM JSON, no multipart, too large
	ErrStalled     = node.ErrStalled     // no byte for StallTimeout
	ErrPartial     = node.ErrPartial     // the connection ended before the answer did
	ErrConflict    = node.ErrConflict    // 409
	ErrUnsupported = node.ErrUnsupported // other 4xx, 501, or a redirect to another host
)

func (c *Client) fault(kind, cause error) *node.Error {
	return &node.Error{Node: c.Name, Kind: kind, Cause: cause}
}

// sendFault says why a request got no answer. The address is cut out of the
// cause: its query names the patient.
func (c *Client) sendFault(ctx context.Context, err error) error {
	var asked *url.Error
	if errors.As(err, &asked) {
		err = asked.Err
	}
	switch {
	case errors.Is(context.Cause(ctx), ErrStalled):
		return c.fault(ErrStalled, nil)
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case node.Kind(err) != nil: // of whom the tokens come from
		return err
	case errors.Is(err, node.ErrElsewhere):
		return c.fault(ErrUnsupported, node.ErrElsewhere)
	case node.Untrusted(err):
		return c.fault(ErrUntrusted, err)
	case strings.Contains(err.Error(), "malformed"): // net/http has no type for it, and quotes what came
		return c.fault(ErrGarbled, nil)
	}
	return c.fault(ErrUnreachable, node.RootCause(err))
}

// bodyFault says why an answer ended before its end.
func (c *Client) bodyFault(ctx context.Context, err error) error {
	switch {
	case err == nil, err == io.EOF:
		return err
	case errors.Is(context.Cause(ctx), ErrStalled):
		return c.fault(ErrStalled, nil)
	case ctx.Err() != nil:
		return context.Cause(ctx)
	}
	return c.fault(ErrPartial, node.RootCause(err))
}

// statusFault gives an HTTP status its kind; nil for 2xx.
func (c *Client) statusFault(status int) error {
	kind := node.StatusKind(status)
	if kind == nil {
		return nil
	}
	return &node.Error{Node: c.Name, Kind: kind, Status: status}
}

// statusOf is the HTTP status of a failure, 0 when it has none.
func statusOf(err error) int {
	var failure *node.Error
	if errors.As(err, &failure) {
		return failure.Status
	}
	return 0
}
