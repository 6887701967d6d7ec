package dicomtest

import (
	"encoding/binary"

	"eris/dicom"
)

// RadiographParams says how a body is exposed.
type RadiographParams struct {
	Study
	Body              *Body
	Rows, Columns     int     // 0, 0 is 2140 × 1760
	Spacing           float64 // mm at the detector; 0 is 0.2
	Center            Point   // what lies in the middle of the picture
	SeriesDescription string
	ViewPosition      string // PA, AP, LL …
	WindowCenter      float64
	WindowWidth       float64
	Noise             float64 // stored values; 0 is 9
	Seed              uint64
}

// Radiograph exposes a body from the front or the back (PS3.3 A.26); the
// patient's right is on the picture's left.
func Radiograph(p RadiographParams) *dicom.File {
	if p.Rows == 0 || p.Columns == 0 {
		p.Rows, p.Columns = 2140, 1760
	}
	if p.Spacing == 0 {
		p.Spacing = 0.2
	}
	if p.Noise == 0 {
		p.Noise = 9
	}
	f := p.object(dicom.DigitalXRayForPresentation, "DX", p.SeriesDescription, 1, 1)
	corner := Point{p.Center.X - float64(p.Columns-1)/2*p.Spacing, 0, p.Center.Z + float64(p.Rows-1)/2*p.Spacing}
	pixels := make([]byte, 2*p.Rows*p.Columns)
	for i, v := range p.Body.Project(Plane{p.Rows, p.Columns, p.Spacing, corner}, p.Noise, p.Seed) {
		binary.LittleEndian.PutUint16(pixels[2*i:], v)
	}
	f.SetString(dicom.ImageType, "DERIVED", "PRIMARY")
	f.SetString(dicom.ViewPosition, p.ViewPosition)
	f.SetString(dicom.PatientOrientation, "L", "F")
	f.SetFloat(dicom.ImagerPixelSpacing, p.Spacing, p.Spacing)
	f.SetFloat(dicom.WindowCenter, p.WindowCenter)
	f.SetFloat(dicom.WindowWidth, p.WindowWidth)
	f.SetFloat(dicom.RescaleIntercept, 0)
	f.SetFloat(dicom.RescaleSlope, 1)
	f.SetString(dicom.RescaleType, "US")
	image16(f, p.Rows, p.Columns, 12, false, pixels)
	return f
}

// ChestRadiograph is a PA view of a thorax.
func ChestRadiograph(s Study, body *Body, rows, columns int) *dicom.File {
	return Radiograph(RadiographParams{
		Study: s, Body: body, Rows: rows, Columns: columns, Spacing: 428 / float64(max(rows, 1)), Center: Point{0, 0, 12},
		SeriesDescription: "Thorax PA", ViewPosition: "PA", WindowCenter: 2650, WindowWidth: 2100, Seed: 3,
	})
}

// KneeRadiograph is an AP view of both knees; narrow as in Knees.
func KneeRadiograph(s Study, narrow float64, rows, columns int) *dicom.File {
	return Radiograph(RadiographParams{
		Study: s, Body: Knees(narrow), Rows: rows, Columns: columns, Spacing: 380 / float64(max(columns, 1)), Center: Point{0, 0, 0},
		SeriesDescription: "Knees AP", ViewPosition: "AP", WindowCenter: 2150, WindowWidth: 1500, Seed: 5,
	})
}
