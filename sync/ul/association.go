package ul

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"log/slog"
	"net"
	"slices"
	"sync"
	"time"

	"eris/sync/node"
)

// ErrEnded is what Send and Release say when the association was released or
// given up on this side before.
var ErrEnded = errors.New("the association has ended")

// Association is one conversation. Its methods may be called from several
// goroutines; messages do not mix.
type Association struct {
	requestor  bool
	node       string // how errors call the peer
	times      Timeouts
	log        *slog.Logger
	maxPDU     uint32 // the longest PDU taken
	requestPDU []byte
	dial       func(context.Context) (net.Conn, error)
	refusal    *Rejection // this layer takes no further association

	calls       chan *call
	wire        chan event       // from the dialer and the reader
	data        chan *dataPDU    // to Receive
	indications chan *Indication // to the server, one
	established chan struct{}    // closed with evt3 or evt7
	over        chan struct{}    // closed when nothing is sent or received any more
	ended       chan struct{}    // closed when all goroutines are gone
	cause       error            // why it is over; set before over is closed

	// Settled before established is closed, then only read.
	request  *associate
	contexts []Context
	usable   [256]bool
	peer     userInformation
	remote   net.Addr
	tls      *tls.ConnectionState

	// The owner's alone.
	state   state
	conn    net.Conn
	artim   *time.Timer
	pending *dataPDU // for Receive; while it waits nothing is read
	follow  []event
	failed  error // of the last write
	gone    bool  // there is no transport connection any more
	tasks   sync.WaitGroup
	quit    chan struct{} // closed when the owner leaves
	cutOff  context.Context
	cut     context.CancelFunc // closes the connection under everybody's feet

	sending, receiving chan struct{} // hold one: who sends a message, who receives
	current            *dataPDU      // of Receive
}

func newAssociation(name string, times Timeouts, log *slog.Logger, maxPDU uint32) *Association {
	a := &Association{
		node: name, times: times.orDefault(), log: log, maxPDU: maxPDU, state: sta1,
		calls: make(chan *call), wire: make(chan event), data: make(chan *dataPDU),
		indications: make(chan *Indication, 1),
		established: make(chan struct{}), over: make(chan struct{}), ended: make(chan struct{}), quit: make(chan struct{}),
		sending: make(chan struct{}, 1), receiving: make(chan struct{}, 1),
		artim: time.NewTimer(time.Hour),
	}
	a.artim.Stop()
	a.cutOff, a.cut = context.WithCancel(context.Background())
	if a.log == nil {
		a.log = slog.Default()
	}
	if a.maxPDU == 0 {
		a.maxPDU = defaultMaxPDU
	}
	return a
}

// run owns the association until its transport connection is gone.
func (a *Association) run() {
	defer a.finish()
	for !a.gone {
		wire, data := a.wire, a.data
		if a.pending == nil {
			data = nil
		} else {
			wire = nil // back-pressure
		}
		select {
		case c := <-a.calls:
			c.done <- a.perform(c.event)
		case e := <-wire:
			a.perform(a.classified(e))
		case data <- a.pending:
			a.pending = nil
		case <-a.artim.C:
			a.perform(event{kind: evt18, err: a.fault(node.ErrStalled, nil)})
		case <-a.cutOff.Done():
			a.perform(event{kind: evt17, err: ErrEnded})
			a.close() // also when there never was a connection
		}
	}
}

func (a *Association) finish() {
	a.artim.Stop()
	a.cut()
	close(a.quit)
	a.tasks.Wait()
	close(a.ended)
}

// perform carries out an event and what follows from it.
func (a *Association) perform(e event) error {
	a.failed = nil
	err := a.step(e)
	for len(a.follow) > 0 {
		e, a.follow = a.follow[0], a.follow[1:]
		a.step(e) // what follows was decided by an action, so it is allowed
	}
	if err == nil {
		err = a.failed
	}
	return err
}

func (a *Association) step(e event) error {
	act := transitions[e.kind][a.state]
	if act == nil {
		e.drop()
		return ErrEnded
	}
	a.state = act(a, e)
	return nil
}

// then lets an event follow the present one.
func (a *Association) then(e event) { a.follow = append(a.follow, e) }

// classified makes data of a context that nobody accepted an invalid PDU.
func (a *Association) classified(e event) event {
	if e.data == nil || !a.isEstablished() {
		return e
	}
	if id := e.data.foreign(&a.usable); id != 0 {
		e.drop()
		err := invalidf("data for presentation context %d, which was not accepted", id)
		return event{kind: evt19, reason: reasonInvalidValue, err: a.fault(node.ErrGarbled, err)}
	}
	return e
}

func (a *Association) isEstablished() bool {
	select {
	case <-a.established:
		return true
	default:
		return false
	}
}

// write sends whole PDUs. When that fails the connection is as good as closed.
func (a *Association) write(pdus []byte) {
	if _, err := a.conn.Write(pdus); err != nil {
		a.failed = a.broken(err)
		a.cut()
		a.then(event{kind: evt17, err: a.failed})
	}
}

func (a *Association) startARTIM(d time.Duration) { a.artim.Reset(d) }
func (a *Association) stopARTIM()                 { a.artim.Stop() }

// end tells the user that nothing will be sent or received any more. The first
// reason counts.
func (a *Association) end(cause error) {
	select {
	case <-a.over:
		return
	default:
	}
	if a.pending != nil {
		a.pending.free()
		a.pending = nil
	}
	if cause == nil {
		cause = ErrEnded
	}
	a.cause = cause
	close(a.over)
}

// close closes the transport connection and ends the owner's loop.
func (a *Association) close() {
	a.end(nil)
	a.gone = true
	if a.conn != nil {
		socketOf(a.conn).stall = a.times.Close // TLS says good-bye
		a.conn.Close()
	}
}

// open takes a transport connection and starts its reader.
func (a *Association) open(conn net.Conn) {
	a.conn, a.remote = conn, conn.RemoteAddr()
	if t, ok := conn.(*tls.Conn); ok {
		s := t.ConnectionState()
		a.tls = &s
	}
	socket := socketOf(conn)
	context.AfterFunc(a.cutOff, func() { socket.Conn.Close() })
	a.tasks.Go(func() { a.read(conn, socket) })
}

// tell hands an event from the wire to the owner; false when it has left.
func (a *Association) tell(e event) bool {
	select {
	case a.wire <- e:
		return true
	case <-a.quit:
		e.drop()
		return false
	}
}

// ask hands a local event to the owner and waits for its outcome. When ctx ends
// while the owner writes, the connection is cut: half a PDU cannot be mended.
func (a *Association) ask(ctx context.Context, e event) error {
	c := newCall(e)
	select {
	case a.calls <- c:
	case <-a.quit:
		return a.outcome()
	case <-ctx.Done():
		a.cut()
		return context.Cause(ctx)
	}
	select {
	case err := <-c.done:
		return err
	case <-ctx.Done():
		a.cut()
		<-c.done
		return context.Cause(ctx)
	}
}

// outcome is why an association is over, for those who still want something.
func (a *Association) outcome() error {
	<-a.over
	if a.cause == io.EOF {
		return ErrEnded
	}
	return a.cause
}

// Release ends the association in agreement with the peer and waits until the
// connection is closed. Data that still comes is dropped. When ctx ends or the
// peer does not answer for Timeouts.Release, the association is aborted.
func (a *Association) Release(ctx context.Context) error {
	ctx, cancel := context.WithTimeoutCause(ctx, a.times.Release, a.fault(node.ErrStalled, nil))
	defer cancel()
	if err := a.ask(ctx, event{kind: evt11}); err != nil && a.cause != io.EOF {
		return err
	}
	for {
		select {
		case p := <-a.data:
			p.free()
		case <-a.ended:
			if a.cause != io.EOF {
				return a.cause
			}
			return nil
		case <-ctx.Done():
			a.abort(context.Cause(ctx))
			return context.Cause(ctx)
		}
	}
}

// Abort ends the association at once and waits until the connection is closed,
// for Timeouts.Close at most. It may be called at any time, also again.
func (a *Association) Abort() { a.abort(ErrEnded) }

// abort tells whoever still waits the cause. A connection that takes no A-ABORT,
// since it is in the middle of a PDU or there is no association, is cut.
func (a *Association) abort(cause error) {
	ctx, cancel := context.WithTimeout(context.Background(), a.times.Close)
	defer cancel()
	if a.ask(ctx, event{kind: evt15, err: cause}) != nil {
		a.cut()
	}
	<-a.ended
}

// Done is closed when nothing can be sent or received any more.
func (a *Association) Done() <-chan struct{} { return a.over }

// Contexts are the proposed presentation contexts with what became of them.
func (a *Association) Contexts() []Context { return slices.Clone(a.contexts) }

// Context is the context of that number; ok says whether it was accepted.
func (a *Association) Context(id byte) (c Context, ok bool) {
	for _, c := range a.contexts {
		if c.ID == id {
			return c, c.Usable()
		}
	}
	return Context{}, false
}

// PeerMaxPDU is the longest PDU, in bytes without its header, that the peer
// takes; 0 is no limit (PS3.8 D.1).
func (a *Association) PeerMaxPDU() uint32 { return a.peer.maxPDU }

// PeerImplementation is the software at the other end.
func (a *Association) PeerImplementation() Implementation { return a.peer.implementation }

// Extended is what the peer says of its SOP classes: as acceptor the answer to
// what was proposed, as requestor the proposal.
func (a *Association) Extended() []ExtendedNegotiation { return slices.Clone(a.peer.extended) }

// Identity is who the requestor says it is; nil when it does not say.
func (a *Association) Identity() *UserIdentity { return a.request.user.identity }

// IdentityResponse is what the acceptor answered to the identity; ok says
// whether it believed it explicitly.
func (a *Association) IdentityResponse() (response []byte, ok bool) {
	return a.peer.believed, a.peer.believed != nil
}

// CallingAE is the title of the requestor.
func (a *Association) CallingAE() string { return a.request.calling }

// CalledAE is the title of the acceptor.
func (a *Association) CalledAE() string { return a.request.called }

// Remote is the peer's address.
func (a *Association) Remote() net.Addr { return a.remote }

// TLS is the state of the secured connection; nil when it is not secured.
func (a *Association) TLS() *tls.ConnectionState { return a.tls }
