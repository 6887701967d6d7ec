package dicomtest

import (
	"encoding/binary"
	"iter"

	"eris/dicom"
)

// CTParams says how a body is scanned.
type CTParams struct {
	Study
	Body              *Body
	Size              int     // rows and columns; 0 is 512
	Slices            int     // 0 is 120
	FirstZ, Thickness float64 // mm; 0, 0 spreads the slices over the thorax
	FieldOfView       float64 // mm; 0 is 400
	Noise             float64 // HU; 0 is 14, negative none
	SeriesDescription string
	SeriesNumber      int
	WindowCenter      float64 // 0, 0 is a soft-tissue window
	WindowWidth       float64
	Seed              uint64
}

func (p *CTParams) defaults() {
	set := func(v *float64, otherwise float64) {
		if *v == 0 {
			*v = otherwise
		}
	}
	if p.Size == 0 {
		p.Size = 512
	}
	if p.Slices == 0 {
		p.Slices = 120
	}
	if p.SeriesNumber == 0 {
		p.SeriesNumber = 2
	}
	if p.Thickness == 0 {
		p.Thickness = 280 / float64(p.Slices)
		p.FirstZ = -135
	}
	set(&p.FieldOfView, 400)
	set(&p.Noise, 14)
	set(&p.WindowWidth, 400)
	if p.WindowCenter == 0 {
		p.WindowCenter = 40
	}
	if p.SeriesDescription == "" {
		p.SeriesDescription = "Thorax 2.0"
	}
}

// CT scans a body from the feet up, one object per slice (PS3.3 A.3).
func CT(p CTParams) iter.Seq[*dicom.File] {
	p.defaults()
	return func(yield func(*dicom.File) bool) {
		for i := range p.Slices {
			if !yield(p.slice(i)) {
				return
			}
		}
	}
}

func (p CTParams) slice(i int) *dicom.File {
	f := p.object(dicom.CTImageStorage, "CT", p.SeriesDescription, p.SeriesNumber, i+1)
	plane := AxialPlane(p.Size, p.FieldOfView, p.FirstZ+float64(i)*p.Thickness)
	pixels := make([]byte, 2*p.Size*p.Size)
	for k, v := range p.Body.Slice(plane, p.Noise, p.Seed<<16+uint64(i)) {
		binary.LittleEndian.PutUint16(pixels[2*k:], uint16(v+1024))
	}
	f.SetString(dicom.ImageType, "ORIGINAL", "PRIMARY", "AXIAL")
	f.SetUID(dicom.FrameOfReferenceUID, p.uid("frame of reference"))
	f.SetFloat(dicom.ImagePositionPatient, plane.Corner.X, plane.Corner.Y, plane.Corner.Z)
	f.SetFloat(dicom.ImageOrientationPatient, 1, 0, 0, 0, 1, 0)
	f.SetFloat(dicom.PixelSpacing, plane.Spacing, plane.Spacing)
	f.SetFloat(dicom.SliceThickness, p.Thickness)
	f.SetFloat(dicom.SliceLocation, plane.Corner.Z)
	f.SetFloat(dicom.KVP, 120)
	f.SetFloat(dicom.RescaleIntercept, -1024)
	f.SetFloat(dicom.RescaleSlope, 1)
	f.SetString(dicom.RescaleType, "HU")
	f.SetFloat(dicom.WindowCenter, p.WindowCenter)
	f.SetFloat(dicom.WindowWidth, p.WindowWidth)
	image16(f, p.Size, p.Size, 12, false, pixels)
	return f
}
