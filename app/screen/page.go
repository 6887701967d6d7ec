// Package screen is the page that judges and measures the screen by test pictures.
package screen

import (
	"image"
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	fynewidget "fyne.io/fyne/v2/widget"

	"eris/app/desk"
	"eris/app/route"
	"eris/app/words"
	"eris/viewer/pattern"
)

// Page shows one test picture at a time.
type Page struct {
	desk    *desk.Desk
	words   *words.Words
	shell   route.Shell
	shown   int
	raster  *canvas.Raster
	title   *fynewidget.Label
	content fyne.CanvasObject
}

var _ route.Page = (*Page)(nil)

// picture is a test picture with its English name and what to look for.
type picture struct {
	name string
	draw pattern.Pattern
	hint string
}

// pictures in the order of the arrow keys; the measuring levels follow.
var pictures = []picture{
	{"Test picture", pattern.Test, "Every step of gray differs from its neighbours, the faint squares in black and white are seen, and the finest lines do not blur."},
	{"Ramp", pattern.Ramp, "The grays rise evenly, without bands, jumps or colour."},
}

const count = 2 + pattern.Levels

// New builds the page.
func New(d *desk.Desk, w *words.Words, shell route.Shell) *Page {
	p := &Page{desk: d, words: w, shell: shell, title: fynewidget.NewLabel("")}
	p.title.Wrapping = fyne.TextWrapWord
	p.raster = canvas.NewRaster(func(width, height int) image.Image {
		return p.picture().draw(image.Pt(width, height), p.desk.Display())
	})
	p.raster.ScaleMode = canvas.ImageScalePixels
	back := fynewidget.NewButton(w.L("Settings")+"  Esc", func() { p.leave() })
	previous := fynewidget.NewButton("←", func() { p.step(-1) })
	next := fynewidget.NewButton("→", func() { p.step(1) })
	bar := container.NewBorder(nil, nil, container.NewHBox(back, previous, next), nil, p.title)
	p.content = container.NewBorder(container.NewPadded(bar), nil, nil, nil, p.raster)
	return p
}

func (p *Page) picture() picture {
	if p.shown < len(pictures) {
		return pictures[p.shown]
	}
	return picture{"Luminance, level %s", pattern.Level(p.shown - len(pictures)), "Measure the field in the middle in the dark: level 1 is the black, level 18 the white of the settings."}
}

func (p *Page) show() {
	now := p.picture()
	name := p.words.L(now.name)
	if p.shown >= len(pictures) {
		name = p.words.L(now.name, strconv.Itoa(p.shown-len(pictures)+1))
	}
	curve := p.words.L("grays as they are")
	if p.desk.Display() != nil {
		curve = p.words.L("calibrated to the GSDF")
	}
	p.title.SetText(name + " · " + curve + " · " + p.words.L(now.hint))
	p.raster.Refresh()
}

func (p *Page) step(by int) {
	p.shown = (p.shown + by + count) % count
	p.show()
}

func (p *Page) leave() { p.shell.Go(route.Route{Page: route.Settings}) }

// Content is what the window shows.
func (p *Page) Content() fyne.CanvasObject { return p.content }

// Enter shows the picture under the curve in force now.
func (p *Page) Enter(route.Route) { p.show() }

// Leave has nothing to stop.
func (p *Page) Leave() {}

// Key turns to the next picture, or leaves.
func (p *Page) Key(k route.Key) bool {
	switch k.Name {
	case fyne.KeyRight, fyne.KeyDown, fyne.KeySpace:
		p.step(1)
	case fyne.KeyLeft, fyne.KeyUp:
		p.step(-1)
	case fyne.KeyHome:
		p.step(-p.shown)
	case fyne.KeyEscape:
		p.leave()
	default:
		return false
	}
	return true
}

// Keys are the keys of the page.
func (p *Page) Keys() []route.Help {
	return []route.Help{{Keys: "←→", Does: p.words.L("previous, next test picture")}, {Keys: "Esc", Does: p.words.L("back to the settings")}}
}

// Wait has nothing to wait for.
func (p *Page) Wait() {}

// Close owns nothing.
func (p *Page) Close() {}
