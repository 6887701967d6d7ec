package dimse

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/netip"

	"eris/clinic"
	"eris/dicom"
	"eris/sync/node"
	"eris/sync/ul"
)

// Sink takes what is sent here.
type Sink interface {
	// Add stores one Part 10 object and says which it was. When it returns without
	// error the object survives a power cut: its sender may forget it. source is the
	// sender's AE title. Add is called from many goroutines.
	Add(ctx context.Context, r io.Reader, source string) (dicom.UID, error)
}

// Cache is what C-FIND and C-GET are answered from; that of package
// dicomweb/origin is one.
type Cache interface {
	// Studies lists the studies that match q. It may give more than match and may
	// ignore any field. Wildcards and names have been taken out of q.
	Studies(ctx context.Context, q node.Query) ([]clinic.Study, error)
	Series(ctx context.Context, study dicom.UID) ([]clinic.Series, error)
	Instances(ctx context.Context, study, series dicom.UID) ([]clinic.Instance, error)
	Path(ctx context.Context, uid dicom.UID) (string, error)
}

// Server answers other nodes: C-ECHO always, C-STORE with a Sink, C-FIND and C-GET
// with a Cache, the results of storage commitment with Committed, MPPS with Steps.
// It is used by many goroutines; its fields are not changed while it serves.
type Server struct {
	AETitle  dicom.AETitle // required; it must be called by this title
	Address  string        // where to listen; loopback, port 11112, when empty
	Listener net.Listener  // instead of Address

	Sink      Sink  // nil: what nobody here asked for is refused
	Cache     Cache // nil: it does not answer what lies here
	Committed func(ctx context.Context, c Commitment)
	// Steps takes what scanners tell of their procedures (MPPS); its error is one of
	// ErrStepKnown, ErrStepUnknown, ErrStepOver, ErrStepInvalid, or says that it could
	// not be kept. When it returns without one the report survives a power cut.
	Steps func(ctx context.Context, r StepReport) error

	TLS      *tls.Config     // nil: not secured; see ul.TLSConfig
	Callers  []dicom.AETitle // calling titles that are let in; empty: all
	Networks []netip.Prefix  // addresses that are let in; empty: all
	Limits   ul.Limits
	Timeouts ul.Timeouts
	Log      *slog.Logger // never patient data; slog.Default when nil

	moves moves
}

// Serve answers until ctx ends. The error says why it could not listen.
func (s *Server) Serve(ctx context.Context) error {
	layer := &ul.Server{
		Address: s.Address, Listener: s.Listener, TLS: s.TLS, Limits: s.Limits, Timeouts: s.Timeouts, Log: s.Log,
		Accept: s.accept, Handle: s.talk,
	}
	return layer.Serve(ctx)
}

func (s *Server) log() *slog.Logger {
	if s.Log != nil {
		return s.Log
	}
	return slog.Default()
}

// session is one association of a peer.
type session struct {
	*Server
	*dialogue
}

// talk answers the messages of an association one after the other.
func (s *Server) talk(ctx context.Context, a *ul.Association) {
	c := &session{s, &dialogue{Association: a, node: a.CallingAE()}}
	for {
		m, err := c.receive(ctx)
		if err == nil {
			err = c.answer(ctx, m)
		}
		if err != nil {
			if err != io.EOF && !errors.Is(err, ul.ErrEnded) {
				s.log().Debug("association ended", "calling", a.CallingAE(), "cause", err)
			}
			return
		}
	}
}

// handlers are the messages that are answered.
var handlers = map[CommandField]func(*session, context.Context, *message) error{
	CEchoRQ:        (*session).echo,
	CStoreRQ:       (*session).stored,
	CFindRQ:        (*session).found,
	CGetRQ:         (*session).fetched,
	NEventReportRQ: (*session).reported,
	NCreateRQ:      (*session).stepCreated,
	NSetRQ:         (*session).stepChanged,
	CCancelRQ:      func(*session, context.Context, *message) error { return nil }, // it came after the end
}

func (s *session) answer(ctx context.Context, m *message) error {
	if handle, known := handlers[m.Field]; known {
		return handle(s, ctx, m)
	}
	if m.Field.isResponse() {
		return s.garbled("message %04XH answers nothing", uint16(m.Field))
	}
	if err := m.drain(); err != nil {
		return err
	}
	return s.respond(ctx, m, Command{Status: UnrecognizedOperation}, nil)
}

func (s *session) echo(ctx context.Context, m *message) error {
	return s.respond(ctx, m, Command{Status: Success}, nil)
}
