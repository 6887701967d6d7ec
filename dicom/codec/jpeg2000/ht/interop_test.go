package ht

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math/bits"
	"math/rand/v2"
	"os"
	"os/exec"
	"slices"
	"testing"
)

// The tests here code images of one block without wavelets, so that a packet is
// all that stands between a code-block and the samples.

// tool is the path of a program of OpenJPH or OpenJPEG; the test is skipped
// without it.
func tool(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		t.Skipf("comparison with %s skipped: it is not installed", name)
	}
	return path
}

func command(t *testing.T, name string, arguments ...string) {
	t.Helper()
	if out, err := exec.Command(name, arguments...).CombinedOutput(); err != nil {
		t.Fatalf("%s %v: %v\n%s", name, arguments, err, out)
	}
}

func write(t *testing.T, path string, b []byte) {
	t.Helper()
	if err := os.WriteFile(path, b, 0o644); err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// oneBlock finds the only block of a codestream: its bytes and zero planes.
func oneBlock(t *testing.T, stream []byte) (segment []byte, missing int) {
	t.Helper()
	_, packet, found := bytes.Cut(stream, []byte{0xFF, 0x93}) // SOD
	if !found {
		t.Fatal("no data")
	}
	at, left := -1, 0
	bit := func() int { // a byte behind FF has seven bits (ISO/IEC 15444-1 B.10.1)
		if left == 0 {
			at, left = at+1, 8
			if at > 0 && packet[at-1] == 0xFF {
				left = 7
			}
		}
		left--
		return int(packet[at]>>left) & 1
	}
	if bit() != 1 || bit() != 1 {
		return nil, 0 // all 0
	}
	for bit() == 0 {
		missing++
	}
	if bit() != 0 {
		t.Fatal("more than one pass")
	}
	width, length := 3, 0
	for bit() == 1 {
		width++
	}
	for range width {
		length = length<<1 | bit()
	}
	if packet[at] == 0xFF {
		at++
	}
	return packet[at+1:][:length], missing
}

// planesOf is Mb of the only band (ISO/IEC 15444-1 E-2): the exponent and the
// guard bits of QCD.
func planesOf(stream []byte) int {
	qcd := stream[bytes.Index(stream, []byte{0xFF, 0x5C}):]
	return int(qcd[5]>>3) + int(qcd[4]>>5) - 1
}

func TestBlocksOfOpenJPH(t *testing.T) {
	compress := tool(t, "ojph_compress")
	random := rand.New(rand.NewPCG(8, 8))
	var d Decoder
	blocks := 0
	for _, depth := range []int{8, 12, 16} {
		for _, shape := range [][2]int{{64, 64}, {1, 1}, {60, 52}, {33, 7}, {5, 64}, {1024, 4}, {4, 1024}, {255, 13}} {
			width, height := shape[0], shape[1]
			in := make([]uint16, width*height)
			raw := fmt.Appendf(nil, "P5\n%d %d\n%d\n", width, height, 1<<depth-1)
			for i, v := range values(random, width, height, depth-1) {
				in[i] = uint16(v + 1<<(depth-1))
				if depth > 8 {
					raw = append(raw, byte(in[i]>>8))
				}
				raw = append(raw, byte(in[i]))
			}
			dir := t.TempDir()
			write(t, dir+"/in.pgm", raw)
			size := fmt.Sprintf("{%d,%d}", max(4, 1<<bits.Len(uint(width-1))), max(4, 1<<bits.Len(uint(height-1))))
			command(t, compress, "-i", dir+"/in.pgm", "-o", dir+"/out.j2c", "-num_decomps", "0", "-reversible", "true", "-block_size", size)
			stream := read(t, dir+"/out.j2c")
			segment, missing := oneBlock(t, stream)
			if segment == nil {
				continue
			}
			out := make([]int32, width*height)
			if err := d.Decode(out, width, height, width, segment, nil, planesOf(stream), missing, 1, false); err != nil {
				t.Errorf("%d bits, %v: %v", depth, shape, err)
				continue
			}
			blocks++
			for i, v := range out {
				if got := uint16(v/2 + 1<<(depth-1)); got != in[i] {
					t.Errorf("%d bits, %v: sample %d is %d, not %d", depth, shape, i, got, in[i])
					break
				}
			}
		}
	}
	t.Logf("%d blocks", blocks)
}

// packetWriter writes the bits of a packet header.
type packetWriter struct {
	out    []byte
	acc, n int
}

func (w *packetWriter) put(v, count int) {
	for i := count - 1; i >= 0; i-- {
		w.acc = w.acc<<1 | v>>i&1
		w.n++
		if w.n == 8 || w.n == 7 && len(w.out) > 0 && w.out[len(w.out)-1] == 0xFF {
			w.out = append(w.out, byte(w.acc))
			w.acc, w.n = 0, 0
		}
	}
}

// packet is the packet of one block of up to three passes.
func packet(cleanup, refinement []byte, missing, passes int) []byte {
	var w packetWriter
	w.put(3, 2)
	w.put(1, missing+1)
	w.put([]int{1: 0, 2: 2, 3: 12}[passes], []int{1: 1, 2: 2, 3: 4}[passes]) // ISO/IEC 15444-1 table B.4
	w.put(1<<13-2, 13)                                                       // Lblock of 15
	w.put(len(cleanup), 15)
	if passes > 1 {
		w.put(len(refinement), 15+passes-2)
	}
	for w.n > 0 {
		w.put(0, 1)
	}
	return slices.Concat(w.out, cleanup, refinement)
}

// OpenJPEG and OpenJPH decode what the coder of these tests writes, all passes,
// to the samples that Decode makes.
func TestPassesAsOpenJPEGAndOpenJPHDecodeThem(t *testing.T) {
	compress, opj, expand := tool(t, "ojph_compress"), tool(t, "opj_decompress"), tool(t, "ojph_expand")
	random := rand.New(rand.NewPCG(9, 9))
	var d Decoder
	for _, shape := range [][2]int{{64, 64}, {60, 52}, {33, 7}, {5, 63}} {
		width, height := shape[0], shape[1]
		dir := t.TempDir()
		write(t, dir+"/in.pgm", append(fmt.Appendf(nil, "P5\n%d %d\n255\n", width, height), make([]byte, width*height)...))
		command(t, compress, "-i", dir+"/in.pgm", "-o", dir+"/out.j2c", "-num_decomps", "0", "-reversible", "true")
		stream := read(t, dir+"/out.j2c")
		planes := planesOf(stream)
		head := stream[:bytes.Index(stream, []byte{0xFF, 0x90})]
		style := bytes.Index(head, []byte{0xFF, 0x52}) + 12
		for passes := 1; passes <= 3; passes++ {
			for plane := uint(1); plane < 5; plane++ {
				for _, causal := range []bool{false, true} {
					in := values(random, width, height, 7)
					cleanup := encodeCleanup(in, width, height, plane)
					refinement, _ := refined(in, width, height, plane, passes, causal)
					missing := planes - 1 - int(plane)
					out := make([]int32, width*height)
					if err := d.Decode(out, width, height, width, cleanup, refinement, planes, missing, passes, causal); err != nil {
						t.Fatal(err)
					}
					want := make([]byte, len(out))
					for i, v := range out {
						want[i] = byte(min(max(v/2+128, 0), 255))
					}
					head[style] = 0x40
					if causal {
						head[style] = 0x48
					}
					body := packet(cleanup, refinement, missing, passes)
					sot := binary.BigEndian.AppendUint32([]byte{0xFF, 0x90, 0, 10, 0, 0}, uint32(14+len(body)))
					write(t, dir+"/ours.j2c", slices.Concat(head, sot, []byte{0, 1, 0xFF, 0x93}, body, []byte{0xFF, 0xD9}))
					what := fmt.Sprintf("%v, down to %d, %d passes, causal %v", shape, plane, passes, causal)
					command(t, opj, "-i", dir+"/ours.j2c", "-o", dir+"/opj.raw")
					if got := read(t, dir+"/opj.raw"); !bytes.Equal(got, want) {
						t.Errorf("OpenJPEG, %s: other samples", what)
					}
					command(t, expand, "-i", dir+"/ours.j2c", "-o", dir+"/ojph.pgm")
					if got := read(t, dir+"/ojph.pgm"); !bytes.HasSuffix(got, want) {
						t.Errorf("OpenJPH, %s: other samples", what)
					}
				}
			}
		}
	}
}
