package ul

import (
	"context"
	"crypto/tls"
	"errors"
	"log/slog"
	"net"
	"slices"
	"sync"
	"time"
)

// ErrEnded is what Send and Release say when the association was released or
// given up on this side before.
var ErrEnded = errors.New("the association has ended")

// ErrUnanswered says that the peer took the connection and closed it before it
// answered the request for an association.
var ErrUnanswered = errors.New("it closed the connection before it answered")

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
	wire        chan event    // from the dialer and the reader
	data        chan *dataPDU // to Receive
	shelf       shelf
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
		calls: make(chan *call), wire: make(chan event), data: make(chan *dataPDU), shelf: make(shelf, buffers),
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
