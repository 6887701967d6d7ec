package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"eris/dicom/codec"
)

// slope is a small picture of 16 bits.
func slope() *codec.Image {
	m := codec.NewImage(40, 60, 1, 16, false)
	for i := range m.Pix16 {
		m.Pix16[i] = uint16(i*i/7 + i%3)
	}
	return m
}

// Each library decodes what was encoded for it to the same samples, and says
// how long that takes.
func TestCodecLibraries(t *testing.T) {
	b := &bench{module: "..", dir: t.TempDir()}
	m := slope()
	for name, tc := range map[string]struct {
		library codecLibrary
		encode  encoder
	}{"JPEG-LS": {charls, charls.encode}, "JPEG 2000": {openJPEG, openJPEG.encode}, "HTJ2K": {openJPEG, encodeHTJ2K}} {
		t.Run(name, func(t *testing.T) {
			stream, err := tc.encode(b, context.Background(), m)
			if errors.Is(err, errNoPeer) {
				t.Skip(err)
			}
			if err != nil {
				t.Fatal(err)
			}
			f := encodedFrames{image: m, stream: stream, count: 2, dir: t.TempDir()}
			if took, err := tc.library.seconds(context.Background(), b, f); err != nil || took <= 0 {
				t.Fatalf("%g seconds, %v", took, err)
			}
			samples := filepath.Join(f.dir, "samples")
			if _, err := tc.library.run(context.Background(), b, "unpack", filepath.Join(f.dir, "stream"), samples); err != nil {
				t.Fatal(err)
			}
			if got, err := os.ReadFile(samples); err != nil || !slices.Equal(got, nativeBytes(m)) {
				t.Errorf("another picture, %v", err)
			}
		})
	}
}

func TestCodecTools(t *testing.T) {
	b := &bench{module: "..", dir: t.TempDir()}
	for _, c := range codecRows {
		if c.decode == nil {
			continue
		}
		t.Run(c.what, func(t *testing.T) {
			stream, err := c.encode(b, context.Background(), slope())
			if errors.Is(err, errNoPeer) {
				t.Skip(err)
			}
			if err != nil {
				t.Fatal(err)
			}
			if _, err := c.seconds(context.Background(), encodedFrames{image: slope(), stream: stream, count: 1}); err != nil {
				t.Error(err)
			}
		})
	}
}
