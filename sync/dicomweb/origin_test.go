package dicomweb_test

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"eris/sync/dicomweb"
	"eris/sync/dicomweb/origin"
	"eris/sync/node"
)

// TestStrangersReadOnly asks an origin server that needs tokens over TLS.
func TestStrangersReadOnly(t *testing.T) {
	a := newAuthority(t)
	certFile, keyFile := a.issue(t, "server", "127.0.0.1", time.Now().Add(time.Hour))
	address := serveOriginAs(t, origin.Params{Reader: "reads", Writer: "writes", Everywhere: true}, origin.Service{CertFile: certFile, KeyFile: keyFile})
	address = strings.Replace(address, "http://", "https://", 1)
	as := func(token string) *dicomweb.Client {
		return client(t, dicomweb.Options{URL: address, CAFile: a.file, Token: token})
	}
	object := encoded(t, ct(mariya, 2, 1)[0])
	if stored := send(t, as("writes"), object); len(stored.Taken) != 1 {
		t.Fatal(stored)
	}
	for token, want := range map[string]error{"reads": nil, "writes": nil, "": dicomweb.ErrRefused, "wrong": dicomweb.ErrRefused} {
		studies, err := as(token).Studies(t.Context(), node.Query{})
		if !errors.Is(err, want) || want == nil && len(studies) != 1 {
			t.Errorf("token %q: %d studies, %v", token, len(studies), err)
		}
	}
	_, err := as("reads").Store(t.Context(), func(yield func(io.Reader, error) bool) { yield(bytes.NewReader(object), nil) })
	if !errors.Is(err, dicomweb.ErrRefused) {
		t.Errorf("a reader stores: %v", err)
	}
}

// TestWrongTokensAreSlowedDown: who guesses is soon not listened to.
func TestWrongTokensAreSlowedDown(t *testing.T) {
	address := serveOriginAs(t, origin.Params{Reader: "reads", Rate: 0.001}, origin.Service{})
	statuses := map[int]int{}
	for range 10 {
		resp, err := http.Get(address + "/studies")
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		statuses[resp.StatusCode]++
	}
	if statuses[http.StatusUnauthorized] != 2 || statuses[http.StatusTooManyRequests] != 8 {
		t.Error(statuses)
	}
}

// dial opens a connection and sends words.
func dial(t *testing.T, address, words string) net.Conn {
	t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(address, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	if _, err := io.WriteString(conn, words); err != nil {
		t.Fatal(err)
	}
	return conn
}

// TestClientsThatFallSilent: one that never ends its upload, and one that never
// takes its answer, are cut off; others are answered meanwhile.
func TestClientsThatFallSilent(t *testing.T) {
	address := serveOriginAs(t, origin.Params{Stall: 200 * time.Millisecond}, origin.Service{})
	c := client(t, dicomweb.Options{URL: address})
	send(t, c, encoded(t, slice(1024)), encoded(t, slice(64)))
	upload := dial(t, address, "POST /studies HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\nContent-Type: multipart/related; boundary=0123\r\n\r\n--0123\r\n\r\nhalf")
	if _, err := c.Echo(t.Context()); err != nil {
		t.Error(err)
	}
	if resp, err := http.ReadResponse(bufio.NewReader(upload), nil); err == nil && resp.StatusCode < 400 {
		t.Errorf("half an upload: %s", resp.Status)
	}
	if _, err := io.Copy(io.Discard, upload); err != nil && !errors.Is(err, net.ErrClosed) {
		var reset *net.OpError
		if !errors.As(err, &reset) {
			t.Error(err)
		}
	}
	study := "GET /studies/" + string(mariya.UID()) + " HTTP/1.1\r\nHost: localhost\r\n\r\n"
	deaf := dial(t, address, strings.Repeat(study, 20)) // far more than sockets hold
	if _, err := c.Echo(t.Context()); err != nil {
		t.Error(err)
	}
	time.Sleep(600 * time.Millisecond) // it takes nothing for thrice as long as it may
	if n, err := io.Copy(io.Discard, deaf); n >= 20*2*1024*1024 {
		t.Errorf("%d bytes for one who did not take them, %v", n, err)
	}
}

// TestConnectionsAreBounded opens more than one address may have: the last ones
// are closed, and there is room again when the first go.
func TestConnectionsAreBounded(t *testing.T) {
	address := serveOriginAs(t, origin.Params{}, origin.Service{MaxConnections: 8})
	ask := func(conn net.Conn) error {
		if _, err := fmt.Fprint(conn, "GET /studies HTTP/1.1\r\nHost: localhost\r\n\r\n"); err != nil {
			return err
		}
		resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
		if err == nil {
			resp.Body.Close()
		}
		return err
	}
	var open []net.Conn
	for range 4 {
		conn := dial(t, address, "")
		if err := ask(conn); err != nil {
			t.Fatal(err)
		}
		open = append(open, conn)
	}
	if err := ask(dial(t, address, "")); err == nil {
		t.Error("a fifth connection was answered")
	}
	for _, conn := range open {
		conn.Close()
	}
	for range 200 { // the server sees the end of a connection a little later
		if ask(dial(t, address, "")) == nil {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Error("there is no room for another connection")
}

func TestServingOthersNeedsACertificate(t *testing.T) {
	l, err := net.Listen("tcp", "0.0.0.0:0")
	if err != nil {
		t.Skip("no address but loopback can be listened on here:", err)
	}
	if err := origin.Serve(t.Context(), origin.Service{Listener: l, Handler: origin.New(origin.Params{})}); err == nil {
		t.Error("tokens would go over the wire")
	}
	l, err = origin.Listen(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	if err := origin.Serve(t.Context(), origin.Service{Listener: l, CertFile: "nowhere"}); err == nil {
		t.Error("a certificate that is not there was served")
	}
}
