// Package dcmtktest runs dcmtk's programs for tests: peers that are not ours.
package dcmtktest

import (
	"bytes"
	"fmt"
	"net"
	"os"
	"os/exec"
	"testing"
	"time"
)

// Tool is where a program lies. The test is skipped when it is not installed.
func Tool(t testing.TB, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		t.Skip(name + " is not installed")
	}
	return path
}

// FreePort is a port of loopback that nobody listens on.
func FreePort(t testing.TB) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

// Daemon runs a program that listens on a port until the test ends or stop is
// called, and waits until it does. environment is put before the process.
func Daemon(t testing.TB, environment []string, port int, name string, args ...string) (address string, stop func()) {
	t.Helper()
	c := exec.Command(Tool(t, name), args...)
	c.Env = append(os.Environ(), environment...)
	var words bytes.Buffer
	c.Stdout, c.Stderr = &words, &words
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() { c.Wait(); close(ended) }()
	stop = func() { c.Process.Kill(); <-ended }
	t.Cleanup(stop)
	address = fmt.Sprintf("127.0.0.1:%d", port)
	for range 200 {
		select {
		case <-ended:
			t.Fatalf("%s ended: %s", name, words.String())
		default:
		}
		if conn, err := net.Dial("tcp", address); err == nil {
			conn.Close()
			return address, stop
		}
		time.Sleep(25 * time.Millisecond)
	}
	t.Fatalf("%s does not listen", name)
	return "", nil
}
