package jpeg2000_test

import (
	"fmt"
	"reflect"
	"testing"

	"eris/dicom/codec"
	"eris/dicom/codec/jpeg2000"
)

func encode(t testing.TB, m *codec.Image, o jpeg2000.EncodeOptions) []byte {
	t.Helper()
	b, err := jpeg2000.Encode(m, o)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestDecodeOwnEncoding(t *testing.T) {
	for bits := 1; bits <= 17; bits++ {
		for _, signed := range []bool{false, true} {
			for _, size := range [][2]int{{1, 1}, {1, 9}, {7, 1}, {3, 2}, {65, 67}} {
				m := synthetic(size[0], size[1], 1, bits, signed)
				for _, levels := range []int{-1, 0, 7} {
					b := encode(t, m, jpeg2000.EncodeOptions{Levels: levels, Workers: bits % 3})
					if got := decode(t, b, jpeg2000.Options{}); !reflect.DeepEqual(m, got) {
						t.Errorf("%d bits, signed %v, %v, %d levels: another image", bits, signed, size, levels)
					}
				}
			}
		}
	}
}

func TestEncodedColour(t *testing.T) {
	for _, components := range []int{2, 3, 4} {
		for _, o := range []jpeg2000.EncodeOptions{{}, {MCT: true}, {Progression: jpeg2000.RPCL}, {MCT: true, Progression: jpeg2000.RPCL, Workers: 2}} {
			m := synthetic(70, 90, components, 8, false)
			b := encode(t, m, o)
			if o.MCT && components >= 3 {
				m.Colour = codec.RGB
			}
			if got := decode(t, b, jpeg2000.Options{}); !reflect.DeepEqual(m, got) {
				t.Errorf("%d components, %+v: another image", components, o)
			}
			h, err := jpeg2000.ReadHeader(b)
			want := jpeg2000.Header{Rows: 70, Columns: 90, Components: components, Bits: 8, Levels: 1, Reversible: true, MCT: o.MCT && components > 2}
			if err != nil || h != want {
				t.Errorf("%+v, %v", h, err)
			}
		}
	}
}

// OpenJPEG reads what is encoded here.
func TestEncodedForOpenJPEG(t *testing.T) {
	for _, bits := range []int{1, 8, 12, 16} {
		for _, components := range []int{1, 3} {
			m := synthetic(101, 150, components, bits, bits == 12)
			for _, o := range []jpeg2000.EncodeOptions{{}, {MCT: true, Levels: 3, Progression: jpeg2000.RPCL}} {
				t.Run(fmt.Sprint(bits, components, o), func(t *testing.T) {
					want, err := reference(t, encode(t, m, o), bits, m.Signed)
					if err != nil {
						t.Fatal(err)
					}
					compare(t, m, want, 0)
				})
			}
		}
	}
}

// Noise over the whole range has the most bit-planes that there can be.
func TestEncodedExtremes(t *testing.T) {
	for _, bits := range []int{1, 8, 16, 24} {
		m := codec.NewImage(130, 140, 3, bits, false)
		for i := range m.Rows * m.Columns * 3 {
			x, y := i/3%m.Columns, i/3/m.Columns
			set(m, i, (x+y+i%3)&1*(1<<bits-1))
		}
		b := encode(t, m, jpeg2000.EncodeOptions{MCT: true, Levels: 5})
		m.Colour = codec.RGB
		if got := decode(t, b, jpeg2000.Options{}); !reflect.DeepEqual(m, got) {
			t.Errorf("%d bits: another image", bits)
		}
	}
}

func TestEncodeRefuses(t *testing.T) {
	m := synthetic(4, 4, 1, 8, false)
	m.Rows = 5
	if _, err := jpeg2000.Encode(m, jpeg2000.EncodeOptions{}); err == nil {
		t.Error("an image with too few samples")
	}
	if _, err := jpeg2000.Encode(codec.NewImage(2, 2, 1, 30, false), jpeg2000.EncodeOptions{}); err == nil {
		t.Error("30 bits")
	}
}
