package viewer

import (
	"encoding/binary"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"eris/dicom"
	"eris/viewer/lut"
)

func TestValuesAreTheStandards(t *testing.T) {
	for name, c := range map[string]struct {
		values []uint16
		with   func(d *dicom.DataSet)
		want   []float64
		units  string
	}{
		"rescale, PS3.3 C.11.1.1.2": {[]uint16{0, 1024, 2000}, func(d *dicom.DataSet) {
			d.SetFloat(dicom.RescaleSlope, 2)
			d.SetFloat(dicom.RescaleIntercept, -1024)
			d.SetString(dicom.RescaleType, "HU")
		}, []float64{-1024, 1024, 2976}, "HU"},
		"unspecified units, PS3.3 C.11.1.1.2": {[]uint16{5}, func(d *dicom.DataSet) {
			d.SetString(dicom.RescaleType, "US")
		}, []float64{5}, ""},
		"modality LUT, PS3.3 C.11.1.1.1": {[]uint16{0, 9, 10, 11, 12, 500}, func(d *dicom.DataSet) {
			item := lutItem(10, 16, 100, 300, 700)
			item.SetString(modalityLUTType, "OD")
			d.SetItems(modalityLUTSequence, item)
		}, []float64{100, 100, 100, 300, 700, 700}, "OD"},
		"padding value and range, PS3.3 C.7.5.1.1.2": {[]uint16{3, 4, 5, 6, 7}, func(d *dicom.DataSet) {
			numbersOf(d, dicom.PixelPaddingValue, 6)
			numbersOf(d, dicom.PixelPaddingRangeLimit, 4)
		}, []float64{3, math.NaN(), math.NaN(), math.NaN(), 7}, ""},
		"signed, of 12 bits, PS3.5 8.1.1": {[]uint16{0x0800, 0x0FFF, 0x07FF}, func(d *dicom.DataSet) {
			d.SetInt(dicom.BitsStored, 12)
			d.SetInt(dicom.HighBit, 11)
			d.SetInt(dicom.PixelRepresentation, 1)
		}, []float64{-2048, -1, 2047}, ""},
		"real world values, PS3.3 C.7.6.16.2.11": {[]uint16{0, 10, 200}, func(d *dicom.DataSet) {
			m, unit := dicom.NewDataSet(), dicom.NewDataSet()
			unit.SetString(dicom.CodeValue, "mm2/s")
			unit.SetString(dicom.CodingSchemeDesignator, "UCUM")
			numbersOf(m, realWorldFirstMapped, 0)
			numbersOf(m, realWorldLastMapped, 100)
			m.Put(dicom.Element{Tag: realWorldSlope, VR: "FD", Raw: binary.LittleEndian.AppendUint64(nil, math.Float64bits(0.5))})
			m.Put(dicom.Element{Tag: realWorldIntercept, VR: "FD", Raw: binary.LittleEndian.AppendUint64(nil, math.Float64bits(-1))})
			m.SetItems(measurementUnitsCodeSequence, unit)
			d.SetItems(realWorldValueMappingSequence, m)
		}, []float64{-1, 4, math.NaN()}, "mm2/s"},
		"dose, PS3.3 C.8.8.3": {[]uint16{0, 4}, func(d *dicom.DataSet) {
			d.SetString(doseUnits, "GY")
			d.SetFloat(doseGridScaling, 0.25)
		}, []float64{0, 1}, "Gy"},
	} {
		f := phantom(c.values...)
		c.with(f.DataSet)
		d := frameOf(t, f, 0)
		if got := read(d); !sameValues(got, c.want) || d.img.Units() != c.units {
			t.Errorf("%s: %v %q, want %v %q", name, got, d.img.Units(), c.want, c.units)
		}
	}
}

func TestGraysAreTheStandards(t *testing.T) {
	window := func(d *dicom.DataSet, center, width float64, function string) {
		d.SetFloat(dicom.WindowCenter, center)
		d.SetFloat(dicom.WindowWidth, width)
		if function != "" {
			d.SetString(dicom.VOILUTFunction, function)
		}
	}
	for name, c := range map[string]struct {
		values []uint16
		with   func(d *dicom.DataSet)
		want   []uint8
	}{
		"LINEAR, PS3.3 C.11.2.1.2.1":       {[]uint16{0, 2047, 2048, 4095}, func(d *dicom.DataSet) { window(d, 2048, 4096, "") }, []uint8{0, 127, 128, 255}},
		"LINEAR_EXACT, PS3.3 C.11.2.1.3.2": {[]uint16{0, 1, 2, 4}, func(d *dicom.DataSet) { window(d, 2, 4, "LINEAR_EXACT") }, []uint8{0, 64, 128, 255}},
		"SIGMOID, PS3.3 C.11.2.1.3.1":      {[]uint16{6, 10, 12}, func(d *dicom.DataSet) { window(d, 10, 8, "SIGMOID") }, []uint8{30, 128, 186}},
		"VOI LUT, PS3.3 C.11.2.1.1":        {[]uint16{0, 10, 11, 50}, func(d *dicom.DataSet) { d.SetItems(voiLUTSequence, lutItem(10, 10, 0, 1023)) }, []uint8{0, 0, 255, 255}},
		"a window goes before a VOI LUT":   {[]uint16{0, 255}, func(d *dicom.DataSet) { window(d, 128, 256, ""); d.SetItems(voiLUTSequence, lutItem(0, 8, 255, 0)) }, []uint8{0, 255}},
		"MONOCHROME1, PS3.3 C.7.6.3.1.2": {[]uint16{0, 255}, func(d *dicom.DataSet) {
			window(d, 128, 256, "")
			d.SetString(dicom.PhotometricInterpretation, "MONOCHROME1")
		}, []uint8{255, 0}},
		"INVERSE, PS3.3 C.11.6.1.2": {[]uint16{0, 255}, func(d *dicom.DataSet) { window(d, 128, 256, ""); d.SetString(presentationLUTShape, "INVERSE") }, []uint8{255, 0}},
		"padding is black in MONOCHROME1": {[]uint16{7, 255}, func(d *dicom.DataSet) {
			window(d, 128, 256, "")
			d.SetString(dicom.PhotometricInterpretation, "MONOCHROME1")
			numbersOf(d, dicom.PixelPaddingValue, 7)
		}, []uint8{0, 0}},
		"a table of 8 bits said to have 16": {[]uint16{0, 1}, func(d *dicom.DataSet) { d.SetItems(voiLUTSequence, lutItem(0, 8, 0, 0x0FFF)) }, []uint8{0, 255}},
		"the modality LUT comes first": {[]uint16{0, 1}, func(d *dicom.DataSet) {
			window(d, 128, 256, "")
			d.SetItems(modalityLUTSequence, lutItem(0, 8, 200, 100))
		}, []uint8{200, 100}},
		"a width of 0 is none": {[]uint16{0, 100}, func(d *dicom.DataSet) { window(d, 5, 0, "") }, []uint8{0, 255}},
	} {
		f := phantom(c.values...)
		c.with(f.DataSet)
		if got := grays(frameOf(t, f, 0)); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

func TestColoursAreTheStandards(t *testing.T) {
	for name, c := range map[string]struct {
		photometric string
		pixel       [3]uint8
		want        [3]uint8
	}{
		// PS3.3 C.7.6.3.1.2 gives these equations; the colours are those of BT.601.
		"RGB":                   {"RGB", [3]uint8{1, 2, 3}, [3]uint8{1, 2, 3}},
		"YBR_FULL white":        {"YBR_FULL", [3]uint8{255, 128, 128}, [3]uint8{255, 255, 255}},
		"YBR_FULL red":          {"YBR_FULL", [3]uint8{76, 85, 255}, [3]uint8{254, 0, 0}},
		"YBR_FULL blue":         {"YBR_FULL", [3]uint8{29, 255, 107}, [3]uint8{0, 0, 254}},
		"YBR_PARTIAL_422 black": {"YBR_PARTIAL_422", [3]uint8{16, 128, 128}, [3]uint8{0, 0, 0}},
		"YBR_PARTIAL_422 white": {"YBR_PARTIAL_422", [3]uint8{235, 128, 128}, [3]uint8{255, 255, 255}},
		"YBR_PARTIAL_422 red":   {"YBR_PARTIAL_422", [3]uint8{81, 90, 240}, [3]uint8{254, 0, 0}},
		"YBR_RCT, when decoded": {"YBR_RCT", [3]uint8{9, 8, 7}, [3]uint8{9, 8, 7}},
	} {
		f := phantom(0)
		f.SetString(dicom.PhotometricInterpretation, c.photometric)
		f.SetInt(dicom.SamplesPerPixel, 3)
		f.SetInt(dicom.PlanarConfiguration, 0)
		f.SetInt(dicom.BitsAllocated, 8)
		f.SetInt(dicom.BitsStored, 8)
		f.SetInt(dicom.HighBit, 7)
		p := c.pixel
		f.SetPixelData(p[:])
		if strings.HasSuffix(c.photometric, "_422") { // two columns share their chrominance
			f.SetPixelData([]byte{p[0], p[0], p[1], p[2]})
		}
		got, ok := frameOf(t, f, 0).img.ColorAt(0, 0)
		for i := range got {
			if d := int(got[i]) - int(c.want[i]); !ok || d < -1 || d > 1 {
				t.Errorf("%s: %v, want %v", name, got, c.want)
				break
			}
		}
	}
}

// PS3.3 C.7.6.3.1.5, C.7.9.2: plain tables, and the same as segments.
func TestPalettes(t *testing.T) {
	plain := func(d *dicom.DataSet) {
		for i, entries := range [][]uint16{{0, 0x4000, 0x8000, 0xFF00}, {0xFF00, 0xFF00, 0, 0}, {1 << 8, 2 << 8, 3 << 8, 4 << 8}} {
			numbersOf(d, redDescriptor+dicom.Tag(i), 4, 2, 16)
			d.Put(dicom.Element{Tag: redData + dicom.Tag(i), VR: "OW", Raw: words(entries...)})
		}
	}
	segmented := func(d *dicom.DataSet) {
		for i, packed := range [][]uint16{
			{discreteSegment, 1, 0, linearSegment, 2, 0x8000, discreteSegment, 1, 0xFF00},
			{discreteSegment, 2, 0xFF00, 0xFF00, discreteSegment, 2, 0, 0},
			{discreteSegment, 1, 1 << 8, linearSegment, 3, 4 << 8, indirectSegment, 1, 0, 0},
		} {
			numbersOf(d, redDescriptor+dicom.Tag(i), 4, 2, 16)
			d.Put(dicom.Element{Tag: redSegmented + dicom.Tag(i), VR: "OW", Raw: words(packed...)})
		}
	}
	for name, with := range map[string]func(d *dicom.DataSet){"plain": plain, "segmented": segmented} {
		f := phantom(0, 2, 3, 4, 5, 9)
		f.SetString(dicom.PhotometricInterpretation, "PALETTE COLOR")
		with(f.DataSet)
		d := frameOf(t, f, 0)
		want := [][3]uint8{{0, 0xFF, 1}, {0, 0xFF, 1}, {0x40, 0xFF, 2}, {0x80, 0, 3}, {0xFF, 0, 4}, {0xFF, 0, 4}}
		for x := range want {
			if got, _ := d.img.ColorAt(x, 0); got != want[x] {
				t.Errorf("%s, pixel %d: %v, want %v", name, x, got, want[x])
			}
		}
	}
}

func TestFramesHaveTheirOwnRescaleAndWindow(t *testing.T) {
	f := phantom(100)
	f.SetPixelData(words(100), words(100))
	f.SetInt(dicom.NumberOfFrames, 2)
	group := func(slope, center float64) *dicom.DataSet {
		values, voi, group := dicom.NewDataSet(), dicom.NewDataSet(), dicom.NewDataSet()
		values.SetFloat(dicom.RescaleSlope, slope)
		values.SetFloat(dicom.RescaleIntercept, 0)
		voi.SetFloat(dicom.WindowCenter, center)
		voi.SetFloat(dicom.WindowWidth, 10)
		group.SetItems(pixelValueSequence, values)
		group.SetItems(frameVOILUTSequence, voi)
		return group
	}
	f.SetItems(dicom.PerFrameFunctionalGroupsSequence, group(1, 90), group(3, 310))
	for i, want := range []struct{ value, center float64 }{{100, 90}, {300, 310}} {
		d := frameOf(t, f, i)
		if got := read(d); got[0] != want.value || d.own(0).Window.Center != want.center {
			t.Errorf("frame %d: %v, %v", i, got, d.own(0))
		}
	}
}

func TestWideAndFloatingValuesAreExact(t *testing.T) {
	f := phantom(0, 0, 0)
	f.Remove(dicom.PixelData)
	raw := func(values ...float32) (b []byte) {
		for _, v := range values {
			b = binary.LittleEndian.AppendUint32(b, math.Float32bits(v))
		}
		return b
	}
	f.Put(dicom.Element{Tag: dicom.FloatPixelData, VR: "OF", Raw: raw(0.25, -3e5, float32(math.NaN()))})
	again := rewritten(t, f)
	d := frameOf(t, again, 0)
	if got, want := read(d), []float64{0.25, -3e5, math.NaN()}; !sameValues(got, want) {
		t.Errorf("floats read %v, want %v", got, want)
	}
	if got, want := grays(d), []uint8{255, 0, 0}; !slices.Equal(got, want) {
		t.Errorf("floats show as %v, want %v", got, want)
	}
	again.SetFloat(dicom.WindowCenter, 0)
	again.SetFloat(dicom.WindowWidth, 1)
	if got, want := grays(frameOf(t, again, 0)), []uint8{191, 0, 0}; !slices.Equal(got, want) {
		t.Errorf("floats in a window of width 1 show as %v, want %v", got, want)
	}
	f = phantom(0, 0)
	f.SetInt(dicom.BitsAllocated, 32)
	f.SetInt(dicom.BitsStored, 32)
	f.SetInt(dicom.HighBit, 31)
	f.SetPixelData(binary.LittleEndian.AppendUint32(binary.LittleEndian.AppendUint32(nil, 4_000_000_001), 7))
	if got, want := read(frameOf(t, f, 0)), []float64{4_000_000_001, 7}; !sameValues(got, want) {
		t.Errorf("32 bits read %v, want %v", got, want)
	}
}

// QIBA's example form: activity decays from injection to the start of the series.
func TestStandardizedUptake(t *testing.T) {
	f := phantom(1000)
	f.SetString(dicom.Modality, "PT")
	f.SetString(petUnits, "BQML")
	f.SetString(correctedImage, `ATTN\DECY`)
	f.SetString(decayCorrection, "START")
	f.SetString(dicom.SeriesDate, "20261101")
	f.SetString(dicom.SeriesTime, "000500")
	f.SetString(patientWeight, "70")
	tracer := dicom.NewDataSet()
	tracer.SetString(radiopharmaceuticalStartTime, "223500.00") // 90 minutes before, on the day before
	tracer.SetString(radionuclideTotalDose, "280000000")
	tracer.SetString(radionuclideHalfLife, "5400")
	f.SetItems(radiopharmaceuticalSequence, tracer)
	d := frameOf(t, f, 0)
	// Half of 280 MBq is left: 1000 Bq/ml × 70,000 g / 140,000,000 Bq.
	if got := read(d); !sameValues(got, []float64{0.5}) || d.img.Units() != unitSUV {
		t.Errorf("%v %q", got, d.img.Units())
	}
	// The same moment by clocks of two zones.
	f.SetString(timezoneOffsetFromUTC, "+0100")
	tracer.SetString(radiopharmaceuticalStartDateTime, "20261031213500+0000")
	if got := read(frameOf(t, f, 0)); !sameValues(got, []float64{0.5}) {
		t.Errorf("clocks of two zones: %v", got)
	}
	f.Remove(timezoneOffsetFromUTC)
	tracer.Remove(radiopharmaceuticalStartDateTime)
	for name, spoil := range map[string]func(){
		"a series begun after its images": func() {
			f.SetString(dicom.AcquisitionDate, "20261101")
			f.SetString(dicom.AcquisitionTime, "000400")
		},
		"an injection after the scan": func() {
			f.Remove(dicom.AcquisitionDate)
			tracer.SetString(radiopharmaceuticalStartTime, "000600.00")
		},
		"no weight": func() {
			tracer.SetString(radiopharmaceuticalStartTime, "223500.00")
			f.Remove(patientWeight)
		},
	} {
		spoil()
		if d := frameOf(t, f, 0); d.img.Units() != "" || read(d)[0] != 1000 {
			t.Errorf("%s: %v %q", name, read(d), d.img.Units())
		}
		f.SetString(patientWeight, "70")
	}
}

// Preset 0 shows the file's own windows and tables in turn, and comes back to
// the first after the reader's own window.
func TestOwnWindowsInTurn(t *testing.T) {
	f := square(4, 100)
	f.SetString(dicom.WindowCenter, `50\500`)
	f.SetString(dicom.WindowWidth, `100\1000`)
	f.SetString(dicom.WindowCenterWidthExplanation, `SOFT\BONE`)
	f.SetItems(voiLUTSequence, lutItem(0, 8, 0, 255))
	s := New(Params{Loader: oneFile{f}, Viewports: 1})
	defer s.Close(t.Context())
	s.Show(0, Stack{Frames: []Frame{{SOPInstanceUID: "2.25.1", Rows: 4, Columns: 4}}}, NoRole)
	for s.Viewport(0).Status != Ready {
		time.Sleep(time.Millisecond)
	}
	next, _ := s.Action("preset-0")
	using := func() string {
		defer s.lock()()
		return s.inUse(s.views[0].voi())
	}
	var seen []string
	for range 4 {
		seen = append(seen, using())
		next.Do()
	}
	if want := []string{"W 100 L 50  SOFT", "W 1000 L 500  BONE", "VOI LUT", "W 100 L 50  SOFT"}; !slices.Equal(seen, want) {
		t.Errorf("%q, want %q", seen, want)
	}
	func() {
		defer s.lock()()
		s.views[0].SetWindow(lut.Window{Center: 7, Width: 9})
	}()
	next.Do()
	if got := using(); got != "W 1000 L 500  BONE" {
		t.Errorf("after the reader's own window %q", got)
	}
}

// One wild value leaves the grays of the others as they are.
func TestAWildValueLeavesTheOthersTheirGrays(t *testing.T) {
	f := phantom(0, 0, 0, 0, 0)
	f.SetInt(dicom.BitsAllocated, 32)
	f.SetInt(dicom.BitsStored, 32)
	f.SetInt(dicom.HighBit, 31)
	f.SetFloat(dicom.WindowCenter, 1000)
	f.SetFloat(dicom.WindowWidth, 2000)
	var raw []byte
	for _, v := range []uint32{0, 500, 1000, 2000, 4_000_000_000} {
		raw = binary.LittleEndian.AppendUint32(raw, v)
	}
	f.SetPixelData(raw)
	d := frameOf(t, f, 0)
	if got, want := grays(d), []uint8{0, 64, 128, 255, 255}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	if got := read(d); got[4] != 4_000_000_000 {
		t.Errorf("the wild value reads %g", got[4])
	}
}
