package origin

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log"
	"net"
	"net/http"
	"sync"
	"time"
)

// Service is a handler on a listener.
type Service struct {
	Listener net.Listener // required; Serve owns it
	Handler  http.Handler // required; of New

	// CertFile and KeyFile are the server's certificate in PEM form. Without them
	// only loopback addresses are served, since tokens would go over the wire.
	CertFile, KeyFile string
	// MaxConnections may be open at once, half of them from one address; 0 is 128.
	MaxConnections int
}

// Serve serves until ctx ends, and finishes what is being answered.
func Serve(ctx context.Context, s Service) error {
	config, err := s.tlsConfig()
	if err != nil {
		s.Listener.Close()
		return err
	}
	srv := &http.Server{Handler: s.Handler, TLSConfig: config,
		ReadHeaderTimeout: 10 * time.Second, IdleTimeout: time.Minute, MaxHeaderBytes: 64 << 10,
		BaseContext: func(net.Listener) context.Context { return ctx },
		ErrorLog:    log.New(noWords{}, "", 0)} // strangers must not fill the log
	stopped := make(chan error, 1)
	stop := context.AfterFunc(ctx, func() {
		grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
		defer cancel()
		err := srv.Shutdown(grace)
		stopped <- errors.Join(err, srv.Close())
	})
	bounded := &boundedListener{Listener: s.Listener, most: cmp.Or(s.MaxConnections, 128), from: map[string]int{}}
	if config == nil {
		err = srv.Serve(bounded)
	} else {
		err = srv.ServeTLS(bounded, "", "")
	}
	if !stop() && errors.Is(err, http.ErrServerClosed) {
		<-stopped
		return nil
	}
	return err
}

// tlsConfig is nil on a loopback address without a certificate.
func (s Service) tlsConfig() (*tls.Config, error) {
	if s.CertFile == "" {
		if a, ok := s.Listener.Addr().(*net.TCPAddr); !ok || !a.IP.IsLoopback() {
			return nil, errors.New("serving other computers needs a certificate")
		}
		return nil, nil
	}
	pair, err := tls.LoadX509KeyPair(s.CertFile, cmp.Or(s.KeyFile, s.CertFile))
	if err != nil {
		return nil, fmt.Errorf("certificate of the server: %w", err)
	}
	return &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12}, nil // PS3.15 B.9
}

// noWords hears what net/http says about broken connections.
type noWords struct{}

// Write forgets.
func (noWords) Write(p []byte) (int, error) { return len(p), nil }

// Listen opens a loopback address; port 0 takes a free one.
func Listen(ctx context.Context, port int) (net.Listener, error) {
	return new(net.ListenConfig).Listen(ctx, "tcp", fmt.Sprintf("127.0.0.1:%d", port))
}

// boundedListener closes connections that are too many.
type boundedListener struct {
	net.Listener
	most int

	mu   sync.Mutex
	open int
	from map[string]int
}

// Accept gives the next connection that is not one too many.
func (l *boundedListener) Accept() (net.Conn, error) {
	for {
		conn, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		host, _, err := net.SplitHostPort(conn.RemoteAddr().String())
		if err == nil && l.take(host) {
			return &boundedConn{Conn: conn, gone: sync.OnceFunc(func() { l.give(host) })}, nil
		}
		conn.Close()
	}
}

func (l *boundedListener) take(host string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.open >= l.most || l.from[host] >= max(l.most/2, 1) {
		return false
	}
	l.open++
	l.from[host]++
	return true
}

func (l *boundedListener) give(host string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.open--
	if l.from[host]--; l.from[host] == 0 {
		delete(l.from, host)
	}
}

// boundedConn counts until it is closed.
type boundedConn struct {
	net.Conn
	gone func()
}

// Close closes, and makes room for another.
func (c *boundedConn) Close() error {
	c.gone()
	return c.Conn.Close()
}
