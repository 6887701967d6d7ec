package viewer

import (
	"image/color"
	"slices"

	"eris/dicom"
	"eris/viewer/geom"
	"eris/viewer/lut"
	"eris/viewer/render"
)

// Tags of the display shutter module (PS3.3 C.7.6.11), which only the viewer reads.
const (
	shutterShape      dicom.Tag = 0x00181600
	shutterLeft       dicom.Tag = 0x00181602
	shutterRight      dicom.Tag = 0x00181604
	shutterUpper      dicom.Tag = 0x00181606
	shutterLower      dicom.Tag = 0x00181608
	shutterCenter     dicom.Tag = 0x00181610
	shutterRadius     dicom.Tag = 0x00181612
	shutterVertices   dicom.Tag = 0x00181620
	shutterValue      dicom.Tag = 0x00181622
	shutterOverlay    dicom.Tag = 0x00181623
	shutterColorCIE   dicom.Tag = 0x00181624
	mostShutterPoints           = 10_000
)

// shutter is what covers a picture outside of all its apertures.
type shutter struct {
	apertures []render.Aperture
	group     uint16 // of the overlay that covers too (PS3.3 C.7.6.15); 0 for none
	gray      float64
	color     *[3]uint8 // instead of gray
}

// shutterOf reads the display shutter; places in the file count from 1.
func shutterOf(d *dicom.DataSet) (s shutter) {
	shapes := d.Strings(shutterShape)
	has := func(shape string) bool { return slices.Contains(shapes, shape) }
	if has("RECTANGULAR") {
		left, right := d.FloatOr(shutterLeft, 0), d.FloatOr(shutterRight, 0)
		upper, lower := d.FloatOr(shutterUpper, 0), d.FloatOr(shutterLower, 0)
		if left < right && upper < lower {
			// The edges themselves are seen: half a pixel beyond their centres.
			s.apertures = append(s.apertures, render.Polygon{{Column: left - 1.5, Row: upper - 1.5}, {Column: right - 0.5, Row: upper - 1.5},
				{Column: right - 0.5, Row: lower - 0.5}, {Column: left - 1.5, Row: lower - 0.5}})
		}
	}
	if center := d.Floats(shutterCenter); has("CIRCULAR") && len(center) >= 2 && d.FloatOr(shutterRadius, 0) > 0 {
		s.apertures = append(s.apertures, render.Circle{Center: geom.Pixel{Row: center[0] - 1, Column: center[1] - 1}, Radius: d.FloatOr(shutterRadius, 0)})
	}
	if v := d.Floats(shutterVertices); has("POLYGONAL") && len(v) >= 6 && len(v) <= mostShutterPoints {
		var p render.Polygon
		for ; len(v) >= 2; v = v[2:] {
			p = append(p, geom.Pixel{Row: v[0] - 1, Column: v[1] - 1})
		}
		s.apertures = append(s.apertures, p)
	}
	if has("BITMAP") {
		s.group = uint16(d.IntOr(shutterOverlay, 0))
	}
	// The colour is CIELab where it is given, else a P-Value of 16 bits.
	s.gray = float64(uint16(d.IntOr(shutterValue, 0))) / 0xFFFF
	if lab := d.Floats(shutterColorCIE); len(lab) >= 3 {
		rgb := render.FromCIELab([3]uint16{uint16(lab[0]), uint16(lab[1]), uint16(lab[2])})
		s.color = &rgb
	}
	return s
}

// shade is the colour of the shutter on a screen.
func (s shutter) shade(display *lut.Display) color.RGBA {
	switch {
	case s.color != nil:
		return color.RGBA{s.color[0], s.color[1], s.color[2], 255}
	case display != nil:
		g := display.Gray(s.gray)
		return color.RGBA{g, g, g, 255}
	}
	g := uint8(s.gray*255 + 0.5)
	return color.RGBA{g, g, g, 255}
}
