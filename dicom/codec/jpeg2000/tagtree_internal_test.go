package jpeg2000

import "testing"

// The example of 15444-1 B.10.2: a grid of six by three whose first numbers,
// 1, 3 and 2, are coded as 01111, 001 and 101.
func TestTagTreeOfTheStandard(t *testing.T) {
	values := [3][6]int{{1, 3, 2, 3, 2, 3}, {2, 2, 1, 4, 3, 2}, {2, 2, 2, 2, 1, 2}}
	w := newTagWriter(6, 3)
	for y, row := range values {
		for x, v := range row {
			w.set(x, y, v)
		}
	}
	w.build()
	var bits bitWriter
	for x := range 3 {
		w.encode(&bits, x, 0, maxMissing)
	}
	if bits.out[0] != 0b01111_001 || bits.out[1]>>5 != 0b101 {
		t.Errorf("coded as %08b", bits.out)
	}
	for x := 3; x < 18; x++ {
		w.encode(&bits, x%6, x/6, maxMissing)
	}
	tree, r := newTagTree(6, 3), &bitReader{b: bits.align()}
	for i := range 18 {
		if node := tree.decode(r, i%6, i/6, maxMissing); int(node.low) != values[i/6][i%6] || !node.known {
			t.Errorf("leaf %d is %v", i, node)
		}
	}
}

// A reader that needs to know less reads less.
func TestTagTreeThreshold(t *testing.T) {
	tree, r := newTagTree(1, 1), &bitReader{b: []byte{0b0010_0000}}
	if node := tree.decode(r, 0, 0, 1); node.known || node.low != 1 {
		t.Errorf("after one bit %v", node)
	}
	if node := tree.decode(r, 0, 0, 5); !node.known || node.low != 2 {
		t.Errorf("after three bits %v", node)
	}
}

// 15444-1 B.10.1: a byte after 0xFF has seven bits, and a header that ends with
// 0xFF has one more byte.
func TestStuffedBits(t *testing.T) {
	r := &bitReader{b: []byte{0xFF, 0x7F, 0xFF, 0x00, 0xAA}}
	if v := r.bits(15); v != 0x7FFF {
		t.Errorf("%X", v)
	}
	if v := r.bits(8); v != 0xFF {
		t.Errorf("%X", v)
	}
	if r.align(); r.pos != 4 || r.short {
		t.Errorf("aligned to %d", r.pos)
	}
}
