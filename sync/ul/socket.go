package ul

import (
	"crypto/tls"
	"errors"
	"net"
	"os"
	"syscall"
	"time"
)

// socket is a TCP connection that notices silence and acknowledges at once. TLS
// lies above it.
type socket struct {
	net.Conn
	raw   syscall.RawConn // nil when there is none
	stall time.Duration   // how long a write may make no progress

	// The reader's alone.
	silence time.Duration // how long a read may wait; 0 for ever
	until   time.Time     // when the PDU must be complete; zero for ever
}

func newSocket(conn net.Conn, stall time.Duration) *socket {
	s := &socket{Conn: conn, stall: stall}
	if t, ok := conn.(*net.TCPConn); ok {
		s.raw, _ = t.SyscallConn() // without it peers are slower, nothing else
	}
	s.acknowledge()
	return s
}

// socketOf is the socket below a connection.
func socketOf(conn net.Conn) *socket {
	if t, ok := conn.(*tls.Conn); ok {
		conn = t.NetConn()
	}
	return conn.(*socket)
}

// Read waits as long as the reader's patience lasts. The kernel forgets
// TCP_QUICKACK, so it is asked for again.
func (s *socket) Read(p []byte) (int, error) {
	if err := s.Conn.SetReadDeadline(s.patience()); err != nil {
		return 0, err
	}
	n, err := s.Conn.Read(p)
	s.acknowledge()
	return n, err
}

func (s *socket) patience() time.Time {
	if s.silence == 0 {
		return s.until
	}
	t := time.Now().Add(s.silence)
	if !s.until.IsZero() && s.until.Before(t) {
		return s.until
	}
	return t
}

// Write fails when the peer takes no byte for the stall time; on a thin line a
// PDU takes what it takes.
func (s *socket) Write(p []byte) (n int, err error) {
	for n < len(p) {
		if err := s.Conn.SetWriteDeadline(time.Now().Add(s.stall)); err != nil {
			return n, err
		}
		m, err := s.Conn.Write(p[n:])
		n += m
		if err != nil && (m == 0 || !errors.Is(err, os.ErrDeadlineExceeded)) {
			return n, err
		}
	}
	return n, nil
}
