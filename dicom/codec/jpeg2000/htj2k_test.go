package jpeg2000_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"eris/dicom/codec"
	"eris/dicom/codec/jpeg2000"
)

// highThroughput has OpenJPH compress a synthetic image, or skips the test.
func highThroughput(t *testing.T, m *codec.Image, args string) []byte {
	t.Helper()
	tool, err := exec.LookPath("ojph_compress")
	if err != nil {
		t.Skip("no ojph_compress")
	}
	dir := t.TempDir()
	in, out := filepath.Join(dir, "in.pgm"), filepath.Join(dir, "out.j2c")
	kind := 5
	if m.Components == 3 {
		in, kind = filepath.Join(dir, "in.ppm"), 6
	}
	b := fmt.Appendf(nil, "P%d\n%d %d\n%d\n", kind, m.Columns, m.Rows, 1<<m.Bits-1)
	for i := range m.Rows * m.Columns * m.Components {
		if v := at(m, i); m.Bits > 8 {
			b = append(b, byte(v>>8), byte(v))
		} else {
			b = append(b, byte(v))
		}
	}
	if err := os.WriteFile(in, b, 0o600); err != nil {
		t.Fatal(err)
	}
	if text, err := exec.Command(tool, append([]string{"-i", in, "-o", out}, strings.Fields(args)...)...).CombinedOutput(); err != nil {
		t.Fatalf("ojph_compress %s: %v\n%s", args, err, text)
	}
	stream, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	return stream
}

func TestHighThroughput(t *testing.T) {
	for _, shape := range [][4]int{{1, 1, 1, 8}, {3, 90, 1, 16}, {130, 141, 1, 8}, {130, 141, 1, 12}, {130, 141, 1, 16}, {99, 150, 3, 8}, {99, 150, 3, 12}} {
		for _, args := range []string{
			"-reversible true", "-qstep 0.002", "-reversible true -num_decomps 0", "-reversible true -num_decomps 2 -block_size {32,16} -prog_order LRCP",
			"-reversible true -prog_order PCRL -precincts {32,32},{64,128}", "-reversible true -prog_order CPRL -tile_size {64,48} -image_offset {13,5}",
			"-qstep 0.01 -prog_order RLCP -tile_size {50,40}",
		} {
			m := synthetic(shape[0], shape[1], shape[2], shape[3], false)
			t.Run(fmt.Sprint(shape, args), func(t *testing.T) {
				t.Parallel()
				checkHighThroughput(t, m, args)
			})
		}
	}
}

func checkHighThroughput(t *testing.T, m *codec.Image, args string) {
	b := highThroughput(t, m, args)
	h, err := jpeg2000.ReadHeader(b)
	if err != nil || !h.HT {
		t.Fatalf("%+v, %v", h, err)
	}
	want, err := reference(t, b, m.Bits, false)
	if err != nil {
		t.Skip("OpenJPEG does not read it")
	}
	tolerance := 0
	if !h.Reversible {
		tolerance = 1 + m.Bits/16
	}
	got := decode(t, b, jpeg2000.Options{Workers: 2})
	compare(t, got, want, tolerance)
	checkRegion(t, b, got)
}
