package viewer

import (
	"math"
	"slices"

	"eris/dicom"
	"eris/viewer/geom"
)

// Tags of where the frames of multi-frame objects lie, which only the viewer reads.
const (
	detectorInformationSequence dicom.Tag = 0x00540022
	gridFrameOffsetVector       dicom.Tag = 0x3004000C
)

// site answers where the frames of an object lie in the patient.
type site struct {
	data *dicom.DataSet
	// base is the position of the first frame where the others are told by
	// their distance; offsets and step tell it, see at.
	base, orientation []float64
	offsets           []float64
	absolute          bool
	step              float64
}

// siteOf reads what is said once for all frames: the offsets of a dose grid
// (PS3.3 C.8.8.3.2), or the spacing of slices that nuclear medicine
// reconstructed (C.8.4.15).
func siteOf(d *dicom.DataSet) site {
	p := site{data: d, base: d.Floats(dicom.ImagePositionPatient), orientation: d.Floats(dicom.ImageOrientationPatient)}
	if p.offsets = d.Floats(gridFrameOffsetVector); len(p.offsets) > 0 {
		// C.8.8.3.2 b: beginning with the place of the first frame, they are places.
		p.absolute = len(p.base) >= 3 && p.offsets[0] != 0 && p.offsets[0] == p.base[2]
		return p
	}
	if detectors := d.Items(detectorInformationSequence); len(detectors) > 0 && slices.Contains(d.Strings(dicom.ImageType), "RECON TOMO") {
		p.base, p.orientation = detectors[0].Floats(dicom.ImagePositionPatient), detectors[0].Floats(dicom.ImageOrientationPatient)
		p.step = d.FloatOr(dicom.SpacingBetweenSlices, 0)
	}
	return p
}

// at is ImagePositionPatient and ImageOrientationPatient of a frame: as told
// for all, from its functional groups (PS3.3 C.7.6.16.2.3), or of the image.
// The position is nil where it is not known.
func (p site) at(frame int) (position, orientation []float64) {
	switch {
	case len(p.offsets) > 0 && frame >= len(p.offsets):
		return nil, p.orientation
	case p.absolute && len(p.base) >= 3:
		return []float64{p.base[0], p.base[1], p.offsets[frame]}, p.orientation
	case len(p.offsets) > 0:
		return along(p.base, p.orientation, p.offsets[frame]-p.offsets[0]), p.orientation
	case p.step != 0:
		return along(p.base, p.orientation, float64(frame)*p.step), p.orientation
	case p.data.Has(detectorInformationSequence) && p.data.IntOr(dicom.NumberOfFrames, 1) > 1:
		return nil, p.orientation
	}
	g := groups{p.data, frame}
	return g.of(planePositionSequence).Floats(dicom.ImagePositionPatient), g.of(planeOrientationSequence).Floats(dicom.ImageOrientationPatient)
}

// along is the position moved by mm along the normal.
func along(position, orientation []float64, mm float64) []float64 {
	row, column, ok := geom.Axes(orientation)
	if len(position) < 3 || !ok {
		return position
	}
	n := row.Cross(column)
	return []float64{position[0] + mm*n.X, position[1] + mm*n.Y, position[2] + mm*n.Z}
}

// Bounds on how far one object is taken apart.
const (
	mostVolumes    = 64
	mostDirections = 16
)

// Places takes the stack of a multi-frame object apart into stacks that lie in
// the patient, each through one volume in one direction, from what the file
// says of its frames. It answers the stack as it is when the file says nothing,
// and when the frames make no volumes: turned about an axis, or in one place.
func Places(s Stack, f *dicom.File) []Stack {
	where := siteOf(f.DataSet)
	var directions [][]Frame
	var normals [][]float64
	for _, frame := range s.Frames {
		position, orientation := where.at(frame.Index)
		origin, ok := geom.PointOf(position)
		row, column, okAxes := geom.Axes(orientation)
		if !ok || !okAxes {
			return []Stack{s}
		}
		frame.Origin, frame.Position = origin, origin.Along(row.Cross(column))
		i := slices.IndexFunc(normals, func(o []float64) bool { return sameDirection(o, orientation) })
		if i < 0 {
			i = len(normals)
			normals, directions = append(normals, orientation), append(directions, nil)
		}
		if i >= mostDirections {
			return []Stack{s}
		}
		directions[i] = append(directions[i], frame)
	}
	if len(directions) > len(s.Frames)/2 {
		return []Stack{s}
	}
	var out []Stack
	for i, frames := range directions {
		row, column, _ := geom.Axes(normals[i])
		for _, volume := range volumes(frames) {
			part := s
			part.Frames, part.Normal = volume, row.Cross(column)
			part.Located = slices.ContainsFunc(volume, func(f Frame) bool { return place(f) != place(volume[0]) })
			part.order()
			out = append(out, part)
		}
	}
	return out
}

// place is where a frame lies along its normal, in hundredths of mm.
func place(f Frame) int { return int(math.Round(f.Position * 100)) }

// volumes takes frames of one direction apart where several lie in one place,
// as phases of time do: the first ones of each place, the second ones, and so
// on. Frames that do not share out evenly stay together.
func volumes(frames []Frame) [][]Frame {
	seen := map[int]int{}
	var out [][]Frame
	for _, f := range frames {
		n := seen[place(f)]
		seen[place(f)]++
		if n == len(out) {
			out = append(out, nil)
		}
		out[n] = append(out[n], f)
	}
	if len(out) > mostVolumes || len(out) > 0 && len(out[0]) != len(out[len(out)-1]) || len(seen) == 1 {
		return [][]Frame{frames}
	}
	return out
}
