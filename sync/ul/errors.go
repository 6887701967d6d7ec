package ul

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"os"

	"eris/sync/node"
)

func (a *Association) fault(kind, cause error) error {
	return &node.Error{Node: a.node, Kind: kind, Cause: cause}
}

// broken says why a connection that stood stands no more.
func (a *Association) broken(err error) error {
	var op *net.OpError
	switch {
	case errors.Is(err, os.ErrDeadlineExceeded):
		return a.fault(node.ErrStalled, nil)
	case a.cutOff.Err() != nil:
		return ErrEnded
	case errors.As(err, &op) && op.Op == "remote error": // a TLS alert: TLS 1.3 refuses certificates after the handshake
		return a.fault(node.ErrRefused, op.Err)
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return a.fault(node.ErrPartial, errors.New("it closed the connection"))
	}
	return a.fault(node.ErrPartial, node.RootCause(err))
}

// unconnected says why there is no connection.
func (a *Association) unconnected(ctx context.Context, err error) error {
	var op *net.OpError
	var record tls.RecordHeaderError
	switch {
	case errors.Is(ctx.Err(), context.Canceled):
		return context.Cause(ctx)
	case node.Untrusted(err):
		return a.fault(node.ErrUntrusted, err)
	case errors.As(err, &record):
		return a.fault(node.ErrGarbled, errors.New("it does not speak TLS"))
	case errors.As(err, &op) && op.Op == "remote error":
		return a.fault(node.ErrRefused, op.Err)
	case errors.Is(err, context.DeadlineExceeded):
		return a.fault(node.ErrUnreachable, errors.New("no connection in time"))
	}
	return a.fault(node.ErrUnreachable, node.RootCause(err))
}
