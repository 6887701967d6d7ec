package measure_test

import (
	"errors"
	"math"
	"testing"

	"eris/dicom"
	"eris/viewer/geom"
	"eris/viewer/lut"
	"eris/viewer/measure"
	"eris/viewer/pixel"
)

// oblique is a plane turned 30 degrees about x, with pixels of 0.5 × 2 mm.
func oblique(t *testing.T) measure.Calibration {
	sp := geom.Spacing{Row: 2, Column: 0.5}
	p, ok := geom.NewPlane([]float64{10, -40, 900}, []float64{1, 0, 0, 0, math.Cos(math.Pi / 6), math.Sin(math.Pi / 6)}, sp)
	if !ok {
		t.Fatal("no plane")
	}
	return measure.Calibration{Plane: p, Spacing: sp}
}

func value(t *testing.T, vs []measure.Value, name string) measure.Value {
	t.Helper()
	for _, v := range vs {
		if v.Name == name {
			return v
		}
	}
	t.Fatalf("no %s in %v", name, vs)
	return measure.Value{}
}

func TestLengthOnAnisotropicObliquePlane(t *testing.T) {
	c := oblique(t)
	l := measure.Length{A: c.Plane.ToPatient(geom.Pixel{Column: 10, Row: 20}), B: c.Plane.ToPatient(geom.Pixel{Column: 16, Row: 22})}
	// 6 columns of 0.5 mm and 2 rows of 2 mm: 3-4-5.
	if v := l.Values(c)[0]; math.Abs(v.Number-5) > 1e-9 || v.Unit != "mm" || v.Provenance != measure.InPatient {
		t.Errorf("length %v, want 5 mm", v)
	}
}

func TestLengthWithoutCalibrationIsInPixels(t *testing.T) {
	c := measure.Calibration{Plane: geom.Flat(), Provenance: measure.InPixels}
	v := measure.Length{B: geom.Point{X: 3, Y: 4}}.Values(c)[0]
	if v.Number != 5 || v.Unit != "px" || v.Provenance != "pixels" {
		t.Errorf("%v, want 5 px", v)
	}
	c.Spacing, c.Provenance = geom.Spacing{Row: 0.1, Column: 0.2}, measure.AtDetector
	v = measure.Length{B: geom.Point{X: 3, Y: 8}}.Values(c)[0]
	if math.Abs(v.Number-1) > 1e-12 || v.Unit != "mm" || v.Provenance != "at detector" {
		t.Errorf("%v, want 1 mm at detector", v)
	}
}

// disc has 100 inside the circle and 0 outside, in HU = 2·stored − 100.
func disc(t *testing.T, size int, center, radius float64) *pixel.Image {
	f := &dicom.Frame{Rows: size, Columns: size, SamplesPerPixel: 1, BitsAllocated: 16, BitsStored: 16, HighBit: 15, Pix16: make([]uint16, size*size)}
	for i := range f.Pix16 {
		if math.Hypot(float64(i%size)-center, float64(i/size)-center) <= radius {
			f.Pix16[i] = 100
		}
	}
	img, err := pixel.New(f, pixel.Meaning{Rescale: lut.Rescale{Slope: 2, Intercept: -100}, Units: "HU"})
	if err != nil {
		t.Fatal(err)
	}
	return img
}

func TestEllipseOnADisc(t *testing.T) {
	c := measure.Calibration{Plane: geom.Flat(), Spacing: geom.Spacing{Row: 0.5, Column: 0.5}, Pixels: disc(t, 200, 100, 40)}
	inner := measure.EllipseIn(c.Plane, geom.Point{X: 65, Y: 135}, geom.Point{X: 135, Y: 65})
	vs := inner.Values(c)
	if m, sd := value(t, vs, "Mean"), value(t, vs, "SD"); m.Number != 100 || sd.Number != 0 || m.Unit != "HU" {
		t.Errorf("inside the disc: mean %v, SD %v", m, sd)
	}
	if a := value(t, vs, "Area"); math.Abs(a.Number-math.Pi*17.5*17.5) > 1e-9 || a.Unit != "mm²" {
		t.Errorf("area %v", a)
	}
}

// The ellipse is compared with a plain look at every pixel.
func TestEllipseEqualsCounting(t *testing.T) {
	c := measure.Calibration{Plane: geom.Flat(), Pixels: disc(t, 100, 40, 25), Provenance: measure.InPixels}
	e := measure.Ellipse{Center: geom.Point{X: 50.3, Y: 45.7}, A: geom.Point{X: 75, Y: 60}, B: geom.Point{X: 45, Y: 80}}
	a, b := e.A.Sub(e.Center), e.B.Sub(e.Center)
	det := a.X*b.Y - a.Y*b.X
	var n, sum, squares float64
	for row := range 100 {
		for column := range 100 {
			x, y := float64(column)-e.Center.X, float64(row)-e.Center.Y
			u, v := (x*b.Y-y*b.X)/det, (a.X*y-a.Y*x)/det
			if u*u+v*v <= 1 {
				hu, _ := c.Pixels.At(column, row)
				n, sum, squares = n+1, sum+hu, squares+hu*hu
			}
		}
	}
	mean := sum / n
	sd := math.Sqrt(squares/n - mean*mean)
	vs := e.Values(c)
	if m, s := value(t, vs, "Mean").Number, value(t, vs, "SD").Number; math.Abs(m-mean) > 1e-9 || math.Abs(s-sd) > 1e-9 {
		t.Errorf("mean %g SD %g, counted %g and %g over %g pixels", m, s, mean, sd, n)
	}
	if value(t, vs, "Min").Number != -100 || value(t, vs, "Max").Number != 100 {
		t.Errorf("bounds in %v", vs)
	}
}

func TestProbe(t *testing.T) {
	c := measure.Calibration{Plane: geom.Flat(), Pixels: disc(t, 20, 10, 3)}
	if v := (measure.Probe{At: geom.Point{X: 10.4, Y: 9.6}}).Values(c); len(v) != 1 || v[0].Number != 100 || v[0].Unit != "HU" {
		t.Errorf("in the disc: %v", v)
	}
	if v := (measure.Probe{At: geom.Point{X: -5}}).Values(c); len(v) != 0 {
		t.Errorf("outside the image: %v", v)
	}
}

func TestNewAndMoved(t *testing.T) {
	far := geom.Point{X: 9, Y: 9, Z: 9}
	for _, k := range []measure.Kind{measure.KindLength, measure.KindEllipse, measure.KindProbe} {
		n := map[measure.Kind]int{measure.KindLength: 2, measure.KindEllipse: 3, measure.KindProbe: 1}[k]
		m, err := measure.New(k, []geom.Point{{X: 1}, {Y: 2}, {Z: 3}}[:n])
		if err != nil || m.Kind() != k {
			t.Fatalf("%s: %v", k, err)
		}
		for h := range m.Handles() {
			if got := m.Moved(h, far).Handles()[h]; got != far {
				t.Errorf("%s handle %d went to %v", k, h, got)
			}
		}
		if _, err := measure.New(k, nil); !errors.Is(err, measure.ErrShape) {
			t.Errorf("%s of no points: %v", k, err)
		}
		bad := make([]geom.Point, n)
		bad[0].X = math.NaN()
		if _, err := measure.New(k, bad); !errors.Is(err, measure.ErrShape) {
			t.Errorf("%s at NaN: %v", k, err)
		}
	}
}
