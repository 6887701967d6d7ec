package viewer

import (
	"math"

	"eris/viewer/geom"
	"eris/viewer/lut"
	"eris/viewer/present"
)

// anchor is where a viewport stood when it was linked. It makes two studies
// with different frames of reference scroll together from there.
type anchor struct {
	position float64 // mm along the normal
	index    int
}

// anchor notes where every viewport stands now.
func (s *Session) anchor() {
	for _, v := range s.views {
		v.anchor = anchor{index: v.at}
		if v.at < len(v.stack.Frames) {
			v.anchor.position = v.stack.Frames[v.at].Position
		}
	}
}

// spread carries a property over to the linked viewports.
func (s *Session) spread(src *viewport, sync func(src, dst *viewport)) {
	if !s.linked || len(src.stack.Frames) == 0 {
		return
	}
	for _, dst := range s.views {
		if dst != src && len(dst.stack.Frames) > 0 {
			sync(src, dst)
		}
	}
}

// parallel is the least cosine between normals of stacks that scroll together.
const parallel = 0.95

// syncSlice shows in dst the frame nearest to that of src: at the same place
// when both lie in one frame of reference, else as far from its anchor, in mm
// along the normal; without positions in frames.
func syncSlice(src, dst *viewport) {
	a, b := src.stack, dst.stack
	if !a.Located || !b.Located {
		dst.goTo(dst.anchor.index + src.at - src.anchor.index)
		return
	}
	cos := a.Normal.Dot(b.Normal)
	if math.Abs(cos) < parallel {
		return
	}
	if a.FrameOfReferenceUID != "" && a.FrameOfReferenceUID == b.FrameOfReferenceUID {
		dst.goTo(b.Nearest(middle(src).Along(b.Normal)))
		return
	}
	gone := a.Frames[src.at].Position - src.anchor.position
	dst.goTo(b.Nearest(dst.anchor.position + math.Copysign(gone, gone*cos)))
}

// middle is a point of the plane of src: its centre when decoded, for planes
// that are not quite parallel; else its first pixel.
func middle(src *viewport) geom.Point {
	if d := src.frame(); d != nil && d.located {
		return d.plane.ToPatient(geom.Pixel{Column: float64(d.img.Columns-1) / 2, Row: float64(d.img.Rows-1) / 2})
	}
	return src.stack.Frames[src.at].Origin
}

// syncWindow gives dst the window of src when their values mean the same.
func syncWindow(src, dst *viewport) {
	if src.stack.Series.Modality == dst.stack.Series.Modality {
		dst.state.Window, dst.state.Choice = src.state.Window, src.state.Choice
	}
}

// syncZoom shows the same size in mm, and as far from the middle, when both
// know mm; else the same magnification over the fitting one.
func syncZoom(src, dst *viewport) {
	dst.state.Zoom = src.state.Zoom
	dst.state.Pan = src.state.Pan
	a, b := src.frame(), dst.frame()
	if a == nil || b == nil || !a.spacing.Valid() || !b.spacing.Valid() {
		return
	}
	fitA, fitB := src.state.Fit(a.shown(), src.size), dst.state.Fit(b.shown(), dst.size)
	dst.state.Zoom = held(src.state.Zoom*fitA/fitB, src.state.Zoom)
	dst.state.Pan = geom.Pixel{Column: src.state.Pan.Column * a.spacing.Column / b.spacing.Column, Row: src.state.Pan.Row * a.spacing.Row / b.spacing.Row}
}

// held keeps a zoom that can be used.
func held(zoom, otherwise float64) float64 {
	if zoom >= present.LeastZoom && zoom <= present.GreatestZoom {
		return zoom
	}
	return otherwise
}

// ownWindow lets the frames decide again.
func (v *viewport) ownWindow() {
	v.state.Window = lut.Window{}
	v.session.spread(v, syncWindow)
}
