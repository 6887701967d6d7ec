package view

import (
	"image"
	"math"
	"runtime"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"eris/app/route"
	"eris/viewer"
	"eris/viewer/geom"
)

// Viewport shows one viewport of a session. It draws at device pixels and
// decides nothing: gestures go to the session, the rest to its callbacks.
type Viewport struct {
	widget.BaseWidget
	// OnChanged is called after the session was changed by the pointer.
	OnChanged func()
	// OnMenu is called for a right click without motion.
	OnMenu func(at fyne.Position)
	// OnDoubleTapped is called for a double click.
	OnDoubleTapped func()
	// OnKey is called for keys while the viewport has the focus.
	OnKey func(route.Key)

	session *viewer.Session
	number  int
	raster  *canvas.Raster
	device  geom.Screen // device pixels per unit of the toolkit
	pressed bool
	button  viewer.Button
	wheel   float32
}

var (
	_ desktop.Mouseable   = (*Viewport)(nil)
	_ desktop.Hoverable   = (*Viewport)(nil)
	_ fyne.Draggable      = (*Viewport)(nil)
	_ fyne.Scrollable     = (*Viewport)(nil)
	_ fyne.DoubleTappable = (*Viewport)(nil)
	_ fyne.Focusable      = (*Viewport)(nil)
	_ fyne.Tabbable       = (*Viewport)(nil)
)

// NewViewport shows viewport number of the session.
func NewViewport(s *viewer.Session, number int) *Viewport {
	v := &Viewport{session: s, number: number, device: geom.Screen{X: 1, Y: 1}}
	v.raster = canvas.NewRaster(v.draw)
	v.raster.ScaleMode = canvas.ImageScalePixels // drawn at device pixels already; smoothing would only cost
	v.ExtendBaseWidget(v)
	return v
}

func (v *Viewport) draw(w, h int) image.Image {
	if size := v.Size(); size.Width > 0 && size.Height > 0 {
		v.device = geom.Screen{X: float64(w) / float64(size.Width), Y: float64(h) / float64(size.Height)}
	}
	return v.session.Picture(v.number, image.Pt(w, h))
}

// MinSize lets a window become small.
func (v *Viewport) MinSize() fyne.Size { return fyne.NewSize(120, 90) }

// CreateRenderer shows the picture.
func (v *Viewport) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(v.raster) }

// Refresh draws the picture anew.
func (v *Viewport) Refresh() { v.raster.Refresh() }

func (v *Viewport) pointer(at fyne.Position) viewer.Pointer {
	m := currentModifiers()
	return viewer.Pointer{
		Viewport: v.number, Button: v.button, At: geom.Screen{X: float64(at.X) * v.device.X, Y: float64(at.Y) * v.device.Y},
		Shift: m&fyne.KeyModifierShift != 0, Ctrl: m&fyne.KeyModifierControl != 0,
	}
}

func currentModifiers() fyne.KeyModifier {
	if d, ok := fyne.CurrentApp().Driver().(desktop.Driver); ok {
		return d.CurrentKeyModifiers()
	}
	return 0
}

func (v *Viewport) changed() {
	if v.OnChanged != nil {
		v.OnChanged()
	}
}

var buttons = map[desktop.MouseButton]viewer.Button{
	desktop.MouseButtonPrimary: viewer.Left, desktop.MouseButtonTertiary: viewer.Middle, desktop.MouseButtonSecondary: viewer.Right,
}

// MouseDown begins a gesture.
func (v *Viewport) MouseDown(e *desktop.MouseEvent) {
	if c := fyne.CurrentApp().Driver().CanvasForObject(v); c != nil {
		c.Focus(v)
	}
	v.button, v.pressed = buttons[e.Button], true
	v.session.Press(v.pointer(e.Position))
	v.changed()
}

// MouseUp ends it.
func (v *Viewport) MouseUp(e *desktop.MouseEvent) { v.release(e.Position) }

func (v *Viewport) release(at fyne.Position) {
	if !v.pressed {
		return
	}
	v.pressed = false
	menu := v.session.Release(v.pointer(at))
	v.changed()
	if menu && v.OnMenu != nil {
		v.OnMenu(at)
	}
}

// MouseIn ends a gesture whose button was let go elsewhere.
func (v *Viewport) MouseIn(e *desktop.MouseEvent) {
	if v.pressed && e.Button == 0 {
		v.release(e.Position)
	}
}

// MouseMoved goes on with a gesture; the toolkit reports a drag with the right
// button only here.
func (v *Viewport) MouseMoved(e *desktop.MouseEvent) {
	if v.pressed {
		v.drag(e.Position)
	}
}

// MouseOut lets a gesture go on: the pointer may come back.
func (v *Viewport) MouseOut() {}

// Dragged goes on with a gesture, outside the viewport too.
func (v *Viewport) Dragged(e *fyne.DragEvent) { v.drag(e.Position) }

// DragEnd comes with MouseUp, which ends the gesture.
func (v *Viewport) DragEnd() {}

func (v *Viewport) drag(at fyne.Position) {
	v.session.Drag(v.pointer(at))
	v.changed()
}

// notch is what the toolkit reports for one notch of a wheel; macOS counts finer.
var notch = map[bool]float32{true: 10, false: 25}[runtime.GOOS == "darwin"]

// Scrolled turns by whole notches; what a touchpad leaves over is kept. With
// Shift the toolkit reports a wheel as turned sideways.
func (v *Viewport) Scrolled(e *fyne.ScrollEvent) {
	turned := e.Scrolled.DY
	if turned == 0 && currentModifiers()&fyne.KeyModifierShift != 0 {
		turned = e.Scrolled.DX
	}
	v.wheel -= turned / notch
	whole := int(math.Trunc(float64(v.wheel)))
	if whole == 0 {
		return
	}
	v.wheel -= float32(whole)
	v.session.Wheel(v.pointer(e.Position), whole)
	v.changed()
}

// DoubleTapped is one viewport or all.
func (v *Viewport) DoubleTapped(*fyne.PointEvent) {
	if v.OnDoubleTapped != nil {
		v.OnDoubleTapped()
	}
}

// FocusGained and FocusLost: the session draws which viewport is active.
func (v *Viewport) FocusGained() {}

// FocusLost is nothing to show.
func (v *Viewport) FocusLost() {}

// AcceptsTab keeps Tab for the next viewport.
func (v *Viewport) AcceptsTab() bool { return true }

// TypedRune hands on what was typed.
func (v *Viewport) TypedRune(r rune) {
	if v.OnKey != nil {
		v.OnKey(route.KeyOfRune(r))
	}
}

// TypedKey hands on keys that type nothing.
func (v *Viewport) TypedKey(e *fyne.KeyEvent) {
	if v.OnKey != nil && len(e.Name) > 1 {
		m := currentModifiers()
		v.OnKey(route.Key{Name: e.Name, Shift: m&fyne.KeyModifierShift != 0, Ctrl: m&fyne.KeyModifierControl != 0, Alt: m&fyne.KeyModifierAlt != 0})
	}
}
