package link_test

import (
	"errors"
	"io"
	"net"
	"testing"
	"time"

	"eris/bench/link"
)

// What comes from the other end comes at the rate and after the delay, and not at
// all while the link is cut.
func TestALinkIsAsThinAsItIsSaidToBe(t *testing.T) {
	l, err := link.Up(t.Context(), 1)
	if errors.Is(err, link.ErrUnavailable) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	})
	far := l.Command("bash", "-c", "exec 3<>/dev/tcp/"+near(t, l)+"; read -r n <&3; head -c $n /dev/zero >&3; sleep 60")
	server, err := net.Listen("tcp", "0.0.0.0:"+port)
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	if err := far.Start(); err != nil {
		t.Fatal(err)
	}
	defer far.Wait()
	defer far.Process.Kill()
	c, err := server.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	l.Set(link.Shape{Rate: 8_000_000, Delay: 50 * time.Millisecond, Loss: 0.001})
	start := time.Now()
	io.WriteString(c, "400000\n")
	b := make([]byte, 400_000)
	if _, err := io.ReadFull(c, b[:1]); err != nil {
		t.Fatal(err)
	}
	if first := time.Since(start); first < 100*time.Millisecond {
		t.Errorf("the first byte came after %v, a round trip is 100 ms", first)
	}
	l.Cut()
	c.SetReadDeadline(time.Now().Add(300 * time.Millisecond))
	io.ReadFull(c, b[1:20_000]) // what has come already
	if n, err := io.ReadFull(c, b[20_000:]); err == nil {
		t.Errorf("%d bytes came over a cut link", n)
	}
	l.Restore()
	c.SetReadDeadline(time.Now().Add(20 * time.Second))
	if n, err := io.Copy(io.Discard, io.LimitReader(c, 300_000)); n < 300_000 {
		t.Errorf("%d bytes came after the link was mended: %v", n, err)
	}
	if whole := time.Since(start); whole < 400*time.Millisecond {
		t.Errorf("400 kB over 8 Mbit/s took %v", whole)
	}
}

const port = "17999"

// near is this end's address for bash.
func near(t *testing.T, l *link.Link) string {
	t.Helper()
	ip := net.ParseIP(l.Far()).To4()
	ip[3]--
	return ip.String() + "/" + port
}
