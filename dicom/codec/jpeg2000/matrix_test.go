package jpeg2000_test

import (
	"context"
	"fmt"
	"image"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"eris/dicom/codec"
	"eris/dicom/codec/jpeg2000"
)

// stream says how OpenJPEG is to make a codestream of a synthetic image.
type stream struct {
	rows, columns, components, bits int
	signed                          bool
	steps                           [][2]int // of the components
	args                            string
}

func (s stream) String() string {
	sign := "u"
	if s.signed {
		sign = "s"
	}
	return fmt.Sprintf("%dx%dx%d %d%s %v %s", s.rows, s.columns, s.components, s.bits, sign, s.steps, s.args)
}

// make has OpenJPEG compress it.
func (s stream) make(t testing.TB) []byte {
	t.Helper()
	dir := t.TempDir()
	in, out := filepath.Join(dir, "in.rawl"), filepath.Join(dir, "out.j2k")
	if strings.Contains(s.args, "jp2") {
		out = filepath.Join(dir, "out.jp2")
	}
	shape := fmt.Sprintf("%d,%d,%d,%d,u", s.columns, s.rows, s.components, s.bits)
	if s.signed {
		shape = shape[:len(shape)-1] + "s"
	}
	for i, step := range s.steps {
		shape += fmt.Sprintf("%c%dx%d", "@:"[min(i, 1)], step[0], step[1])
	}
	if err := os.WriteFile(in, s.source(), 0o600); err != nil {
		t.Fatal(err)
	}
	args := append([]string{"-i", in, "-o", out, "-F", shape}, strings.Fields(strings.ReplaceAll(s.args, "jp2", ""))...)
	if err := openJPEG(t, "opj_compress", args...); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// source is the samples that OpenJPEG reads.
func (s stream) source() []byte {
	steps := s.steps
	if steps == nil {
		steps = slices.Repeat([][2]int{{1, 1}}, s.components)
	}
	return raw(synthetic(s.rows, s.columns, s.components, s.bits, s.signed), steps)
}

// matrix is the kinds of codestream that are held against OpenJPEG.
func matrix() []stream {
	var all []stream
	add := func(rows, columns, components, bits int, args ...string) {
		for _, a := range args {
			all = append(all, stream{rows: rows, columns: columns, components: components, bits: bits, args: a})
		}
	}
	for _, size := range [][2]int{{1, 1}, {1, 40}, {40, 1}, {2, 3}, {5, 130}, {61, 67}, {64, 64}, {129, 257}} {
		add(size[0], size[1], 1, 12, "-n 1", "-n 3 -t 512,512", "-n 3 -t 512,512 -I", "-n 3 -t 512,512 -d 1,3")
	}
	for _, bits := range []int{1, 2, 5, 8, 10, 12, 15, 16} {
		add(50, 70, 1, bits, "-n 4", "-n 4 -I")
		all = append(all, stream{rows: 50, columns: 70, components: 1, bits: bits, signed: true, args: "-n 4"})
	}
	for _, p := range []string{"LRCP", "RLCP", "RPCL", "PCRL", "CPRL"} {
		add(150, 170, 3, 8,
			"-p "+p, "-p "+p+" -r 20,5,1 -c [32,32],[64,16],[16,16]", "-p "+p+" -t 64,50 -TP R -SOP -EPH",
			"-p "+p+" -I -r 10,3 -c [64,64] -d 13,7 -T 5,3 -t 61,53", "-p "+p+" -t 100,90 -TP L -r 20,5,1", "-p "+p+" -TP C -PLT -TLM")
	}
	for _, m := range []string{"1", "2", "4", "5", "8", "9", "16", "32", "38", "63"} {
		add(100, 110, 1, 16, "-M "+m, "-M "+m+" -r 8,4,2,1 -b 32,16", "-M "+m+" -I -r 6")
	}
	for _, b := range []string{"4,4", "1024,4", "4,1024", "8,128", "16,64"} {
		add(120, 100, 1, 12, "-b "+b, "-n 2 -b "+b+" -M 8")
	}
	for _, o := range []string{"-d 1,1", "-d 7,13 -T 3,3 -t 40,40", "-d 100,200 -T 90,180 -t 33,47", "-d 3,0 -I", "-d 7,9 -T 1,2 -t 37,41 -I"} {
		add(90, 85, 1, 12, o, o+" -n 2")
		add(90, 85, 3, 8, o+" -mct 1", o+" -mct 0")
	}
	add(80, 90, 3, 8, "-mct 1 -I", "-mct 0 -I", "jp2", "jp2 -I -r 5", "-ROI c=0,U=7", "-ROI c=1,U=12 -mct 0")
	add(80, 90, 3, 12, "-mct 1", "-mct 1 -I", "-POC T1=0,0,1,3,3,RLCP/T1=3,0,1,6,3,CPRL", "-POC T1=0,0,1,6,1,LRCP/T1=0,1,1,6,3,RPCL -r 1")
	add(80, 90, 3, 12, "-r 9,3,1 -POC T1=0,0,1,6,3,LRCP/T1=0,0,3,4,3,RPCL/T1=0,0,3,6,3,PCRL")
	add(80, 90, 1, 16, "-ROI c=0,U=5", "-s 2,2", "-s 2,1 -I", "-n 3 -c [8,8] -b 4,4", "-b 16,16 -c [32,256],[256,32]", "-n 4 -t 9,11")
	all = append(all,
		stream{rows: 80, columns: 90, components: 4, bits: 8, steps: [][2]int{{1, 1}, {2, 2}, {2, 1}, {1, 1}}, args: "-p RPCL -c [32,32]"},
		stream{rows: 81, columns: 91, components: 4, bits: 8, steps: [][2]int{{1, 1}, {2, 2}, {1, 2}, {1, 1}}, args: "-p PCRL -I"},
		stream{rows: 81, columns: 91, components: 4, bits: 8, steps: [][2]int{{2, 2}, {1, 1}, {1, 1}, {2, 1}}, args: "-p CPRL -t 32,32"},
	)
	return all
}

func TestMatrix(t *testing.T) {
	for _, s := range matrix() {
		t.Run(s.String(), func(t *testing.T) {
			t.Parallel()
			b := s.make(t)
			tolerance := 0
			if strings.Contains(s.args, "-I") {
				tolerance = 1 + s.bits/16 // it loses a step at 16 bits
			}
			got := decode(t, b, jpeg2000.Options{})
			var upsample []string
			if s.steps != nil {
				upsample = append(upsample, "-upsample")
			}
			want, err := reference(t, b, s.bits, s.signed, upsample...)
			if err != nil { // it does not read all that it writes
				want = numbers(s.source(), s.bits, s.signed)
			}
			compare(t, got, want, tolerance)
			if two := decode(t, b, jpeg2000.Options{Workers: 3}); !reflect.DeepEqual(got, two) {
				t.Error("with three workers the image is another")
			}
			checkRegion(t, b, got)
			checkReduced(t, s, b, tolerance)
		})
	}
}

func decode(t *testing.T, b []byte, o jpeg2000.Options) *codec.Image {
	t.Helper()
	m, err := jpeg2000.Decode(context.Background(), b, codec.Params{}, o)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// checkRegion compares a region decoded alone with that part of the image.
func checkRegion(t *testing.T, b []byte, whole *codec.Image) {
	t.Helper()
	r := image.Rect(whole.Columns/3, whole.Rows/4, whole.Columns*2/3+1, whole.Rows/2+1)
	got := decode(t, b, jpeg2000.Options{Region: r})
	if got.Columns != r.Dx() || got.Rows != r.Dy() {
		t.Fatalf("a region of %d rows and %d columns", got.Rows, got.Columns)
	}
	if d := different(whole, got, r); d >= 0 {
		t.Fatalf("the region %v differs at %d", r, d)
	}
}

// different is the place of the first sample of a region that is not what it is
// in the whole image; -1 when there is none.
func different(whole, part *codec.Image, r image.Rectangle) int {
	row := r.Dx() * part.Components
	for i := range r.Dy() * row {
		y, x := i/row, i%row
		if at(part, i) != at(whole, ((r.Min.Y+y)*whole.Columns+r.Min.X)*part.Components+x) {
			return i
		}
	}
	return -1
}

// checkReduced compares lower resolutions.
func checkReduced(t *testing.T, s stream, b []byte, tolerance int) {
	t.Helper()
	h, err := jpeg2000.ReadHeader(b)
	if err != nil {
		t.Fatal(err)
	}
	if s.steps != nil || h.Levels < 1 {
		return
	}
	reduce := min(h.Levels, 2)
	want, err := reference(t, b, s.bits, s.signed, "-r", fmt.Sprint(reduce))
	if err != nil {
		t.Logf("OpenJPEG does not reduce it")
		return
	}
	compare(t, decode(t, b, jpeg2000.Options{Reduce: reduce}), want, tolerance)
}
