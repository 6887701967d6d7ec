package rle_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"eris/dicom"
	"eris/dicom/codec"
	"eris/dicom/codec/rle"
)

// corpusFiles are the files of real archives with RLE and whole bytes.
func corpusFiles(t *testing.T) (paths []string) {
	t.Helper()
	root := os.Getenv("ERIS_CORPUS")
	if root == "" {
		root = filepath.Join("..", "..", "..", "..", "shared", "corpus")
	}
	index, err := os.ReadFile(filepath.Join(root, "index.tsv"))
	if err != nil {
		t.Skip("corpus of real files skipped: set ERIS_CORPUS")
	}
	for _, line := range strings.Split(string(index), "\n") {
		c := strings.Split(line, "\t")
		if len(c) > 9 && c[5] == "RLE Lossless" && c[9] != "1/1" && !strings.HasPrefix(c[0], "fuzzing") {
			paths = append(paths, filepath.Join(root, c[0]))
		}
	}
	return paths
}

// native is the samples as native pixel data, pixel by pixel.
func native(m *codec.Image) []byte {
	out := bytes.Clone(m.Pix8)
	for _, v := range m.Pix16 {
		out = binary.LittleEndian.AppendUint16(out, v)
	}
	for _, v := range m.Pix32 {
		out = binary.LittleEndian.AppendUint32(out, v)
	}
	return out
}

// pixels brings native pixel data by planes into pixel order.
func pixels(b []byte, l rle.Layout) []byte {
	n := l.Rows * l.Columns
	out := make([]byte, 0, len(b))
	for i := range n {
		for s := range l.Samples {
			out = append(out, b[(s*n+i)*l.Bytes:][:l.Bytes]...)
		}
	}
	return out
}

func TestCorpusAgainstDCMTK(t *testing.T) {
	program, err := exec.LookPath("dcmdrle")
	if err != nil {
		t.Skip("comparison with dcmtk skipped: no dcmdrle")
	}
	frames := 0
	for _, path := range corpusFiles(t) {
		out := filepath.Join(t.TempDir(), "peer.dcm")
		if text, err := exec.Command(program, path, out).CombinedOutput(); err != nil {
			t.Errorf("%s: %s", path, text)
			continue
		}
		frames += compared(t, path, out)
	}
	t.Logf("%d frames equal", frames)
	if frames < 50 {
		t.Errorf("only %d frames compared", frames)
	}
}

// compared holds all frames of a file against those of its native copy.
func compared(t *testing.T, path, copied string) (frames int) {
	t.Helper()
	f, err := dicom.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	peer, err := dicom.Open(copied)
	if err != nil {
		t.Fatal(err)
	}
	whole := pixelData(t, copied)
	l := rle.Layout{
		Rows: f.IntOr(dicom.Rows, 0), Columns: f.IntOr(dicom.Columns, 0),
		Samples: f.IntOr(dicom.SamplesPerPixel, 1), Bytes: f.IntOr(dicom.BitsAllocated, 0) / 8,
	}
	size := l.Rows * l.Columns * l.Samples * l.Bytes
	for i := range f.NumberOfFrames() {
		b, err := f.EncodedFrame(i)
		if err != nil {
			t.Fatal(err)
		}
		m, err := rle.Decode(context.Background(), b, l)
		if err != nil {
			t.Errorf("%s: frame %d: %v", path, i, err)
			break
		}
		theirs := whole[i*size:][:size]
		if peer.IntOr(dicom.PlanarConfiguration, 0) == 1 {
			theirs = pixels(theirs, l)
		}
		if !bytes.Equal(native(m), theirs) {
			t.Errorf("%s: frame %d differs", path, i)
		}
		frames++
	}
	return frames
}

// pixelData is the value of the last element of a native file; package dicom
// has no frames of 32 bits.
func pixelData(t *testing.T, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	at := bytes.LastIndex(b, []byte{0xE0, 0x7F, 0x10, 0x00, 'O'}) // (7FE0,0010)
	if at < 0 {
		t.Fatalf("%s: no pixel data", path)
	}
	return b[at+12:]
}
