package jpeg_test

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"eris/dicom"
	"eris/dicom/codec"
	"eris/dicom/codec/jpeg"
)

// syntaxes are those of the package, as the corpus index names them, and
// whether they lose something.
var syntaxes = map[dicom.UID]bool{
	dicom.JPEGBaseline8Bit: true, dicom.JPEGExtended12Bit: true,
	dicom.JPEGSpectralSelection: true, dicom.JPEGFullProgression: true,
	dicom.JPEGLossless: false, dicom.JPEGLosslessSV1: false,
}

// tolerance is how far a sample of a lossy picture may be from the peer's.
const tolerance = 2

// peer is dcmtk's decoder; the test is skipped where it is not.
func peer(t *testing.T) string {
	t.Helper()
	program, err := exec.LookPath("dcmdjpeg")
	if err != nil {
		t.Skip("comparison with dcmtk skipped: no dcmdjpeg")
	}
	return program
}

// corpusFiles are the files of real archives with a JPEG syntax.
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
		if len(c) > 6 && strings.HasPrefix(c[5], "JPEG ") && !strings.HasPrefix(c[5], "JPEG 2000") && c[6] != "" {
			paths = append(paths, filepath.Join(root, c[0]))
		}
	}
	return paths
}

// decodedByPeer is the file as dcmdjpeg writes it; ok is false where it refuses.
func decodedByPeer(t *testing.T, program, path string) (f *dicom.File, ok bool) {
	t.Helper()
	out := filepath.Join(t.TempDir(), "peer.dcm")
	if text, err := exec.Command(program, "+cn", "+px", path, out).CombinedOutput(); err != nil {
		t.Logf("%s: the peer refuses it: %s", filepath.Base(path), text)
		return nil, false
	}
	f, err := dicom.Open(out)
	if err != nil {
		t.Fatal(err)
	}
	return f, true
}

// farthest is the largest difference between two decoders' samples.
func farthest(m *codec.Image, native []byte) (int, error) {
	n := m.Rows * m.Columns * m.Components
	wide := 1
	if m.Pix16 != nil || len(native) >= 2*n && n > 1 {
		wide = 2
	}
	if len(native) < wide*n {
		return 0, fmt.Errorf("%d bytes for %d samples", len(native), n)
	}
	most := 0
	for i := range n {
		theirs := int(native[min(i, len(native)-1)])
		if wide == 2 {
			theirs = int(binary.LittleEndian.Uint16(native[2*i:]))
		}
		ours := 0
		if m.Pix16 != nil {
			ours = int(m.Pix16[i])
		} else {
			ours = int(m.Pix8[i])
		}
		most = max(most, ours-theirs, theirs-ours)
	}
	return most, nil
}

// compared holds all frames of a file against the peer's.
func compared(t *testing.T, program, path string) (frames, equal int) {
	t.Helper()
	f, err := dicom.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	lossy := syntaxes[f.TransferSyntax]
	var theirs *dicom.File
	for i := range f.NumberOfFrames() {
		b, err := f.EncodedFrame(i)
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		m, err := jpeg.Decode(context.Background(), b, codec.Params{})
		if err != nil {
			t.Errorf("%s: frame %d: %v", path, i, err)
			return frames, equal
		}
		if theirs == nil {
			var ok bool
			if theirs, ok = decodedByPeer(t, program, path); !ok {
				return frames, equal
			}
		}
		native, err := theirs.EncodedFrame(i)
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		most, err := farthest(m, native)
		if err != nil || most > 0 && !lossy || most > tolerance {
			t.Errorf("%s: frame %d: differs by %d, %v", path, i, most, err)
		}
		frames++
		if most == 0 {
			equal++
		}
	}
	return frames, equal
}

func TestCorpusAgainstDCMTK(t *testing.T) {
	program, paths := peer(t), corpusFiles(t)
	files, frames, equal := 0, 0, 0
	for _, path := range paths {
		n, same := compared(t, program, path)
		frames, equal = frames+n, equal+same
		if n > 0 {
			files++
		}
	}
	t.Logf("%d of %d files: %d frames, %d of them equal", files, len(paths), frames, equal)
	if files < 30 {
		t.Errorf("only %d files compared", files)
	}
}

// Pictures that dcmtk encodes in each of its ways.
func TestAgainstDCMTKsEncodings(t *testing.T) {
	program := peer(t)
	encoder, err := exec.LookPath("dcmcjpeg")
	if err != nil {
		t.Skip("comparison with dcmtk's encodings skipped: no dcmcjpeg")
	}
	gray8, gray12, gray16, colour, colour16 := sources(t)
	for name, tc := range map[string]struct {
		source  string
		options string
	}{
		"baseline": {gray8, "+eb"}, "extended 8": {gray8, "+ee +be"}, "extended 12": {gray12, "+ee +bt"},
		"spectral 8": {gray8, "+es"}, "spectral 12": {gray12, "+es +bt"}, "progressive 8": {gray8, "+ep"}, "progressive 12": {gray12, "+ep +bt"},
		"lossless 14 1": {gray12, "+el +sv 1"}, "lossless 14 2": {gray12, "+el +sv 2"}, "lossless 14 3": {gray12, "+el +sv 3"},
		"lossless 14 4": {gray12, "+el +sv 4"}, "lossless 14 5": {gray12, "+el +sv 5"}, "lossless 14 6": {gray12, "+el +sv 6"},
		"lossless 14 7": {gray12, "+el +sv 7"}, "lossless shifted": {gray12, "+el +sv 4 +pt 3"}, "lossless colour": {colour, "+el +sv 5"},
		"colour 444": {colour, "+eb +s4"}, "colour 422": {colour, "+eb +s2"}, "colour 411": {colour, "+eb +n1"},
		"colour 422 full":      {colour, "+eb +n2"},
		"colour not converted": {colour, "+eb +cr"}, "progressive 444": {colour, "+ep +s4"}, "progressive 422": {colour, "+ep +s2"},
		"progressive 411": {colour, "+ep +n1"}, "spectral 411": {colour, "+es +n1"},
		"extended colour 12": {colour16, "+ee +bt +s2"}, "progressive colour 12": {colour16, "+ep +bt +n1"},
		"lossless colour 16": {colour16, "+el +sv 7"}, "lossless 16": {gray16, "+el +sv 6"},
	} {
		t.Run(name, func(t *testing.T) {
			out := filepath.Join(t.TempDir(), "encoded.dcm")
			options := append(strings.Fields(tc.options), tc.source, out)
			if text, err := exec.Command(encoder, options...).CombinedOutput(); err != nil {
				t.Skipf("dcmcjpeg %s: %s", tc.options, text)
			}
			if frames, equal := compared(t, program, out); frames != 1 {
				t.Error("nothing compared")
			} else if equal == 0 {
				t.Log("not equal to the last bit")
			}
		})
	}
}

// sources writes files to encode, of odd sizes.
func sources(t *testing.T) (gray8, gray12, gray16, colour, colour16 string) {
	t.Helper()
	write := func(name, photometric string, rows, columns, samples, bits int) string {
		f := &dicom.File{Meta: dicom.NewDataSet(), DataSet: dicom.NewDataSet(), TransferSyntax: dicom.ExplicitVRLittleEndian}
		f.SetUID(dicom.SOPClassUID, dicom.SecondaryCaptureStorage)
		f.SetUID(dicom.SOPInstanceUID, dicom.DeriveUID(name))
		f.SetUID(dicom.StudyInstanceUID, dicom.DeriveUID("study", name))
		f.SetUID(dicom.SeriesInstanceUID, dicom.DeriveUID("series", name))
		f.SetString(dicom.PhotometricInterpretation, photometric)
		f.SetInt(dicom.Rows, rows)
		f.SetInt(dicom.Columns, columns)
		f.SetInt(dicom.SamplesPerPixel, samples)
		f.SetInt(dicom.PixelRepresentation, 0)
		if samples > 1 {
			f.SetInt(dicom.PlanarConfiguration, 0)
		}
		f.SetInt(dicom.BitsStored, bits)
		f.SetInt(dicom.HighBit, bits-1)
		f.SetInt(dicom.BitsAllocated, (bits+7)/8*8)
		f.SetPixelData(wave(rows, columns, samples, bits))
		path := filepath.Join(t.TempDir(), name)
		out, err := os.Create(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(f.Write(out), out.Close()); err != nil {
			t.Fatal(err)
		}
		return path
	}
	return write("gray8.dcm", "MONOCHROME2", 101, 83, 1, 8), write("gray12.dcm", "MONOCHROME2", 67, 150, 1, 12),
		write("gray16.dcm", "MONOCHROME2", 33, 47, 1, 16), write("colour.dcm", "RGB", 75, 107, 3, 8), write("colour16.dcm", "RGB", 45, 34, 3, 16)
}

// wave is samples with smooth parts, edges and extremes.
func wave(rows, columns, samples, bits int) (out []byte) {
	seed := uint32(1)
	for y := range rows {
		for x := range columns {
			for s := range samples {
				seed = seed*1664525 + 1013904223
				v := (x*x/7 + y*y/5*(s+1) + int(seed>>28)) % (1 << bits)
				if (x/9+y/13)%5 == s {
					v = (1<<bits - 1) * ((x + y) % 2)
				}
				out = append(out, byte(v))
				if bits > 8 {
					out = append(out, byte(v>>8))
				}
			}
		}
	}
	if len(out)%2 == 1 {
		out = append(out, 0)
	}
	return out
}
