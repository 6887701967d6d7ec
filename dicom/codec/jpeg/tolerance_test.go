package jpeg

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"image/color"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"eris/dicom/codec"
)

// fixture is a stream of dcmtk's and the samples dcmtk decodes from it.
func fixture(t testing.TB, name string) (stream, raw []byte) {
	t.Helper()
	stream, err := os.ReadFile(filepath.Join("testdata", name+".jpg"))
	if err != nil {
		t.Fatal(err)
	}
	raw, err = os.ReadFile(filepath.Join("testdata", name+".raw"))
	if err != nil {
		t.Fatal(err)
	}
	return stream, raw
}

var fixtures = []string{"baseline411", "extended12", "spectral12", "progressive8", "progressive12"}

// littleEndian is the samples as native pixel data.
func littleEndian(m *codec.Image) []byte {
	if m.Pix8 != nil {
		return m.Pix8
	}
	var out []byte
	for _, v := range m.Pix16 {
		out = binary.LittleEndian.AppendUint16(out, v)
	}
	return out
}

func TestFixtures(t *testing.T) {
	for _, name := range fixtures {
		stream, raw := fixture(t, name)
		m, err := Decode(context.Background(), stream, codec.Params{})
		if err != nil || !bytes.Equal(littleEndian(m), raw) {
			t.Errorf("%s: differs, %v", name, err)
		}
		if Lossless(stream) {
			t.Errorf("%s is called lossless", name)
		}
	}
}

// before inserts bytes in front of the first marker of the kind.
func before(b []byte, marker byte, insert ...byte) []byte {
	i := bytes.Index(b, []byte{0xFF, marker})
	return slices.Concat(b[:i], insert, b[i:])
}

// whole is a lossless picture with restart intervals, and its stream.
func whole(t testing.TB) (*codec.Image, []byte) {
	t.Helper()
	m := picture(24, 30, 1, 12)
	b, err := EncodeLossless(m, LosslessParams{Predictor: 4, RestartRows: 2})
	if err != nil {
		t.Fatal(err)
	}
	return m, b
}

func TestDefectsOfTheField(t *testing.T) {
	m, b := whole(t)
	frame := bytes.Index(b, []byte{0xFF, sof3})
	untold := slices.Clone(b) // number of lines 0, told by DNL after the scan
	untold[frame+5], untold[frame+6] = 0, 0
	unnumbered := slices.Clone(b)
	for i := range unnumbered[:len(unnumbered)-1] {
		if unnumbered[i] == 0xFF && unnumbered[i+1] > rst0 && unnumbered[i+1] <= rst7 {
			unnumbered[i+1] = rst0
		}
	}
	for name, stream := range map[string][]byte{
		"no EOI":                       b[:len(b)-2],
		"half an EOI":                  b[:len(b)-1],
		"padded with zeros":            append(slices.Clone(b), make([]byte, 9)...),
		"padded with 0xFF":             append(slices.Clone(b), 0xFF, 0xFF, 0xFF),
		"no EOI, padded":               append(slices.Clone(b[:len(b)-2]), 0, 0, 0),
		"garbage behind":               append(slices.Clone(b), 0xFF, sos, 1, 2, 3),
		"fill bytes":                   before(before(before(b, sof3, 0xFF, 0xFF), sos, 0xFF), rst0, 0xFF, 0xFF),
		"garbage between segments":     before(b, sof3, 1, 2, 3, 0xFF, 0),
		"garbage at the end of a row":  before(b, rst0+1, 0xAB, 0xCD),
		"restart markers all the same": unnumbered,
		"restart marker after the end": before(b, eoi, 0xFF, rst0),
		"lines told by DNL":            before(untold, eoi, 0xFF, dnl, 0, 4, 0, 24),
		"lines told by the caller":     untold,
		"last byte lost":               b[:len(b)-3],
		"fill bytes at the beginning":  slices.Concat([]byte{0xFF, 0xFF}, b),
		"two beginnings":               slices.Concat([]byte{0xFF, soi}, b),
	} {
		got, err := Decode(context.Background(), stream, codec.Params{Rows: 24, Columns: 30})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		compare := len(m.Pix16)
		if name == "last byte lost" {
			compare -= 8 // its bits
		}
		if got.Bits != 12 || !slices.Equal(got.Pix16[:compare], m.Pix16[:compare]) {
			t.Errorf("%s: another picture", name)
		}
	}
}

// Components that all have the same name are told apart by their order.
func TestNamelessComponents(t *testing.T) {
	m := picture(5, 6, 3, 8)
	b, err := EncodeLossless(m, LosslessParams{})
	if err != nil {
		t.Fatal(err)
	}
	frame, scan := bytes.Index(b, []byte{0xFF, sof3}), bytes.Index(b, []byte{0xFF, sos})
	for i := range 3 {
		b[frame+10+3*i], b[scan+5+2*i] = 0, 0
	}
	got, err := Decode(context.Background(), b, codec.Params{})
	if err != nil || !slices.Equal(got.Pix8, m.Pix8) {
		t.Errorf("%v", err)
	}
}

func TestProgressiveWithoutEnd(t *testing.T) {
	for _, name := range []string{"spectral12", "progressive8", "progressive12"} {
		b, raw := fixture(t, name)
		b = bytes.TrimRight(b, "\x00")
		b = bytes.TrimSuffix(b, []byte{0xFF, eoi})
		m, err := Decode(context.Background(), b, codec.Params{})
		if err != nil || !bytes.Equal(littleEndian(m), raw) {
			t.Errorf("%s without EOI: %v", name, err)
		}
		last := bytes.LastIndex(b, []byte{0xFF, sos})
		if _, err := Decode(context.Background(), b[:last], codec.Params{}); !errors.Is(err, codec.ErrCorrupt) {
			t.Errorf("%s without its last scan: %v", name, err)
		}
	}
}

func TestDamageIsAnError(t *testing.T) {
	b := baseline(t, uniform(color.White))
	_, l := whole(t)
	lostInterval := slices.Clone(l)
	from, to := bytes.Index(l, []byte{0xFF, rst0 + 2}), bytes.Index(l, []byte{0xFF, rst0 + 3})
	lostInterval = slices.Delete(lostInterval, from, to)
	kind := func(code byte) []byte { return bytes.Replace(b, []byte{0xFF, sof0}, []byte{0xFF, code}, 1) }
	for name, tc := range map[string]struct {
		bytes []byte
		kind  error
	}{
		"empty": {nil, codec.ErrCorrupt}, "no SOI": {b[2:], codec.ErrCorrupt}, "cut": {b[:len(b)/2], codec.ErrCorrupt},
		"header only": {b[:4], codec.ErrCorrupt}, "no scan": {before(b, sos, 0xFF, eoi), codec.ErrCorrupt},
		"lossless cut": {l[:len(l)-40], codec.ErrCorrupt}, "lost interval": {lostInterval, codec.ErrCorrupt},
		"arithmetic": {kind(0xC9), codec.ErrUnsupported}, "hierarchical": {kind(0xC5), codec.ErrUnsupported},
		"JPEG-LS": {kind(sof55), codec.ErrUnsupported}, "lossless of half the chrominance": {kind(sof3), codec.ErrUnsupported},
		"two frames": {before(b, sos, b[bytes.Index(b, []byte{0xFF, sof0}):bytes.Index(b, []byte{0xFF, dht})]...), codec.ErrCorrupt},
	} {
		if _, err := Decode(context.Background(), tc.bytes, codec.Params{}); !errors.Is(err, tc.kind) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := Decode(context.Background(), b, codec.Params{Rows: 80, Columns: 16}); !errors.Is(err, codec.ErrCorrupt) {
		t.Error("another size was accepted")
	}
	if _, err := Decode(context.Background(), b, codec.Params{MaxBytes: 100}); !errors.Is(err, codec.ErrLimit) {
		t.Error("a limit was passed")
	}
}

// Scans of the same bits again and again would cost time and no bytes.
func TestScansMustFollow(t *testing.T) {
	b, _ := fixture(t, "progressive12")
	last := bytes.LastIndex(b, []byte{0xFF, sos})
	end := bytes.LastIndex(b, []byte{0xFF, eoi})
	first := bytes.Index(b, []byte{0xFF, sos})
	next := first + 2 + bytes.Index(b[first+2:], []byte{0xFF, sos})
	for name, stream := range map[string][]byte{
		"the first twice":      slices.Concat(b[:next], b[first:]),
		"a last one too early": slices.Concat(b[:next], b[last:end], b[next:]),
		"without the first":    slices.Concat(b[:first], b[next:]),
	} {
		if _, err := Decode(context.Background(), stream, codec.Params{}); !errors.Is(err, codec.ErrCorrupt) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A stream cut anywhere never gives a picture that is not whole.
func TestCutAnywhere(t *testing.T) {
	_, l := whole(t)
	streams := [][]byte{l}
	for _, name := range fixtures {
		b, _ := fixture(t, name)
		streams = append(streams, b)
	}
	for n, b := range streams {
		end := bytes.LastIndex(b, []byte{0xFF, eoi}) - 4
		for i := range end {
			if _, err := Decode(context.Background(), b[:i], codec.Params{}); !errors.Is(err, codec.ErrCorrupt) {
				t.Errorf("stream %d cut at %d of %d: %v", n, i, len(b), err)
			}
		}
	}
}

// A few bytes that claim a large picture are refused before they cost anything.
func TestClaimsAreNotBelieved(t *testing.T) {
	_, lossless := whole(t)
	streams := map[byte][]byte{sof3: lossless, sof0: baseline(t, uniform(color.White))}
	for code, name := range map[byte]string{sof1: "extended12", sof2: "progressive12"} {
		streams[code], _ = fixture(t, name)
	}
	for code, b := range streams {
		b = slices.Clone(b)
		at := bytes.Index(b, []byte{0xFF, code})
		for _, size := range [][2]uint16{{60000, 60000}, {8000, 8000}} {
			binary.BigEndian.PutUint16(b[at+5:], size[0])
			binary.BigEndian.PutUint16(b[at+7:], size[1])
			start := time.Now()
			_, err := Decode(context.Background(), b, codec.Params{})
			if !errors.Is(err, codec.ErrLimit) && !errors.Is(err, codec.ErrCorrupt) || time.Since(start) > time.Second {
				t.Errorf("marker %X, %v: %v after %v", code, size, err, time.Since(start))
			}
		}
	}
}

func TestCanceled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, l := whole(t)
	streams := [][]byte{l}
	for _, name := range fixtures {
		b, _ := fixture(t, name)
		streams = append(streams, b)
	}
	for n, b := range streams {
		if _, err := Decode(ctx, b, codec.Params{}); !errors.Is(err, context.Canceled) {
			t.Errorf("stream %d: %v", n, err)
		}
	}
}
