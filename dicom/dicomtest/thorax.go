package dicomtest

import (
	"math"
	"math/rand/v2"
)

// CT numbers in HU of what the bodies are made of.
const (
	air     = -1000
	lung    = -860
	fat     = -100
	muscle  = 50
	blood   = 42
	liver   = 60
	marrow  = 180
	cortex  = 700
	cushion = -700
)

// Nodule is a round solid lesion.
type Nodule struct {
	Center     Point
	DiameterMM float64
}

// ThoraxParams shape a thorax. The zero value is an adult without findings.
type ThoraxParams struct {
	Nodules  []Nodule
	Contrast bool    // vessels filled
	Girth    float64 // 1 is average; 0 means 1
	Seed     uint64  // which vessel tree; the same seed is the same patient
}

// LungSpot is a place well inside the right lung, for nodules.
var LungSpot = Point{-78, -12, 28}

// Thorax is a chest from z = -150 (liver) to z = 150 mm (lung tops).
func Thorax(p ThoraxParams) *Body {
	if p.Girth == 0 {
		p.Girth = 1
	}
	b := &Body{}
	g := p.Girth
	b.add(ellipsoid{Point{0, 150, 0}, Point{240, 18, math.Inf(1)}, 4}, cushion) // the table
	b.add(ellipsoid{Point{0, 0, 0}, Point{178 * g, 118 * g, math.Inf(1)}, 2.4}, fat)
	b.add(ellipsoid{Point{0, 2, 0}, Point{164, 106, math.Inf(1)}, 2.3}, muscle)
	b.lungs()
	b.mediastinum(p.Contrast)
	b.airways()
	b.vessels(p)
	b.spine()
	b.cage()
	for _, n := range p.Nodules {
		r := n.DiameterMM / 2
		b.add(ellipsoid{n.Center, Point{r, r, r}, 2}, 35)
	}
	return b
}

func (b *Body) lungs() {
	b.add(ellipsoid{Point{-78, 4, 10}, Point{66, 90, 142}, 2.25}, lung)
	b.add(ellipsoid{Point{78, 4, 10}, Point{64, 90, 142}, 2.25}, lung)
	// The domes of the diaphragm: liver on the right, spleen and stomach on the left.
	b.add(ellipsoid{Point{-62, 0, -168}, Point{100, 96, 92}, 2}, liver)
	b.add(ellipsoid{Point{84, 14, -176}, Point{74, 84, 84}, 2}, 48)
	b.add(ellipsoid{Point{66, -40, -150}, Point{26, 22, 26}, 2}, -820) // gas in the stomach
}

func (b *Body) mediastinum(contrast bool) {
	vessel := float64(blood)
	if contrast {
		vessel = 260
	}
	b.add(ellipsoid{Point{0, 6, 40}, Point{34, 66, 120}, 2.4}, 0) // mediastinal fat and soft parts
	b.add(ellipsoid{Point{24, -28, -58}, Point{62, 50, 58}, 2.2}, 45)
	if contrast {
		b.add(ellipsoid{Point{34, -22, -62}, Point{38, 30, 38}, 2}, vessel)
		b.add(ellipsoid{Point{-6, -30, -52}, Point{24, 28, 36}, 2}, vessel-60)
	}
	b.tube([]Point{{-6, -24, -20}, {-16, -28, 16}, {-12, -26, 44}, {2, -8, 62}, {16, 22, 60}, {22, 40, 40}, {22, 46, 0}, {18, 46, -80}, {10, 44, -160}},
		func(t float64) float64 { return 16 - 4*t }, vessel)
	b.tube([]Point{{8, -34, -10}, {12, -26, 20}, {2, -8, 30}}, func(float64) float64 { return 13 }, vessel-20)
	b.tube([]Point{{-30, -22, -20}, {-28, -24, 40}, {-26, -24, 110}}, func(float64) float64 { return 9 }, vessel)
	b.tube([]Point{{4, 26, 150}, {6, 30, 40}, {12, 36, -150}}, func(float64) float64 { return 7 }, 30) // oesophagus
}

func (b *Body) airways() {
	wall, bore := func(float64) float64 { return 10.5 }, func(float64) float64 { return 8.5 }
	trunk := []Point{{0, 2, 160}, {0, 6, 90}, {0, 12, 42}}
	b.tube(trunk, wall, 20)
	b.tube(trunk, bore, air)
	for _, side := range []float64{-1, 1} {
		branch := []Point{{0, 12, 42}, {side * 22, 14, 24}, {side * 42, 16, 6}, {side * 54, 22, -24}}
		b.tube(branch, func(t float64) float64 { return 8 - 4*t }, 10)
		b.tube(branch, func(t float64) float64 { return 6.4 - 3.6*t }, air)
	}
}

// vessels grows a tree from each hilum; the seed makes it this patient's own.
func (b *Body) vessels(p ThoraxParams) {
	ct := float64(blood)
	if p.Contrast {
		ct = 220
	}
	random := rand.New(rand.NewPCG(p.Seed, 0x6c756e67))
	for _, side := range []float64{-1, 1} {
		hilum := Point{side * 40, 12, 8}
		for i := range 9 {
			up := -1.1 + 2.2*float64(i)/8
			out := Point{side * (0.5 + 0.5*random.Float64()), -0.8 + 1.6*random.Float64(), up}
			b.branch(random, hilum, out, 5.2, 5, ct, side)
		}
	}
}

func (b *Body) branch(random *rand.Rand, from, dir Point, radius float64, levels int, ct, side float64) {
	if levels == 0 || radius < 0.6 {
		return
	}
	dir = dir.times(1 / math.Max(dir.length(), 1e-6))
	to := from.plus(dir.times(13 + 11*random.Float64()))
	inside := ellipsoid{Point{side * 78, 4, 10}, Point{60, 84, 136}, 2.25}
	if inside.norm(to) > 1 {
		return
	}
	b.add(capsule{from, to, radius, radius * 0.78}, ct)
	for range 2 {
		turn := Point{random.NormFloat64(), random.NormFloat64(), random.NormFloat64()}.times(0.42)
		b.branch(random, to, dir.plus(turn), radius*(0.62+0.16*random.Float64()), levels-1, ct, side)
	}
}

func (b *Body) spine() {
	for i := -9; i <= 9; i++ {
		z := float64(i) * 24
		b.add(ellipsoid{Point{0, 66, z}, Point{17, 14, 10.5}, 3}, cortex*0.55)
		b.add(ellipsoid{Point{0, 66, z}, Point{15, 12, 9}, 3}, marrow)
		b.add(ellipsoid{Point{0, 66, z + 12}, Point{16, 13, 2}, 3}, 80)
		for _, side := range []float64{-1, 1} {
			b.add(capsule{Point{side * 11, 78, z}, Point{side * 12, 90, z}, 4, 4}, 350)
			b.add(capsule{Point{side * 12, 90, z}, Point{side * 34, 96, z - 2}, 4.5, 3.5}, 320)
			b.add(capsule{Point{side * 12, 90, z}, Point{0, 98, z}, 3.5, 3.5}, 350)
		}
		b.add(capsule{Point{0, 98, z}, Point{0, 112, z - 14}, 3.5, 3}, 330)
	}
	b.add(ellipsoid{Point{0, 85, 0}, Point{9, 7.5, math.Inf(1)}, 2}, 25)
}

// cage adds ribs, breastbone, shoulder blades and collarbones.
func (b *Body) cage() {
	for i := range 11 {
		z := 142 - float64(i)*25
		width := math.Min(1, 0.62+0.12*float64(i))
		for _, side := range []float64{-1, 1} {
			b.rib(side, z, width, i)
		}
	}
	b.add(ellipsoid{Point{0, -96, 40}, Point{17, 6, 78}, 2.6}, 420)
	b.add(ellipsoid{Point{0, -96, 40}, Point{15, 4, 75}, 2.6}, 120)
	for _, side := range []float64{-1, 1} {
		b.tube([]Point{{side * 14, -92, 122}, {side * 70, -84, 136}, {side * 150, -30, 148}}, func(float64) float64 { return 6 }, 500)
		b.tube([]Point{{side * 96, 96, 140}, {side * 112, 92, 80}, {side * 92, 98, 20}}, func(float64) float64 { return 3.4 }, 420)
	}
}

func (b *Body) rib(side, z, width float64, number int) {
	const steps = 18
	var points []Point
	reach := 2.75 // radians round the chest, from the spine
	if number > 6 {
		reach = 2.75 - 0.28*float64(number-6)
	}
	for i := range steps + 1 {
		a := reach * float64(i) / steps
		points = append(points, Point{
			X: side * 150 * width * math.Sin(a),
			Y: 6 + 90*math.Cos(a)*(0.85+0.15*width),
			Z: z - 62*math.Pow(float64(i)/steps, 1.25) + 8*math.Sin(a),
		})
	}
	b.tube(points, func(float64) float64 { return 5.2 }, cortex*0.8)
	b.tube(points, func(float64) float64 { return 3.4 }, marrow)
}
