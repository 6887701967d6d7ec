package geom_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"eris/viewer/geom"
)

func TestPlaneThereAndBack(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 500 {
		a, b, c := r.Float64()*6, r.Float64()*3, r.Float64()*6
		row := []float64{math.Cos(a) * math.Cos(c), math.Sin(a) * math.Cos(c), math.Sin(c)}
		side := geom.Vector{X: -math.Sin(a), Y: math.Cos(a)}
		up := geom.Vector{X: row[0], Y: row[1], Z: row[2]}.Cross(side)
		col := geom.Vector{X: side.X*math.Cos(b) + up.X*math.Sin(b), Y: side.Y*math.Cos(b) + up.Y*math.Sin(b), Z: up.Z * math.Sin(b)}
		p, ok := geom.NewPlane([]float64{r.Float64() * 500, -200, 33}, append(row, col.X, col.Y, col.Z),
			geom.Spacing{Row: 0.1 + r.Float64(), Column: 0.1 + 3*r.Float64()})
		if !ok {
			t.Fatal("a square plane was refused")
		}
		want := geom.Pixel{Column: r.Float64() * 512, Row: r.Float64() * 512}
		got, off := p.ToPixel(p.ToPatient(want))
		if math.Abs(got.Column-want.Column) > 1e-9 || math.Abs(got.Row-want.Row) > 1e-9 || math.Abs(off) > 1e-9 {
			t.Fatalf("%v came back as %v, %g mm off", want, got, off)
		}
	}
}

func TestToPatientKnowsWhichSpacingIsWhich(t *testing.T) {
	p, _ := geom.NewPlane([]float64{-100, -50, 7}, []float64{1, 0, 0, 0, 1, 0}, geom.Spacing{Row: 2, Column: 0.5})
	got := p.ToPatient(geom.Pixel{Column: 10, Row: 3})
	if want := (geom.Point{X: -95, Y: -44, Z: 7}); got != want {
		t.Errorf("column 10, row 3 lies at %v, want %v", got, want)
	}
	if _, d := p.ToPixel(geom.Point{Z: 9}); d != 2 {
		t.Errorf("a point 2 mm towards the head is %g mm before the plane", d)
	}
}

func TestNewPlaneRefusesNonsense(t *testing.T) {
	good := []float64{1, 0, 0, 0, 1, 0}
	one := geom.Spacing{Row: 1, Column: 1}
	for name, c := range map[string]struct {
		ipp, iop []float64
		sp       geom.Spacing
	}{
		"short position":    {[]float64{1, 2}, good, one},
		"short orientation": {[]float64{1, 2, 3}, good[:5], one},
		"zero axis":         {[]float64{1, 2, 3}, []float64{0, 0, 0, 0, 1, 0}, one},
		"parallel axes":     {[]float64{1, 2, 3}, []float64{1, 0, 0, 1, 0, 0}, one},
		"NaN":               {[]float64{1, math.NaN(), 3}, good, one},
		"no spacing":        {[]float64{1, 2, 3}, good, geom.Spacing{Row: 1}},
	} {
		if _, ok := geom.NewPlane(c.ipp, c.iop, c.sp); ok {
			t.Errorf("%s was taken for a plane", name)
		}
	}
}

func TestLetters(t *testing.T) {
	for _, c := range []struct {
		v    geom.Vector
		want string
	}{
		{geom.Vector{X: 1}, "L"}, {geom.Vector{X: -1}, "R"}, {geom.Vector{Y: 1}, "P"}, {geom.Vector{Y: -1}, "A"},
		{geom.Vector{Z: 3}, "H"}, {geom.Vector{Z: -3}, "F"},
		{geom.Vector{Y: 0.8, Z: -0.6}, "PF"}, {geom.Vector{X: 0.99, Z: 0.14}, "L"}, {geom.Vector{}, ""},
	} {
		if got := geom.Letters(c.v); got != c.want {
			t.Errorf("Letters(%v) = %q, want %q", c.v, got, c.want)
		}
	}
	if got := geom.Opposite("PF"); got != "AH" {
		t.Errorf("opposite of PF is %q", got)
	}
}

func TestEdges(t *testing.T) {
	upright := geom.Affine{XX: 1, YY: 1}
	if got, want := geom.EdgesOf("L", "P", upright), (geom.Edges{Left: "R", Right: "L", Top: "A", Bottom: "P"}); got != want {
		t.Errorf("axial: %v, want %v", got, want)
	}
	clockwise := geom.Affine{XY: -1, YX: 1} // columns grow downwards, rows to the left
	if got, want := geom.EdgesOf("L", "P", clockwise), (geom.Edges{Left: "P", Right: "A", Top: "R", Bottom: "L"}); got != want {
		t.Errorf("turned: %v, want %v", got, want)
	}
}

func TestAffineInverse(t *testing.T) {
	a := geom.Affine{XX: 2, X0: 5, YY: -3, Y0: 1}.Then(geom.Affine{XY: -1, X0: 9, YX: 1})
	inv, ok := a.Inverse()
	if !ok {
		t.Fatal("no inverse")
	}
	p := geom.Pixel{Column: 3, Row: 4}
	if got := inv.ToPixel(a.ToScreen(p)); math.Abs(got.Column-3)+math.Abs(got.Row-4) > 1e-12 {
		t.Errorf("%v came back as %v", p, got)
	}
	if _, ok := (geom.Affine{XX: 1}).Inverse(); ok {
		t.Error("a flat map has an inverse")
	}
}
