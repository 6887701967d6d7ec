package viewer

import (
	"math"
	"math/bits"

	"eris/dicom"
	"eris/viewer/render"
)

// Elements of an overlay plane, in each of the groups 6000 to 601E (PS3.3 C.9.2).
const (
	overlayRows        uint16 = 0x0010
	overlayColumns     uint16 = 0x0011
	overlayFrames      uint16 = 0x0015
	overlayOrigin      uint16 = 0x0050
	overlayFrameOrigin uint16 = 0x0051
	overlayBits        uint16 = 0x0100
	overlayBit         uint16 = 0x0102
	overlayData        uint16 = 0x3000
)

// mostOverlayPixels bounds one plane; the largest radiographs have 30 million.
const mostOverlayPixels = 32 << 20

// plane is an overlay of one frame with the group it comes from.
type plane struct {
	group uint16
	render.Plane
}

// planesOf reads the overlay planes of one frame. raw is the frame as stored:
// planes may hide in the bits that its pixels do not use (PS3.5 8.1.2).
func planesOf(d *dicom.DataSet, frame int, raw *dicom.Frame) []plane {
	var out []plane
	for group := uint16(0x6000); group <= 0x601E; group += 2 {
		if p, ok := planeOf(d, group, frame, raw); ok {
			out = append(out, plane{group, p})
		}
	}
	return out
}

func planeOf(d *dicom.DataSet, group uint16, frame int, raw *dicom.Frame) (p render.Plane, ok bool) {
	tag := func(element uint16) dicom.Tag { return dicom.NewTag(group, element) }
	rows, columns := d.IntOr(tag(overlayRows), 0), d.IntOr(tag(overlayColumns), 0)
	if rows <= 0 || columns <= 0 || rows > mostOverlayPixels/columns {
		return p, false
	}
	row, column := 0, 0
	if origin := d.Floats(tag(overlayOrigin)); len(origin) >= 2 {
		row, column = int(origin[0])-1, int(origin[1])-1 // PS3.3 C.9.2.1.1: 1\1 is the upper left pixel
	}
	if data := d.Bytes(tag(overlayData)); len(data) > 0 {
		at, ok := overlayFrame(d, tag, frame)
		if !ok {
			return p, false
		}
		first := at * rows * columns
		return render.PlaneOf(rows, columns, row, column, func(i int) int { return nextBit(data, first+i) - first })
	}
	bit := d.IntOr(tag(overlayBit), 0)
	if !hides(raw, bit, d.IntOr(tag(overlayBits), 1)) || rows != raw.Rows || columns != raw.Columns {
		return p, false
	}
	return render.PlaneOf(rows, columns, row, column, func(i int) int {
		for i < len(raw.Pix16) && raw.Pix16[i]>>bit&1 == 0 {
			i++
		}
		return i
	})
}

// nextBit is the number of the first set bit from i on, lowest bits first
// (PS3.5 8.1.1); beyond everything when there is none.
func nextBit(data []byte, i int) int {
	for i < 8*len(data) {
		if rest := data[i/8] >> (i % 8); rest != 0 {
			return i + bits.TrailingZeros8(rest)
		}
		i = (i/8 + 1) * 8
	}
	return math.MaxInt
}

// overlayFrame is which frame of a plane belongs to a frame of the image
// (PS3.3 C.9.3); a single plane without an origin belongs to all.
func overlayFrame(d *dicom.DataSet, tag func(uint16) dicom.Tag, frame int) (at int, ok bool) {
	frames := d.IntOr(tag(overlayFrames), 1)
	if frames == 1 && !d.Has(tag(overlayFrameOrigin)) {
		return 0, true
	}
	at = frame - (d.IntOr(tag(overlayFrameOrigin), 1) - 1)
	return at, at >= 0 && at < frames
}

// hides says whether a bit of the words of a frame is beside its stored bits.
func hides(raw *dicom.Frame, bit, allocated int) bool {
	beside := bit > raw.HighBit || bit < raw.HighBit+1-raw.BitsStored
	return beside && bit >= 0 && bit < allocated && allocated == 16 && raw.Pix16 != nil && raw.SamplesPerPixel == 1
}
