package jpeg2000_test

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"eris/dicom/codec"
	"eris/dicom/codec/jpeg2000"
)

// openJPEG runs a tool of OpenJPEG, the reference, or skips the test.
func openJPEG(t testing.TB, tool string, args ...string) error {
	t.Helper()
	path, err := exec.LookPath(tool)
	if err != nil {
		t.Skipf("no %s", tool)
	}
	out, err := exec.Command(path, args...).CombinedOutput()
	if err != nil {
		t.Logf("%s %v: %v\n%s", tool, args, err, out)
	}
	return err
}

// reference decodes with OpenJPEG: the samples of each component, one
// component after another.
func reference(t testing.TB, stream []byte, bits int, signed bool, args ...string) ([]int, error) {
	t.Helper()
	name := "in.j2k"
	if stream[0] == 0 {
		name = "in.jp2"
	}
	dir := t.TempDir()
	in, out := filepath.Join(dir, name), filepath.Join(dir, "out.rawl")
	if err := os.WriteFile(in, stream, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := openJPEG(t, "opj_decompress", append([]string{"-i", in, "-o", out}, args...)...); err != nil {
		return nil, err
	}
	raw, err := os.ReadFile(out)
	if err != nil {
		return nil, err
	}
	return numbers(raw, bits, signed), nil
}

// numbers reads little-endian samples.
func numbers(raw []byte, bits int, signed bool) []int {
	n := codec.SampleBytes(bits)
	v := make([]int, len(raw)/n)
	for i := range v {
		for k := n - 1; k >= 0; k-- {
			v[i] = v[i]<<8 | int(raw[n*i+k])
		}
		v[i] &= 1<<bits - 1
		if signed && v[i]>>(bits-1) != 0 {
			v[i] -= 1 << bits
		}
	}
	return v
}

// at is a sample of an image.
func at(m *codec.Image, i int) int {
	switch {
	case m.Pix8 != nil && m.Signed:
		return int(int8(m.Pix8[i]))
	case m.Pix8 != nil:
		return int(m.Pix8[i])
	case m.Pix16 != nil && m.Signed:
		return int(int16(m.Pix16[i]))
	case m.Pix16 != nil:
		return int(m.Pix16[i])
	case m.Signed:
		return int(int32(m.Pix32[i]))
	}
	return int(m.Pix32[i])
}

// checkAgainstOpenJPEG compares the two decoders: reversible streams equal,
// others within 1.
func checkAgainstOpenJPEG(t *testing.T, frame int, b []byte) {
	t.Helper()
	h, _ := jpeg2000.ReadHeader(b)
	want, err := reference(t, b, h.Bits, h.Signed)
	got, ours := jpeg2000.Decode(context.Background(), b, codec.Params{}, jpeg2000.Options{Workers: 1 + frame%2})
	if err != nil {
		t.Logf("OpenJPEG refuses it; ours: %v", ours)
		return
	}
	if errors.Is(ours, codec.ErrUnsupported) && h.HT {
		t.Skip(ours)
	}
	if ours != nil {
		t.Errorf("frame %d: %v", frame, ours)
		return
	}
	tolerance := 1
	if h.Reversible {
		tolerance = 0
	}
	compare(t, got, want, tolerance)
}

// compare holds an image against samples of component after component.
func compare(t *testing.T, got *codec.Image, want []int, tolerance int) {
	t.Helper()
	pixels := got.Rows * got.Columns
	if len(want) != pixels*got.Components {
		t.Errorf("%d samples where %d are expected", pixels*got.Components, len(want))
		return
	}
	wrong, worst := 0, 0
	for i, w := range want {
		d := at(got, i%pixels*got.Components+i/pixels) - w
		if d = max(d, -d); d > tolerance {
			wrong++
			worst = max(worst, d)
		}
	}
	if wrong > 0 {
		t.Errorf("%d of %d samples differ, at most by %d", wrong, len(want), worst)
	}
}
