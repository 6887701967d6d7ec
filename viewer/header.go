package viewer

import (
	"strings"

	"eris/dicom"
	"eris/viewer/geom"
	"eris/viewer/lut"
	"eris/viewer/measure"
	"eris/viewer/pixel"
)

// Functional groups of enhanced objects (PS3.3 C.7.6.16.2) and palettes
// (PS3.3 C.7.9), which only the viewer reads.
const (
	planePositionSequence    dicom.Tag = 0x00209113
	planeOrientationSequence dicom.Tag = 0x00209116
	pixelMeasuresSequence    dicom.Tag = 0x00289110
	frameVOILUTSequence      dicom.Tag = 0x00289132
	pixelValueSequence       dicom.Tag = 0x00289145
	redDescriptor            dicom.Tag = 0x00281101
	redData                  dicom.Tag = 0x00281201
	presentationLUTShape     dicom.Tag = 0x20500020
)

// header is what the data set says about one frame.
type header struct {
	data        *dicom.DataSet
	plane       geom.Plane // geom.Flat when not located
	located     bool
	frameOfRef  dicom.UID
	spacing     geom.Spacing
	provenance  measure.Provenance
	aspect      geom.Spacing
	meaning     pixel.Meaning
	window      lut.Window // not valid when the header gives none
	function    lut.Function
	modality    string
	rowLetters  string
	downLetters string
	lossy       bool
	thickness   float64 // mm, 0 when unknown
}

// headerOf reads the header for one frame: from its functional groups, those
// shared by all frames, or the top level.
func headerOf(d *dicom.DataSet, frame int) header {
	h := header{data: d, modality: d.String(dicom.Modality), lossy: d.String(dicom.LossyImageCompression) == "01"}
	g := groups{d, frame}
	h.place(g)
	h.calibrate(g)
	h.meaning = meaningOf(g, h.modality)
	h.function = lut.Function(strings.ToUpper(g.of(frameVOILUTSequence).String(dicom.VOILUTFunction)))
	h.window = windowOf(g.of(frameVOILUTSequence))
	h.thickness = g.of(pixelMeasuresSequence).FloatOr(dicom.SliceThickness, 0)
	return h
}

// groups finds the item of a functional group for one frame.
type groups struct {
	data  *dicom.DataSet
	frame int
}

// of is the first item of the group, or the data set itself in objects without groups.
func (g groups) of(group dicom.Tag) *dicom.DataSet {
	if items := g.data.Items(dicom.PerFrameFunctionalGroupsSequence); g.frame >= 0 && g.frame < len(items) {
		if found := items[g.frame].Items(group); len(found) > 0 {
			return found[0]
		}
	}
	if items := g.data.Items(dicom.SharedFunctionalGroupsSequence); len(items) > 0 {
		if found := items[0].Items(group); len(found) > 0 {
			return found[0]
		}
	}
	return g.data
}

func (h *header) place(g groups) {
	h.frameOfRef = g.data.UID(dicom.FrameOfReferenceUID)
	sp := spacingOf(g.of(pixelMeasuresSequence), dicom.PixelSpacing)
	position := g.of(planePositionSequence).Floats(dicom.ImagePositionPatient)
	orientation := g.of(planeOrientationSequence).Floats(dicom.ImageOrientationPatient)
	h.plane, h.located = geom.NewPlane(position, orientation, sp)
	if row, column, ok := geom.Axes(orientation); ok {
		h.rowLetters, h.downLetters = geom.Letters(row), geom.Letters(column)
	} else if letters := g.data.Strings(dicom.PatientOrientation); len(letters) >= 2 {
		h.rowLetters, h.downLetters = letters[0], letters[1]
	}
	if !h.located {
		h.plane = geom.Flat()
	}
}

// calibrate finds the size of a pixel and says where it is known from.
func (h *header) calibrate(g groups) {
	sp := spacingOf(g.of(pixelMeasuresSequence), dicom.PixelSpacing)
	h.spacing, h.provenance = sp, measure.InPatient
	if !h.located {
		h.spacing, h.provenance = projected(g.data, sp)
	}
	h.aspect = h.spacing
	if ratio := g.data.Floats(dicom.PixelAspectRatio); !h.spacing.Valid() {
		h.aspect = geom.Spacing{Row: 1, Column: 1}
		if len(ratio) >= 2 && (geom.Spacing{Row: ratio[0], Column: ratio[1]}).Valid() {
			h.aspect = geom.Spacing{Row: ratio[0], Column: ratio[1]}
		}
	}
	if q := h.aspect.Row / h.aspect.Column; q > 100 || q < 0.01 {
		h.aspect = geom.Spacing{Row: 1, Column: 1} // no real image; it would vanish
	}
}

// projected is PS3.3 10.7.1.3: ImagerPixelSpacing lies at the detector;
// PixelSpacing that differs from it, or names a type, was calibrated.
func projected(d *dicom.DataSet, sp geom.Spacing) (geom.Spacing, measure.Provenance) {
	imager := spacingOf(d, dicom.ImagerPixelSpacing)
	switch {
	case sp.Valid() && (d.Has(dicom.PixelSpacingCalibrationType) || imager.Valid() && imager != sp):
		return sp, measure.Calibrated
	case imager.Valid():
		// IHE MAMMO: lengths are corrected by the estimated magnification.
		if m := d.FloatOr(dicom.EstimatedRadiographicMagnificationFactor, 1); m > 1 && m < 10 {
			return geom.Spacing{Row: imager.Row / m, Column: imager.Column / m}, measure.Magnified
		}
		return imager, measure.AtDetector
	case sp.Valid():
		return sp, measure.Unstated
	}
	return geom.Spacing{}, measure.InPixels
}

func spacingOf(d *dicom.DataSet, t dicom.Tag) geom.Spacing {
	v := d.Floats(t)
	if len(v) < 2 {
		return geom.Spacing{}
	}
	return geom.Spacing{Row: v[0], Column: v[1]}
}

func windowOf(d *dicom.DataSet) lut.Window {
	return lut.Window{Center: d.FloatOr(dicom.WindowCenter, 0), Width: d.FloatOr(dicom.WindowWidth, 0)}
}

func meaningOf(g groups, modality string) pixel.Meaning {
	d, values := g.data, g.of(pixelValueSequence)
	m := pixel.Meaning{Rescale: lut.Rescale{Slope: values.FloatOr(dicom.RescaleSlope, 1), Intercept: values.FloatOr(dicom.RescaleIntercept, 0)}}
	if m.Rescale.Slope == 0 {
		m.Rescale.Slope = 1 // a straight line without slope shows nothing
	}
	m.Units = values.String(dicom.RescaleType)
	if m.Units == "US" {
		m.Units = "" // PS3.3 C.11.1.1.2: unspecified
	}
	if m.Units == "" && modality == "CT" {
		m.Units = "HU"
	}
	m.Monochrome1 = d.String(dicom.PhotometricInterpretation) == "MONOCHROME1" || d.String(presentationLUTShape) == "INVERSE"
	if low, ok := d.Int(dicom.PixelPaddingValue); ok {
		low = asStored(d, low)
		high := low
		if limit, ok := d.Int(dicom.PixelPaddingRangeLimit); ok {
			high = asStored(d, limit)
		}
		m.Padding = &lut.Range{Low: min(low, high), High: max(low, high)}
	}
	m.Palette = paletteOf(d)
	return m
}

// asStored reads a value that was written with the wrong sign (US for signed
// pixels, as implicit VR files do) as the pixels are.
func asStored(d *dicom.DataSet, v int) int {
	if d.IntOr(dicom.PixelRepresentation, 0) == 1 {
		return int(int16(uint16(v)))
	}
	return int(uint16(v))
}

// paletteOf reads the palette tables; nil when there are none.
func paletteOf(d *dicom.DataSet) *pixel.Palette {
	about := d.Floats(redDescriptor)
	if len(about) < 3 {
		return nil
	}
	p := &pixel.Palette{First: int(about[1])}
	for i, table := range []*[]uint8{&p.Red, &p.Green, &p.Blue} {
		*table = entries(d.Bytes(redData+dicom.Tag(i)), int(about[2]), int(about[0]))
	}
	return p
}

// entries are the upper 8 bits of the table entries (PS3.3 C.7.9.2); tables of
// 8 bits may be packed one byte per entry.
func entries(b []byte, bits, n int) []uint8 {
	if n <= 0 {
		n = 1 << 16 // PS3.3 C.7.6.3.1.5: 0 means 2^16
	}
	if bits == 8 && len(b) <= n+1 {
		return b[:min(n, len(b))]
	}
	out := make([]uint8, 0, min(n, len(b)/2))
	for i := 0; i+1 < len(b) && len(out) < n; i += 2 {
		if bits == 8 {
			out = append(out, b[i])
		} else {
			out = append(out, b[i+1])
		}
	}
	return out
}
