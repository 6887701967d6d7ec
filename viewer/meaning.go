package viewer

import (
	"math"

	"eris/dicom"
	"eris/viewer/lut"
	"eris/viewer/pixel"
)

// Tags of what samples mean, which only the viewer reads.
const (
	modalityLUTSequence           dicom.Tag = 0x00283000
	presentationLUTShape          dicom.Tag = 0x20500020
	floatPaddingValue             dicom.Tag = 0x00280122
	floatPaddingRangeLimit        dicom.Tag = 0x00280124
	doublePaddingValue            dicom.Tag = 0x00280123
	doublePaddingRangeLimit       dicom.Tag = 0x00280125
	realWorldValueMappingSequence dicom.Tag = 0x00409096
	realWorldFirstMapped          dicom.Tag = 0x00409216
	realWorldLastMapped           dicom.Tag = 0x00409211
	realWorldFirstMappedDouble    dicom.Tag = 0x00409214
	realWorldLastMappedDouble     dicom.Tag = 0x00409213
	realWorldLUTData              dicom.Tag = 0x00409212
	realWorldIntercept            dicom.Tag = 0x00409224
	realWorldSlope                dicom.Tag = 0x00409225
	measurementUnitsCodeSequence  dicom.Tag = 0x004008EA
	doseUnits                     dicom.Tag = 0x30040002
	doseGridScaling               dicom.Tag = 0x3004000E
)

// meaningOf reads what the samples of a frame mean.
func meaningOf(g groups, modality string) pixel.Meaning {
	d, values := g.data, g.of(pixelValueSequence)
	m := pixel.Meaning{Rescale: lut.Rescale{Slope: values.FloatOr(dicom.RescaleSlope, 1), Intercept: values.FloatOr(dicom.RescaleIntercept, 0)}}
	if m.Rescale.Slope == 0 || math.Abs(m.Rescale.Slope) > greatest || math.Abs(m.Rescale.Intercept) > greatest {
		m.Rescale = lut.Identity() // a straight line without slope shows nothing, nor does one without end
	}
	m.Units = unitsOf(values, modality)
	if items := d.Items(modalityLUTSequence); len(items) > 0 {
		if t, ok := tableOf(items[0], isSigned(d)); ok {
			m.Table, m.Units = &t, termUnits(items[0].String(modalityLUTType))
		}
	}
	m.Monochrome1 = d.String(dicom.PhotometricInterpretation) == "MONOCHROME1" || d.String(presentationLUTShape) == "INVERSE"
	m.Padding = paddingOf(d)
	if d.IntOr(dicom.BitsAllocated, 32) > 16 { // 32 bits, integer or floating point, and doubles
		m.Shown = shownBy(voisOf(g.of(frameVOILUTSequence), lut.LinearExact, signedInput(g)), m.Rescale)
	}
	m.Palette = paletteOf(d)
	m.Real = realOf(g, modality, m)
	return m
}

// greatest bounds the numbers of a rescale that are believed.
const greatest = 1e12

// unitsOf is what modality values are counted in. A CT that rescales and names
// no type has HU (PS3.3 C.8.2.1.1.2); one that names a type has that.
func unitsOf(values *dicom.DataSet, modality string) string {
	if term := values.String(dicom.RescaleType); term != "" {
		return termUnits(term)
	}
	if modality == "CT" && values.Has(dicom.RescaleIntercept) {
		return "HU"
	}
	return ""
}

// termUnits is a defined term of RescaleType as it is shown; a term that is
// not the standard's stands for itself.
func termUnits(term string) string {
	switch shown, known := units[term]; {
	case known:
		return shown
	case term == "US": // unspecified
		return ""
	}
	return term
}

// units are the defined terms of RescaleType (PS3.3 C.11.1.1.2) as they are shown.
var units = map[string]string{
	"HU": "HU", "HU_MOD": "HU", "OD": "OD", "MGML": "mg/ml", "Z_EFF": "Zeff", "ED": "10²³/ml", "EDW": "Nw", "PCT": "%",
}

// signedInput says whether the input of VOI LUTs can be below 0 (PS3.3
// C.11.2.1.1): modality values, which a modality LUT never makes negative.
func signedInput(g groups) bool {
	if len(g.data.Items(modalityLUTSequence)) > 0 {
		return false
	}
	return isSigned(g.data) || g.of(pixelValueSequence).FloatOr(dicom.RescaleIntercept, 0) < 0
}

// shownBy are the stored values that windows show; nil without windows.
func shownBy(vois []lut.VOI, r lut.Rescale) *lut.Range {
	if len(vois) == 0 {
		return nil
	}
	out := lut.Range{Low: math.Inf(1), High: math.Inf(-1)}
	for _, v := range vois {
		for _, edge := range []float64{v.Window.Center - v.Window.Width/2, v.Window.Center + v.Window.Width/2} {
			stored := (edge - r.Intercept) / r.Slope
			out.Low, out.High = math.Min(out.Low, stored), math.Max(out.High, stored)
		}
	}
	return &out
}

func isSigned(d *dicom.DataSet) bool { return d.IntOr(dicom.PixelRepresentation, 0) == 1 }

// paddingOf is the range of stored values that mean no pixel (PS3.3
// C.7.5.1.1.2, C.7.6.24.1.1); nil when there is none.
func paddingOf(d *dicom.DataSet) *lut.Range {
	read := func(t dicom.Tag) (float64, bool) { return d.Float(t) }
	value, limit := floatPaddingValue, floatPaddingRangeLimit
	switch {
	case d.Has(dicom.FloatPixelData):
	case d.Has(dicom.DoubleFloatPixelData):
		value, limit = doublePaddingValue, doublePaddingRangeLimit
	default:
		value, limit = dicom.PixelPaddingValue, dicom.PixelPaddingRangeLimit
		read = func(t dicom.Tag) (float64, bool) {
			v, ok := d.Int(t)
			return float64(asStored(d, v)), ok
		}
	}
	low, ok := read(value)
	if !ok {
		return nil
	}
	high := low
	if v, ok := read(limit); ok {
		high = v
	}
	return &lut.Range{Low: math.Min(low, high), High: math.Max(low, high)}
}

// asStored reads a value that was written with the wrong sign (US for signed
// pixels, as implicit VR files do) as the pixels are.
func asStored(d *dicom.DataSet, v int) int {
	switch wide := d.IntOr(dicom.BitsAllocated, 16) > 16; {
	case wide:
		return v
	case isSigned(d):
		return int(int16(uint16(v)))
	}
	return int(uint16(v))
}

// realOf is what measurements read instead of modality values; nil when those
// say it already.
func realOf(g groups, modality string, m pixel.Meaning) *pixel.Real {
	if m.Table != nil {
		return nil
	}
	if suv, ok := bodyWeightSUV(g.data); ok && modality == "PT" {
		return &pixel.Real{Line: m.Rescale.Then(lut.Rescale{Slope: suv}), Range: everything, Units: unitSUV}
	}
	if scaling, ok := g.data.Float(doseGridScaling); ok && scaling != 0 {
		// PS3.3 C.8.8.3: dose is the stored value times the scaling.
		unit := ""
		if g.data.String(doseUnits) == "GY" {
			unit = "Gy"
		}
		return &pixel.Real{Line: lut.Rescale{Slope: scaling}, Range: everything, Units: unit}
	}
	if m.Units != "" {
		return nil
	}
	for _, item := range g.items(realWorldValueMappingSequence) {
		if r, ok := mapping(g.data, item); ok {
			return &r
		}
	}
	return nil
}

var everything = lut.Range{Low: math.Inf(-1), High: math.Inf(1)}

// mapping reads one real world value map of an image (PS3.3 C.7.6.16.2.11).
func mapping(image, d *dicom.DataSet) (r pixel.Real, ok bool) {
	whole, known := d.Int(realWorldFirstMapped)
	first, last := float64(asStored(image, whole)), float64(asStored(image, d.IntOr(realWorldLastMapped, 0)))
	if !known {
		if first, known = d.Float(realWorldFirstMappedDouble); !known {
			return r, false
		}
		last, _ = d.Float(realWorldLastMappedDouble)
	}
	r = pixel.Real{Range: lut.Range{Low: first, High: last}, First: int(first), Units: unitOf(d)}
	if values := d.Floats(realWorldLUTData); len(values) > 0 {
		r.Values = values
		return r, true
	}
	slope, ok := d.Float(realWorldSlope)
	r.Line = lut.Rescale{Slope: slope, Intercept: d.FloatOr(realWorldIntercept, 0)}
	return r, ok
}

// unitOf is the unit of a mapping as UCUM writes it; that of no unit is not shown.
func unitOf(d *dicom.DataSet) string {
	items := d.Items(measurementUnitsCodeSequence)
	if len(items) == 0 {
		return ""
	}
	if items[0].String(dicom.CodingSchemeDesignator) != "UCUM" {
		return items[0].String(dicom.CodeMeaning)
	}
	switch code := items[0].String(dicom.CodeValue); code {
	case "1", "{no units}", "no units":
		return ""
	case "[hnsf'U]":
		return "HU"
	case "{SUVbw}g/ml":
		return unitSUV
	default:
		return code
	}
}
