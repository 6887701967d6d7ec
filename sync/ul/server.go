package ul

import (
	"context"
	"crypto/tls"
	"errors"
	"log/slog"
	"net"
	"sync"
	"time"
)

// Server is asked for associations.
type Server struct {
	Address  string       // where to listen; 127.0.0.1:11112 when empty
	Listener net.Listener // instead of Address
	TLS      *tls.Config  // nil: not secured; see TLSConfig
	MaxPDU   uint32       // the longest PDU taken, in bytes; 0: 128 KiB
	Timeouts Timeouts
	Limits   Limits
	Log      *slog.Logger // slog.Default when nil; never patient data

	// Accept decides about a request; see Policy. ctx ends with the server.
	Accept func(ctx context.Context, i *Indication) Answer
	// Handle talks on an accepted association until it has ended. What is still
	// open when it returns is aborted.
	Handle func(ctx context.Context, a *Association)
}

// Serve answers until ctx ends, then aborts what is open and waits for it. The
// error says why it could not listen; it is nil when ctx ended.
func (s *Server) Serve(ctx context.Context) error {
	listener, err := s.listen(ctx)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	context.AfterFunc(ctx, func() { listener.Close() })
	var open sync.WaitGroup
	defer open.Wait()
	defer cancel()
	door := newDoor(s.Limits)
	for {
		conn, err := listener.Accept()
		switch {
		case ctx.Err() != nil:
			return nil
		case errors.Is(err, net.ErrClosed):
			return err
		case err != nil: // no descriptors left, or the peer is gone already
			s.log().Warn("accept an association", "error", err)
			time.Sleep(50 * time.Millisecond)
			continue
		}
		refusal, leave, ok := door.enter(conn.RemoteAddr())
		if !ok {
			conn.Close()
			continue
		}
		open.Go(func() {
			defer leave()
			s.serve(ctx, conn, refusal)
		})
	}
}

func (s *Server) log() *slog.Logger {
	if s.Log != nil {
		return s.Log
	}
	return slog.Default()
}

func (s *Server) listen(ctx context.Context) (net.Listener, error) {
	if s.Listener != nil {
		return s.Listener, nil
	}
	address := s.Address
	if address == "" {
		address = "127.0.0.1:11112"
	}
	return (&net.ListenConfig{}).Listen(ctx, "tcp", address)
}

// serve runs one connection to its end.
func (s *Server) serve(ctx context.Context, conn net.Conn, refusal *Rejection) {
	a := newAssociation(conn.RemoteAddr().String(), s.Timeouts, s.Log, s.MaxPDU)
	a.refusal = refusal
	transport, err := s.secure(ctx, conn, a.times)
	if err != nil {
		conn.Close()
		a.log.Debug("no TLS with a peer", "peer", a.node, "error", err)
		return
	}
	go a.run()
	stop := context.AfterFunc(ctx, a.Abort)
	defer func() { stop(); <-a.ended }()
	if a.ask(ctx, event{kind: evt5, conn: transport}) != nil {
		return
	}
	select {
	case i := <-a.indications:
		s.talk(ctx, a, i)
	case <-a.ended:
		a.log.Debug("no association", "peer", a.node, "cause", a.cause)
	}
}

// talk answers a request and, when it is accepted, hands the association over.
func (s *Server) talk(ctx context.Context, a *Association, i *Indication) {
	if err := a.answer(ctx, s.Accept(ctx, i)); err != nil {
		a.log.Info("association not opened", "peer", a.node, "calling", i.CallingAE, "called", i.CalledAE, "cause", err)
		return
	}
	a.log.Debug("association open", "peer", a.node, "calling", i.CallingAE, "called", i.CalledAE)
	s.Handle(ctx, a)
	select {
	case <-a.over:
	default:
		a.Abort()
	}
}

func (s *Server) secure(ctx context.Context, conn net.Conn, times Timeouts) (net.Conn, error) {
	transport := newSocket(conn, times.Stall)
	if s.TLS == nil {
		return transport, nil
	}
	ctx, cancel := context.WithTimeout(ctx, times.ARTIM)
	defer cancel()
	secured := tls.Server(transport, s.TLS)
	return secured, secured.HandshakeContext(ctx)
}
