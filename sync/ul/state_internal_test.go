package ul

import (
	"context"
	"errors"
	"fmt"
	"net"
	"reflect"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"
)

// table is PS3.8 Table 9-10 as it is printed: a row for each event, a column for
// each of the 13 states, "-" where the standard leaves the cell empty.
const table = `
Evt1   AE-1  -     -     -     -     -     -     -     -     -     -     -     -
Evt2   -     -     -     AE-2  -     -     -     -     -     -     -     -     -
Evt3   -     AA-1  AA-8  -     AE-3  AA-8  AA-8  AA-8  AA-8  AA-8  AA-8  AA-8  AA-6
Evt4   -     AA-1  AA-8  -     AE-4  AA-8  AA-8  AA-8  AA-8  AA-8  AA-8  AA-8  AA-6
Evt5   AE-5  -     -     -     -     -     -     -     -     -     -     -     -
Evt6   -     AE-6  AA-8  -     AA-8  AA-8  AA-8  AA-8  AA-8  AA-8  AA-8  AA-8  AA-7
Evt7   -     -     AE-7  -     -     -     -     -     -     -     -     -     -
Evt8   -     -     AE-8  -     -     -     -     -     -     -     -     -     -
Evt9   -     -     -     -     -     DT-1  -     AR-7  -     -     -     -     -
Evt10  -     AA-1  AA-8  -     AA-8  DT-2  AR-6  AA-8  AA-8  AA-8  AA-8  AA-8  AA-6
Evt11  -     -     -     -     -     AR-1  -     -     -     -     -     -     -
Evt12  -     AA-1  AA-8  -     AA-8  AR-2  AR-8  AA-8  AA-8  AA-8  AA-8  AA-8  AA-6
Evt13  -     AA-1  AA-8  -     AA-8  AA-8  AR-3  AA-8  AA-8  AR-10 AR-3  AA-8  AA-6
Evt14  -     -     -     -     -     -     -     AR-4  AR-9  -     -     AR-4  -
Evt15  -     -     AA-1  AA-2  AA-1  AA-1  AA-1  AA-1  AA-1  AA-1  AA-1  AA-1  -
Evt16  -     AA-2  AA-3  -     AA-3  AA-3  AA-3  AA-3  AA-3  AA-3  AA-3  AA-3  AA-2
Evt17  -     AA-5  AA-4  AA-4  AA-4  AA-4  AA-4  AA-4  AA-4  AA-4  AA-4  AA-4  AR-5
Evt18  -     AA-2  -     -     -     -     -     -     -     -     -     -     AA-2
Evt19  -     AA-1  AA-8  -     AA-8  AA-8  AA-8  AA-8  AA-8  AA-8  AA-8  AA-8  AA-7
`

// effect is what Tables 9-6 to 9-9 ask of an action.
type effect struct {
	next   state
	sends  string // the PDU types on the wire, and source and reason of an abort
	artim  string // "started", "stopped", or empty: left as it was
	tells  string // "end": the user hears that it is over; "data", "request", "open": it hears that
	closes bool
	then   eventKind // the event that must follow, as the local user always agrees to a release
}

var effects = map[string]effect{
	"AE-1":           {next: sta4},
	"AE-2":           {next: sta5, sends: "1"},
	"AE-3":           {next: sta6, tells: "open"},
	"AE-4":           {next: sta1, tells: "end", closes: true},
	"AE-5":           {next: sta2, artim: "started"},
	"AE-6":           {next: sta3, artim: "stopped", tells: "request"},
	"AE-6 rejecting": {next: sta13, sends: "3", artim: "started", tells: "end"},
	"AE-7":           {next: sta6, sends: "2"},
	"AE-8":           {next: sta13, sends: "3", artim: "started", tells: "end"},
	"DT-1":           {next: sta6, sends: "4"},
	"DT-2":           {next: sta6, tells: "data"},
	"AR-1":           {next: sta7, sends: "5"},
	"AR-2":           {next: sta8, tells: "end", then: evt14},
	"AR-3":           {next: sta1, tells: "end", closes: true},
	"AR-4":           {next: sta13, sends: "6", artim: "started"},
	"AR-5":           {next: sta1, artim: "stopped", closes: true},
	"AR-6":           {next: sta7, tells: "data"},
	"AR-7":           {next: sta8, sends: "4"},
	"AR-8":           {next: sta10},
	"AR-8 requestor": {next: sta9, then: evt14},
	"AR-9":           {next: sta11, sends: "6"},
	"AR-10":          {next: sta12, tells: "end", then: evt14},
	"AA-1":           {next: sta13, sends: "7:0:0", artim: "started", tells: "end"},
	"AA-2":           {next: sta1, artim: "stopped", tells: "end", closes: true},
	"AA-3":           {next: sta1, tells: "end", closes: true},
	"AA-4":           {next: sta1, tells: "end", closes: true},
	"AA-5":           {next: sta1, artim: "stopped", tells: "end", closes: true},
	"AA-6":           {next: sta13},
	"AA-7":           {next: sta13, sends: "7:2:2"},
	"AA-8":           {next: sta13, sends: "7:2:2", artim: "started", tells: "end"},
}

// wire is a transport connection that keeps what is written and never brings
// anything.
type wire struct {
	net.Conn
	mu     sync.Mutex
	sent   []byte
	closed chan struct{}
	once   sync.Once
}

func (w *wire) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.sent = append(w.sent, p...)
	return len(p), nil
}
func (w *wire) Read([]byte) (int, error)         { <-w.closed; return 0, net.ErrClosed }
func (w *wire) Close() error                     { w.once.Do(func() { close(w.closed) }); return nil }
func (w *wire) RemoteAddr() net.Addr             { return &net.TCPAddr{} }
func (w *wire) SetReadDeadline(time.Time) error  { return nil }
func (w *wire) SetWriteDeadline(time.Time) error { return nil }

// types lists the PDUs that were written.
func (w *wire) types() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	var list []string
	for b := w.sent; len(b) >= headerBytes; b = b[headerBytes+int(b[5])+int(b[4])<<8:] {
		word := fmt.Sprint(b[0])
		if b[0] == typeAbort {
			word += fmt.Sprintf(":%d:%d", b[8], b[9])
		}
		list = append(list, word)
	}
	return strings.Join(list, " ")
}

var errTold = errors.New("what the user is told")

// in makes an association that is in a state, with ARTIM running.
func in(t *testing.T, s state, requestor bool) (*Association, *wire) {
	w := &wire{closed: make(chan struct{})}
	a := newAssociation("test", Timeouts{}, nil, 0)
	a.requestor, a.state = requestor, s
	a.conn = newSocket(w, time.Second)
	a.dial = func(ctx context.Context) (net.Conn, error) { <-ctx.Done(); return nil, ctx.Err() }
	a.request = sample(false)
	a.requestPDU, _ = a.request.pdu() // a sample can be written
	a.artim.Reset(time.Hour)
	t.Cleanup(func() { a.finish(); w.Close() })
	return a, w
}

// sample is a request or answer with little in it.
func sample(answer bool) *associate {
	return &associate{answer: answer, version: 1, called: "B", calling: "A", application: applicationContext}
}

// happen gives an event what it brings.
func happen(k eventKind, w *wire) event {
	e := event{kind: k, reason: reasonUnexpected, err: errTold}
	switch k {
	case evt2, evt5:
		e.conn = newSocket(w, time.Second)
	case evt3, evt6:
		e.associate = sample(k == evt3)
	case evt7:
		e.bytes, _ = sample(true).pdu() // a sample can be written
	case evt4, evt8:
		e.reject = &RejectedNoReason
	case evt9:
		e.bytes = []byte{typeData, 0, 0, 0, 0, 6, 0, 0, 0, 2, 1, 3}
	case evt10:
		e.data = make(shelf, 1).take(6, 6)
		copy(e.data.body, []byte{0, 0, 0, 2, 1, 3})
	}
	return e
}

// name is the action as the standard writes it: AE-1.
func name(act action) string {
	full := runtime.FuncForPC(reflect.ValueOf(act).Pointer()).Name()
	short := strings.ToUpper(full[strings.LastIndexByte(full, '.')+1:])
	return short[:2] + "-" + short[2:]
}

func TestTransitionsAreTable910(t *testing.T) {
	lines := strings.Split(strings.TrimSpace(table), "\n")
	if len(lines) != int(evtCount)-1 {
		t.Fatalf("%d rows", len(lines))
	}
	for row, line := range lines {
		cells := strings.Fields(line)[1:]
		if len(cells) != int(staCount)-1 {
			t.Fatalf("%d columns: %s", len(cells), line)
		}
		for column, cell := range cells {
			k, s := eventKind(row+1), state(column+1)
			t.Run(fmt.Sprintf("Evt%d/Sta%d", k, s), func(t *testing.T) { checkCell(t, k, s, cell) })
		}
	}
}

func checkCell(t *testing.T, k eventKind, s state, cell string) {
	act := transitions[k][s]
	if cell == "-" {
		checkRefused(t, k, s)
		return
	}
	if act == nil || name(act) != cell {
		t.Fatalf("the action is not %s", cell)
	}
	for _, requestor := range []bool{false, true} {
		a, w := in(t, s, requestor)
		e := happen(k, w)
		want := effects[cell]
		if cell == "AR-8" && requestor {
			want = effects["AR-8 requestor"]
		}
		if err := a.step(e); err != nil {
			t.Fatal(err)
		}
		checkEffect(t, a, w, want)
	}
}

// checkRefused makes sure that an event without a cell changes nothing.
func checkRefused(t *testing.T, k eventKind, s state) {
	t.Helper()
	a, w := in(t, s, false)
	if err := a.step(happen(k, w)); !errors.Is(err, ErrEnded) || a.state != s || w.types() != "" || a.gone {
		t.Errorf("error %v, state %d, sent %q, gone %t", err, a.state, w.types(), a.gone)
	}
}

func checkEffect(t *testing.T, a *Association, w *wire, want effect) {
	t.Helper()
	if a.state != want.next {
		t.Errorf("next state %d, want %d", a.state, want.next)
	}
	if w.types() != want.sends {
		t.Errorf("sent %q, want %q", w.types(), want.sends)
	}
	if running := a.artim.Stop(); running != (want.artim != "stopped") {
		t.Errorf("ARTIM runs: %t, want it %s", running, want.artim)
	}
	if got := told(a); got != want.tells {
		t.Errorf("the user hears %q, want %q", got, want.tells)
	}
	if a.gone != want.closes {
		t.Errorf("closed: %t", a.gone)
	}
	var follows eventKind
	if len(a.follow) > 0 {
		follows = a.follow[0].kind
	}
	if follows != want.then {
		t.Errorf("event %d follows, want %d", follows, want.then)
	}
}

// told is what the user hears of. AR-5 ends what was over before, which needs no
// word.
func told(a *Association) string {
	select {
	case <-a.over:
		if a.cause == ErrEnded {
			return ""
		}
		return "end"
	default:
	}
	switch {
	case a.pending != nil:
		return "data"
	case len(a.indications) > 0:
		return "request"
	case a.isEstablished():
		return "open"
	}
	return ""
}

func TestARTIMIsStartedAnew(t *testing.T) {
	for s, k := range map[state]eventKind{sta1: evt5, sta3: evt8, sta8: evt14, sta6: evt19, sta5: evt15} {
		a, w := in(t, s, false)
		a.artim.Stop()
		if err := a.step(happen(k, w)); err != nil {
			t.Fatal(err)
		}
		if !a.artim.Stop() {
			t.Errorf("state %d, event %d: ARTIM does not run", s, k)
		}
	}
}

func TestRequestsThisLayerCannotTake(t *testing.T) {
	for want, change := range map[*Rejection]func(*Association, *associate){
		&VersionNotSupported: func(_ *Association, p *associate) { p.version = 2 },
		{1, 1, 2}:            func(_ *Association, p *associate) { p.application = "1.2.3" },
		&LocalLimitExceeded:  func(a *Association, _ *associate) { a.refusal = &LocalLimitExceeded },
	} {
		a, w := in(t, sta2, false)
		e := happen(evt6, w)
		change(a, e.associate)
		if err := a.step(e); err != nil {
			t.Fatal(err)
		}
		checkEffect(t, a, w, effects["AE-6 rejecting"])
		if got := [3]byte(w.sent[7:10]); got != [3]byte{want.Result, want.Source, want.Reason} {
			t.Errorf("rejected by %v, want %v", got, *want)
		}
	}
}
