// Package app is the desktop: the window, its pages, and the words on screen.
// It is the only place, with the packages below it, that knows Fyne.
package app

import (
	"context"
	"fmt"
	"image/color"
	"log/slog"
	"os"
	"runtime"
	"strings"

	"fyne.io/fyne/v2"
	fyneapp "fyne.io/fyne/v2/app"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/software"
	fynewidget "fyne.io/fyne/v2/widget"

	"eris/app/command"
	"eris/app/demo"
	"eris/app/desk"
	"eris/app/invoke"
	"eris/app/pace"
	"eris/app/phrase"
	"eris/app/route"
	"eris/app/theme"
	"eris/app/widget"
	"eris/app/words"
	"eris/assets"
)

// ID names the program to the system.
const ID = "org.eris.workstation"

// Desktop opens windows; it is the command line's graphical half.
type Desktop struct{}

var _ command.Desktop = Desktop{}

// Open shows the workstation on the cache in dir until its window is closed.
func (Desktop) Open(ctx context.Context, dir, language, address string) error {
	return onDisplay(language, func() error {
		cache, err := command.OpenCache(ctx, dir)
		if err != nil {
			return err
		}
		defer cache.Close()
		d, err := desk.Open(ctx, desk.Params{Store: cache})
		if err != nil {
			return err
		}
		defer d.Close()
		return run(ctx, d, language, address)
	})
}

// Demo does the same on synthetic patients.
func (Desktop) Demo(ctx context.Context, dir, language string) error {
	return onDisplay(language, func() error {
		room, err := demo.Open(ctx, demo.Params{Dir: dir, Size: demo.Full, OpenCache: command.OpenCache})
		if err != nil {
			return err
		}
		defer room.Close()
		return run(ctx, room.Desk, language, "")
	})
}

// onDisplay runs what needs a window. Who started the program by a click sees
// no terminal, so a failure gets a window too.
func onDisplay(language string, open func() error) (err error) {
	if unix := runtime.GOOS != "windows" && runtime.GOOS != "darwin"; unix && os.Getenv("DISPLAY") == "" && os.Getenv("WAYLAND_DISPLAY") == "" {
		return phrase.ErrNoDisplay
	}
	defer func() {
		// The toolkit panics when the display it is told of does not answer.
		if r := recover(); r != nil && strings.Contains(fmt.Sprint(r), "GLFW") {
			err = fmt.Errorf("%w: %v", phrase.ErrNoDisplay, r)
		} else if r != nil {
			panic(r)
		}
	}()
	if err = open(); err != nil {
		showFailure(language, err)
	}
	return err
}

func showFailure(language string, err error) {
	w, failed := words.Load(assets.Words(), language)
	if failed != nil {
		return
	}
	program := fyneapp.NewWithID(ID)
	program.Settings().SetTheme(theme.Room{})
	window := program.NewWindow("ERIS Workstation")
	detail := widget.Paragraph(err.Error())
	detail.Importance = fynewidget.LowImportance
	window.SetContent(container.NewBorder(nil, fynewidget.NewButton(w.L("Close"), window.Close), nil, nil,
		container.NewVBox(widget.Paragraph(phrase.Sentence(w, err)), detail)))
	window.Resize(fyne.NewSize(560, 220))
	window.ShowAndRun()
}

// languageSetting is where the chosen language is kept.
const languageSetting = "language"

// geometry is where the window was.
type geometry struct{ Width, Height float32 }

const geometrySetting = "window"

func run(ctx context.Context, d *desk.Desk, language, address string) error {
	if err := d.Store.Setting(ctx, languageSetting, &language); err != nil {
		return err
	}
	size := geometry{1600, 1000}
	if err := d.Store.Setting(ctx, geometrySetting, &size); err != nil {
		return err
	}
	program := fyneapp.NewWithID(ID)
	program.Settings().SetTheme(theme.Room{})
	wakeToolkit()
	window := program.NewWindow("ERIS Workstation")
	window.SetPadded(false)
	window.Resize(fyne.NewSize(max(size.Width, 900), max(size.Height, 600)))
	frame := &frame{ctx: ctx, desk: d, window: window}
	if err := frame.start(language, route.Route{Page: route.Check}); err != nil {
		return err
	}
	if address != "" {
		frame.shell.invoke(address)
	}
	stop, err := invoke.Listen(d.Store.Dir, func(address string) {
		fyne.Do(func() {
			window.RequestFocus()
			if address != "" {
				frame.shell.invoke(address)
			}
		})
	})
	if err != nil { // others open a window of their own then, and are told that the cache is in use
		slog.Warn("what others open is not taken", "error", err)
	} else {
		defer stop()
	}
	window.SetOnDropped(frame.dropped)
	window.SetCloseIntercept(func() {
		now := window.Canvas().Size()
		if err := d.Store.SaveSetting(ctx, geometrySetting, geometry{now.Width, now.Height}); err != nil {
			slog.Warn("the window's size could not be kept", "error", err)
		}
		window.Close()
	})
	prompt := pace.Keep(program)
	defer prompt.Stop()
	window.ShowAndRun()
	frame.shell.close()
	return nil
}

// wakeToolkit lets the toolkit read its clock, which it does only when it draws:
// what is made a minute after the program began, before anything was drawn, would
// count as long unused, and lose its looks.
func wakeToolkit() { software.RenderCanvas(software.NewCanvas(), theme.Room{}) }

// frame holds the shell of a window and makes it anew in another language.
type frame struct {
	ctx    context.Context
	desk   *desk.Desk
	window fyne.Window
	shell  *shell
}

func (f *frame) start(language string, first route.Route) error {
	w, err := words.Load(assets.Words(), language)
	if err != nil {
		return err
	}
	f.shell = newShell(f.ctx, f.desk, w, f.window, f.relabel)
	f.window.SetContent(f.shell.content())
	f.shell.Go(first)
	return nil
}

// relabel shows the same page in another language.
func (f *frame) relabel(language string) {
	page, old := f.shell.now, f.shell
	f.window.SetContent(canvas.NewRectangle(color.Black))
	old.close()
	if err := f.start(language, route.Route{Page: page}); err != nil {
		f.shell = old
		old.Failed(err)
		return
	}
	if err := f.desk.Store.SaveSetting(f.ctx, languageSetting, language); err != nil {
		f.shell.Failed(err)
	}
}

// dropped imports what was dropped on the window.
func (f *frame) dropped(_ fyne.Position, uris []fyne.URI) {
	var paths []string
	for _, u := range uris {
		paths = append(paths, u.Path())
	}
	f.shell.importFiles(paths)
}
