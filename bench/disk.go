package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// ddOnce writes the bytes of the fetch with dd conv=fsync into one file, with
// more operands of dd, and returns MB/s.
func (b *bench) ddOnce(ctx context.Context, operands ...string) (float64, error) {
	source, err := b.noise()
	if err != nil {
		return 0, err
	}
	target := filepath.Join(b.dir, "dd")
	defer os.Remove(target)
	start := time.Now()
	c := exec.CommandContext(ctx, "dd", append(operands, "if="+source, "of="+target, "conv=fsync", "status=none")...)
	if out, err := c.CombinedOutput(); err != nil {
		return 0, fmt.Errorf("dd: %w: %s", err, out)
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
