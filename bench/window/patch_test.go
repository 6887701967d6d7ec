package window

import "testing"

// field paints n pixels by a function of their number.
func field(n int, paint func(i int) [3]byte) []byte {
	var pixels []byte
	for i := range n {
		c := paint(i)
		pixels = append(pixels, c[0], c[1], c[2], 0)
	}
	return pixels
}

func TestGraysTellsAPictureFromAPanel(t *testing.T) {
	picture := field(1000, func(i int) [3]byte { v := byte(i % 60); return [3]byte{v, v, v} })
	panel := field(1000, func(i int) [3]byte { return [3]byte{byte(i % 60), 0x18, 0x1c} })
	black := field(1000, func(int) [3]byte { return [3]byte{} })
	for name, c := range map[string]struct {
		pixels []byte
		want   int
	}{"picture": {picture, 60}, "panel": {panel, 0}, "black": {black, 1}, "nothing": {nil, 0}} {
		if got := Grays(c.pixels); got != c.want {
			t.Errorf("%s has %d grays, want %d", name, got, c.want)
		}
	}
}

func TestShades(t *testing.T) {
	if got := Shades(field(300, func(i int) [3]byte { return [3]byte{byte(i % 3), 7, 7} })); got != 3 {
		t.Errorf("%d shades, want 3", got)
	}
}

func TestBrightness(t *testing.T) {
	if got := Brightness(field(4, func(i int) [3]byte { return [3]byte{byte(i * 10), byte(i * 10), byte(i * 10)} })); got != 15 {
		t.Errorf("brightness %g, want 15", got)
	}
	if got := Brightness(nil); got != 0 {
		t.Errorf("brightness of nothing is %g", got)
	}
}
