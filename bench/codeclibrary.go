package main

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"

	"eris/dicom/codec"
)

// codecLibrary is a library with a small C program around it, in peer/.
type codecLibrary struct {
	title, source, library string // library: its name for pkg-config
}

var (
	charls   = codecLibrary{"CharLS", "charls.c", "charls"}
	openJPEG = codecLibrary{"OpenJPEG", "openjpeg.c", "libopenjp2"}
)

func (l codecLibrary) name() string { return l.title }

// seconds is how long the library takes for all frames, from memory to memory.
func (l codecLibrary) seconds(ctx context.Context, b *bench, f encodedFrames) (float64, error) {
	stream := filepath.Join(f.dir, "stream")
	if err := os.WriteFile(stream, f.stream, 0o600); err != nil {
		return 0, err
	}
	out, err := l.run(ctx, b, "decode", strconv.Itoa(f.count), stream)
	if err != nil {
		return 0, err
	}
	return strconv.ParseFloat(strings.TrimSpace(out), 64)
}

// encode makes a stream of a picture.
func (l codecLibrary) encode(b *bench, ctx context.Context, m *codec.Image) ([]byte, error) {
	dir, err := b.folder("library")
	if err != nil {
		return nil, err
	}
	samples, stream := filepath.Join(dir, "samples"), filepath.Join(dir, "stream")
	if err := os.WriteFile(samples, nativeBytes(m), 0o600); err != nil {
		return nil, err
	}
	if _, err := l.run(ctx, b, "encode", strconv.Itoa(m.Rows), strconv.Itoa(m.Columns), strconv.Itoa(m.Bits), samples, stream); err != nil {
		return nil, err
	}
	return os.ReadFile(stream)
}

func (l codecLibrary) run(ctx context.Context, b *bench, args ...string) (string, error) {
	program, err := l.program(ctx, b)
	if err != nil {
		return "", err
	}
	out, err := exec.CommandContext(ctx, program, args...).Output()
	if err != nil {
		return "", fmt.Errorf("%s %s: %w", l.title, args[0], withStderr(err))
	}
	return string(out), nil
}

// program compiles the program around the library, once.
func (l codecLibrary) program(ctx context.Context, b *bench) (string, error) {
	program := filepath.Join(b.dir, strings.TrimSuffix(l.source, ".c"))
	if _, err := os.Stat(program); !errors.Is(err, fs.ErrNotExist) {
		return program, err
	}
	flags, err := exec.CommandContext(ctx, "pkg-config", "--cflags", "--libs", l.library).Output()
	if err != nil {
		return "", fmt.Errorf("%w: %s: %w", errNoPeer, l.title, withStderr(err))
	}
	args := append([]string{"-O2", "-o", program, filepath.Join(b.module, "bench", "peer", l.source)}, strings.Fields(string(flags))...)
	if _, err := exec.CommandContext(ctx, "gcc", args...).Output(); err != nil {
		return "", fmt.Errorf("%w: %s: %w", errNoPeer, l.title, withStderr(err))
	}
	return program, nil
}

// encodeHTJ2K encodes by OpenJPH: OpenJPEG decodes High-Throughput JPEG 2000,
// but does not encode it.
func encodeHTJ2K(b *bench, ctx context.Context, m *codec.Image) ([]byte, error) {
	const encoder = "ojph_compress"
	if _, err := exec.LookPath(encoder); err != nil {
		return nil, fmt.Errorf("%w: %w", errNoPeer, err)
	}
	dir, err := b.folder("openjph")
	if err != nil {
		return nil, err
	}
	picture, stream := filepath.Join(dir, "picture.pgm"), filepath.Join(dir, "stream.j2c")
	if err := os.WriteFile(picture, pgm(m), 0o600); err != nil {
		return nil, err
	}
	if _, err := exec.CommandContext(ctx, encoder, "-i", picture, "-o", stream, "-reversible", "true").Output(); err != nil {
		return nil, fmt.Errorf("%s: %w", encoder, withStderr(err))
	}
	return os.ReadFile(stream)
}

// pgm is a picture of 16 bits as a portable graymap, which is big endian.
func pgm(m *codec.Image) []byte {
	out := fmt.Appendf(nil, "P5\n%d %d\n65535\n", m.Columns, m.Rows)
	for _, v := range m.Pix16 {
		out = binary.BigEndian.AppendUint16(out, v)
	}
	return out
}
