package jpegls_test

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"eris/dicom"
	"eris/dicom/codec"
	"eris/dicom/codec/jpegls"
)

// tool is the path of a program of dcmtk or GDCM, both of which use CharLS;
// the test is skipped without it.
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
		t.Fatalf("%s %s: %v\n%s", name, strings.Join(arguments, " "), err, out)
	}
}

func opened(t *testing.T, path string) *dicom.File {
	t.Helper()
	f, err := dicom.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// sample is an image with steps, noise and flat parts.
func sample(rows, columns, components, bits int) *codec.Image {
	random := rand.New(rand.NewPCG(uint64(bits), 2))
	m := codec.NewImage(rows, columns, components, bits, false)
	for i := range rows * columns * components {
		y, x := i/components/columns, i/components%columns
		v := (x*y + i%components*9) >> (y / 20)
		if (x/12+y/9)%2 == 0 {
			v = random.IntN(1<<bits) >> (x / 9)
		}
		if v &= 1<<bits - 1; m.Pix8 != nil {
			m.Pix8[i] = uint8(v)
		} else {
			m.Pix16[i] = uint16(v)
		}
	}
	return m
}

func native(m *codec.Image) []byte {
	if m.Pix8 != nil {
		return m.Pix8
	}
	var b []byte
	for _, v := range m.Pix16 {
		b = binary.LittleEndian.AppendUint16(b, v)
	}
	return b
}

// object is a secondary capture of the image, without its pixels.
func object(m *codec.Image, syntax dicom.UID) *dicom.File {
	d := dicom.NewDataSet()
	d.SetUID(dicom.SOPClassUID, dicom.SecondaryCaptureStorage)
	d.SetUID(dicom.SOPInstanceUID, dicom.NewUID())
	d.SetUID(dicom.StudyInstanceUID, dicom.NewUID())
	d.SetUID(dicom.SeriesInstanceUID, dicom.NewUID())
	d.SetInt(dicom.SamplesPerPixel, m.Components)
	d.SetString(dicom.PhotometricInterpretation, "MONOCHROME2")
	if m.Components == 3 {
		d.SetString(dicom.PhotometricInterpretation, "RGB")
		d.SetInt(dicom.PlanarConfiguration, 0)
	}
	d.SetInt(dicom.Rows, m.Rows)
	d.SetInt(dicom.Columns, m.Columns)
	d.SetInt(dicom.BitsAllocated, 8*codec.SampleBytes(m.Bits))
	d.SetInt(dicom.BitsStored, m.Bits)
	d.SetInt(dicom.HighBit, m.Bits-1)
	d.SetInt(dicom.PixelRepresentation, 0)
	return &dicom.File{Meta: dicom.NewDataSet(), DataSet: d, TransferSyntax: syntax}
}

func save(t *testing.T, f *dicom.File, name string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	w, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(f.Write(w), w.Close()); err != nil {
		t.Fatal(err)
	}
	return path
}

// samplesOf are the samples of a frame, decoded here if it is JPEG-LS.
func samplesOf(t *testing.T, f *dicom.File, frame int) []uint16 {
	t.Helper()
	if f.TransferSyntax != dicom.JPEGLSLossless && f.TransferSyntax != dicom.JPEGLSNearLossless {
		m, err := f.Frame(context.Background(), frame)
		if err != nil {
			t.Fatal(err)
		}
		return wide(m.Pix8, m.Pix16)
	}
	b, err := f.EncodedFrame(frame)
	if err != nil {
		t.Fatal(err)
	}
	m, err := jpegls.Decode(context.Background(), b, codec.Params{Rows: f.IntOr(dicom.Rows, 0), Columns: f.IntOr(dicom.Columns, 0)})
	if err != nil {
		t.Fatal(err)
	}
	return wide(m.Pix8, m.Pix16)
}

func wide(pix8 []uint8, pix16 []uint16) []uint16 {
	all := slices.Clone(pix16)
	for _, v := range pix8 {
		all = append(all, uint16(v))
	}
	return all
}

func compare(t *testing.T, what string, got, want []uint16) {
	t.Helper()
	if len(got) != len(want) {
		t.Errorf("%s: %d samples, not %d", what, len(got), len(want))
		return
	}
	for i := range got {
		if got[i] != want[i] {
			t.Errorf("%s: sample %d is %d, not %d", what, i, got[i], want[i])
			return
		}
	}
}

var shapes = []struct{ rows, columns, components, bits int }{
	{64, 64, 1, 8}, {61, 83, 1, 12}, {50, 40, 1, 16}, {47, 33, 3, 8}, {1, 70, 1, 10}, {70, 1, 1, 16},
}

func TestStreamsOfDcmtk(t *testing.T) {
	cjpls, djpls := tool(t, "dcmcjpls"), tool(t, "dcmdjpls")
	for _, s := range shapes {
		m := sample(s.rows, s.columns, s.components, s.bits)
		raw := object(m, dicom.ExplicitVRLittleEndian)
		raw.SetPixelData(native(m))
		path := save(t, raw, "raw.dcm")
		for _, options := range []string{"+el +pc", "+el +pr", "+en +md 2", "+el +il", "+el +is", "+el +in", "+en +md 1 +il", "+en +md 3 +is",
			"+en +md 2 +in", "+el +t1 4 +t2 9 +t3 25 +rs 31 +pc", "+el +pz", "+en +md 7 +rs 100"} {
			if s.components == 1 && strings.Contains(options, "+i") {
				continue // one component has no interleave
			}
			packed, unpacked := path+".jls", path+".out"
			command(t, cjpls, append(strings.Fields(options), "-q", path, packed)...)
			command(t, djpls, "-q", packed, unpacked)
			compare(t, fmt.Sprint(s, options), samplesOf(t, opened(t, packed), 0), samplesOf(t, opened(t, unpacked), 0))
		}
	}
}

func TestStreamsOfGDCM(t *testing.T) {
	conv := tool(t, "gdcmconv")
	for _, s := range shapes {
		m := sample(s.rows, s.columns, s.components, s.bits)
		raw := object(m, dicom.ExplicitVRLittleEndian)
		raw.SetPixelData(native(m))
		path := save(t, raw, "raw.dcm")
		command(t, conv, "--jpegls", path, path+".jls")
		compare(t, fmt.Sprint(s), samplesOf(t, opened(t, path+".jls"), 0), wide(m.Pix8, m.Pix16))
	}
}

// What is encoded here, dcmtk and GDCM decode to the samples that Decode makes.
func TestOthersReadOurStreams(t *testing.T) {
	djpls, conv := tool(t, "dcmdjpls"), tool(t, "gdcmconv")
	for _, s := range shapes {
		for _, near := range []int{0, 2, 5} {
			for _, interleave := range []jpegls.Interleave{jpegls.None, jpegls.Line, jpegls.Sample} {
				if s.components == 1 && interleave != jpegls.None {
					continue
				}
				m := sample(s.rows, s.columns, s.components, s.bits)
				b, err := jpegls.Encode(m, jpegls.EncodeOptions{Near: near, Interleave: interleave})
				if err != nil {
					t.Fatal(err)
				}
				syntax := dicom.JPEGLSLossless
				if near > 0 {
					syntax = dicom.JPEGLSNearLossless
				}
				f := object(m, syntax)
				f.SetEncodedFrames(b)
				path := save(t, f, "ours.dcm")
				what, want := fmt.Sprint(s, near, interleave), samplesOf(t, f, 0)
				command(t, djpls, "-q", path, path+".dcmtk")
				compare(t, "dcmtk "+what, samplesOf(t, opened(t, path+".dcmtk"), 0), want)
				if s.components == 1 || interleave != jpegls.None { // GDCM takes one scan only
					command(t, conv, "--raw", path, path+".gdcm")
					compare(t, "GDCM "+what, samplesOf(t, opened(t, path+".gdcm"), 0), want)
				}
			}
		}
	}
}

// corpus lists the files of the corpus whose transfer syntax is JPEG-LS.
func corpus(t *testing.T) []string {
	t.Helper()
	root := os.Getenv("ERIS_CORPUS")
	if root == "" {
		root = filepath.Join("..", "..", "..", "..", "shared", "corpus")
	}
	index, err := os.ReadFile(filepath.Join(root, "index.tsv"))
	if err != nil {
		t.Skip("corpus of real files skipped: set ERIS_CORPUS")
	}
	var paths []string
	for line := range strings.Lines(string(index)) {
		if c := strings.Split(line, "\t"); len(c) > 5 && strings.HasPrefix(c[5], "JPEG-LS") {
			paths = append(paths, filepath.Join(root, c[0]))
		}
	}
	return paths
}

func TestCorpusAsDcmtkHasIt(t *testing.T) {
	paths, djpls := corpus(t), tool(t, "dcmdjpls")
	frames, refused := 0, 0
	for _, path := range paths {
		f, err := dicom.Open(path)
		if err != nil {
			t.Errorf("%v", err)
			continue
		}
		native := filepath.Join(t.TempDir(), "native.dcm")
		if out, err := exec.Command(djpls, path, native).CombinedOutput(); err != nil {
			refused++
			t.Logf("%s: dcmtk: %s", path, out)
			refuse(t, path, f)
			continue
		}
		reference := opened(t, native)
		for i := range f.NumberOfFrames() {
			compare(t, path, samplesOf(t, f, i), samplesOf(t, reference, i))
			frames++
		}
	}
	t.Logf("%d files, %d frames compared, %d files refused by dcmtk", len(paths), frames, refused)
}

// refuse decodes what dcmtk does not: an error must be of a kind.
func refuse(t *testing.T, path string, f *dicom.File) {
	t.Helper()
	b, err := f.EncodedFrame(0)
	if err != nil {
		t.Logf("%s: no frame: %v", path, err)
		return
	}
	_, err = jpegls.Decode(context.Background(), b, codec.Params{})
	t.Logf("%s: %v", path, err)
	if err != nil && !errors.Is(err, codec.ErrCorrupt) && !errors.Is(err, codec.ErrUnsupported) && !errors.Is(err, codec.ErrLimit) {
		t.Errorf("%s: no kind: %v", path, err)
	}
}
