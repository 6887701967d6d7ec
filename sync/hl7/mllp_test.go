package hl7_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"eris/sync/hl7"
	"eris/sync/node"
)

// listener runs a server that takes orders, and refuses those with the number BAD.
type listener struct {
	address string
	mu      sync.Mutex
	taken   []string
}

func listen(t *testing.T, s *hl7.Server) *listener {
	t.Helper()
	socket, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l := &listener{address: socket.Addr().String()}
	s.Listener, s.Self = socket, hl7.Party{Application: "ERIS", Facility: "TEST"}
	if s.Take == nil {
		s.Take = l.take
	}
	ctx, stop := context.WithCancel(context.Background())
	served := make(chan error, 1)
	go func() { served <- s.Serve(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-served; err != nil {
			t.Error(err)
		}
	})
	return l
}

func (l *listener) take(_ context.Context, m hl7.Message) error {
	list, err := hl7.Orders(m, msk)
	if err != nil {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, o := range list {
		if o.AccessionNumber == "BAD" {
			return errors.New("the disk is full")
		}
		l.taken = append(l.taken, o.AccessionNumber)
	}
	return nil
}

func order(number string) []byte {
	return message(msh, pid, "ORC|NW|"+number, "OBR|1|"+number+"||^КТ ОГК")
}

// ask sends bytes and returns the acknowledgement.
func ask(t *testing.T, address string, parts ...[]byte) (hl7.Message, error) {
	t.Helper()
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(20 * time.Second))
	for _, p := range parts {
		if _, err := conn.Write(p); err != nil {
			return hl7.Message{}, err
		}
	}
	b, err := bufio.NewReader(conn).ReadBytes(0x1c)
	if err != nil {
		return hl7.Message{}, err
	}
	return hl7.Parse(bytes.Trim(b, "\x0b\x1c"))
}

func block(b []byte) []byte { return append(append([]byte{0x0b}, b...), 0x1c, '\r') }

func TestAcknowledgements(t *testing.T) {
	l := listen(t, &hl7.Server{})
	for name, tc := range map[string]struct {
		sent     []byte
		ack, err string
	}{
		"taken":        {order("A-1"), "AA", ""},
		"not kept":     {order("BAD"), "AE", hl7.InternalError},
		"no order":     {message(msh, pid), "AE", hl7.RequiredMissing},
		"another type": {message(strings.Replace(msh, "ORM^O01", "ADT^A08", 1), pid), "AR", hl7.UnsupportedType},
		"no HL7":       {[]byte("GET / HTTP/1.1"), "AE", hl7.SequenceError},
	} {
		ack, err := ask(t, l.address, block(tc.sent))
		if err != nil || ack.Get("MSA", 1, 1) != tc.ack || ack.Get("ERR", 3, 1) != tc.err {
			t.Errorf("%s: %s %s, %v", name, ack.Get("MSA", 1, 1), ack.Get("ERR", 3, 1), err)
		}
		if name != "no HL7" && (ack.Get("MSA", 2, 1) != "M1" || ack.Get("MSH", 5, 1) != "EMIAS" || ack.Get("MSH", 3, 1) != "ERIS") {
			t.Errorf("%s: acknowledged %+v", name, ack)
		}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if fmt.Sprint(l.taken) != "[A-1]" {
		t.Errorf("taken %v", l.taken)
	}
}

func TestSeveralMessagesInPiecesOnOneConnection(t *testing.T) {
	l := listen(t, &hl7.Server{})
	conn, err := net.Dial("tcp", l.address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(20 * time.Second))
	go func() {
		sent := append([]byte("noise before the first byte"), block(order("A-1"))...)
		sent = append(sent, bytes.TrimSuffix(block(order("A-2")), []byte{'\r'})...) // a peer that leaves the CR out
		for _, b := range append(sent, block(order("A-3"))...) {
			conn.Write([]byte{b})
		}
	}()
	r := bufio.NewReader(conn)
	for range 3 {
		b, err := r.ReadBytes(0x1c)
		if err != nil {
			t.Fatal(err)
		}
		if ack, err := hl7.Parse(bytes.Trim(b, "\r\x0b\x1c")); err != nil || ack.Get("MSA", 1, 1) != "AA" {
			t.Errorf("%q, %v", b, err)
		}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if fmt.Sprint(l.taken) != "[A-1 A-2 A-3]" {
		t.Errorf("taken %v", l.taken)
	}
}

func TestPeersThatMisbehaveAreLeft(t *testing.T) {
	l := listen(t, &hl7.Server{Idle: 200 * time.Millisecond})
	endless := append([]byte{0x0b}, bytes.Repeat([]byte("A"), 2<<20)...)
	for name, sent := range map[string][]byte{"never ends": endless, "never begins": bytes.Repeat([]byte("A"), 2<<20), "silent": {0x0b, 'M'}} {
		if _, err := ask(t, l.address, sent); err == nil {
			t.Errorf("%s: an answer", name)
		}
	}
	outside := listen(t, &hl7.Server{Networks: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}})
	if _, err := ask(t, outside.address, block(order("A-1"))); err == nil {
		t.Error("one from outside was answered")
	}
	if ack, err := ask(t, l.address, block(order("A-9"))); err != nil || ack.Get("MSA", 1, 1) != "AA" {
		t.Errorf("the next one: %v, %v", ack, err)
	}
}

func TestClient(t *testing.T) {
	l := listen(t, &hl7.Server{})
	c := hl7.Client{Name: "emias", Address: l.address, Timeout: 5 * time.Second}
	if err := c.Send(t.Context(), string(order("A-1"))); err != nil {
		t.Error(err)
	}
	if err := c.Send(t.Context(), string(order("BAD"))); !errors.Is(err, node.ErrConflict) {
		t.Error(err)
	}
	if err := c.Send(t.Context(), string(message(strings.Replace(msh, "ORM^O01", "ADT^A08", 1)))); !errors.Is(err, node.ErrUnsupported) {
		t.Error(err)
	}
	away := hl7.Client{Name: "emias", Address: "127.0.0.1:1", Timeout: 5 * time.Second}
	if err := away.Send(t.Context(), string(order("A-1"))); !errors.Is(err, node.ErrUnreachable) {
		t.Error(err)
	}
	for kind, answer := range map[error]string{
		node.ErrStalled: "", node.ErrGarbled: "\x0bHTTP/1.1 400\x1c\r", node.ErrPartial: "\x0bMSH|^~\\&|",
		errors.New("another's"): "\x0bMSH|^~\\&|||||||ACK|X|P|2.5.1\rMSA|AA|OTHER\r\x1c\r",
	} {
		wrong := hl7.Client{Name: "emias", Address: answering(t, answer), Timeout: 300 * time.Millisecond}
		err := wrong.Send(t.Context(), string(order("A-1")))
		if node.Kind(kind) == nil {
			kind = node.ErrGarbled
		}
		if !errors.Is(err, kind) {
			t.Errorf("%q: %v, want %v", answer, err, kind)
		}
	}
}

// answering answers whoever connects with the same bytes; with none it is silent.
func answering(t *testing.T, answer string) string {
	socket, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	t.Cleanup(func() { socket.Close(); <-done })
	go func() {
		defer close(done)
		conn, err := socket.Accept()
		if err != nil {
			return
		}
		defer conn.Close()
		io.WriteString(conn, answer)
		if answer != "" {
			conn.(*net.TCPConn).CloseWrite()
		}
		io.Copy(io.Discard, conn)
	}()
	return socket.Addr().String()
}

// TestPythonHL7 lets another implementation send to the server and take from the
// client.
func TestPythonHL7(t *testing.T) {
	send, err := exec.LookPath("mllp_send")
	if err != nil {
		t.Skip("mllp_send of python3-hl7 is not installed")
	}
	l := listen(t, &hl7.Server{})
	host, port, _ := net.SplitHostPort(l.address)
	file := filepath.Join(t.TempDir(), "order.hl7")
	if err := os.WriteFile(file, block(order("A-77")), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.CommandContext(t.Context(), send, "--port", port, "--file", file, host).CombinedOutput()
	if err != nil || !strings.Contains(string(out), "MSA|AA|M1") {
		t.Errorf("%s, %v", out, err)
	}
	l.mu.Lock()
	taken := fmt.Sprint(l.taken)
	l.mu.Unlock()
	if taken != "[A-77]" {
		t.Errorf("taken %s", taken)
	}

	peer := exec.CommandContext(t.Context(), "/usr/bin/python3", "-c", receiver)
	stdout, err := peer.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := peer.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { peer.Process.Kill(); peer.Wait() }()
	lines := bufio.NewScanner(stdout)
	lines.Scan()
	c := hl7.Client{Name: "python", Address: "127.0.0.1:" + lines.Text(), Timeout: 10 * time.Second}
	if err := c.Send(t.Context(), string(order("Ъ-1"))); err != nil {
		t.Fatal(err)
	}
	lines.Scan()
	if got := lines.Text(); got != "ORM^O01 Ъ-1" {
		t.Errorf("the other side read %q", got)
	}
}

// receiver prints its port, then what it was sent.
const receiver = `
import asyncio, sys, hl7.mllp
sys.stdout.reconfigure(encoding="utf-8", line_buffering=True)
async def talk(reader, writer):
    m = await reader.readmessage()
    print(str(m.segment("MSH")[9]), str(m.segment("ORC")[2]))
    writer.writemessage(m.create_ack())
    await writer.drain()
async def main():
    server = await hl7.mllp.start_hl7_server(talk, port=0, host="127.0.0.1", encoding="utf-8")
    print(server.sockets[0].getsockname()[1])
    async with server:
        await server.serve_forever()
asyncio.run(main())
`
