package jpegls

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"testing"

	"eris/dicom/codec"
)

func encode(t testing.TB, m *codec.Image, o EncodeOptions) []byte {
	t.Helper()
	b, err := Encode(m, o)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// ofKind says that an error is one that callers can tell.
func ofKind(err error) bool {
	return errors.Is(err, codec.ErrCorrupt) || errors.Is(err, codec.ErrUnsupported) || errors.Is(err, codec.ErrLimit)
}

func TestEndsAndPadding(t *testing.T) {
	m := picture(20, 30, 3, 8, 5)
	whole := encode(t, m, EncodeOptions{})
	jfif := slices.Concat(whole[:2], []byte{0xFF, 0xE0, 0, 7, 'J', 'F', 'I', 'F', 0, 0xFF, 0xFF, 0xFE, 0, 4, 'h', 'i'}, whole[2:])
	for name, b := range map[string][]byte{
		"no end": whole[:len(whole)-2], "padded": append(bytes.Clone(whole), 0, 0), "more behind": append(bytes.Clone(whole), whole...),
		"a last FF": append(bytes.Clone(whole[:len(whole)-2]), 0xFF), "extended end": append(bytes.Clone(whole[:len(whole)-2]), 0xFF, 0xFF, 0xD9),
		"segments of JFIF": jfif,
	} {
		got, err := Decode(context.Background(), b, codec.Params{})
		if err != nil {
			t.Errorf("%s: %v", name, err)
		} else if d := differ(m, got, 0); d != "" {
			t.Errorf("%s: %s", name, d)
		}
	}
}

// stream puts segments behind SOI; each is a marker code and its contents.
func stream(parts ...[]byte) []byte {
	e := encoder{out: []byte{0xFF, markSOI}}
	for _, p := range parts {
		e.segment(p[0], p[1:])
	}
	return e.out
}

var (
	someFrame = []byte{markSOF, 8, 0, 4, 0, 4, 1, 1, 0x11, 0}
	someScan  = []byte{markSOS, 1, 1, 0, 0, 0, 0}
)

func TestDamageIsAnErrorOfAKind(t *testing.T) {
	whole := encode(t, picture(20, 30, 3, 8, 5), EncodeOptions{Interleave: Line})
	for name, c := range map[string]struct {
		b    []byte
		kind error
	}{
		"empty":          {nil, codec.ErrCorrupt},
		"no start":       {[]byte("not a stream"), codec.ErrCorrupt},
		"half":           {whole[:len(whole)/2], codec.ErrCorrupt},
		"no frame":       {stream(someScan), codec.ErrCorrupt},
		"two frames":     {stream(someFrame, someFrame), codec.ErrCorrupt},
		"baseline JPEG":  {stream([]byte{0xC0, 8, 0, 4, 0, 4, 1, 1, 0x11, 0}), codec.ErrUnsupported},
		"17 bits":        {stream([]byte{markSOF, 17, 0, 4, 0, 4, 1, 1, 0x11, 0}), codec.ErrCorrupt},
		"no components":  {stream([]byte{markSOF, 8, 0, 4, 0, 4, 0}), codec.ErrCorrupt},
		"no lines":       {stream([]byte{markSOF, 8, 0, 0, 0, 4, 1, 1, 0x11, 0}, someScan), codec.ErrCorrupt},
		"large":          {stream([]byte{markSOF, 8, 0xFF, 0xFF, 0xFF, 0xFF, 1, 1, 0x11, 0}, someScan), codec.ErrLimit},
		"many lines":     {stream([]byte{markSOF, 8, 0xFF, 0xFF, 0, 4, 1, 1, 0x11, 0}, someScan), codec.ErrCorrupt},
		"mapping table":  {stream(someFrame, []byte{markLSE, 2, 1, 1, 5}, []byte{markSOS, 1, 1, 1, 0, 0, 0}), codec.ErrUnsupported},
		"point":          {stream(someFrame, []byte{markSOS, 1, 1, 0, 0, 0, 1}), codec.ErrUnsupported},
		"near too great": {append(stream(someFrame, []byte{markSOS, 1, 1, 0, 128, 0, 0}), 0), codec.ErrCorrupt},
		"thresholds":     {append(stream(someFrame, []byte{markLSE, 1, 0, 0, 0, 9, 0, 5, 0, 20, 0, 0}, someScan), 0), codec.ErrCorrupt},
		"transform":      {stream(someFrame, []byte{markAP8, 'm', 'r', 'f', 'x', 5}), codec.ErrUnsupported},
		"no samples":     {append(stream(someFrame, someScan), 0xFF, markEOI), codec.ErrCorrupt},
		"no restart":     {append(stream(someFrame, []byte{markDRI, 0, 1}, someScan), bytes.Repeat([]byte{0x7F}, 40)...), codec.ErrCorrupt},
	} {
		if _, err := Decode(context.Background(), c.b, codec.Params{}); !errors.Is(err, c.kind) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := Decode(context.Background(), whole, codec.Params{Rows: 20, Columns: 31}); !errors.Is(err, codec.ErrCorrupt) {
		t.Errorf("another size: %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Decode(ctx, whole, codec.Params{}); !errors.Is(err, context.Canceled) {
		t.Errorf("canceled: %v", err)
	}
}

func TestEncodeRefuses(t *testing.T) {
	m := picture(4, 4, 1, 12, 1)
	m.Pix16[3] = 4096
	if _, err := Encode(m, EncodeOptions{}); !errors.Is(err, codec.ErrCorrupt) {
		t.Errorf("a sample of 13 bits: %v", err)
	}
	if _, err := Encode(codec.NewImage(4, 4, 5, 8, false), EncodeOptions{}); !errors.Is(err, codec.ErrUnsupported) {
		t.Errorf("five components: %v", err)
	}
	if _, err := Encode(picture(4, 4, 1, 8, 1), EncodeOptions{Near: 128}); !ofKind(err) {
		t.Errorf("near beyond half: %v", err)
	}
}

// The number of lines may stand behind the first scan (T.81 B.2.5), the size
// in an LSE segment (T.87 C.2.4.1.4).
func TestSizeElsewhere(t *testing.T) {
	m := picture(9, 11, 1, 8, 4)
	b := encode(t, m, EncodeOptions{})
	without := bytes.Clone(b)
	copy(without[7:], []byte{0, 0})
	late := append(without[:len(without)-2:len(without)-2], 0xFF, markDNL, 0, 4, 0, 9, 0xFF, markEOI)
	clear(without[7:11])
	early := slices.Concat(b[:2], []byte{0xFF, markLSE, 0, 8, 4, 2, 0, 9, 0, 11}, without[2:])
	if d := differ(m, decode(t, early), 0); d != "" {
		t.Error(d)
	}
	copy(late[7:], []byte{0, 0, 0, 11})
	if d := differ(m, decode(t, late), 0); d != "" {
		t.Error(d)
	}
}

func FuzzDecode(f *testing.F) {
	for _, o := range []EncodeOptions{{}, {Near: 2, Interleave: Line}, {Interleave: Sample, restart: 3}, {preset: preset{t1: 5, t2: 6, t3: 7, reset: 9}}} {
		f.Add(encode(f, picture(9, 17, 3, 8, 5), o))
		f.Add(encode(f, picture(9, 17, 1, 16, 5), o))
	}
	f.Add(append(stream([]byte{markAP8, 'm', 'r', 'f', 'x', 2}, someFrame, someScan), 0x12, 0xFF, 0x34, 0x56, 0x78))
	f.Fuzz(func(t *testing.T, b []byte) {
		m, err := Decode(context.Background(), b, codec.Params{MaxBytes: 1 << 16})
		if err != nil {
			if !ofKind(err) {
				t.Errorf("no kind: %v", err)
			}
			return
		}
		if d := differ(m, decode(t, encode(t, m, EncodeOptions{Interleave: Line})), 0); d != "" {
			t.Errorf("encoded and decoded again: %s", d)
		}
	})
}

func FuzzIdentity(f *testing.F) {
	f.Add([]byte("some samples that are not quite the same, samples, samples"), uint8(7), uint8(1), uint8(1), uint8(0), uint8(5), uint8(0))
	f.Add([]byte{0, 0, 0, 0, 0, 0, 255, 255, 255, 255, 0, 1, 0, 1, 2, 3}, uint8(15), uint8(3), uint8(3), uint8(2), uint8(2), uint8(1))
	f.Fuzz(func(t *testing.T, b []byte, bits, near, components, interleave, columns, restart uint8) {
		m := &codec.Image{Columns: int(columns)%64 + 1, Components: int(components)%4 + 1, Bits: int(bits)%15 + 2}
		size := codec.SampleBytes(m.Bits)
		m.Rows = len(b) / size / m.Columns / m.Components
		if m.Rows == 0 {
			return
		}
		most := 1<<m.Bits - 1
		n := m.Rows * m.Columns * m.Components
		m = codec.NewImage(m.Rows, m.Columns, m.Components, m.Bits, false)
		for i := range n {
			set(m, i, number(b[i*size:(i+1)*size])&most)
		}
		o := EncodeOptions{Near: min(int(near), most/2), Interleave: Interleave(interleave % 3), restart: int(restart)}
		if d := differ(m, decode(t, encode(t, m, o)), o.Near); d != "" {
			t.Errorf("%+v: %s", o, d)
		}
	})
}
