package main

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"time"
)

// errNoPeer says that the program or the library of a peer is not here.
var errNoPeer = errors.New("no peer")

// codecTool is a program that decodes a whole file. What it takes for the same
// frames uncompressed, by plain, is what it takes to read and write.
type codecTool struct {
	title         string
	decode, plain []string
}

var (
	dcmtkJPEG = codecTool{"dcmtk", []string{"dcmdjpeg"}, []string{"dcmconv"}}
	gdcmRLE   = codecTool{"gdcm", []string{"gdcmconv", "--raw"}, []string{"gdcmconv", "--raw"}}
)

func (t codecTool) name() string { return t.title }

func (t codecTool) seconds(ctx context.Context, _ *bench, f encodedFrames) (float64, error) {
	out := filepath.Join(f.dir, "out.dcm")
	all, err := timed(ctx, t.decode, f.encoded, out)
	if err != nil {
		return 0, err
	}
	rest, err := timed(ctx, t.plain, f.native, out)
	if err != nil {
		return 0, err
	}
	if all <= rest {
		return 0, fmt.Errorf("%s takes %v for compressed and %v for native frames", t.title, all, rest)
	}
	return (all - rest).Seconds(), nil
}

// timed runs a command on a file.
func timed(ctx context.Context, command []string, in, out string) (time.Duration, error) {
	path, err := exec.LookPath(command[0])
	if err != nil {
		return 0, fmt.Errorf("%w: %w", errNoPeer, err)
	}
	start := time.Now()
	_, err = exec.CommandContext(ctx, path, append(command[1:len(command):len(command)], in, out)...).Output()
	if err != nil {
		return 0, fmt.Errorf("%s: %w", command[0], withStderr(err))
	}
	return time.Since(start), nil
}
