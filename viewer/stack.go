package viewer

import (
	"math"
	"slices"
	"sort"

	"eris/clinic"
	"eris/dicom"
	"eris/viewer/geom"
)

// Stack is the frames of one series that lie behind each other: one
// orientation, size and kind of image.
type Stack struct {
	Series clinic.Series
	Frames []Frame
	// FrameOfReferenceUID, Normal and Located say how the frames lie in the
	// patient; Located is false when one has no position.
	FrameOfReferenceUID dicom.UID
	Normal              geom.Vector
	Located             bool
	Localizer           bool
	Partial             bool // only a part of the study is here: who measures is told
}

// Frame is one picture of a stack.
type Frame struct {
	SOPInstanceUID dicom.UID
	Index          int // of the frame in its instance, from 0
	InstanceNumber int
	Rows, Columns  int
	Origin         geom.Point // centre of the first pixel; only when the stack is Located
	Position       float64    // mm along Normal; only when the stack is Located
}

// sameAxis is how far two cosines may differ within one stack.
const sameAxis = 1e-3

// Stacks splits a series into stacks by orientation, size, frame of reference
// and ImageType (localizers stand apart), in order of their first
// InstanceNumber. A multi-frame instance is a stack of its own. Frames are
// ordered along the normal, in the direction in which InstanceNumber grows;
// without positions by InstanceNumber. Instances without pixels are left out.
// Where the frames of a multi-frame instance lie only its file says: see Places.
func Stacks(series clinic.Series, instances []clinic.Instance) []Stack {
	sorted := slices.Clone(instances)
	sort.SliceStable(sorted, func(i, j int) bool { return sorted[i].InstanceNumber < sorted[j].InstanceNumber })
	var groups [][]clinic.Instance
	for _, in := range sorted {
		if in.Rows <= 0 || in.Columns <= 0 {
			continue
		}
		i := slices.IndexFunc(groups, func(g []clinic.Instance) bool { return together(g[0], in) })
		if i < 0 {
			groups = append(groups, nil)
			i = len(groups) - 1
		}
		groups[i] = append(groups[i], in)
	}
	stacks := make([]Stack, len(groups))
	for i, g := range groups {
		stacks[i] = newStack(series, g)
	}
	return stacks
}

func together(a, b clinic.Instance) bool {
	return a.NumberOfFrames <= 1 && b.NumberOfFrames <= 1 &&
		a.Rows == b.Rows && a.Columns == b.Columns &&
		a.FrameOfReferenceUID == b.FrameOfReferenceUID &&
		slices.Equal(a.ImageType, b.ImageType) &&
		sameDirection(a.ImageOrientationPatient, b.ImageOrientationPatient)
}

func sameDirection(a, b []float64) bool {
	return slices.EqualFunc(a, b, func(x, y float64) bool { return math.Abs(x-y) < sameAxis })
}

func newStack(series clinic.Series, group []clinic.Instance) Stack {
	first := group[0]
	s := Stack{Series: series, FrameOfReferenceUID: first.FrameOfReferenceUID, Localizer: slices.Contains(first.ImageType, "LOCALIZER")}
	row, column, ok := geom.Axes(first.ImageOrientationPatient)
	s.Normal, s.Located = row.Cross(column), ok && first.NumberOfFrames <= 1
	for _, in := range group {
		origin, ok := geom.PointOf(in.ImagePositionPatient)
		s.Located = s.Located && ok
		for i := range max(in.NumberOfFrames, 1) {
			s.Frames = append(s.Frames, Frame{SOPInstanceUID: in.SOPInstanceUID, Index: i, InstanceNumber: in.InstanceNumber,
				Rows: in.Rows, Columns: in.Columns, Origin: origin, Position: origin.Along(s.Normal)})
		}
	}
	s.order()
	return s
}

// order sorts a located stack along its normal. Frames come in by
// InstanceNumber; equal positions keep that order.
func (s *Stack) order() {
	if !s.Located {
		return
	}
	sign := 1.0
	if s.Frames[len(s.Frames)-1].Position < s.Frames[0].Position {
		sign = -1
	}
	sort.SliceStable(s.Frames, func(i, j int) bool { return sign*s.Frames[i].Position < sign*s.Frames[j].Position })
}

// MultiFrame says that the stack is the frames of one instance.
func (s Stack) MultiFrame() bool { return len(s.Frames) > 1 && s.Frames[1].Index > 0 }

// Holds reports whether a frame is one of the stack's.
func (s Stack) Holds(f Frame) bool {
	return slices.ContainsFunc(s.Frames, func(own Frame) bool { return own.SOPInstanceUID == f.SOPInstanceUID && own.Index == f.Index })
}

// Nearest is the index of the frame whose position is closest to mm.
func (s Stack) Nearest(mm float64) int {
	best := 0
	for i, f := range s.Frames {
		if math.Abs(f.Position-mm) < math.Abs(s.Frames[best].Position-mm) {
			best = i
		}
	}
	return best
}
