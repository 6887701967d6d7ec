package ul

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"slices"

	"eris/dicom"
	"eris/sync/node"
)

// DialOptions say where a peer is and how it is reached.
type DialOptions struct {
	Address  string      // host:port
	Node     string      // how errors call the peer; the address when empty
	TLS      *tls.Config // nil: not secured; see TLSConfig
	Timeouts Timeouts
	Log      *slog.Logger // slog.Default when nil; never patient data
}

// Request is what a requestor proposes (PS3.8 7.1.1).
type Request struct {
	CallingAE, CalledAE string
	Contexts            []Context // at most 128
	MaxPDU              uint32    // the longest PDU taken here, in bytes; 0: 128 KiB
	Extended            []ExtendedNegotiation
	CommonExtended      []CommonExtendedNegotiation
	Identity            *UserIdentity
}

// Dial opens an association. An association without an accepted context is one
// too; the caller sees it by Context.
func Dial(ctx context.Context, o DialOptions, r Request) (*Association, error) {
	name := o.Node
	if name == "" {
		name = o.Address
	}
	a := newAssociation(name, o.Timeouts, o.Log, r.MaxPDU)
	a.requestor = true
	var err error
	if a.request, err = r.associate(a.maxPDU); err != nil {
		return nil, err
	}
	if a.requestPDU, err = a.request.pdu(); err != nil {
		return nil, err
	}
	a.dial = func(ctx context.Context) (net.Conn, error) { return o.connect(ctx, a.times) }
	go a.run()
	return a.await(ctx)
}

// await asks for the association and waits for the answer.
func (a *Association) await(ctx context.Context) (*Association, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, a.times.Connect+a.times.Associate, a.fault(node.ErrStalled, nil))
	defer cancel()
	if err := a.ask(ctx, event{kind: evt1}); err != nil {
		a.abort(err)
		return nil, err
	}
	select {
	case <-a.established:
		return a, nil
	case <-a.ended:
		return nil, a.cause
	case <-ctx.Done():
		a.abort(context.Cause(ctx))
		return nil, context.Cause(ctx)
	}
}

// connect asks for the transport connection; its outcome is an event.
func (a *Association) connect() {
	a.tasks.Go(func() {
		ctx, cancel := context.WithTimeout(a.cutOff, a.times.Connect)
		defer cancel()
		conn, err := a.dial(ctx)
		if err != nil {
			a.tell(event{kind: evt17, err: a.unconnected(ctx, err)})
		} else if !a.tell(event{kind: evt2, conn: conn}) {
			conn.Close()
		}
	})
}

func (o DialOptions) connect(ctx context.Context, times Timeouts) (net.Conn, error) {
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", o.Address)
	if err != nil {
		return nil, err
	}
	s := newSocket(conn, times.Stall)
	if o.TLS == nil {
		return s, nil
	}
	config := o.TLS.Clone()
	if config.ServerName == "" {
		config.ServerName, _, _ = net.SplitHostPort(o.Address) // it was dialled, so it can be split
	}
	secured := tls.Client(s, config)
	if err := secured.HandshakeContext(ctx); err != nil {
		conn.Close()
		return nil, err
	}
	return secured, nil
}

// associate is the request as a PDU.
func (r Request) associate(maxPDU uint32) (*associate, error) {
	for _, title := range []string{r.CallingAE, r.CalledAE} {
		if title == "" || len(title) > aeBytes {
			return nil, fmt.Errorf("an AE title has 1 to %d characters, not %d", aeBytes, len(title))
		}
	}
	contexts, err := numbered(r.Contexts)
	if err != nil {
		return nil, err
	}
	return &associate{
		version: 1, called: r.CalledAE, calling: r.CallingAE, application: applicationContext, contexts: contexts,
		user: userInformation{
			maxPDU: maxPDU, implementation: Implementation{dicom.OwnImplementationClass, dicom.OwnImplementationVersion},
			async: &window{1, 1}, roles: rolesOf(contexts),
			extended: r.Extended, common: r.CommonExtended, identity: r.Identity,
		},
	}, nil
}

// numbered gives contexts without a number the free odd ones.
func numbered(contexts []Context) ([]Context, error) {
	if n := len(contexts); n == 0 || n > maxContexts {
		return nil, fmt.Errorf("an association has 1 to %d presentation contexts, not %d", maxContexts, n)
	}
	list := slices.Clone(contexts)
	var taken [256]bool
	for _, c := range list {
		if c.ID != 0 && (c.ID%2 == 0 || taken[c.ID]) {
			return nil, errors.New("numbers of presentation contexts are odd and different")
		}
		taken[c.ID] = true
	}
	id := 1
	for i := range list {
		if list[i].ID == 0 {
			for taken[id] {
				id += 2
			}
			list[i].ID, taken[id] = byte(id), true
		}
	}
	return list, nil
}

// confirm settles what the acceptor answered.
func (a *Association) confirm(answer *associate) {
	a.peer = answer.user
	a.settle(answered(a.request.contexts, answer))
	a.log.Debug("association open", "node", a.node, "calling", a.request.calling, "called", a.request.called)
}

// settle makes the contexts known to everybody.
func (a *Association) settle(contexts []Context) {
	a.contexts = contexts
	for _, c := range contexts {
		a.usable[c.ID] = c.Usable()
	}
	close(a.established)
}

// answered joins what was proposed with what was answered.
func answered(proposed []Context, answer *associate) []Context {
	list := slices.Clone(proposed)
	for i := range list {
		c := &list[i]
		c.Result, c.TransferSyntax = NoReason, ""
		for _, said := range answer.contexts {
			if said.ID == c.ID {
				c.take(said)
			}
		}
		c.SCU, c.SCP = agreed(*c, answer.user.roles)
	}
	return list
}
