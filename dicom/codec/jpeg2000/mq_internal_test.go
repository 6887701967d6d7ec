package jpeg2000

import (
	"bytes"
	"math/rand/v2"
	"testing"
)

// The test sequence of the MQ coder (ITU-T T.88 H.2, the same coder): 256
// decisions in one context, and what they are coded as.
var (
	sequence = []byte{
		0x00, 0x02, 0x00, 0x51, 0x00, 0x00, 0x00, 0xC0, 0x03, 0x52, 0x87, 0x2A, 0xAA, 0xAA, 0xAA, 0xAA,
		0x82, 0xC0, 0x20, 0x00, 0xFC, 0xD7, 0x9E, 0xF6, 0xBF, 0x7F, 0xED, 0x90, 0x4F, 0x46, 0xA3, 0xBF,
	}
	sequenceCoded = []byte{
		0x84, 0xC7, 0x3B, 0xFC, 0xE1, 0xA1, 0x43, 0x04, 0x02, 0x20, 0x00, 0x00, 0x41, 0x0D, 0xBB, 0x86,
		0xF4, 0x31, 0x7F, 0xFF, 0x88, 0xFF, 0x37, 0x47, 0x1A, 0xDB, 0x6A, 0xDF,
	}
)

func TestSequenceOfTheStandard(t *testing.T) {
	var q mqDecoder
	q.reset()
	q.start(sequenceCoded)
	for i, want := range sequence {
		got := byte(0)
		for range 8 {
			got = got<<1 | byte(q.symbol(1)) // a context that begins with state 0
		}
		if got != want {
			t.Fatalf("byte %d is %02X, not %02X", i, got, want)
		}
	}
	var e mqEncoder
	e.reset()
	for _, v := range sequence {
		for k := 7; k >= 0; k-- {
			e.code(uint32(v>>k&1), 1)
		}
	}
	if out := e.flush(); !bytes.Equal(out, sequenceCoded) {
		t.Errorf("coded as % X", out)
	}
}

func TestCodedSymbolsAreDecoded(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	for n := range 300 {
		symbols := make([]uint32, n*10)
		for i := range symbols {
			if random.IntN(1+i%19) == 0 {
				symbols[i] = 1
			}
		}
		var e mqEncoder
		e.reset()
		for i, s := range symbols {
			e.code(s, uint8(i%19))
		}
		var q mqDecoder
		q.reset()
		q.start(e.flush())
		for i, s := range symbols {
			if q.symbol(uint8(i%19)) != s {
				t.Fatalf("of %d symbols the %d. is another", len(symbols), i)
			}
		}
	}
}
