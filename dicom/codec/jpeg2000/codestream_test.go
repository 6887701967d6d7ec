package jpeg2000_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"image"
	"reflect"
	"slices"
	"testing"
	"time"

	"eris/dicom/codec"
	"eris/dicom/codec/jpeg2000"
)

// example is a codestream of one column and nine rows, after 15444-1 J.10.
var example = slices.Concat(
	[]byte{0xFF, 0x4F}, // SOC
	[]byte{0xFF, 0x51, 0, 41, 0, 0, // SIZ
		0, 0, 0, 1, 0, 0, 0, 9, 0, 0, 0, 0, 0, 0, 0, 0, // the image
		0, 0, 0, 1, 0, 0, 0, 9, 0, 0, 0, 0, 0, 0, 0, 0, // the tile
		0, 1, 7, 1, 1}, // one component: 8 bits, unsigned
	[]byte{0xFF, 0x52, 0, 12, 0, // COD
		0, 0, 1, 0, // LRCP, one layer, no colour transform
		1, 4, 4, 0, 1}, // one level, blocks of 64 by 64, 5/3
	[]byte{0xFF, 0x5C, 0, 7, 0x40, 8 << 3, 9 << 3, 9 << 3, 10 << 3}, // QCD: two guard bits
	[]byte{0xFF, 0x90, 0, 10, 0, 0, 0, 0, 0, 30, 0, 1},              // SOT
	[]byte{0xFF, 0x93},       // SOD
	[]byte{0xC7, 0xD4, 0x0C}, // LL: 3 zero planes, 16 passes of 6 bytes
	[]byte{0x01, 0x8F, 0x0D, 0xC8, 0x75, 0xF8},
	[]byte{0xC0, 0x7C, 0x21, 0x80}, // LH: 7 zero planes, 7 passes of 3 bytes
	[]byte{0x0F, 0xB1, 0x76},
	[]byte{0xFF, 0xD9}, // EOC
)

var exampleSamples = []uint8{101, 103, 104, 105, 96, 97, 96, 103, 110}

func TestExample(t *testing.T) {
	if m := decode(t, example, jpeg2000.Options{}); !slices.Equal(m.Pix8, exampleSamples) || m.Rows != 9 || m.Columns != 1 {
		t.Errorf("%+v", m)
	}
}

// Psot 0, no EOC, and bytes behind the end change nothing.
func TestLooseEnds(t *testing.T) {
	sot := len(example) - 30 - 2
	open := slices.Clone(example)
	open[sot+9] = 0
	for name, b := range map[string][]byte{
		"Psot 0": open, "Psot 0, no EOC": open[:len(open)-2], "no EOC": example[:len(example)-2],
		"a byte behind": append(slices.Clone(example), 0), "many bytes behind": append(slices.Clone(example), make([]byte, 99)...),
	} {
		if m := decode(t, b, jpeg2000.Options{}); !slices.Equal(m.Pix8, exampleSamples) {
			t.Errorf("%s: %v", name, m.Pix8)
		}
	}
}

// A JP2 file has its codestream in a box and may name its colours.
func TestJP2(t *testing.T) {
	box := func(kind string, content ...byte) []byte {
		return append(append(binary.BigEndian.AppendUint32(nil, uint32(8+len(content))), kind...), content...)
	}
	b := slices.Concat(box("jP  ", 0x0D, 0x0A, 0x87, 0x0A), box("ftyp", []byte("jp2 \x00\x00\x00\x00jp2 ")...),
		box("jp2h", box("colr", 1, 0, 0, 0, 0, 0, jpeg2000.ColourSYCC)...), []byte("\x00\x00\x00\x00jp2c"), example)
	h, err := jpeg2000.ReadHeader(b)
	want := jpeg2000.Header{Rows: 9, Columns: 1, Components: 1, Bits: 8, Levels: 1, Reversible: true, Colour: jpeg2000.ColourSYCC}
	if err != nil || h != want {
		t.Errorf("%+v, %v", h, err)
	}
	if m := decode(t, b, jpeg2000.Options{}); !slices.Equal(m.Pix8, exampleSamples) {
		t.Errorf("%v", m.Pix8)
	}
	if _, err := jpeg2000.ReadHeader(b[:80]); !errors.Is(err, codec.ErrCorrupt) {
		t.Errorf("without a codestream: %v", err)
	}
}

// What there is of a cut stream is decoded, unless asked otherwise.
func TestCutStreams(t *testing.T) {
	m := synthetic(200, 200, 1, 12, false)
	b := encode(t, m, jpeg2000.EncodeOptions{Levels: 4})
	last := 1 << 30
	for _, part := range []int{50, 80, 95} {
		cut := b[:len(b)*part/100]
		got := decode(t, cut, jpeg2000.Options{})
		wrong := 0
		for i := range m.Pix16 {
			if got.Pix16[i] != m.Pix16[i] {
				wrong += max(at(m, i)-at(got, i), at(got, i)-at(m, i))
			}
		}
		if wrong == 0 || wrong >= last {
			t.Errorf("%d percent: an error of %d", part, wrong)
		}
		last = wrong
		if _, err := jpeg2000.Decode(context.Background(), cut, codec.Params{}, jpeg2000.Options{Strict: true}); !errors.Is(err, codec.ErrCorrupt) {
			t.Errorf("%d percent, strictly: %v", part, err)
		}
	}
	decode(t, b, jpeg2000.Options{Strict: true})
	decode(t, slices.Concat(b[:len(b)-2], segment(0x64, 0, 1, 'p', 'a', 'd'), b[len(b)-2:]), jpeg2000.Options{Strict: true})
	for n := range 120 {
		if _, err := jpeg2000.Decode(context.Background(), b[:n], codec.Params{}, jpeg2000.Options{}); err == nil {
			t.Errorf("%d bytes: an image", n)
		}
	}
}

func TestRefusals(t *testing.T) {
	huge := slices.Clone(example)
	for _, at := range []int{8, 12, 24, 28} { // 2^24 rows and columns
		huge[at] = 1
	}
	comb := slices.Clone(example)
	copy(comb[8:], []byte{0, 1, 0, 0, 0, 1, 0, 0}) // 65536 by 65536 of 1 by 9
	wavelet, deep, wide := slices.Clone(example), slices.Clone(example), slices.Clone(example)
	wavelet[58], deep[42], wide[41] = 7, 40, 3
	for name, c := range map[string]struct {
		b    []byte
		want codec.Params
		o    jpeg2000.Options
		err  error
	}{
		"empty":        {nil, codec.Params{}, jpeg2000.Options{}, codec.ErrCorrupt},
		"another size": {example, codec.Params{Rows: 8, Columns: 1}, jpeg2000.Options{}, codec.ErrCorrupt},
		"huge":         {huge, codec.Params{}, jpeg2000.Options{}, codec.ErrLimit},
		"many tiles":   {comb, codec.Params{}, jpeg2000.Options{}, codec.ErrCorrupt},
		"bound":        {example, codec.Params{MaxBytes: 8}, jpeg2000.Options{}, codec.ErrLimit},
		"claims":       {claim(t, 20000, 10000), codec.Params{}, jpeg2000.Options{}, codec.ErrLimit},
		"wavelet":      {wavelet, codec.Params{}, jpeg2000.Options{}, codec.ErrUnsupported},
		"40 bits":      {deep, codec.Params{}, jpeg2000.Options{}, codec.ErrUnsupported},
		"components":   {wide, codec.Params{}, jpeg2000.Options{}, codec.ErrCorrupt},
		"reduced":      {example, codec.Params{}, jpeg2000.Options{Reduce: 2}, codec.ErrUnsupported},
		"region":       {example, codec.Params{}, jpeg2000.Options{Region: image.Rect(5, 5, 9, 9)}, codec.ErrUnsupported},
	} {
		start := time.Now()
		_, err := jpeg2000.Decode(context.Background(), c.b, c.want, c.o)
		if !errors.Is(err, c.err) {
			t.Errorf("%s: %v", name, err)
		}
		if took := time.Since(start); took > time.Second {
			t.Errorf("%s: refused after %v", name, took)
		}
	}
}

// Packets, blocks and progressions that take time but no bytes are bounded.
func TestBusyStreams(t *testing.T) {
	const cod, sot = 45, 68 // where these begin in the example
	build := func(style, more, body []byte) []byte {
		b := claim(t, 2000, 2000)
		return slices.Concat(b[:cod], segment(0x52, style...), b[cod+14:sot], more, b[sot:sot+6], make([]byte, 4), b[sot+10:sot+14], body)
	}
	layers := []byte{0, 0, 0xFF, 0xFF, 0, 1, 0, 0, 0, 1}          // 65535 of blocks of 4 by 4
	precincts := []byte{1, 0, 0, 1, 0, 1, 0, 0, 0, 1, 0x33, 0x33} // of 8 by 8
	changes := bytes.Repeat([]byte{0, 0, 0, 1, 33, 0, 2}, 4000)   // all the same
	for name, b := range map[string][]byte{
		"empty packets":         build(layers, nil, make([]byte, 1<<17)),
		"packets of all blocks": build(layers, nil, bytes.Repeat([]byte{0x80}, 1<<17)),
		"small precincts":       build(precincts, nil, bytes.Repeat([]byte{0x80}, 1<<17)),
		"many progressions":     build(precincts, segment(0x5F, changes...), make([]byte, 1<<17)),
	} {
		start := time.Now()
		_, err := jpeg2000.Decode(context.Background(), b, codec.Params{}, jpeg2000.Options{})
		if took := time.Since(start); took > 20*time.Second {
			t.Errorf("%s: %v after %v", name, err, took)
		}
	}
}

// claim is the example with another size.
func claim(t *testing.T, rows, columns uint32) []byte {
	t.Helper()
	b := slices.Clone(example)
	for _, at := range []int{8, 24} {
		binary.BigEndian.PutUint32(b[at:], columns)
		binary.BigEndian.PutUint32(b[at+4:], rows)
	}
	return b
}

func TestCanceled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := jpeg2000.Decode(ctx, example, codec.Params{}, jpeg2000.Options{}); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

// part is a tile-part of a codestream.
type part struct{ header, body []byte }

// takeApart divides a codestream into its main header and tile-parts.
func takeApart(b []byte) (main []byte, parts []part) {
	i := 2
	for b[i+1] != 0x90 {
		i += 2 + int(binary.BigEndian.Uint16(b[i+2:]))
	}
	main = b[:i]
	for b[i+1] == 0x90 {
		n := int(binary.BigEndian.Uint32(b[i+6:]))
		sod := i + 12
		for b[sod+1] != 0x93 {
			sod += 2 + int(binary.BigEndian.Uint16(b[sod+2:]))
		}
		parts = append(parts, part{b[i:sod], b[sod+2 : i+n]})
		i += n
	}
	return main, parts
}

// putTogether makes a codestream.
func putTogether(main []byte, parts []part) []byte {
	b := slices.Clone(main)
	for _, p := range parts {
		header := slices.Clone(p.header)
		binary.BigEndian.PutUint32(header[6:], uint32(len(p.header)+2+len(p.body)))
		b = slices.Concat(b, header, []byte{0xFF, 0x93}, p.body)
	}
	return append(b, 0xFF, 0xD9)
}

// unpack takes the packet headers out of the packets, which SOP and EPH mark.
func unpack(body []byte) (headers, rest []byte) {
	for len(body) > 0 {
		eph := 6
		for body[eph] != 0xFF || body[eph+1] != 0x92 {
			eph++
		}
		end := eph + 2
		for end < len(body) && (body[end] != 0xFF || body[end+1] != 0x91) {
			end++
		}
		headers = append(headers, body[6:eph+2]...)
		rest = slices.Concat(rest, body[:6], body[eph+2:end])
		body = body[end:]
	}
	return headers, rest
}

func segment(marker byte, b ...byte) []byte {
	return append(binary.BigEndian.AppendUint16([]byte{0xFF, marker}, uint16(2+len(b))), b...)
}

// Packet headers may be in PPM or PPT markers, in pieces and out of order, and
// tile-parts in any order.
func TestPackedHeaders(t *testing.T) {
	b := stream{rows: 100, columns: 90, components: 3, bits: 8, args: "-t 50,40 -SOP -EPH -TP R -n 3 -p RLCP -r 9,1"}.make(t)
	want := decode(t, b, jpeg2000.Options{})
	main, parts := takeApart(b)
	var ppm []byte
	bare, ppt := slices.Clone(parts), slices.Clone(parts)
	for i, p := range parts {
		headers, rest := unpack(p.body)
		half := len(headers) / 2
		ppm = append(binary.BigEndian.AppendUint32(ppm, uint32(len(headers))), headers...)
		bare[i].body, ppt[i].body = rest, rest
		z := p.header[10] * 2 // TPsot
		ppt[i].header = slices.Concat(p.header, segment(0x61, append([]byte{z + 1}, headers[half:]...)...), segment(0x61, append([]byte{z}, headers[:half]...)...))
	}
	cut := len(ppm) / 3
	packed := slices.Concat(main, segment(0x60, append([]byte{1}, ppm[cut:]...)...), segment(0x60, append([]byte{0}, ppm[:cut]...)...))
	shuffled := slices.Clone(parts)
	slices.SortStableFunc(shuffled, func(a, b part) int { return int(a.header[10]) - int(b.header[10]) })
	reversed := slices.Clone(parts)
	slices.Reverse(reversed)
	for name, b := range map[string][]byte{
		"together": putTogether(main, parts), "PPM": putTogether(packed, bare), "PPT": putTogether(main, ppt),
		"by part": putTogether(main, shuffled), "reversed": putTogether(main, reversed),
	} {
		if got := decode(t, b, jpeg2000.Options{Strict: true}); !reflect.DeepEqual(got, want) {
			t.Errorf("%s: another image", name)
		}
	}
	few := putTogether(packed, bare[:3])
	if _, err := jpeg2000.Decode(context.Background(), few, codec.Params{}, jpeg2000.Options{}); err != nil {
		t.Errorf("three tile-parts: %v", err)
	}
	if _, err := jpeg2000.Decode(context.Background(), few, codec.Params{}, jpeg2000.Options{Strict: true}); !errors.Is(err, codec.ErrCorrupt) {
		t.Errorf("three tile-parts, strictly: %v", err)
	}
}

// What tile headers and components say prevails (15444-1 A.6).
func TestPrecedence(t *testing.T) {
	b := encode(t, synthetic(40, 50, 2, 8, false), jpeg2000.EncodeOptions{Levels: 2})
	want := decode(t, b, jpeg2000.Options{})
	main, parts := takeApart(b)
	siz, cod, qcd := main[:2+2+44], main[48:62], main[62:]
	other, steps := slices.Clone(cod), slices.Clone(qcd)
	other[9], steps[4] = 3, 0xE0 // three levels, seven guard bits
	style, quant := cod[9:], qcd[4:]
	for name, s := range map[string]struct{ main, tile []byte }{
		"tile COD":          {slices.Concat(siz, other, qcd), cod},
		"COC":               {slices.Concat(siz, segment(0x53, append([]byte{0, 0}, style...)...), other, segment(0x53, append([]byte{1, 0}, style...)...), qcd), nil},
		"tile COC":          {slices.Concat(siz, other, qcd), slices.Concat(segment(0x53, append([]byte{0, 0}, style...)...), other, segment(0x53, append([]byte{1, 0}, style...)...))},
		"tile COD, not COC": {slices.Concat(siz, other, qcd, segment(0x53, append([]byte{0, 0}, other[9:]...)...)), cod},
		"tile QCD":          {slices.Concat(siz, cod, steps), qcd},
		"QCC":               {slices.Concat(siz, cod, segment(0x5D, append([]byte{1}, quant...)...), steps, segment(0x5D, append([]byte{0}, quant...)...)), nil},
		"comments":          {slices.Concat(siz, segment(0x64, 0, 1, 'x'), cod, qcd, segment(0x63, 0, 0, 0, 0)), segment(0x58, 0, 1)},
	} {
		p := part{slices.Concat(parts[0].header, s.tile), parts[0].body}
		if got := decode(t, putTogether(s.main, []part{p}), jpeg2000.Options{Strict: true}); !reflect.DeepEqual(got, want) {
			t.Errorf("%s: another image", name)
		}
	}
}
