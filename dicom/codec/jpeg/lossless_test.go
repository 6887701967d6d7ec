package jpeg

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"eris/dicom/codec"
)

// byHand is a picture of 2 × 3 pixels of 8 bits: 130 131 131, 129 129 132.
var byHand = []byte{
	0xFF, 0xD8, // SOI
	0xFF, 0xC4, 0, 22, // DHT: class 0, number 0
	0x00, 0, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, // three codes of 2 bits
	0, 1, 2, // 00: category 0, 01: category 1, 10: category 2
	0xFF, 0xC3, 0, 11, // SOF3
	8, 0, 2, 0, 3, 1, // 8 bits, 2 rows, 3 columns, 1 component
	1, 0x11, 0, // component 1
	0xFF, 0xDA, 0, 8, // SOS
	1, 1, 0x00, // component 1 with table 0
	1, 0, 0x00, // predictor 1, no point transform
	// 130-128 = 2: 10 10; 131-130 = 1: 01 1; 131-131 = 0: 00
	// 129-130 = -1: 01 0; 129-129 = 0: 00; 132-129 = 3: 10 11
	0b10100110, 0b00100010, 0b11111111, 0x00, // ones fill the last byte, a zero follows
	0xFF, 0xD9, // EOI
}

func TestLosslessByHand(t *testing.T) {
	got, err := Decode(context.Background(), byHand, codec.Params{Rows: 2, Columns: 3})
	if err != nil {
		t.Fatal(err)
	}
	if want := []uint8{130, 131, 131, 129, 129, 132}; got.Bits != 8 || !slices.Equal(got.Pix8, want) {
		t.Errorf("%d bits %v, want %v", got.Bits, got.Pix8, want)
	}
	if !Lossless(byHand) {
		t.Error("not called lossless")
	}
}

// picture is waves with noise, and now and then an extreme value.
func picture(rows, columns, components, bits int) *codec.Image {
	m := codec.NewImage(rows, columns, components, bits, false)
	random := rand.New(rand.NewPCG(uint64(rows), uint64(bits)))
	v, most := 1<<(bits-1), 1<<bits-1
	for i := range rows * columns * components {
		switch v += random.IntN(9) - 4; random.IntN(60) {
		case 0:
			v = 0
		case 1:
			v = most
		}
		v = min(max(v, 0), most)
		if bits <= 8 {
			m.Pix8[i] = uint8(v)
		} else {
			m.Pix16[i] = uint16(v)
		}
	}
	return m
}

// identical encodes, decodes and compares.
func identical(t *testing.T, m *codec.Image, p LosslessParams) {
	t.Helper()
	b, err := EncodeLossless(m, p)
	if err != nil {
		t.Fatalf("%+v: %v", p, err)
	}
	got, err := Decode(context.Background(), b, codec.Params{Rows: m.Rows, Columns: m.Columns})
	if err != nil {
		t.Fatalf("%d bits, %d components, %+v: %v", m.Bits, m.Components, p, err)
	}
	mask := uint16(0xFFFF) << p.PointTransform
	for i := range m.Pix8 {
		if got.Pix8[i] != m.Pix8[i]&uint8(mask) {
			t.Fatalf("%d bits, %d components, %+v: sample %d is %d, not %d", m.Bits, m.Components, p, i, got.Pix8[i], m.Pix8[i])
		}
	}
	for i := range m.Pix16 {
		if got.Pix16[i] != m.Pix16[i]&mask {
			t.Fatalf("%d bits, %d components, %+v: sample %d is %d, not %d", m.Bits, m.Components, p, i, got.Pix16[i], m.Pix16[i])
		}
	}
}

func TestLosslessIdentity(t *testing.T) {
	for bits := 2; bits <= 16; bits++ {
		for components := 1; components <= 4; components++ {
			m := picture(11, 13, components, bits)
			for predictor := range 8 {
				for _, restart := range []int{0, 1, 4} {
					for _, separate := range []bool{false, true} {
						identical(t, m, LosslessParams{predictor, 0, restart, separate})
						identical(t, m, LosslessParams{predictor, bits / 2, restart, separate})
					}
				}
			}
		}
	}
}

func TestLosslessSizes(t *testing.T) {
	for _, size := range [][2]int{{1, 1}, {1, 9}, {9, 1}, {2, 2}, {40, 3}} {
		for predictor := 1; predictor <= 7; predictor++ {
			identical(t, picture(size[0], size[1], 1, 16), LosslessParams{Predictor: predictor})
		}
	}
}

// Noise over the whole range needs all categories, and codes of 16 bits.
func TestLosslessNoise(t *testing.T) {
	m := codec.NewImage(64, 64, 1, 16, false)
	random := rand.New(rand.NewPCG(5, 6))
	for i := range m.Pix16 {
		m.Pix16[i] = uint16(random.Uint32() >> random.IntN(32))
	}
	m.Pix16[70] = m.Pix16[69] + 1<<15 // category 16
	for predictor := 1; predictor <= 7; predictor++ {
		identical(t, m, LosslessParams{Predictor: predictor, RestartRows: 5})
	}
}

// A code book of rare values must not have codes of more than 16 bits.
func TestCodesAreLimited(t *testing.T) {
	var diffs []uint16
	for size := range maxSize + 1 {
		for range 1 << (maxSize - size) {
			v := 1 << size >> 1
			diffs = append(diffs, uint16(v))
		}
	}
	c := newCodeBook(diffs)
	for s, n := range c.length {
		if n < 1 || n > 16 || c.code[s] == 1<<n-1 {
			t.Errorf("category %d: %d bits, %b", s, n, c.code[s])
		}
	}
}

func BenchmarkLossless(b *testing.B) {
	for _, size := range [][3]int{{512, 512, 16}, {2140, 1760, 16}} {
		m := picture(size[0], size[1], 1, size[2])
		packed, err := EncodeLossless(m, LosslessParams{})
		if err != nil {
			b.Fatal(err)
		}
		b.Run(fmt.Sprintf("%dx%d", size[1], size[0]), func(b *testing.B) {
			b.SetBytes(int64(2 * len(m.Pix16)))
			for b.Loop() {
				if _, err := Decode(context.Background(), packed, codec.Params{}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
