package ul_test

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"slices"
	"testing"
	"time"

	"eris/sync/ul"
)

// scripted is a peer that does what the test says, byte for byte.
type scripted struct {
	t testing.TB
	net.Conn
	in *bufio.Reader
}

// knock connects to a server under test.
func knock(t testing.TB, address string) *scripted {
	t.Helper()
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return newScripted(t, conn)
}

func newScripted(t testing.TB, conn net.Conn) *scripted {
	conn.SetDeadline(time.Now().Add(time.Minute)) // a test that hangs fails
	return &scripted{t, conn, bufio.NewReader(conn)}
}

// answering is a scripted server: script runs for each connection.
func answering(t testing.TB, script func(*scripted)) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			script(newScripted(t, conn))
			conn.Close()
		}
	}()
	t.Cleanup(func() { l.Close(); <-ended })
	return l.Addr().String()
}

// say sends bytes; that nobody takes them any more is no failure.
func (p *scripted) say(b ...[]byte) *scripted {
	p.Write(slices.Concat(b...)) // what came of it shows in hear
	return p
}

// pdu waits for a PDU.
func (p *scripted) pdu() (kind byte, body []byte, err error) {
	var head [6]byte
	if _, err := io.ReadFull(p.in, head[:]); err != nil {
		return 0, nil, err
	}
	body = make([]byte, binary.BigEndian.Uint32(head[2:]))
	_, err = io.ReadFull(p.in, body)
	return head[0], body, err
}

// hear waits for a PDU of a kind and gives its body.
func (p *scripted) hear(want byte) []byte {
	p.t.Helper()
	kind, body, err := p.pdu()
	if kind != want || err != nil {
		p.t.Errorf("PDU of type %d, want %d: %v", kind, want, err)
	}
	return body
}

// abort waits for an A-ABORT with source and reason, and then the end.
func (p *scripted) abort(source, reason byte) {
	p.t.Helper()
	if body := p.hear(7); len(body) != 4 || body[2] != source || body[3] != reason {
		p.t.Errorf("A-ABORT % x, want source %d, reason %d", body, source, reason)
	}
	p.CloseWrite()
	p.end()
}

// end waits until the other side closes.
func (p *scripted) end() {
	p.t.Helper()
	var timeout net.Error
	if n, err := io.Copy(io.Discard, p.in); n > 0 || errors.As(err, &timeout) && timeout.Timeout() {
		p.t.Errorf("instead of the end %d bytes came: %v", n, err)
	}
}

// CloseWrite says that nothing will follow.
func (p *scripted) CloseWrite() { p.Conn.(*net.TCPConn).CloseWrite() }

// pdu makes a PDU.
func pdu(kind byte, body ...byte) []byte {
	return append(binary.BigEndian.AppendUint32([]byte{kind, 0}, uint32(len(body))), body...)
}

// fragment makes a P-DATA-TF with one fragment.
func fragment(context, control byte, data []byte) []byte {
	return pdu(4, slices.Concat(binary.BigEndian.AppendUint32(nil, uint32(len(data)+2)), []byte{context, control}, data)...)
}

var (
	released  = pdu(6, 0, 0, 0, 0)
	release   = pdu(5, 0, 0, 0, 0)
	aborting  = pdu(7, 0, 0, 0, 0)
	rejecting = pdu(3, 0, 1, 1, 1)
)

func asking(t testing.TB) []byte   { return ul.Vector(t, "testdata/rq_echoscu.pdu") }
func accepted(t testing.TB) []byte { return ul.Vector(t, "testdata/ac_storescp.pdu") }

// associated is a scripted requestor with an association.
func associated(t testing.TB, address string) *scripted {
	t.Helper()
	p := knock(t, address).say(asking(t))
	p.hear(2)
	return p
}

// drip sends bytes one at a time, each in a segment of its own.
func (p *scripted) drip(b []byte) {
	for i := range b {
		if _, err := io.Copy(p, bytes.NewReader(b[i:i+1])); err != nil {
			return
		}
	}
}
