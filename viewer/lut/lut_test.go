package lut_test

import (
	"errors"
	"math"
	"testing"

	"eris/viewer/lut"
)

func grays(r lut.Recipe, first, n int) []uint8 {
	table := make([]uint8, n)
	r.Fill(table, first)
	return table
}

func equal(t *testing.T, name string, got, want []uint8) {
	t.Helper()
	if string(got) != string(want) {
		t.Errorf("%s: %v, want %v", name, got, want)
	}
}

// The notes under PS3.3 C.11.2.1.2.1 give these windows as their examples.
func TestLinearIsTheStandards(t *testing.T) {
	full := lut.Recipe{Rescale: lut.Identity(), VOI: lut.VOI{Window: lut.Window{Center: 2048, Width: 4096}}}
	for x, want := range map[int]uint8{-1: 0, 0: 0, 1: 0, 2047: 127, 2048: 128, 4095: 255, 5000: 255} {
		if got := full.Gray(x); got != want {
			t.Errorf("C 2048 W 4096: %d shows as %d, want %d", x, got, want)
		}
	}
	step := lut.Recipe{Rescale: lut.Identity(), VOI: lut.VOI{Window: lut.Window{Center: 2048, Width: 1}}}
	equal(t, "C 2048 W 1", grays(step, 2046, 4), []uint8{0, 0, 255, 255})
	zero := lut.Recipe{Rescale: lut.Identity(), VOI: lut.VOI{Window: lut.Window{Center: 0, Width: 100}}}
	equal(t, "C 0 W 100 at its ends", []uint8{zero.Gray(-50), zero.Gray(-49), zero.Gray(48), zero.Gray(49)}, []uint8{0, 3, 252, 255})
	all := lut.Recipe{Rescale: lut.Identity(), VOI: lut.VOI{Window: lut.Window{Center: 128, Width: 256}}}
	for i, g := range grays(all, 0, 256) {
		if int(g) != i {
			t.Fatalf("C 128 W 256 must not change 8 bit: %d became %d", i, g)
		}
	}
}

func TestLinearExact(t *testing.T) {
	r := lut.Recipe{Rescale: lut.Identity(), VOI: lut.VOI{Window: lut.Window{Center: 2, Width: 4}, Function: lut.LinearExact}}
	equal(t, "C 2 W 4", grays(r, -1, 7), []uint8{0, 0, 64, 128, 191, 255, 255})
}

func TestSigmoid(t *testing.T) {
	w := lut.Window{Center: 10, Width: 8}
	for x, want := range map[float64]float64{10: 0.5, 12: 1 / (1 + math.Exp(-1)), 6: 1 / (1 + math.Exp(2))} {
		if got := w.Brightness(lut.Sigmoid, x); math.Abs(got-want) > 1e-12 {
			t.Errorf("at %g: %g, want %g", x, got, want)
		}
	}
}

func TestMonochrome1(t *testing.T) {
	r := lut.Recipe{Rescale: lut.Identity(), VOI: lut.VOI{Window: lut.Window{Center: 2.5, Width: 5}}, Inverted: true}
	equal(t, "MONOCHROME1", grays(r, 0, 5), []uint8{255, 191, 127, 64, 0})
}

// PS3.3 C.11.2.1.1: below the first input the first entry, beyond the end the last.
func TestTable(t *testing.T) {
	table := &lut.Table{First: -1, Bits: 10, Entries: []uint16{0, 1023, 511}}
	r := lut.Recipe{Rescale: lut.Identity(), VOI: lut.VOI{Table: table}}
	equal(t, "VOI LUT", grays(r, -3, 6), []uint8{0, 0, 0, 255, 127, 127})
	if w := table.Window(); w != (lut.Window{Center: 0.5, Width: 3}) {
		t.Errorf("its window is %v", w)
	}
}

func TestGSDF(t *testing.T) {
	d, err := lut.GSDF(0.5, 350)
	if err != nil || d.Gray(0) != 0 || d.Gray(1) != 255 {
		t.Fatalf("black and white: %v", err)
	}
	last := uint8(0)
	for i := range 1001 {
		g := d.Gray(float64(i) / 1000)
		if g < last {
			t.Fatalf("the curve falls at %d", i)
		}
		last = g
	}
	// Half way in noticeable differences a screen of 350 cd/m² gives about 35:
	// a tenth of its light, which sRGB does at level 90.
	if g := d.Gray(0.5); g < 87 || g > 93 {
		t.Errorf("the middle is %d", g)
	}
	for _, bad := range [][2]float64{{0, 300}, {1, 1}, {1, 5000}, {2, 1}} {
		if _, err := lut.GSDF(bad[0], bad[1]); !errors.Is(err, lut.ErrLuminance) {
			t.Errorf("%v: %v", bad, err)
		}
	}
}

func TestRescaleComesFirst(t *testing.T) {
	r := lut.Recipe{Rescale: lut.Rescale{Slope: 2, Intercept: -1000}, VOI: lut.VOI{Window: lut.Window{Center: 0.5, Width: 11}}}
	equal(t, "HU -10…10 by 2", grays(r, 495, 11), []uint8{0, 0, 0, 26, 77, 128, 179, 230, 255, 255, 255})
}

func TestClamped(t *testing.T) {
	for _, w := range []lut.Window{{}, {Width: -5}, {Center: math.NaN(), Width: math.Inf(1)}, {Center: math.Inf(-1), Width: math.NaN()}} {
		if c := w.Clamped(); !c.Valid(lut.Linear) {
			t.Errorf("%v was clamped to %v", w, c)
		}
	}
	if lut.Linear == lut.Sigmoid || (lut.Window{Width: 0.5}).Valid(lut.Linear) || !(lut.Window{Width: 0.5}).Valid(lut.LinearExact) {
		t.Error("widths below 1 belong to LINEAR_EXACT alone")
	}
}

func BenchmarkFill16Bit(b *testing.B) {
	r := lut.Recipe{Rescale: lut.Rescale{Slope: 1, Intercept: -1024}, VOI: lut.VOI{Window: lut.Window{Center: 40, Width: 40000}}}
	table := make([]uint8, 1<<16)
	for b.Loop() {
		r.Fill(table, -32768)
	}
}
