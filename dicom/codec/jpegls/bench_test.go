package jpegls

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"

	"eris/dicom/codec"
)

// radiograph is smooth with noise, as what CT and CR make.
func radiograph(rows, columns, bits int) *codec.Image {
	random := rand.New(rand.NewPCG(1, uint64(bits)))
	m := codec.NewImage(rows, columns, 1, bits, false)
	most := 1<<bits - 1
	for y := range rows {
		for x := range columns {
			v := most/4 + (x*y)%(most/3+1) + int(random.NormFloat64()*float64(most)/200)
			set(m, y*columns+x, min(max(v, 0), most))
		}
	}
	return m
}

func BenchmarkDecode(b *testing.B) {
	for _, c := range []struct{ bits, near int }{{8, 0}, {12, 0}, {16, 0}, {12, 3}} {
		stream := encode(b, radiograph(512, 512, c.bits), EncodeOptions{Near: c.near})
		b.Run(fmt.Sprintf("%dbits_near%d", c.bits, c.near), func(b *testing.B) {
			b.SetBytes(int64(512 * 512 * codec.SampleBytes(c.bits)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := Decode(context.Background(), stream, codec.Params{}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkEncode(b *testing.B) {
	m := radiograph(512, 512, 12)
	b.SetBytes(512 * 512 * 2)
	for b.Loop() {
		if _, err := Encode(m, EncodeOptions{}); err != nil {
			b.Fatal(err)
		}
	}
}
