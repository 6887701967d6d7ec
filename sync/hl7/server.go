package hl7

import (
	"bufio"
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/netip"
	"slices"
	"sync"
	"time"

	"github.com/google/uuid"
	"golang.org/x/net/netutil"
)

// Server takes messages over MLLP. Listener and Take are required.
type Server struct {
	Listener net.Listener
	TLS      *tls.Config    // nil: not secured
	Networks []netip.Prefix // addresses that are let in; empty: all
	Self     Party          // who answers
	// Take keeps a message; it is acknowledged only after that. A *Refusal is said
	// to the sender; any other error is an internal one, which he sends again.
	Take func(ctx context.Context, m Message) error
	Idle time.Duration // a connection without a message is closed after it; 0: 10 minutes
	Log  *slog.Logger  // slog.Default when nil; never patient data
}

// mostConnections bounds how many systems are connected at a time.
const mostConnections = 32

// sendTime is how long an answer may take to leave.
const sendTime = 10 * time.Second

// Serve answers until ctx ends, then closes what is open and waits for it.
func (s *Server) Serve(ctx context.Context) error {
	listener := netutil.LimitListener(s.Listener, mostConnections)
	if s.TLS != nil {
		listener = tls.NewListener(listener, s.TLS)
	}
	ctx, cancel := context.WithCancel(ctx)
	context.AfterFunc(ctx, func() { listener.Close() })
	var open sync.WaitGroup
	defer open.Wait()
	defer cancel()
	for {
		conn, err := listener.Accept()
		switch {
		case err != nil && ctx.Err() != nil:
			return nil
		case errors.Is(err, net.ErrClosed):
			return err
		case err != nil: // no descriptors left, or the peer is gone already
			s.log().Warn("accept an HL7 connection", "error", err)
			time.Sleep(50 * time.Millisecond)
			continue
		}
		open.Go(func() { s.talk(ctx, conn) })
	}
}

func (s *Server) log() *slog.Logger {
	if s.Log != nil {
		return s.Log
	}
	return slog.Default()
}

func (s *Server) letsIn(remote net.Addr) bool {
	address, err := netip.ParseAddrPort(remote.String())
	return len(s.Networks) == 0 || err == nil && slices.ContainsFunc(s.Networks, func(n netip.Prefix) bool { return n.Contains(address.Addr().Unmap()) })
}

// talk answers one connection to its end, message by message.
func (s *Server) talk(ctx context.Context, conn net.Conn) {
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { conn.Close() })()
	if !s.letsIn(conn.RemoteAddr()) {
		s.log().Info("an HL7 sender is not let in", "peer", conn.RemoteAddr())
		return
	}
	r := bufio.NewReader(conn)
	for {
		conn.SetReadDeadline(time.Now().Add(cmp.Or(s.Idle, 10*time.Minute)))
		block, err := readBlock(r)
		if err != nil {
			if !errors.Is(err, io.EOF) && ctx.Err() == nil {
				s.log().Info("an HL7 connection ended", "peer", conn.RemoteAddr(), "error", err)
			}
			return
		}
		conn.SetWriteDeadline(time.Now().Add(sendTime))
		if writeBlock(conn, s.answer(ctx, block)) != nil {
			return // he asks again, and takes the same order for one
		}
	}
}

// answer takes a message and makes its acknowledgement (2.9.2).
func (s *Server) answer(ctx context.Context, block []byte) string {
	m, err := Parse(block)
	if err != nil {
		err = &Refusal{Code: SequenceError, Text: err.Error()}
	} else {
		err = s.Take(ctx, m)
	}
	code, refusal := "AA", (*Refusal)(nil)
	switch {
	case errors.As(err, &refusal) && refusal.Code == UnsupportedType:
		code = "AR"
	case errors.As(err, &refusal):
		code = "AE"
	case err != nil:
		s.log().Error("a message could not be kept", "type", m.Type(), "error", err)
		code, refusal = "AE", &Refusal{Code: InternalError, Text: "the order could not be kept; send it again"}
	}
	if refusal != nil {
		s.log().Info("a message was not taken", "type", m.Type(), "why", refusal)
	}
	to := Party{m.Get("MSH", 3, 1), m.Get("MSH", 4, 1)}
	text := header(s.Self, to, time.Now(), "ACK^"+cmp.Or(m.Get("MSH", 9, 2), "O01")+"^ACK", uuid.NewString())
	if refusal == nil {
		return text + line("MSA", code, composite(m.ControlID()))
	}
	return text + line("MSA", code, composite(m.ControlID()), composite(refusal.Text)) +
		line("ERR", "", "", composite(refusal.Code, "", "HL70357"), "E", "", "", "", composite(refusal.Text))
}
