package tool

import (
	"image"

	"eris/viewer/geom"
	"eris/viewer/lut"
	"eris/viewer/measure"
)

// Kind names a tool.
type Kind string

// The tools.
const (
	Window  Kind = "window"
	Pan     Kind = "pan"
	Zoom    Kind = "zoom"
	Scroll  Kind = "scroll"
	Length  Kind = "length"
	Ellipse Kind = "ellipse"
	Probe   Kind = "probe"
)

// Kinds lists the tools in the order of a toolbar.
var Kinds = []Kind{Window, Zoom, Pan, Scroll, Length, Ellipse, Probe}

// Target is the viewport a gesture works on.
type Target interface {
	Size() image.Point
	Count() int // images in the stack
	Window() lut.Window
	SetWindow(w lut.Window)
	// Reach is the width of the values of the image, to which a drag of the
	// window is scaled.
	Reach() float64
	PanBy(dx, dy float64)
	ZoomBy(factor float64, at geom.Screen)
	ScrollBy(images int)
	// Plane and PointAt answer in the space of measurements; ok is false while
	// there is no image.
	Plane() (p geom.Plane, ok bool)
	PointAt(at geom.Screen) (p geom.Point, ok bool)
	// Draft shows a measurement that is being made; Keep makes it last.
	Draft(m measure.Measurement)
	Keep(m measure.Measurement)
}

// Gesture is one press, drag and release of the pointer.
type Gesture interface {
	Press(t Target, at geom.Screen)
	Drag(t Target, at geom.Screen)
	Release(t Target, at geom.Screen)
}

// Directions turn the window gesture round, for hands used to another viewer.
type Directions struct{ WiderToLeft, BrighterUp bool }

// Begin is a fresh gesture of a tool; an unknown tool is Window.
func Begin(k Kind, d Directions) Gesture {
	switch k {
	case Pan:
		return &pan{}
	case Zoom:
		return &zoom{}
	case Scroll:
		return &scroll{}
	case Length:
		return &length{}
	case Ellipse:
		return &ellipse{}
	case Probe:
		return &probe{}
	}
	return &window{directions: d}
}
