package viewer

import (
	"slices"

	"eris/dicom"
	"eris/viewer/geom"
)

// Tags of where the frames of multi-frame objects lie, which only the viewer reads.
const (
	detectorInformationSequence dicom.Tag = 0x00540022
	gridFrameOffsetVector       dicom.Tag = 0x3004000C
)

// placeOf is ImagePositionPatient and ImageOrientationPatient of a frame: from
// its functional groups (PS3.3 C.7.6.16.2.3), from the offsets of a dose grid
// (C.8.8.3.2), from the spacing of slices that nuclear medicine reconstructed
// (C.8.4.15), or of the image.
func placeOf(g groups) (position, orientation []float64) {
	position = g.of(planePositionSequence).Floats(dicom.ImagePositionPatient)
	orientation = g.of(planeOrientationSequence).Floats(dicom.ImageOrientationPatient)
	if offsets := g.data.Floats(gridFrameOffsetVector); g.frame < len(offsets) {
		first := offsets[0]
		if first == position0(position) {
			first = 0 // places along the axis of the patient instead of offsets
		}
		return along(position, orientation, offsets[g.frame]-first), orientation
	}
	detectors := g.data.Items(detectorInformationSequence)
	if len(detectors) > 0 && slices.Contains(g.data.Strings(dicom.ImageType), "RECON TOMO") {
		position, orientation = detectors[0].Floats(dicom.ImagePositionPatient), detectors[0].Floats(dicom.ImageOrientationPatient)
		return along(position, orientation, float64(g.frame)*g.data.FloatOr(dicom.SpacingBetweenSlices, 0)), orientation
	}
	return position, orientation
}

// position0 is the place along the third axis, where a dose grid of the second
// kind begins; 0 when there is none.
func position0(position []float64) float64 {
	if len(position) < 3 {
		return 0
	}
	return position[2]
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

// mostVolumes bounds into how many volumes one object is taken apart.
const mostVolumes = 64

// Places takes the stack of a multi-frame object apart into stacks that lie in
// the patient, each through one volume in one direction, from what the file
// says of its frames. It answers the stack as it is when the file says nothing.
func Places(s Stack, f *dicom.File) []Stack {
	var directions [][]Frame
	var normals [][]float64
	for _, frame := range s.Frames {
		position, orientation := placeOf(groups{f.DataSet, frame.Index})
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
		directions[i] = append(directions[i], frame)
	}
	var out []Stack
	for i, frames := range directions {
		row, column, _ := geom.Axes(normals[i])
		for _, volume := range volumes(frames) {
			part := s
			part.Frames, part.Located, part.Normal = volume, len(volume) > 1 || len(s.Frames) == 1, row.Cross(column)
			part.order()
			out = append(out, part)
		}
	}
	return out
}

// volumes takes frames of one direction apart where several lie in one place,
// as phases of time do: the first ones of each place, the second ones, and so
// on. Frames that do not share out evenly stay together.
func volumes(frames []Frame) [][]Frame {
	seen := map[int]int{} // by place in hundredths of mm
	var out [][]Frame
	for _, f := range frames {
		place := int(f.Position * 100)
		n := seen[place]
		seen[place]++
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
