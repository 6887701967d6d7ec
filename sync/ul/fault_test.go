package ul_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"runtime"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"eris/dicom"
	"eris/sync/node"
	"eris/sync/ul"
)

// soonest is for time-outs that a peer in the test is meant to run into.
const soonest = 50 * time.Millisecond

func TestWhatAServerDoesNotUnderstandIsAborted(t *testing.T) {
	address := serve(t, &ul.Server{Handle: mirror, MaxPDU: 4096})
	rq := asking(t)
	fresh := func(t *testing.T) *scripted { return knock(t, address) }
	open := func(t *testing.T) *scripted { return associated(t, address) }
	cut := func(at int, b byte) []byte { r := slices.Clone(rq); r[at] = b; return r }
	for _, test := range []struct {
		name           string
		peer           func(*testing.T) *scripted
		says           []byte
		source, reason byte
	}{
		// Awaiting a request (Sta2) every abort is AA-1: source 0.
		{"unknown PDU first", fresh, pdu(0x47, 1, 2), 0, 0},
		{"HTTP", fresh, []byte("GET / HTTP/1.1\r\n\r\n"), 0, 0},
		{"data first", fresh, fragment(1, 3, nil), 0, 0},
		{"release first", fresh, release, 0, 0},
		{"release answered first", fresh, released, 0, 0},
		{"acceptance first", fresh, accepted(t), 0, 0},
		{"rejection first", fresh, rejecting, 0, 0},
		{"request of 4 GB", fresh, []byte{1, 0, 0xff, 0xff, 0xff, 0xff}, 0, 0},
		{"request that is too short", fresh, pdu(1, rq[6:40]...), 0, 0},
		{"item longer than the request", fresh, cut(77, 0xff), 0, 0},
		{"even context", fresh, cut(103, 2), 0, 0},
		{"maximum PDU of one byte", fresh, slices.Replace(slices.Clone(rq), 157, 161, 0, 0, 0, 1), 0, 0},

		// Established (Sta6) it is AA-8: source 2 and the reason.
		{"unknown PDU", open, pdu(9), 2, 1},
		{"second request", open, rq, 2, 2},
		{"acceptance", open, accepted(t), 2, 2},
		{"rejection", open, rejecting, 2, 2},
		{"release answered that nobody asked for", open, released, 2, 2},
		{"release of five bytes", open, pdu(5, 0, 0, 0, 0, 0), 2, 6},
		{"data for a context nobody accepted", open, fragment(3, 3, []byte("data")), 2, 6},
		{"PDU longer than the maximum", open, pdu(4, make([]byte, 4097)...), 2, 6},
		{"PDU of 4 GB", open, []byte{4, 0, 0xff, 0xff, 0xff, 0xff}, 2, 6},
		{"PDU without a fragment", open, pdu(4), 2, 6},
		{"fragment longer than its PDU", open, pdu(4, 0, 0, 0, 9, 1, 3, 7), 2, 6},
		{"fragment of 4 GB", open, pdu(4, 0xff, 0xff, 0xff, 0xff, 1, 3, 7), 2, 6},
		{"fragment without a header", open, pdu(4, 0, 0, 0, 1, 1, 3), 2, 6},
		{"half a fragment after a whole one", open, pdu(4, 0, 0, 0, 2, 1, 1, 0, 0), 2, 6},
	} {
		t.Run(test.name, func(t *testing.T) { test.peer(t).say(test.says).abort(test.source, test.reason) })
	}
	echoing := associated(t, address) // after all that
	echoing.say(fragment(1, 3, []byte("c")), fragment(1, 2, []byte("d"))).hear(4)
}

func TestRejectionsSayWhy(t *testing.T) {
	policy := ul.Policy{AETitle: "ERIS", Callers: []string{"CLINIC"}}
	address := serve(t, &ul.Server{Handle: mirror, Accept: policy.Accept})
	for _, test := range []struct {
		calling, called string
		want            ul.Rejection
	}{
		{"CLINIC", "OTHER", ul.CalledAENotRecognized},
		{"STRANGER", "ERIS", ul.CallingAENotRecognized},
	} {
		r := request()
		r.CallingAE, r.CalledAE = test.calling, test.called
		_, err := ul.Dial(t.Context(), ul.DialOptions{Address: address, Node: "north"}, r)
		var no *ul.Rejection
		if !errors.Is(err, node.ErrRefused) || !errors.As(err, &no) || *no != test.want {
			t.Errorf("%s asks %s: %v", test.calling, test.called, err)
		}
	}
}

func TestABytePerSegmentIsEnough(t *testing.T) {
	address := serve(t, &ul.Server{Handle: mirror})
	p := knock(t, address)
	p.drip(asking(t))
	p.hear(2)
	for _, b := range []byte("command") {
		p.drip(fragment(1, 1, []byte{b}))
	}
	p.drip(fragment(1, 3, nil))
	for range 1000 {
		p.drip(fragment(1, 0, []byte{7}))
	}
	p.drip(fragment(1, 2, nil))
	if body := p.hear(4); string(body[6:]) != "command" {
		t.Errorf("command %q", body[6:])
	}
	if body := p.hear(4); !bytes.Equal(body[6:], bytes.Repeat([]byte{7}, 1000)) {
		t.Errorf("data of %d bytes", len(body)-6)
	}
	p.drip(release)
	p.hear(6)
	p.CloseWrite()
	p.end()
}

// TestDataWithoutEndTakesNoMemory sends a quarter of a gigabyte that never ends
// its data set, and after an abort as much as the server still takes.
func TestDataWithoutEndTakesNoMemory(t *testing.T) {
	var got atomic.Int64
	address := serve(t, &ul.Server{Timeouts: ul.Timeouts{Close: soonest}, Handle: func(ctx context.Context, a *ul.Association) {
		for {
			v, err := a.Receive(ctx)
			if err != nil {
				return
			}
			got.Add(int64(len(v.Data)))
		}
	}})
	p := associated(t, address)
	piece := fragment(1, 0, make([]byte, 100<<10))
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for range 2560 {
		if _, err := p.Write(piece); err != nil {
			t.Fatal(err)
		}
	}
	runtime.ReadMemStats(&after)
	if grown := int64(after.TotalAlloc - before.TotalAlloc); grown > 16<<20 {
		t.Errorf("%d bytes were allocated", grown)
	}
	p.say(pdu(9)) // the server aborts; from now on it only waits for the end
	for {
		if _, err := p.Write(piece); err != nil {
			break
		}
	}
	if got.Load() != 2560*100<<10 {
		t.Errorf("%d bytes arrived", got.Load())
	}
}

// TestAReceiverThatDoesNotReceiveHoldsThePeerBack sends until the connection is
// full; the association must hold three PDUs at most.
func TestAReceiverThatDoesNotReceiveHoldsThePeerBack(t *testing.T) {
	started := make(chan *ul.Association, 1)
	address := serve(t, &ul.Server{Handle: func(ctx context.Context, a *ul.Association) { started <- a; <-a.Done() }})
	o := ul.DialOptions{Address: address, Timeouts: ul.Timeouts{Stall: soonest}}
	a, err := ul.Dial(t.Context(), o, request())
	if err != nil {
		t.Fatal(err)
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	err = a.Send(t.Context(), 1, ul.Data, zeros{})
	if !errors.Is(err, node.ErrStalled) {
		t.Errorf("sent without end: %v", err)
	}
	runtime.ReadMemStats(&after)
	if grown := int64(after.TotalAlloc - before.TotalAlloc); grown > 16<<20 {
		t.Errorf("%d bytes were allocated", grown)
	}
	(<-started).Abort()
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

func TestSlowPeersAreEnded(t *testing.T) {
	ended := make(chan error, 1)
	receive := func(ctx context.Context, a *ul.Association) {
		_, err := a.Receive(ctx)
		ended <- err
	}
	address := serve(t, &ul.Server{Timeouts: ul.Timeouts{ARTIM: soonest}, Handle: receive})
	t.Run("says nothing", func(t *testing.T) { knock(t, address).end() })
	t.Run("asks a byte at a time", func(t *testing.T) {
		p := knock(t, address)
		for _, b := range asking(t) {
			if _, err := p.Write([]byte{b}); err != nil {
				return // ARTIM ended it
			}
			time.Sleep(5 * time.Millisecond) // slower than ARTIM allows
		}
		if kind, _, err := p.pdu(); err == nil {
			t.Errorf("it was answered by a PDU of type %d", kind)
		}
	})
	t.Run("idles", func(t *testing.T) {
		address := serve(t, &ul.Server{Timeouts: ul.Timeouts{Idle: soonest}, Handle: receive})
		associated(t, address).abort(0, 0)
		if err := <-ended; !errors.Is(err, node.ErrStalled) {
			t.Errorf("the server's user hears %v", err)
		}
	})
	t.Run("stops in the middle of a PDU", func(t *testing.T) {
		address := serve(t, &ul.Server{Timeouts: ul.Timeouts{Stall: soonest}, Handle: receive})
		associated(t, address).say(fragment(1, 3, []byte("command"))[:9]).abort(0, 0)
		if err := <-ended; !errors.Is(err, node.ErrStalled) {
			t.Errorf("the server's user hears %v", err)
		}
	})
}

func TestARejectedPeerThatStaysIsClosed(t *testing.T) {
	address := serve(t, &ul.Server{Timeouts: ul.Timeouts{Close: soonest}, Handle: mirror, Accept: ul.Policy{AETitle: "ERIS"}.Accept})
	p := knock(t, address).say(asking(t))
	p.hear(3)
	p.end()
}

// TestTenThousandAssociations comes from 16 sides at once. Nobody is let in
// beyond the limit, and in the end the server works and holds nothing.
func TestTenThousandAssociations(t *testing.T) {
	var open, most atomic.Int64
	address := serve(t, &ul.Server{
		Limits: ul.Limits{Associations: 8, PerAddress: 8, PerSecond: 1e6},
		Handle: func(ctx context.Context, a *ul.Association) {
			most.Store(max(most.Load(), open.Add(1)))
			defer open.Add(-1)
			mirror(ctx, a)
		},
	})
	var in, no, closed atomic.Int64
	knocking := make(chan struct{})
	for range 16 {
		go func() {
			defer func() { knocking <- struct{}{} }()
			for range 10000 / 16 {
				count(t, address, &in, &no, &closed)
			}
		}()
	}
	for range 16 {
		<-knocking
	}
	t.Logf("%d let in, %d rejected, %d closed unheard; at most %d at a time", in.Load(), no.Load(), closed.Load(), most.Load())
	if most.Load() > 8 || in.Load() == 0 || in.Load()+no.Load()+closed.Load() != 10000 {
		t.Error("the limit did not hold")
	}
	r := request()
	for { // the last ones may still be leaving
		a, err := ul.Dial(t.Context(), ul.DialOptions{Address: address}, r)
		if err == nil {
			a.Release(t.Context())
			break
		}
	}
}

// count opens one association, leaves it without a word, and counts the answer.
func count(t *testing.T, address string, in, no, closed *atomic.Int64) {
	a, err := ul.Dial(t.Context(), ul.DialOptions{Address: address}, request())
	var rejection *ul.Rejection
	switch {
	case err == nil:
		in.Add(1)
		a.Abort()
	case errors.As(err, &rejection) && *rejection == ul.LocalLimitExceeded && rejection.Transient():
		no.Add(1)
	case node.Kind(err) == node.ErrPartial, node.Kind(err) == node.ErrUnreachable:
		closed.Add(1)
	default:
		t.Errorf("unexpected: %v", err)
	}
}

func TestTooManyNewOnesAreToldToWait(t *testing.T) {
	address := serve(t, &ul.Server{Handle: mirror, Limits: ul.Limits{PerSecond: 0.001}})
	dial(t, address, request()).Release(t.Context())
	_, err := ul.Dial(t.Context(), ul.DialOptions{Address: address}, request())
	var no *ul.Rejection
	if !errors.As(err, &no) || *no != ul.TemporaryCongestion {
		t.Errorf("the second one: %v", err)
	}
}

// TestPeersThatEndInEveryState has a scripted acceptor abort or leave, and the
// requestor hear it as the right kind.
func TestPeersThatEndInEveryState(t *testing.T) {
	rq := func(p *scripted) *scripted { p.hear(1); return p }
	up := func(p *scripted) *scripted { return rq(p).say(accepted(p.t)) }
	for _, test := range []struct {
		name   string
		script func(*scripted)
		kind   error
		says   string
	}{
		{"Sta5 left", func(p *scripted) { rq(p) }, node.ErrUnreachable, "closed the connection before it answered"},
		{"Sta5 aborted", func(p *scripted) { rq(p).say(aborting) }, node.ErrPartial, "aborted by its application"},
		{"Sta5 aborted by provider", func(p *scripted) { rq(p).say(pdu(7, 0, 0, 2, 2)) }, node.ErrPartial, "upper layer: unexpected PDU"},
		{"Sta5 rejected", func(p *scripted) { rq(p).say(pdu(3, 0, 2, 3, 1)) }, node.ErrRefused, "for now: temporary congestion"},
		{"Sta5 rejected oddly", func(p *scripted) { rq(p).say(pdu(3, 0, 1, 9, 9)) }, node.ErrRefused, "unknown reason 9 of source 9"},
		{"Sta5 garbage", func(p *scripted) { rq(p).say([]byte("HTTP/1.1 400 Bad Request\r\n")).abort(2, 1) }, node.ErrGarbled, "PDU type 72 is unknown"},
		{"Sta5 asked back", func(p *scripted) { rq(p).say(asking(p.t)).abort(2, 2) }, node.ErrGarbled, "A-ASSOCIATE-RQ came at the wrong time"},
		{"Sta5 data", func(p *scripted) { rq(p).say(fragment(1, 3, nil)).abort(2, 2) }, node.ErrGarbled, "P-DATA-TF came at the wrong time"},
		{"Sta5 silent", func(p *scripted) { rq(p).abort(0, 0) }, node.ErrStalled, ""},
		{"Sta6 left", func(p *scripted) { up(p) }, node.ErrPartial, "closed the connection"},
		{"Sta6 left in a PDU", func(p *scripted) { up(p).say(fragment(1, 3, []byte("half"))[:10]) }, node.ErrPartial, "closed the connection"},
		{"Sta6 aborted", func(p *scripted) { up(p).say(aborting) }, node.ErrPartial, "aborted by its application"},
		{"Sta6 rejected", func(p *scripted) { up(p).say(rejecting).abort(2, 2) }, node.ErrGarbled, "A-ASSOCIATE-RJ came at the wrong time"},
		{"Sta6 foreign context", func(p *scripted) { up(p).say(fragment(5, 3, nil)).abort(2, 6) }, node.ErrGarbled, "context 5, which was not accepted"},
		{"Sta6 silent in a PDU", func(p *scripted) { up(p).say(fragment(1, 3, nil)[:7]).abort(0, 0) }, node.ErrStalled, ""},
		{"Sta6 silent in a message", func(p *scripted) { up(p).say(fragment(1, 1, nil)).abort(0, 0) }, node.ErrStalled, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			o := ul.DialOptions{Address: answering(t, test.script), Node: "north"}
			if test.kind == node.ErrStalled {
				o.Timeouts = ul.Timeouts{Stall: soonest, Connect: soonest, Associate: 10 * soonest}
			}
			a, err := ul.Dial(t.Context(), o, request())
			for err == nil {
				_, err = a.Receive(t.Context())
			}
			if !errors.Is(err, test.kind) || !bytes.Contains([]byte(err.Error()), []byte(test.says)) {
				t.Errorf("%v, want %v: %s", err, test.kind, test.says)
			}
			if a != nil {
				a.Abort() // ended already, and still allowed
			}
		})
	}
}

func TestPeersThatEndDuringTheRelease(t *testing.T) {
	up := func(p *scripted) *scripted { p.hear(1); p.say(accepted(p.t)); p.hear(5); return p }
	for _, test := range []struct {
		name   string
		script func(*scripted)
		kind   error // nil: released
	}{
		{"answered", func(p *scripted) { up(p).say(released).end() }, nil},
		{"data before the answer", func(p *scripted) { up(p).say(fragment(1, 3, nil), fragment(1, 3, nil), released).end() }, nil},
		{"collision", func(p *scripted) { up(p).say(release); p.hear(6); p.say(released).end() }, nil},
		{"collision, then gone", func(p *scripted) { up(p).say(release); p.hear(6) }, node.ErrPartial},
		{"collision, asked twice", func(p *scripted) { up(p).say(release); p.hear(6); p.say(release).abort(2, 2) }, node.ErrGarbled},
		{"aborted", func(p *scripted) { up(p).say(aborting) }, node.ErrPartial},
		{"left", func(p *scripted) { up(p) }, node.ErrPartial},
		{"garbage", func(p *scripted) { up(p).say(pdu(0)).abort(2, 1) }, node.ErrGarbled},
		{"silent", func(p *scripted) { up(p).abort(0, 0) }, node.ErrStalled},
	} {
		t.Run(test.name, func(t *testing.T) {
			o := ul.DialOptions{Address: answering(t, test.script)}
			if test.kind == node.ErrStalled {
				o.Timeouts.Release = soonest
			}
			a, err := ul.Dial(t.Context(), o, request())
			if err != nil {
				t.Fatal(err)
			}
			if err := a.Release(t.Context()); node.Kind(err) != test.kind {
				t.Errorf("%v, want %v", err, test.kind)
			}
		})
	}
}

func TestAReleaseCollisionOfTheAcceptor(t *testing.T) {
	outcome := make(chan error, 1)
	address := serve(t, &ul.Server{Handle: func(ctx context.Context, a *ul.Association) { outcome <- a.Release(ctx) }})
	p := associated(t, address)
	p.hear(5)
	p.say(release, released) // asks, then answers: the acceptor answers last
	p.hear(6)
	p.CloseWrite()
	p.end()
	if err := <-outcome; err != nil {
		t.Errorf("release: %v", err)
	}
}

// TestPeersThatLeaveAServer leave in each state an acceptor has before and after
// it agrees.
func TestPeersThatLeaveAServer(t *testing.T) {
	outcome := make(chan error, 1)
	deciding, decide := make(chan struct{}), make(chan struct{})
	address := serve(t, &ul.Server{
		Accept: func(ctx context.Context, i *ul.Indication) ul.Answer {
			deciding <- struct{}{}
			<-decide
			return ul.Answer{Contexts: []ul.Context{{ID: 1, TransferSyntax: dicom.ImplicitVRLittleEndian}}}
		},
		Handle: func(ctx context.Context, a *ul.Association) {
			_, err := a.Receive(ctx)
			outcome <- err
		},
	})
	t.Run("Sta2", func(t *testing.T) { knock(t, address).say(asking(t)[:20]).Close() })
	t.Run("Sta2 aborted", func(t *testing.T) { knock(t, address).say(aborting).end() })
	t.Run("Sta3", func(t *testing.T) {
		p := knock(t, address).say(asking(t))
		<-deciding
		p.say(aborting).end()
		decide <- struct{}{}
	})
	t.Run("Sta3 impatient", func(t *testing.T) {
		p := knock(t, address).say(asking(t))
		<-deciding
		p.say(fragment(1, 3, nil)).abort(2, 2)
		decide <- struct{}{}
	})
	for name, end := range map[string]func(*scripted){
		"Sta6 aborted": func(p *scripted) { p.say(aborting).end() },
		"Sta6 left":    func(p *scripted) { p.Close() },
	} {
		t.Run(name, func(t *testing.T) {
			p := knock(t, address).say(asking(t))
			<-deciding
			decide <- struct{}{}
			p.hear(2)
			end(p)
			if err := <-outcome; !errors.Is(err, node.ErrPartial) {
				t.Errorf("the server's user hears %v", err)
			}
		})
	}
}

// TestGivingUpInEveryState ends the context of a requestor in each state.
func TestGivingUpInEveryState(t *testing.T) {
	up := func(p *scripted) *scripted { p.hear(1); return p.say(accepted(p.t)) }
	stop := errors.New("given up")
	t.Run("Sta4", func(t *testing.T) {
		ca := newAuthority(t)
		knocked := make(chan struct{})
		address := answering(t, func(p *scripted) { close(knocked); io.Copy(io.Discard, p) }) // no TLS ever
		ctx, cancel := context.WithCancelCause(t.Context())
		go func() { <-knocked; cancel(stop) }()
		_, err := ul.Dial(ctx, ul.DialOptions{Address: address, TLS: config(t, ul.TLSOptions{CAFile: ca.file})}, request())
		if !errors.Is(err, stop) {
			t.Error(err)
		}
	})
	t.Run("Sta5", func(t *testing.T) {
		ctx, cancel := context.WithCancelCause(t.Context())
		address := answering(t, func(p *scripted) { p.hear(1); cancel(stop); p.abort(0, 0) })
		if _, err := ul.Dial(ctx, ul.DialOptions{Address: address}, request()); !errors.Is(err, stop) {
			t.Error(err)
		}
	})
	t.Run("Sta6 receiving", func(t *testing.T) {
		address := answering(t, func(p *scripted) { up(p).abort(0, 0) })
		a := dial(t, address, request())
		ctx, cancel := context.WithCancelCause(t.Context())
		cancel(stop)
		if _, err := a.Receive(ctx); !errors.Is(err, stop) {
			t.Error(err)
		}
		a.Abort()
		if _, err := a.Receive(t.Context()); !errors.Is(err, ul.ErrEnded) {
			t.Errorf("after the abort: %v", err)
		}
	})
	t.Run("Sta6 sending", func(t *testing.T) {
		ctx, cancel := context.WithCancelCause(t.Context())
		address := answering(t, func(p *scripted) { up(p); p.hear(4); cancel(stop); p.in.WriteTo(io.Discard) })
		a, err := ul.Dial(t.Context(), ul.DialOptions{Address: address, Timeouts: ul.Timeouts{Close: soonest}}, request())
		if err != nil {
			t.Fatal(err)
		}
		if err := a.Send(ctx, 1, ul.Data, zeros{}); !errors.Is(err, stop) {
			t.Error(err)
		}
	})
	t.Run("Sta6 with a source that fails", func(t *testing.T) {
		address := answering(t, func(p *scripted) { up(p).abort(0, 0) })
		a := dial(t, address, request())
		if err := a.Send(t.Context(), 1, ul.Data, broken{stop}); !errors.Is(err, stop) {
			t.Error(err)
		}
	})
	t.Run("Sta7", func(t *testing.T) {
		ctx, cancel := context.WithCancelCause(t.Context())
		address := answering(t, func(p *scripted) { up(p); p.hear(5); cancel(stop); p.abort(0, 0) })
		a := dial(t, address, request())
		if err := a.Release(ctx); !errors.Is(err, stop) {
			t.Error(err)
		}
	})
}

type broken struct{ err error }

func (b broken) Read([]byte) (int, error) { return 0, b.err }

func TestNobodyThere(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	l.Close()
	for _, address := range []string{address, "host.invalid:104", "no port"} {
		if _, err := ul.Dial(t.Context(), ul.DialOptions{Address: address}, request()); !errors.Is(err, node.ErrUnreachable) {
			t.Errorf("%s: %v", address, err)
		}
	}
}

func TestAServerThatStopsAbortsAll(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	s := &ul.Server{Listener: l, Handle: mirror, Accept: ul.Policy{Supports: []ul.Support{{AbstractSyntax: verification, TransferSyntaxes: []dicom.UID{dicom.ImplicitVRLittleEndian}}}}.Accept}
	served := make(chan error)
	go func() { served <- s.Serve(ctx) }()
	p, silent := associated(t, l.Addr().String()), knock(t, l.Addr().String())
	cancel()
	p.abort(0, 0)
	silent.end()
	if err := <-served; err != nil {
		t.Error(err)
	}
}

func TestRequestsThatCannotBeMade(t *testing.T) {
	for name, change := range map[string]func(*ul.Request){
		"no title":         func(r *ul.Request) { r.CalledAE = "" },
		"long title":       func(r *ul.Request) { r.CallingAE = "SEVENTEEN LETTERS" },
		"no context":       func(r *ul.Request) { r.Contexts = nil },
		"129 contexts":     func(r *ul.Request) { r.Contexts = make([]ul.Context, 129) },
		"even context":     func(r *ul.Request) { r.Contexts[0].ID = 2 },
		"doubled contexts": func(r *ul.Request) { r.Contexts = []ul.Context{{ID: 3}, {ID: 3}} },
	} {
		r := request()
		change(&r)
		if _, err := ul.Dial(t.Context(), ul.DialOptions{Address: "127.0.0.1:1"}, r); err == nil || node.Kind(err) != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
