package dicom

import (
	"bytes"
	"encoding/binary"
	"errors"
	"testing"
)

func TestLimitsStopHostileHeaders(t *testing.T) {
	nested := func(depth int) []byte {
		var b []byte
		for range depth {
			b = appendHead(b, ProcedureCodeSequence, "SQ", undefined, coding{explicit: true})
			b = appendItemHead(b, itemTag, undefined)
		}
		return b
	}
	tests := map[string]struct {
		bytes []byte
		kind  error
	}{
		"deep nesting":      {nested(1000), ErrLimit},
		"huge UT":           {appendHead(nil, 0x00081190, "UT", 0xFFFFFFF0, coding{explicit: true}), ErrCorrupt},
		"undefined UI":      {appendHead(explicitElement(SOPClassUID, "UI", "1.2\x00"), SOPInstanceUID, "UT", undefined, coding{explicit: true}), ErrCorrupt},
		"item where none":   {append(appendHead(nil, ProcedureCodeSequence, "SQ", undefined, coding{explicit: true}), explicitElement(Modality, "CS", "CT")...), ErrCorrupt},
		"many items":        {append(appendHead(nil, ProcedureCodeSequence, "SQ", undefined, coding{explicit: true}), bytes.Repeat(appendItemHead(nil, itemTag, 0), 600_000)...), ErrLimit},
		"fragment of chaos": {append(appendHead(nil, 0x00090010, "OB", undefined, coding{explicit: true}), explicitElement(Modality, "CS", "CT")...), ErrCorrupt},
	}
	for name, tc := range tests {
		b := part10Bytes(ExplicitVRLittleEndian, tc.bytes)
		_, err := Read(bytes.NewReader(b), int64(len(b)), DefaultLimits())
		if !errors.Is(err, tc.kind) {
			t.Errorf("%s: %v, want %v", name, err, tc.kind)
		}
	}
}

func TestElementBytesAreLimited(t *testing.T) {
	b := part10Bytes(ExplicitVRLittleEndian, explicitElement(StudyDescription, "LO", "a description of some length..  "))
	if _, err := Read(bytes.NewReader(b), int64(len(b)), Limits{ElementBytes: 8}); !errors.Is(err, ErrLimit) {
		t.Errorf("long element: %v", err)
	}
}

// PS3.5 6.2.2 note 2 (CP-246): UN of undefined length holds implicit VR.
func TestSequenceInUN(t *testing.T) {
	inner := NewDataSet()
	inner.SetString(CodeValue, "C1")
	items := appendItemHead(nil, itemTag, undefined)
	items = appendItemHead(inner.encode(items, coding{}), itemDelimiter, 0)
	c := coding{explicit: true}
	open := appendItemHead(append(appendHead(nil, 0x00091001, "UN", undefined, c), items...), sequenceDelimiter, 0)
	known := append(appendHead(nil, ProcedureCodeSequence, "UN", uint32(len(items)), c), items...)
	for tag, b := range map[Tag][]byte{0x00091001: open, ProcedureCodeSequence: known} {
		f := readBytes(t, part10Bytes(ExplicitVRLittleEndian, append(explicitElement(Modality, "CS", "CT"), b...)))
		got := f.Items(tag)
		if len(got) != 1 || got[0].String(CodeValue) != "C1" {
			t.Errorf("%s: items %v, repairs %v", tag, got, f.Repairs)
		}
	}
}

func TestNestedFragmentsAreKept(t *testing.T) {
	c := coding{explicit: true}
	icon := appendHead(nil, PixelData, "OB", undefined, c)
	icon = appendItemHead(icon, itemTag, 0)
	icon = append(appendItemHead(icon, itemTag, 4), 1, 2, 3, 4)
	icon = appendItemHead(icon, sequenceDelimiter, 0)
	b := appendHead(nil, 0x00880200, "SQ", undefined, c)
	b = append(appendItemHead(b, itemTag, uint32(len(icon))), icon...)
	b = appendItemHead(b, sequenceDelimiter, 0)
	f := readBytes(t, part10Bytes(JPEGBaseline8Bit, append(explicitElement(Modality, "CS", "CT"), b...)))
	again := readBytes(t, written(t, f))
	want, _ := f.Items(0x00880200)[0].Get(PixelData)
	got, _ := again.Items(0x00880200)[0].Get(PixelData)
	if len(want.Raw) != 20 || !bytes.Equal(want.Raw, got.Raw) || !got.fragments {
		t.Errorf("icon % X, written % X", want.Raw, got.Raw)
	}
}

func TestBigEndian(t *testing.T) {
	c := coding{explicit: true, big: true}
	be := func(t Tag, vr string, value []byte) []byte {
		b := binary.BigEndian.AppendUint16(nil, t.Group())
		b = binary.BigEndian.AppendUint16(b, t.Element())
		b = append(b, vr...)
		if VR(vr).info().long {
			return append(binary.BigEndian.AppendUint32(append(b, 0, 0), uint32(len(value))), value...)
		}
		return append(binary.BigEndian.AppendUint16(b, uint16(len(value))), value...)
	}
	var b []byte
	b = append(b, be(Modality, "CS", []byte("CT"))...)
	for tag, v := range map[Tag]byte{SamplesPerPixel: 1} {
		b = append(b, be(tag, "US", []byte{0, v})...)
	}
	b = append(b, be(Rows, "US", []byte{0, 1})...)
	b = append(b, be(Columns, "US", []byte{0, 2})...)
	b = append(b, be(BitsAllocated, "US", []byte{0, 16})...)
	b = append(b, be(SliceLocation+0x100000, "FD", []byte{0x3F, 0xF8, 0, 0, 0, 0, 0, 0})...)
	b = append(b, be(PixelData, "OW", []byte{1, 2, 3, 4})...)
	f := readBytes(t, part10Bytes(ExplicitVRBigEndian, b))
	if v, ok := f.Float(SliceLocation + 0x100000); !ok || v != 1.5 {
		t.Errorf("FD %v %v, coding %v", v, ok, c)
	}
	for _, g := range []*File{f, readBytes(t, written(t, f))} {
		frame, err := g.Frame(t.Context(), 0)
		if err != nil || frame.Value(0) != 0x0102 || frame.Value(1) != 0x0304 {
			t.Errorf("%s: frame %v, %v", g.TransferSyntax, frame, err)
		}
	}
}

func TestLibraryAndWalkerAgree(t *testing.T) {
	f := image(t, 2, 2, 16)
	f.SetItems(ProcedureCodeSequence, NewDataSet())
	f.SetPixelData(gradient(4))
	b := written(t, f)
	p := &part10{win: &window{r: bytes.NewReader(b), size: int64(len(b)), most: 1 << 20}, limits: DefaultLimits()}
	if err := p.readMeta(); err != nil {
		t.Fatal(err)
	}
	w := &walker{win: p.win, limits: p.limits, charsetAt: -1}
	walked, end, err := w.topLevel(p.at, p.coding())
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := parseWithLibrary(b[p.at:end], w.charsetAt-p.at, p.coding())
	if err != nil {
		t.Fatal(err)
	}
	if elements, ok := paired(parsed, walked); !ok || len(elements) != f.Len()-1 {
		t.Errorf("%d of %d elements, agreed %v", len(elements), f.Len()-1, ok)
	}
}
