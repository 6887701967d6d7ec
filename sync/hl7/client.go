package hl7

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"net"
	"time"

	"eris/sync/node"
)

// Client sends messages to one system.
type Client struct {
	Name    string        // in errors
	Address string        // host:port
	TLS     *tls.Config   // nil: not secured
	Timeout time.Duration // until the acknowledgement; 0: 30 s
}

// Send sends a message and waits until it is acknowledged. Errors: *node.Error;
// ErrConflict when the system does not take the message as it is (AE),
// ErrUnsupported when it takes none of its kind (AR).
func (c *Client) Send(ctx context.Context, message string) error {
	timeout := c.Timeout
	if timeout == 0 {
		timeout = 30 * time.Second
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	conn, err := c.dial(ctx)
	if err != nil {
		kind := node.ErrUnreachable
		if untrusted := (*tls.CertificateVerificationError)(nil); errors.As(err, &untrusted) {
			kind = node.ErrUntrusted
		}
		return c.failure(kind, err)
	}
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { conn.Close() })()
	if err := writeBlock(conn, message); err != nil {
		return c.failure(node.ErrUnreachable, err)
	}
	block, err := readBlock(bufio.NewReader(conn))
	if err != nil {
		if ctx.Err() != nil {
			return c.failure(node.ErrStalled, ctx.Err())
		}
		return c.failure(node.ErrPartial, err)
	}
	return c.read(message, block)
}

func (c *Client) dial(ctx context.Context) (net.Conn, error) {
	if c.TLS != nil {
		return (&tls.Dialer{Config: c.TLS}).DialContext(ctx, "tcp", c.Address)
	}
	return (&net.Dialer{}).DialContext(ctx, "tcp", c.Address)
}

// read understands an acknowledgement. Its own words may name a patient and stay out.
func (c *Client) read(message string, block []byte) error {
	ack, err := Parse(block)
	if err != nil {
		return c.failure(node.ErrGarbled, err)
	}
	sent, err := Parse([]byte(message))
	if err != nil {
		return err
	}
	if ack.Get("MSA", 2, 1) != sent.ControlID() {
		return c.failure(node.ErrGarbled, errors.New("the acknowledgement is of another message"))
	}
	switch code := ack.Get("MSA", 1, 1); code {
	case "AA", "CA":
		return nil
	case "AR", "CR":
		return c.failure(node.ErrUnsupported, errors.New("HL7 "+code))
	default:
		return c.failure(node.ErrConflict, errors.New("HL7 "+code+" "+ack.Get("ERR", 3, 1)))
	}
}

func (c *Client) failure(kind, cause error) error {
	return &node.Error{Node: c.Name, Role: "information system", Kind: kind, Cause: cause}
}
