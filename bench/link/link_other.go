//go:build !linux

package link

import (
	"context"
	"fmt"
	"os/exec"
)

// Link is a way to a network namespace, which only Linux has.
type Link struct{}

// Up fails with ErrUnavailable.
func Up(context.Context, uint64) (*Link, error) {
	return nil, fmt.Errorf("%w: it needs Linux", ErrUnavailable)
}

// Far is the IP address of the other end.
func (*Link) Far() string { return "" }

// Command is a program that will run at the other end.
func (*Link) Command(name string, args ...string) *exec.Cmd { return exec.Command(name, args...) }

// Set gives the link another shape.
func (*Link) Set(Shape) {}

// Cut loses every packet until Restore.
func (*Link) Cut() {}

// Restore mends the link.
func (*Link) Restore() {}

// Close takes the link down.
func (*Link) Close() error { return nil }
