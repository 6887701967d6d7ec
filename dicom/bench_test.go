package dicom

import (
	"context"
	"os"
	"path/filepath"
	"testing"
)

// ct is a file of 512 × 512 with a header of common length.
func ct(b *testing.B) string {
	b.Helper()
	f := image(b, 512, 512, 16)
	for i := range 100 {
		f.Put(Element{Tag: NewTag(0x0019, uint16(0x1000+i)), VR: "LO", Raw: []byte("a private value ")})
	}
	f.SetPixelData(gradient(512 * 512))
	path := filepath.Join(b.TempDir(), "ct.dcm")
	if err := os.WriteFile(path, written(b, f), 0o600); err != nil {
		b.Fatal(err)
	}
	return path
}

func BenchmarkOpen(b *testing.B) {
	path := ct(b)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Open(path); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkFrame(b *testing.B) {
	f, err := Open(ct(b))
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(512 * 512 * 2)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := f.Frame(context.Background(), 0); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkDecodeNative(b *testing.B) {
	f := image(b, 512, 512, 16)
	m, err := f.format()
	if err != nil {
		b.Fatal(err)
	}
	samples := gradient(512 * 512)
	b.SetBytes(512 * 512 * 2)
	for b.Loop() {
		if _, err := decodeNative(samples, m, false); err != nil {
			b.Fatal(err)
		}
	}
}
