package pattern_test

import (
	"image"
	"testing"

	"eris/viewer/lut"
	"eris/viewer/pattern"
)

func TestLevelsGoFromBlackToWhite(t *testing.T) {
	size := image.Pt(320, 200)
	last := -1
	for n := range pattern.Levels {
		img := pattern.Level(n)(size, nil)
		if g := int(img.GrayAt(160, 100).Y); g <= last {
			t.Errorf("level %d is %d after %d", n, g, last)
		} else {
			last = g
		}
		if g := img.GrayAt(2, 2).Y; g != 51 {
			t.Errorf("the ground of level %d is %d, want a fifth", n, g)
		}
	}
	if black := pattern.Level(0)(size, nil).GrayAt(160, 100).Y; black != 0 || last != 255 {
		t.Errorf("from %d to %d", black, last)
	}
}

func TestEveryPatternFillsEverySize(t *testing.T) {
	display, _ := lut.GSDF(0.4, 400)
	for _, size := range []image.Point{{0, 0}, {1, 1}, {100, 60}, {1600, 1000}, {900, 1600}} {
		for name, p := range map[string]pattern.Pattern{"test": pattern.Test, "ramp": pattern.Ramp, "level": pattern.Level(9)} {
			for _, d := range []*lut.Display{nil, display} {
				if got := p(size, d).Rect.Size(); got != image.Pt(max(size.X, 1), max(size.Y, 1)) {
					t.Errorf("%s of %v has size %v", name, size, got)
				}
			}
		}
	}
}

// The faint squares and the line pairs are what the test picture is for.
func TestFaintSquaresDiffer(t *testing.T) {
	img := pattern.Test(image.Pt(1600, 1600), nil)
	unit := 100
	at := func(x, y float64) uint8 { return img.GrayAt(100+int(x*float64(unit)), 100+int(y*float64(unit))).Y }
	if at(4.1, 6.1) != 0 || at(5, 7) != 13 {
		t.Errorf("5 %% in black: %d in %d", at(5, 7), at(4.1, 6.1))
	}
	if at(8.1, 6.1) != 255 || at(9, 7) != 242 {
		t.Errorf("95 %% in white: %d in %d", at(9, 7), at(8.1, 6.1))
	}
	if a, b := img.GrayAt(100, 105).Y, img.GrayAt(101, 105).Y; a != 255 || b != 0 {
		t.Errorf("lines of one pixel: %d beside %d", a, b)
	}
}
