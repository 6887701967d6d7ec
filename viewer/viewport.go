package viewer

import (
	"image"

	"eris/viewer/geom"
	"eris/viewer/lut"
	"eris/viewer/measure"
	"eris/viewer/present"
	"eris/viewer/tool"
)

// viewport is the inside of one viewport; it is a tool.Target.
type viewport struct {
	session *Session
	number  int
	serial  int // of the stack shown
	stack   Stack
	role    Role
	at      int
	forward bool
	state   present.State // its Window is the reader's; the frame's own while Width is 0
	own     []lut.VOI     // of the first frame seen, for the whole stack
	size    image.Point
	anchor  anchor
	draft   measure.Measurement
	easel   easel
}

var _ tool.Target = (*viewport)(nil)

func (v *viewport) show(s Stack, r Role, serial int) {
	v.stack, v.role, v.serial = s, r, serial
	v.at, v.forward, v.own, v.draft = 0, true, nil, nil
	v.state = present.State{Zoom: 1}
}

// key names the frame shown; ok is false for an empty viewport.
func (v *viewport) key() (k frameKey, ok bool) { return v.keyAt(v.at) }

func (v *viewport) keyAt(i int) (k frameKey, ok bool) {
	if i < 0 || i >= len(v.stack.Frames) {
		return frameKey{}, false
	}
	f := v.stack.Frames[i]
	return frameKey{f.SOPInstanceUID, f.Index}, true
}

// frame is the frame shown, nil while it is not decoded.
func (v *viewport) frame() *decoded {
	k, ok := v.key()
	if !ok {
		return nil
	}
	d, _ := v.session.cache.get(k)
	if d != nil && v.own == nil {
		v.own = d.vois
	}
	return d
}

// look is the first look at the frame shown, while there is only that.
func (v *viewport) look() *decoded {
	k, _ := v.key()
	return v.session.cache.look(k)
}

func (v *viewport) status() (Status, error) {
	k, ok := v.key()
	if !ok {
		return Empty, nil
	}
	d, err := v.session.cache.get(k)
	switch {
	case err != nil:
		return Failed, err
	case d == nil:
		return Loading, nil
	}
	return Ready, nil
}

// voi is the reader's window, or the frame's own: that of the first frame for
// a stack through a patient, so that scrolling does not flicker.
func (v *viewport) voi() lut.VOI {
	d := v.frame()
	switch {
	case d == nil && v.state.Window.Width > 0:
		return lut.VOI{Window: v.state.Window, Function: lut.Linear}
	case d == nil:
		return lut.VOI{Window: lut.Window{Center: 128, Width: 256}, Function: lut.Linear}
	}
	own := d.own(v.state.Choice)
	if d.located {
		own = v.own[v.state.Choice%len(v.own)]
	}
	if v.state.Window.Width > 0 {
		return lut.VOI{Window: v.state.Window, Function: own.Function}
	}
	return own
}

func (v *viewport) goTo(index int) {
	index = max(min(index, len(v.stack.Frames)-1), 0)
	if index != v.at {
		v.forward, v.draft = index > v.at, nil
	}
	v.at = index
}

// around lists the frames to decode ahead, nearest first, two onwards for one
// back, as many as may fit into the budget of bytes.
func (v *viewport) around(budget int64) []frameKey {
	if len(v.stack.Frames) == 0 {
		return nil
	}
	f := v.stack.Frames[v.at]
	n := int(min(budget/max(2*int64(f.Rows)*int64(f.Columns), 1), int64(len(v.stack.Frames)), 2000))
	step := -1
	if v.forward {
		step = 1
	}
	var keys []frameKey
	ahead, behind := v.at, v.at
	for len(keys) < n {
		before := len(keys)
		for range 2 {
			ahead += step
			keys = v.appendKey(keys, ahead)
		}
		behind -= step
		keys = v.appendKey(keys, behind)
		if len(keys) == before {
			break
		}
	}
	return keys
}

func (v *viewport) appendKey(keys []frameKey, i int) []frameKey {
	if k, ok := v.keyAt(i); ok {
		return append(keys, k)
	}
	return keys
}

// drawing is the way from pixels to the screen and from patient to pixels.
func (v *viewport) drawing() (view geom.Affine, plane geom.Plane, ok bool) {
	d := v.frame()
	if d == nil {
		return view, plane, false
	}
	return v.state.View(d.shown(), v.size), d.plane, true
}

// shown is the shape of the image, or a stand-in while it is not decoded.
func (v *viewport) shown() present.Shown {
	if d := v.frame(); d != nil {
		return d.shown()
	}
	return present.Shown{Columns: 1, Rows: 1, Aspect: geom.Spacing{Row: 1, Column: 1}}
}

// Size is the size of the last picture in device pixels.
func (v *viewport) Size() image.Point { return v.size }

// Count is the number of frames.
func (v *viewport) Count() int { return len(v.stack.Frames) }

// Window is the window in use.
func (v *viewport) Window() lut.Window { return v.voi().Window }

// SetWindow is the reader's window from now on, as near as the values allow.
func (v *viewport) SetWindow(w lut.Window) {
	least := 1.0
	if d := v.frame(); d != nil {
		least = d.img.Finest()
	}
	v.state.Window = w.ClampedTo(least)
	v.session.spread(v, syncWindow)
}

// Reach is the width of the values in the image.
func (v *viewport) Reach() float64 {
	if d := v.frame(); d != nil {
		return d.reach()
	}
	return 4096
}

// PanBy moves the image by device pixels.
func (v *viewport) PanBy(dx, dy float64) {
	v.state = v.state.Panned(dx, dy, v.shown(), v.size)
	v.session.spread(v, syncZoom)
}

// ZoomBy magnifies about a place on the screen.
func (v *viewport) ZoomBy(factor float64, at geom.Screen) {
	v.state = v.state.Zoomed(factor, at, v.shown(), v.size)
	v.session.spread(v, syncZoom)
}

// ScrollBy goes on by a number of frames.
func (v *viewport) ScrollBy(images int) { v.session.turnTo(v, v.at+images) }

// Plane is the space of measurements on the frame shown.
func (v *viewport) Plane() (geom.Plane, bool) {
	_, plane, ok := v.drawing()
	return plane, ok
}

// PointAt is the place under the pointer, in the space of measurements.
func (v *viewport) PointAt(at geom.Screen) (geom.Point, bool) {
	view, plane, ok := v.drawing()
	inv, okInverse := view.Inverse()
	if !ok || !okInverse {
		return geom.Point{}, false
	}
	p := plane.ToPatient(inv.ToPixel(at))
	return p, p.Finite()
}

// Draft shows a measurement that is not kept yet.
func (v *viewport) Draft(m measure.Measurement) { v.draft = m }

// Keep makes a measurement last and selects it.
func (v *viewport) Keep(m measure.Measurement) {
	v.draft = nil
	v.session.addMark(v, m)
}
