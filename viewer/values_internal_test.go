package viewer

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"image"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"eris/dicom"
	"eris/dicom/codec"
	"eris/dicom/codec/jpeg2000"
	"eris/viewer/lut"
)

// phantom is an image of one row with the given 16-bit samples.
func phantom(values ...uint16) *dicom.File {
	d := dicom.NewDataSet()
	d.SetString(dicom.PhotometricInterpretation, "MONOCHROME2")
	d.SetInt(dicom.SamplesPerPixel, 1)
	d.SetInt(dicom.Rows, 1)
	d.SetInt(dicom.Columns, len(values))
	d.SetInt(dicom.BitsAllocated, 16)
	d.SetInt(dicom.BitsStored, 16)
	d.SetInt(dicom.HighBit, 15)
	d.SetInt(dicom.PixelRepresentation, 0)
	f := &dicom.File{DataSet: d, TransferSyntax: dicom.ExplicitVRLittleEndian}
	f.SetPixelData(words(values...))
	return f
}

func words(values ...uint16) []byte {
	var b []byte
	for _, v := range values {
		b = binary.LittleEndian.AppendUint16(b, v)
	}
	return b
}

func numbersOf(d *dicom.DataSet, t dicom.Tag, values ...uint16) {
	d.Put(dicom.Element{Tag: t, VR: "US", Raw: words(values...)})
}

// lutItem is the item of a LUT sequence.
func lutItem(first uint16, bits uint16, entries ...uint16) *dicom.DataSet {
	item := dicom.NewDataSet()
	numbersOf(item, lutDescriptor, uint16(len(entries)), first, bits)
	numbersOf(item, lutData, entries...)
	return item
}

func frameOf(t *testing.T, f *dicom.File, frame int) *decoded {
	t.Helper()
	d, err := decode(t.Context(), f, frame)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// read are what measurements read in the first row; NaN where there is no value.
func read(d *decoded) (values []float64) {
	for x := range d.img.Columns {
		v, ok := d.img.At(x, 0)
		if !ok {
			v = math.NaN()
		}
		values = append(values, v)
	}
	return values
}

func grays(d *decoded) (g []uint8) {
	m := d.still(Still{})
	for x := range d.img.Columns {
		g = append(g, m.RGBAAt(x, 0).R)
	}
	return g
}

func sameValues(a, b []float64) bool {
	return slices.EqualFunc(a, b, func(x, y float64) bool {
		return math.Abs(x-y) < 1e-9 || math.IsNaN(x) && math.IsNaN(y)
	})
}

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

// rewritten is f after a way through bytes, where pixel data of every kind is found.
func rewritten(t *testing.T, f *dicom.File) *dicom.File {
	t.Helper()
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	again, err := dicom.Read(bytes.NewReader(b.Bytes()), int64(b.Len()), dicom.DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	return again
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

// square is an image of n×n pixels with value v, window 0 to 255.
func square(n int, v uint16) *dicom.File {
	f := phantom(slices.Repeat([]uint16{v}, n*n)...)
	f.SetInt(dicom.Rows, n)
	f.SetInt(dicom.Columns, n)
	f.SetFloat(dicom.WindowCenter, 128)
	f.SetFloat(dicom.WindowWidth, 256)
	return f
}

// picture are the grays of a still, a row a string of digits: 0 black, 9 white.
func picture(d *decoded) (rows []string) {
	m := d.still(Still{})
	for y := range m.Rect.Dy() {
		row := ""
		for x := range m.Rect.Dx() {
			row += string(rune('0' + int(m.RGBAAt(x, y).R)*9/255))
		}
		rows = append(rows, row)
	}
	return rows
}

// PS3.3 C.9.2: planes beside the pixels, out of the image, and in unused bits.
func TestOverlayPlanes(t *testing.T) {
	overlay := func(f *dicom.File, group uint16, rows, columns uint16, row, column int16, data []byte) {
		numbersOf(f.DataSet, dicom.NewTag(group, overlayRows), rows)
		numbersOf(f.DataSet, dicom.NewTag(group, overlayColumns), columns)
		f.Put(dicom.Element{Tag: dicom.NewTag(group, overlayOrigin), VR: "SS", Raw: words(uint16(row), uint16(column))})
		numbersOf(f.DataSet, dicom.NewTag(group, overlayBits), 1)
		numbersOf(f.DataSet, dicom.NewTag(group, overlayBit), 0)
		f.Put(dicom.Element{Tag: dicom.NewTag(group, overlayData), VR: "OW", Raw: data})
	}
	f := square(3, 0)
	overlay(f, 0x6000, 3, 3, 1, 1, []byte{0b00010001, 0b1})
	if got, want := picture(frameOf(t, f, 0)), []string{"900", "090", "009"}; !slices.Equal(got, want) {
		t.Errorf("in the plane: %v, want %v", got, want)
	}
	f = square(3, 0)
	overlay(f, 0x6002, 2, 2, 0, 3, []byte{0b1111, 0}) // begins above the image and ends beside it
	if got, want := picture(frameOf(t, f, 0)), []string{"009", "000", "000"}; !slices.Equal(got, want) {
		t.Errorf("out of bounds: %v, want %v", got, want)
	}
	f = square(2, 0)
	f.SetInt(dicom.BitsStored, 12)
	f.SetInt(dicom.HighBit, 11)
	f.SetPixelData(words(0x1000, 0, 0x00FF, 0x1001))
	numbersOf(f.DataSet, dicom.NewTag(0x6000, overlayRows), 2)
	numbersOf(f.DataSet, dicom.NewTag(0x6000, overlayColumns), 2)
	numbersOf(f.DataSet, dicom.NewTag(0x6000, overlayBits), 16)
	numbersOf(f.DataSet, dicom.NewTag(0x6000, overlayBit), 12)
	if got, want := picture(frameOf(t, f, 0)), []string{"90", "99"}; !slices.Equal(got, want) {
		t.Errorf("in the high bits: %v, want %v", got, want)
	}
}

// PS3.3 C.7.6.11: what lies outside of every aperture is covered.
func TestShutters(t *testing.T) {
	for name, c := range map[string]struct {
		with func(d *dicom.DataSet)
		want []string
	}{
		"rectangle": {func(d *dicom.DataSet) {
			d.SetString(shutterShape, "RECTANGULAR")
			for tag, v := range map[dicom.Tag]float64{shutterLeft: 2, shutterRight: 3, shutterUpper: 1, shutterLower: 4} {
				d.SetFloat(tag, v)
			}
		}, []string{"09900", "09900", "09900", "09900", "00000"}},
		"circle": {func(d *dicom.DataSet) {
			d.SetString(shutterShape, "CIRCULAR")
			d.SetFloat(shutterCenter, 3, 3)
			d.SetFloat(shutterRadius, 1.2)
		}, []string{"00000", "00900", "09990", "00900", "00000"}},
		"polygon and rectangle": {func(d *dicom.DataSet) {
			d.SetString(shutterShape, `RECTANGULAR\POLYGONAL`)
			d.SetFloat(shutterVertices, 0, 0, 0, 6, 6, 0)
			for tag, v := range map[dicom.Tag]float64{shutterLeft: 1, shutterRight: 5, shutterUpper: 2, shutterLower: 5} {
				d.SetFloat(tag, v)
			}
			numbersOf(d, shutterValue, 0x8000)
		}, []string{"44444", "99944", "99444", "94444", "44444"}},
		"bitmap": {func(d *dicom.DataSet) {
			d.SetString(shutterShape, "BITMAP")
			numbersOf(d, shutterOverlay, 0x6000)
			numbersOf(d, dicom.NewTag(0x6000, overlayRows), 5)
			numbersOf(d, dicom.NewTag(0x6000, overlayColumns), 5)
			d.Put(dicom.Element{Tag: dicom.NewTag(0x6000, overlayData), VR: "OW", Raw: []byte{0b11111, 0, 0, 0}})
		}, []string{"00000", "99999", "99999", "99999", "99999"}},
	} {
		f := square(5, 255)
		c.with(f.DataSet)
		if got := picture(frameOf(t, f, 0)); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

func TestAStillOfAnotherSizeKeepsTheShape(t *testing.T) {
	f := square(2, 255)
	f.SetString(dicom.PixelAspectRatio, `1\2`) // a pixel is twice as wide as high
	m := frameOf(t, f, 0).still(Still{Size: image.Pt(40, 40)})
	if m.RGBAAt(20, 9).R != 0 || m.RGBAAt(20, 11).R != 255 || m.RGBAAt(1, 20).R != 255 {
		t.Errorf("not twice as wide as high: %v %v %v", m.RGBAAt(20, 9), m.RGBAAt(20, 11), m.RGBAAt(1, 20))
	}
}

// A thumbnail of a big JPEG 2000 frame is decoded small, and still has its
// overlay in place.
func TestAThumbnailNeedsNoDetail(t *testing.T) {
	const n = 512
	m := codec.NewImage(n, n, 1, 16, false)
	for i := range m.Pix16 {
		m.Pix16[i] = uint16(i%n/2 + i/n/4)
	}
	stream, err := jpeg2000.Encode(m, jpeg2000.EncodeOptions{})
	if err != nil {
		t.Fatal(err)
	}
	plain := square(n, 0)
	plain.SetPixelData(words(m.Pix16...))
	numbersOf(plain.DataSet, dicom.NewTag(0x6000, overlayRows), n/2)
	numbersOf(plain.DataSet, dicom.NewTag(0x6000, overlayColumns), n)
	plain.Put(dicom.Element{Tag: dicom.NewTag(0x6000, overlayData), VR: "OW", Raw: bytes.Repeat([]byte{0xFF}, n*n/16)})
	packed := &dicom.File{DataSet: plain.DataSet, TransferSyntax: dicom.JPEG2000Lossless}
	packed.SetEncodedFrames(stream)
	small, err := decodeTo(t.Context(), packed, 0, 100)
	if err != nil || small.img.Columns != n/4 {
		t.Fatalf("decoded to %d columns: %v", small.img.Columns, err)
	}
	plain.SetPixelData(words(m.Pix16...))
	want, err := Thumbnail(t.Context(), plain, 0, 100)
	if err != nil {
		t.Fatal(err)
	}
	got, err := Thumbnail(t.Context(), packed, 0, 100)
	if err != nil {
		t.Fatal(err)
	}
	for y := range 100 {
		for x := range 100 {
			if d := int(got.RGBAAt(x, y).R) - int(want.RGBAAt(x, y).R); d < -12 || d > 12 {
				t.Fatalf("at (%d,%d): %d, want %d", x, y, got.RGBAAt(x, y).R, want.RGBAAt(x, y).R)
			}
		}
	}
}

type oneFile struct{ file *dicom.File }

func (o oneFile) Open(context.Context, dicom.UID) (*dicom.File, error) { return o.file, nil }

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

// Numbers that no image has neither stop the program nor take its memory.
func TestHostileNumbersAreDrawn(t *testing.T) {
	curve, err := lut.GSDF(0.5, 300)
	if err != nil {
		t.Fatal(err)
	}
	for name, spoil := range map[string]func(f *dicom.File){
		"a polygon without end": func(f *dicom.File) {
			f.SetString(shutterShape, "POLYGONAL")
			f.SetFloat(shutterVertices, 1e308, 1, -1e308, 1, 1, 50)
		},
		"a circle without end": func(f *dicom.File) {
			f.SetString(shutterShape, "CIRCULAR")
			f.SetFloat(shutterCenter, 20, 1e308)
			f.SetFloat(shutterRadius, 1e308)
		},
		"a rescale without end": func(f *dicom.File) {
			f.SetFloat(dicom.RescaleSlope, 1e308)
			f.SetFloat(dicom.RescaleIntercept, -1e308)
		},
		"a VOI LUT far away": func(f *dicom.File) {
			f.SetFloat(dicom.RescaleSlope, 1e11)
			f.Remove(dicom.WindowCenter)
			f.SetItems(voiLUTSequence, lutItem(0, 8, 0, 255))
		},
		"doubles without end": func(f *dicom.File) {
			f.Remove(dicom.PixelData)
			raw := make([]byte, 0, 8*16)
			for i := range 16 {
				raw = binary.LittleEndian.AppendUint64(raw, math.Float64bits(1.7e308*float64(i%3-1)))
			}
			f.Put(dicom.Element{Tag: dicom.DoubleFloatPixelData, VR: "OD", Raw: raw})
		},
		"an overlay of noise far away": func(f *dicom.File) {
			numbersOf(f.DataSet, dicom.NewTag(0x6000, overlayRows), 4096)
			numbersOf(f.DataSet, dicom.NewTag(0x6000, overlayColumns), 4096)
			f.Put(dicom.Element{Tag: dicom.NewTag(0x6000, overlayOrigin), VR: "SS", Raw: words(0x8000, 0x7FFF)})
			f.Put(dicom.Element{Tag: dicom.NewTag(0x6000, overlayData), VR: "OW", Raw: bytes.Repeat([]byte{0x55}, 4096*512)})
		},
		"a palette of empty segments": func(f *dicom.File) {
			f.SetString(dicom.PhotometricInterpretation, "PALETTE COLOR")
			packed := make([]uint16, 0, 4*4096)
			for range 4096 {
				packed = append(packed, indirectSegment, 0xFFFF, 0, 0)
			}
			for i := range 3 {
				numbersOf(f.DataSet, redDescriptor+dicom.Tag(i), 256, 0, 16)
				f.Put(dicom.Element{Tag: redSegmented + dicom.Tag(i), VR: "OW", Raw: words(packed...)})
			}
		},
	} {
		f := square(4, 100)
		spoil(f)
		again := rewritten(t, f)
		d, err := decode(t.Context(), again, 0)
		if err != nil {
			if !errors.Is(err, ErrDecode) {
				t.Errorf("%s: %v", name, err)
			}
			continue
		}
		if n := d.bytes(); n > 1<<20 {
			t.Errorf("%s: %d bytes", name, n)
		}
		d.still(Still{Size: image.Pt(50, 50)})
		s := New(Params{Loader: oneFile{again}, Viewports: 1, Display: func() *lut.Display { return curve }})
		s.Show(0, Stack{Frames: []Frame{{SOPInstanceUID: "2.25.1", Rows: 4, Columns: 4}}}, NoRole)
		for s.Viewport(0).Status == Loading {
			time.Sleep(time.Millisecond)
		}
		if s.Picture(0, image.Pt(60, 40)) == nil {
			t.Errorf("%s: no picture", name)
		}
		s.Close(t.Context())
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
