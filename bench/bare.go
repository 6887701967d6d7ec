package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// ddOnce writes the bytes of the fetch with dd, synced, and returns MB/s.
func (b *bench) ddOnce(ctx context.Context) (float64, error) {
	source, err := b.noise()
	if err != nil {
		return 0, err
	}
	target := filepath.Join(b.dir, "dd")
	defer os.Remove(target)
	start := time.Now()
	c := exec.CommandContext(ctx, "dd", "if="+source, "of="+target, "bs=1M", "conv=fsync", "status=none")
	if out, err := c.CombinedOutput(); err != nil {
		return 0, fmt.Errorf("dd: %w: %s", err, out)
	}
	return rate(time.Since(start)), nil
}

// curlOnce receives the same bytes over the loopback and drops them, one
// request per slice on one connection, and returns MB/s.
func (b *bench) curlOnce(ctx context.Context) (float64, error) {
	slice := make([]byte, fetchBytes/300)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	server := &http.Server{ReadHeaderTimeout: time.Second, Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.Write(slice) })}
	served := make(chan struct{})
	go func() {
		defer close(served)
		server.Serve(l)
	}()
	defer func() {
		server.Close()
		<-served
	}()
	start := time.Now()
	c := exec.CommandContext(ctx, "curl", "--silent", "--fail", "--noproxy", "*", fmt.Sprintf("http://%s/[1-300]", l.Addr()))
	if err := c.Run(); err != nil { // without Stdout its output goes nowhere
		return 0, fmt.Errorf("curl: %w", err)
	}
	return rate(time.Since(start)), nil
}

func rate(took time.Duration) float64 { return fetchBytes / 1e6 / took.Seconds() }

// noise is a file of as many bytes as the fetch has, made once.
func (b *bench) noise() (string, error) {
	path := filepath.Join(b.dir, "noise")
	if info, err := os.Stat(path); err == nil && info.Size() == fetchBytes {
		return path, nil
	}
	object := make([]byte, fetchBytes)
	rand.Read(object)
	return path, os.WriteFile(path, object, 0o600)
}
