package viewer_test

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"eris/dicom"
	"eris/viewer"
	"eris/viewer/lut"
)

// corpus is the root of the real files and the paths of those whose index says
// they are images; the test is skipped where they are not.
func corpus(t testing.TB) (root string, paths []string) {
	t.Helper()
	if root = os.Getenv("ERIS_CORPUS"); root == "" {
		root = filepath.Join("..", "..", "shared", "corpus")
	}
	index, err := os.ReadFile(filepath.Join(root, "index.tsv"))
	if err != nil {
		t.Skip("corpus of real files skipped: set ERIS_CORPUS")
	}
	for _, line := range strings.Split(strings.TrimSpace(string(index)), "\n")[1:] {
		if c := strings.Split(line, "\t"); c[6] != "" {
			paths = append(paths, c[0])
		}
	}
	return root, paths
}

// drawnOtherwise names images that dcmtk draws in another way on purpose.
var drawnOtherwise = map[string]string{}

func TestPicturesEqualDcmtks(t *testing.T) {
	root, paths := corpus(t)
	if _, err := exec.LookPath("dcmj2pnm"); err != nil {
		t.Skip("comparison of pictures skipped: dcmj2pnm is not installed")
	}
	drawn, skipped := 0, 0
	for _, path := range paths {
		f, err := dicom.Open(filepath.Join(root, path))
		if err != nil || f.NumberOfFrames() == 0 || !strings.HasPrefix(f.String(dicom.PhotometricInterpretation), "MONOCHROME") {
			continue
		}
		// Any window does, as long as it is the same: that of the file, or one over its values.
		window := lut.Window{Center: f.FloatOr(dicom.WindowCenter, 0), Width: f.FloatOr(dicom.WindowWidth, 0)}
		if !window.Valid(lut.Linear) {
			window = lut.Window{Center: 200, Width: 1000}
		}
		want, ok := dcmtkPicture(t, filepath.Join(root, path), window)
		if !ok {
			skipped++
			continue
		}
		got, err := viewer.RenderFrame(context.Background(), f, 0, viewer.Still{Window: window})
		if err != nil {
			t.Errorf("%s: %v", path, err)
			continue
		}
		if reason := drawnOtherwise[path]; reason != "" {
			t.Logf("%s: %s", path, reason)
			continue
		}
		drawn++
		if err := samePicture(got, want); err != nil {
			t.Errorf("%s, window %g,%g: %v", path, window.Center, window.Width, err)
		}
	}
	t.Logf("%d pictures as dcmtk draws them, %d that it does not draw", drawn, skipped)
}

// dcmtkPicture is the first frame as dcmtk draws it.
func dcmtkPicture(t *testing.T, path string, w lut.Window) (*image.Gray, bool) {
	out := filepath.Join(t.TempDir(), "picture.pgm")
	c := exec.Command("dcmj2pnm", "+op", "-a", "+Wfl", "+Ww", fmt.Sprint(w.Center), fmt.Sprint(w.Width), path, out)
	if err := c.Run(); err != nil {
		return nil, false
	}
	b, err := os.ReadFile(out)
	if err != nil {
		return nil, false
	}
	var columns, rows, most int
	if n, err := fmt.Fscanf(bytes.NewReader(b), "P5\n%d %d\n%d", &columns, &rows, &most); n != 3 || err != nil || most != 255 || len(b) < columns*rows {
		return nil, false
	}
	return &image.Gray{Pix: b[len(b)-columns*rows:], Stride: columns, Rect: image.Rect(0, 0, columns, rows)}, true
}

// samePicture says where pictures differ: more than one pixel in a thousand by
// more than one gray.
func samePicture(got *image.RGBA, want *image.Gray) error {
	if got.Rect != want.Rect {
		return fmt.Errorf("size %v, want %v", got.Rect.Size(), want.Rect.Size())
	}
	off, worst, at := 0, 0, image.Point{}
	for y := range want.Rect.Dy() {
		for x := range want.Rect.Dx() {
			a, b := int(got.RGBAAt(x, y).R), int(want.GrayAt(x, y).Y)
			if d := max(a-b, b-a); d > 1 {
				off++
				if d > worst {
					worst, at = d, image.Pt(x, y)
				}
			}
		}
	}
	if n := want.Rect.Dx() * want.Rect.Dy(); off*1000 > n {
		return fmt.Errorf("%d of %d pixels differ, at most by %d: at %v %d, want %d", off, n, worst, at, got.RGBAAt(at.X, at.Y).R, want.GrayAt(at.X, at.Y).Y)
	}
	return nil
}
