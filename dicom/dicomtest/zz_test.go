package dicomtest

import (
	"image"
	"image/color"
	"image/png"
	"os"
	"testing"
	"time"
)

func TestZZ(t *testing.T) {
	b := Thorax(ThoraxParams{Seed: 1, Nodules: []Nodule{{LungSpot, 12}}})
	save := func(n string, w, h int, at func(i int) float64) {
		im := image.NewGray(image.Rect(0, 0, w, h))
		for i := 0; i < w*h; i++ {
			v := at(i)
			if v < 0 {
				v = 0
			}
			if v > 255 {
				v = 255
			}
			im.Pix[i] = uint8(v)
		}
		_ = color.Gray{}
		f, _ := os.Create("/tmp/ph/" + n + ".png")
		png.Encode(f, im)
		f.Close()
	}
	for _, z := range []float64{-90, -40, 28, 80} {
		t0 := time.Now()
		s := b.Slice(AxialPlane(512, 400, z), 14, uint64(z+1000))
		t.Log(time.Since(t0))
		n := map[float64]string{-90: "a", -40: "b", 28: "c", 80: "d"}[z]
		save("soft"+n, 512, 512, func(i int) float64 { return (float64(s[i]) + 160) / 400 * 255 })
		save("lung"+n, 512, 512, func(i int) float64 { return (float64(s[i]) + 1350) / 1500 * 255 })
	}
	t0 := time.Now()
	p := b.Project(Plane{1070, 880, 0.4, Point{-176, 0, 190}}, 8, 1)
	t.Log(time.Since(t0))
	save("xr", 880, 1070, func(i int) float64 { return float64(p[i]) / 4095 * 255 })
	k := Knees(2).Project(Plane{900, 1000, 0.4, Point{-200, 0, 160}}, 8, 1)
	save("knee", 1000, 900, func(i int) float64 { return float64(k[i]) / 4095 * 255 })
}
