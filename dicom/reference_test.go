package dicom_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"eris/dicom"
)

// reference is another program that brings a file to native pixel data, and
// how far its samples may lie from ours.
type reference struct {
	tool string
	args []string // before the input and the output
	near int
}

// references names the program for each family of transfer syntaxes. Lossless
// ones must agree exactly; two DCTs may differ by rounding, two wavelets by one.
var references = map[dicom.UID]reference{
	dicom.ImplicitVRLittleEndian:         {"dcmconv", []string{"+te"}, 0},
	dicom.ExplicitVRLittleEndian:         {"dcmconv", []string{"+te"}, 0},
	dicom.ExplicitVRBigEndian:            {"dcmconv", []string{"+te"}, 0},
	dicom.DeflatedExplicitVRLittleEndian: {"dcmconv", []string{"+te"}, 0},
	dicom.JPEGBaseline8Bit:               {"dcmdjpeg", []string{"+cn", "+px"}, 2},
	dicom.JPEGExtended12Bit:              {"dcmdjpeg", []string{"+cn", "+px"}, 2},
	dicom.JPEGSpectralSelection:          {"dcmdjpeg", []string{"+cn", "+px"}, 2},
	dicom.JPEGFullProgression:            {"dcmdjpeg", []string{"+cn", "+px"}, 2},
	dicom.JPEGLossless:                   {"dcmdjpeg", []string{"+cn", "+px"}, 0},
	dicom.JPEGLosslessSV1:                {"dcmdjpeg", []string{"+cn", "+px"}, 0},
	dicom.JPEGLSLossless:                 {"dcmdjpls", []string{"+px"}, 0},
	dicom.JPEGLSNearLossless:             {"dcmdjpls", []string{"+px"}, 0},
	dicom.JPEG2000Lossless:               {"gdcmconv", []string{"--raw"}, 0},
	dicom.JPEG2000:                       {"gdcmconv", []string{"--raw"}, 1},
	dicom.RLELossless:                    {"dcmdrle", nil, 0},
}

// readOtherwise names files whose samples the reference gives in another way,
// and why ours are right.
var readOtherwise = map[string]string{
	"pydicom/src/pydicom/data/test_files/rtdose_expb.dcm":        "dcmtk swaps 32-bit samples in big endian OW as words of 16 bits; ours equal rtdose.dcm, of which this is a copy",
	"pydicom/src/pydicom/data/test_files/rtdose_expb_1frame.dcm": "as rtdose_expb.dcm; ours equal rtdose_1frame.dcm",
}

// mostReferenceFrames bounds how many frames of one object are compared.
const mostReferenceFrames = 40

// tally counts what came of the comparison for one transfer syntax.
type tally struct{ files, frames, unread, alone int }

func TestCorpusFramesEqualTheReferenceDecoders(t *testing.T) {
	root, files := corpus(t)
	for _, tool := range []string{"dcmconv", "dcmdjpeg", "dcmdjpls", "dcmdrle", "gdcmconv"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("comparison with reference decoders skipped: %s is not installed", tool)
		}
	}
	sums := map[dicom.UID]*tally{}
	for _, c := range files {
		f, err := dicom.Open(filepath.Join(root, c.path))
		if err != nil || f.NumberOfFrames() == 0 {
			continue
		}
		sum := sums[f.TransferSyntax]
		if sum == nil {
			sum = new(tally)
			sums[f.TransferSyntax] = sum
		}
		sum.files++
		compareWithReference(t, filepath.Join(root, c.path), c.path, f, sum)
	}
	for _, syntax := range slices.Sorted(maps.Keys(sums)) {
		s := sums[syntax]
		t.Logf("%-60s %3d files, %4d frames equal; not read here %d, by the reference %d", syntax.Name(), s.files, s.frames, s.unread, s.alone)
	}
}

func compareWithReference(t *testing.T, path, name string, f *dicom.File, sum *tally) {
	ref, known := references[f.TransferSyntax]
	if !known {
		sum.alone++
		return
	}
	plain := filepath.Join(t.TempDir(), "plain.dcm")
	out, err := exec.Command(ref.tool, append(slices.Clone(ref.args), path, plain)...).CombinedOutput()
	want, openErr := dicom.Open(plain)
	if openErr != nil || want.NumberOfFrames() == 0 {
		sum.alone++
		t.Logf("%s: %s does not read it (%v): %.80s", name, ref.tool, err, strings.TrimSpace(string(out)))
		return
	}
	for i := range min(f.NumberOfFrames(), mostReferenceFrames) {
		got, err := f.Frame(context.Background(), i)
		if err != nil {
			sum.unread++
			if !errors.Is(err, dicom.ErrUnsupported) || dicom.Decodable(f.TransferSyntax) {
				t.Errorf("%s: %v", name, err)
			}
			return
		}
		expected, err := want.Frame(context.Background(), i)
		if err != nil {
			t.Logf("%s: %s wrote no frame %d: %v", name, ref.tool, i, err)
			sum.alone++
			return
		}
		if why := readOtherwise[name]; why != "" {
			t.Logf("%s: %s", name, why)
			return
		}
		if err := sameSamples(got, expected, ref.near); err != nil {
			t.Errorf("%s: frame %d against %s: %v", name, i, ref.tool, err)
			return
		}
		sum.frames++
	}
}

// sameSamples compares samples, each may be near off.
func sameSamples(got, want *dicom.Frame, near int) error {
	if got.Samples() != want.Samples() || got.BitsAllocated != want.BitsAllocated {
		return fmt.Errorf("%d samples of %d bits, want %d of %d", got.Samples(), got.BitsAllocated, want.Samples(), want.BitsAllocated)
	}
	worst, at, off := 0, 0, 0
	for i := range got.Samples() {
		if got.Float32 != nil || got.Float64 != nil {
			if got.Float(i) != want.Float(i) && got.Float(i) == got.Float(i) {
				return fmt.Errorf("sample %d is %g, want %g", i, got.Float(i), want.Float(i))
			}
			continue
		}
		if d := max(pattern(got, i)-pattern(want, i), pattern(want, i)-pattern(got, i)); d > near {
			off++
			if d > worst {
				worst, at = d, i
			}
		}
	}
	if off > 0 {
		return fmt.Errorf("%d of %d samples differ, at most by %d: sample %d is %d, want %d",
			off, got.Samples(), worst, at, pattern(got, at), pattern(want, at))
	}
	return nil
}

// pattern is the sample as the bytes have it, whatever BitsStored says.
func pattern(f *dicom.Frame, i int) int {
	switch {
	case f.Pix8 != nil:
		return int(f.Pix8[i])
	case f.Pix16 != nil && f.Signed:
		return int(int16(f.Pix16[i]))
	case f.Pix16 != nil:
		return int(f.Pix16[i])
	}
	return int(f.Pix32[i])
}

// copies are files that hold the samples of another one in another syntax.
var copies = map[string]string{
	"pydicom-data/data_store/data/liver_deflate.dcm":                 "pydicom-data/data_store/data/liver.dcm",
	"pydicom-data/data_store/data/liver_rle.dcm":                     "pydicom-data/data_store/data/liver.dcm",
	"pydicom-data/data_store/data/liver_j2k.dcm":                     "pydicom-data/data_store/data/liver.dcm",
	"pydicom-data/data_store/data/liver_expb.dcm":                    "pydicom-data/data_store/data/liver.dcm",
	"pydicom-data/data_store/data/liver_nonbyte_aligned_deflate.dcm": "pydicom-data/data_store/data/liver_nonbyte_aligned.dcm",
	"pydicom-data/data_store/data/liver_nonbyte_aligned_rle.dcm":     "pydicom-data/data_store/data/liver_nonbyte_aligned.dcm",
	"pydicom-data/data_store/data/liver_nonbyte_aligned_j2k.dcm":     "pydicom-data/data_store/data/liver_nonbyte_aligned.dcm",
	"pydicom/src/pydicom/data/test_files/rtdose_expb.dcm":            "pydicom/src/pydicom/data/test_files/rtdose.dcm",
	"pydicom/src/pydicom/data/test_files/rtdose_expb_1frame.dcm":     "pydicom/src/pydicom/data/test_files/rtdose_1frame.dcm",
	"pydicom/src/pydicom/data/test_files/rtdose_rle.dcm":             "pydicom/src/pydicom/data/test_files/rtdose.dcm",
	"pydicom/src/pydicom/data/test_files/SC_rgb_rle_32bit.dcm":       "pydicom-data/data_store/data/SC_rgb_32bit.dcm",
}

func TestCorpusCopiesAreEqual(t *testing.T) {
	root, _ := corpus(t)
	frames := 0
	for path, original := range copies {
		got, err := dicom.Open(filepath.Join(root, path))
		if err != nil {
			t.Errorf("%v", err)
			continue
		}
		want, err := dicom.Open(filepath.Join(root, original))
		if err != nil || want.NumberOfFrames() != got.NumberOfFrames() {
			t.Errorf("%s has %d frames, its original %d: %v", path, got.NumberOfFrames(), want.NumberOfFrames(), err)
			continue
		}
		for i := range want.NumberOfFrames() {
			a, err := got.Frame(t.Context(), i)
			if err != nil {
				t.Errorf("%s: %v", path, err)
				break
			}
			b, err := want.Frame(t.Context(), i)
			if err != nil {
				t.Fatal(err)
			}
			if a.Samples() != b.Samples() {
				t.Errorf("%s: %d samples, want %d", path, a.Samples(), b.Samples())
				break
			}
			for s := range b.Samples() {
				if a.Value(s) != b.Value(s) {
					t.Errorf("%s: frame %d: sample %d is %d, want %d", path, i, s, a.Value(s), b.Value(s))
					break
				}
			}
			frames++
		}
	}
	t.Logf("%d frames equal those of their originals", frames)
}
