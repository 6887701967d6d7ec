package jpegls

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"eris/dicom/codec"
)

// picture is an image with smooth, noisy, flat and broken parts.
func picture(rows, columns, components, bits int, seed uint64) *codec.Image {
	random := rand.New(rand.NewPCG(seed, uint64(bits)))
	m := codec.NewImage(rows, columns, components, bits, false)
	most := 1<<bits - 1
	for y := range rows {
		for x := range columns {
			for c := range components {
				v := (x*most/max(columns, 1) + y*(c+1)) & most
				switch (y/8 + x/16) % 4 {
				case 1:
					v = most / (c + 2)
				case 2:
					v = min(max(v+random.IntN(most/8+2)-most/16, 0), most)
				case 3:
					v = random.IntN(most + 1)
				}
				set(m, (y*columns+x)*components+c, v)
			}
		}
	}
	return m
}

func set(m *codec.Image, i, v int) {
	if m.Pix8 != nil {
		m.Pix8[i] = uint8(v)
	} else {
		m.Pix16[i] = uint16(v)
	}
}

func at(m *codec.Image, i int) int {
	if m.Pix8 != nil {
		return int(m.Pix8[i])
	}
	return int(m.Pix16[i])
}

// differ says how two images differ by more than near, or nothing.
func differ(a, b *codec.Image, near int) string {
	if a.Rows != b.Rows || a.Columns != b.Columns || a.Components != b.Components || a.Bits != b.Bits {
		return fmt.Sprintf("%d×%d×%d of %d bits and %d×%d×%d of %d bits",
			a.Rows, a.Columns, a.Components, a.Bits, b.Rows, b.Columns, b.Components, b.Bits)
	}
	for i := range a.Rows * a.Columns * a.Components {
		if d := at(a, i) - at(b, i); max(d, -d) > near {
			return fmt.Sprintf("sample %d: %d and %d", i, at(a, i), at(b, i))
		}
	}
	return ""
}

func decode(t testing.TB, b []byte) *codec.Image {
	t.Helper()
	m, err := Decode(context.Background(), b, codec.Params{})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

var sizes = []struct{ rows, columns int }{{1, 1}, {1, 37}, {41, 1}, {2, 3}, {33, 50}}

func TestWhatIsEncodedIsDecoded(t *testing.T) {
	for bits := 2; bits <= 16; bits++ {
		for _, near := range []int{0, 1, 3, 40} {
			if near > (1<<bits-1)/2 {
				continue
			}
			for components := 1; components <= 4; components++ {
				for interleave := None; interleave <= Sample && (components > 1 || interleave == None); interleave++ {
					for _, size := range sizes {
						m := picture(size.rows, size.columns, components, bits, 7)
						b, err := Encode(m, EncodeOptions{Near: near, Interleave: interleave})
						if err != nil {
							t.Fatal(err)
						}
						if got, err := Decode(context.Background(), b, codec.Params{}); err != nil {
							t.Fatalf("%d bits, near %d, %d components, interleave %d, %v: %v", bits, near, components, interleave, size, err)
						} else if d := differ(m, got, near); d != "" {
							t.Errorf("%d bits, near %d, %d components, interleave %d, %v: %s", bits, near, components, interleave, size, d)
						}
					}
				}
			}
		}
	}
}

func TestPresetsAndRestarts(t *testing.T) {
	for _, o := range []EncodeOptions{
		{preset: preset{maxval: 200}},
		{preset: preset{t1: 9, t2: 9, t3: 30, reset: 3}},
		{preset: preset{reset: 255, maxval: 127}, Near: 2},
		{restart: 1}, {restart: 4, Interleave: Sample}, {restart: 3, Interleave: Line, Near: 1},
	} {
		m := picture(30, 40, 3, 8, 3)
		for i, v := range m.Pix8 {
			m.Pix8[i] = uint8(min(int(v), or(o.preset.maxval, 255)))
		}
		b, err := Encode(m, o)
		if err != nil {
			t.Fatal(err)
		}
		if d := differ(m, decode(t, b), o.Near); d != "" {
			t.Errorf("%+v: %s", o, d)
		}
	}
}

func TestOversize(t *testing.T) {
	m := picture(1, 70000, 1, 12, 1)
	b, err := Encode(m, EncodeOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if got := decode(t, b); !slices.Equal(got.Pix16, m.Pix16) {
		t.Error("changed")
	}
}
