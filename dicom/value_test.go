package dicom

import (
	"math"
	"slices"
	"strings"
	"testing"
)

func TestNumbersAreReadTolerantly(t *testing.T) {
	d := NewDataSet()
	put := func(t Tag, vr VR, s string) { d.Put(Element{Tag: t, VR: vr, Raw: []byte(s)}) }
	put(SliceThickness, "DS", " 1,5 ")
	put(PixelSpacing, "DS", `0.5\abc`)
	put(WindowCenter, "DS", `40\-600`)
	put(InstanceNumber, "IS", "+7 ")
	put(SeriesNumber, "IS", "3.0")
	put(KVP, "DS", "NaN")
	d.SetInt(Rows, 512)
	d.SetFloat(CTDIvol, math.Inf(1))
	if v, ok := d.Float(SliceThickness); !ok || v != 1.5 {
		t.Errorf("comma: %v %v", v, ok)
	}
	if got := d.Floats(PixelSpacing); got != nil {
		t.Errorf("no number among them: %v", got)
	}
	if got := d.Floats(WindowCenter); !slices.Equal(got, []float64{40, -600}) {
		t.Errorf("window %v", got)
	}
	if d.IntOr(InstanceNumber, 0) != 7 || d.IntOr(SeriesNumber, 0) != 3 || d.IntOr(SliceThickness, -1) != -1 {
		t.Errorf("integers %d %d %d", d.IntOr(InstanceNumber, 0), d.IntOr(SeriesNumber, 0), d.IntOr(SliceThickness, -1))
	}
	if d.FloatOr(KVP, -1) != -1 || d.FloatOr(CTDIvol, -1) != -1 || d.Floats(CTDIvol) != nil {
		t.Error("NaN and infinity count as absent")
	}
	if d.String(Rows) != "512" || d.FloatOr(Rows, 0) != 512 {
		t.Errorf("rows %q", d.String(Rows))
	}
}

func TestTextIsTrimmedAndSplit(t *testing.T) {
	d := NewDataSet()
	d.Put(Element{Tag: ImageType, VR: "CS", Raw: []byte("ORIGINAL \\PRIMARY\\\\AXIAL\x00")})
	if got := d.Strings(ImageType); !slices.Equal(got, []string{"ORIGINAL", "PRIMARY", "", "AXIAL"}) {
		t.Errorf("%q", got)
	}
	d.Put(Element{Tag: 0x00204000, VR: "LT", Raw: []byte("  a\\b \r\n")})
	if got := d.String(0x00204000); got != "  a\\b" {
		t.Errorf("prose %q", got)
	}
	if d.String(StudyID) != "" || d.Strings(StudyID) != nil || d.Has(StudyID) {
		t.Error("absent elements have no value")
	}
}

func TestElementsStayInOrder(t *testing.T) {
	d := NewDataSet()
	for _, tag := range []Tag{Rows, Modality, PatientID, Modality} {
		d.Put(Element{Tag: tag, VR: "LO", Raw: []byte("x ")})
	}
	var tags []Tag
	for e := range d.All() {
		tags = append(tags, e.Tag)
	}
	if !slices.Equal(tags, []Tag{Modality, PatientID, Rows}) {
		t.Errorf("order %v", tags)
	}
	d.Remove(PatientID)
	d.Remove(PatientID)
	if d.Len() != 2 || d.Has(PatientID) {
		t.Errorf("%d elements", d.Len())
	}
}

func TestDecimalStringsFit(t *testing.T) {
	for _, v := range []float64{0, -0.1, 1.0 / 3, -123456.789012345678, 1e-300, -2.2250738585072014e-308, 12345678901234567890, math.Pi * 1e10} {
		s := decimalString(v)
		got, ok := parseNumber(s)
		if len(s) > 16 || !ok || math.Abs(got-v) > math.Abs(v)*1e-8 {
			t.Errorf("%v written as %q", v, s)
		}
	}
	d := NewDataSet()
	d.SetFloat(PixelSpacing, 0.5, 1.0/3)
	if got := d.String(PixelSpacing); got != "0.5" {
		t.Errorf("%q", got)
	}
}

func TestNumbersAreClampedToTheirVR(t *testing.T) {
	d := NewDataSet()
	d.SetInt(Rows, 70000)
	d.SetInt(Columns, -5)
	if d.IntOr(Rows, 0) != 65535 || d.IntOr(Columns, -1) != 0 {
		t.Errorf("%d %d", d.IntOr(Rows, 0), d.IntOr(Columns, -1))
	}
	d.SetInt(PixelRepresentation, 1)
	d.SetInt(PixelPaddingValue, -2000)
	if e, _ := d.Get(PixelPaddingValue); e.VR != "SS" || d.IntOr(PixelPaddingValue, 0) != -2000 {
		t.Errorf("padding %v", e)
	}
}

func TestCopyFromTranscodes(t *testing.T) {
	old := textFile(t, "ISO_IR 144", map[Tag][]byte{PatientName: {0xC2, 0xD5, 0xE1, 0xE2, 0xDE, 0xD2}})
	d := NewDataSet()
	d.CopyFrom(old, PatientName, PatientID)
	if d.String(PatientName) != "Тестов" || d.String(SpecificCharacterSet) != "ISO_IR 192" || d.Has(PatientID) {
		t.Errorf("%q in %q", d.String(PatientName), d.String(SpecificCharacterSet))
	}
}

func TestDictionary(t *testing.T) {
	for tag, want := range map[Tag]struct {
		vr      VR
		keyword string
	}{
		PatientName: {"PN", "PatientName"}, 0x60020010: {"US", "OverlayRows"}, 0x00090010: {"LO", ""},
		0x00091001: {"UN", ""}, 0x00180000: {"UL", "GenericGroupLength"}, PixelData: {"OW", "PixelData"},
	} {
		if tag.VR() != want.vr || tag.Keyword() != want.keyword {
			t.Errorf("%s is %s %q", tag, tag.VR(), tag.Keyword())
		}
	}
	if got := CTImageStorage.Name(); !strings.HasPrefix(got, "CT Image Storage") {
		t.Errorf("%q", got)
	}
	if got := UID("1.2.3").Name(); got != "1.2.3" {
		t.Errorf("%q", got)
	}
}
