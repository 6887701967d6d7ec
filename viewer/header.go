package viewer

import (
	"eris/dicom"
	"eris/viewer/geom"
	"eris/viewer/lut"
	"eris/viewer/measure"
	"eris/viewer/pixel"
)

// Functional groups of enhanced objects (PS3.3 C.7.6.16.2), which only the
// viewer reads.
const (
	planePositionSequence    dicom.Tag = 0x00209113
	planeOrientationSequence dicom.Tag = 0x00209116
	pixelMeasuresSequence    dicom.Tag = 0x00289110
	frameVOILUTSequence      dicom.Tag = 0x00289132
	pixelValueSequence       dicom.Tag = 0x00289145
	iccProfile               dicom.Tag = 0x00282000
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
	vois        []lut.VOI // the file's own, the one to begin with first; may be none
	modality    string
	rowLetters  string
	downLetters string
	lossy       bool
	thickness   float64 // mm, 0 when unknown
	profiled    bool    // it brings an ICC profile
	shutter     shutter
}

// headerOf reads the header for one frame: from its functional groups, those
// shared by all frames, or the top level.
func headerOf(d *dicom.DataSet, frame int) header {
	h := header{data: d, modality: d.String(dicom.Modality), lossy: d.String(dicom.LossyImageCompression) == "01"}
	g := groups{d, frame}
	h.place(g)
	h.calibrate(g)
	h.meaning = meaningOf(g, h.modality)
	h.vois = voisOf(g.of(frameVOILUTSequence), usualFunction(d))
	h.profiled = d.Has(iccProfile)
	h.shutter = shutterOf(d)
	h.thickness = g.of(pixelMeasuresSequence).FloatOr(dicom.SliceThickness, 0)
	return h
}

// usualFunction is LINEAR (PS3.3 C.11.2.1.2.1), whose steps are whole numbers;
// floating point pixels have none, and their windows are as narrow as 1.
func usualFunction(d *dicom.DataSet) lut.Function {
	if d.Has(dicom.FloatPixelData) || d.Has(dicom.DoubleFloatPixelData) {
		return lut.LinearExact
	}
	return lut.Linear
}

// groups finds the item of a functional group for one frame.
type groups struct {
	data  *dicom.DataSet
	frame int
}

// of is the first item of the group, or the data set itself in objects without groups.
func (g groups) of(group dicom.Tag) *dicom.DataSet {
	if items := g.items(group); len(items) > 0 {
		return items[0]
	}
	return g.data
}

// items are those of a sequence for the frame: its own, those shared by all
// frames, or those of the object.
func (g groups) items(sequence dicom.Tag) []*dicom.DataSet {
	if items := g.data.Items(dicom.PerFrameFunctionalGroupsSequence); g.frame >= 0 && g.frame < len(items) {
		if found := items[g.frame].Items(sequence); len(found) > 0 {
			return found
		}
	}
	if items := g.data.Items(dicom.SharedFunctionalGroupsSequence); len(items) > 0 {
		if found := items[0].Items(sequence); len(found) > 0 {
			return found
		}
	}
	return g.data.Items(sequence)
}

func (h *header) place(g groups) {
	h.frameOfRef = g.data.UID(dicom.FrameOfReferenceUID)
	sp := spacingOf(g.of(pixelMeasuresSequence), dicom.PixelSpacing)
	position, orientation := placeOf(g)
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
