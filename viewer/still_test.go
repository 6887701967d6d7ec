package viewer_test

import (
	"context"
	"image"
	"path/filepath"
	"testing"

	"eris/dicom"
	"eris/dicom/corpustest"
	"eris/viewer"
	"eris/viewer/lut"
)

func TestRenderFrameIsTheStandardsBytes(t *testing.T) {
	values := []uint16{0, 974, 975, 1023, 1072, 1073}
	for name, c := range map[string]struct {
		photometric string
		want        []uint8
	}{
		"MONOCHROME2": {"MONOCHROME2", []uint8{0, 0, 3, 126, 252, 255}},
		"MONOCHROME1": {"MONOCHROME1", []uint8{0, 255, 252, 129, 3, 0}},
	} {
		f := object("2.25.7", 3, values)
		f.SetString(dicom.PhotometricInterpretation, c.photometric)
		f.SetFloat(dicom.RescaleIntercept, -1024)
		f.SetFloat(dicom.RescaleSlope, 1)
		f.SetInt(dicom.PixelPaddingValue, 0)
		img, err := viewer.RenderFrame(context.Background(), f, 0, viewer.Still{Window: lut.Window{Center: 0, Width: 100}})
		if err != nil {
			t.Fatal(err)
		}
		if img.Rect.Size() != image.Pt(3, 2) {
			t.Fatalf("size %v", img.Rect)
		}
		for i, want := range c.want {
			if got := img.RGBAAt(i%3, i/3); got.R != want || got.A != 255 {
				t.Errorf("%s: stored %d shows as %v, want %d", name, values[i], got, want)
			}
		}
	}
}

func TestThumbnailKeepsTheShape(t *testing.T) {
	f := object("2.25.7", 16, make([]uint16, 16*8))
	lie(f, "2.25.8", 0) // 16 columns of 0.5 mm, 8 rows of 2 mm
	img, err := viewer.Thumbnail(context.Background(), f, 0, 96)
	if err != nil || img.Rect.Size() != image.Pt(48, 96) {
		t.Errorf("%v %v, want 48×96", img.Rect, err)
	}
}

// Every file of the corpus gives a picture or an error, and never a panic.
func TestCorpusRenders(t *testing.T) {
	files, _ := filepath.Glob(filepath.Join(corpustest.Root(t), "cornerstone3D/packages/dicomImageLoader/testImages/*"))
	if len(files) == 0 {
		t.Skip("corpus not found: one CT slice in many transfer syntaxes is not drawn")
	}
	drawn := 0
	for _, path := range files {
		f, err := dicom.Open(path)
		if err != nil {
			continue
		}
		img, err := viewer.RenderFrame(context.Background(), f, 0, viewer.Still{Size: image.Pt(64, 64), Overlay: true})
		if err == nil && img.Rect.Size() != image.Pt(64, 64) {
			t.Errorf("%s: %v", filepath.Base(path), img.Rect)
		}
		if err == nil {
			drawn++
		}
	}
	if drawn == 0 {
		t.Errorf("none of %d files was drawn", len(files))
	}
}
