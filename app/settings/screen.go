package settings

import (
	"context"
	"strconv"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	fynetheme "fyne.io/fyne/v2/theme"
	fynewidget "fyne.io/fyne/v2/widget"

	"eris/app/desk"
	"eris/app/route"
	"eris/app/task"
	"eris/app/theme"
	"eris/app/widget"
)

// screenForm sets how grays are sent to the screen.
type screenForm struct {
	page         *Page
	curve        *fynewidget.RadioGroup
	black, white *fynewidget.Entry
	content      fyne.CanvasObject
}

func newScreenForm(p *Page) *screenForm {
	w := p.words
	f := &screenForm{page: p, black: fynewidget.NewEntry(), white: fynewidget.NewEntry()}
	f.curve = fynewidget.NewRadioGroup([]string{w.L("grays as they are"), w.L("calibrated to the GSDF")}, nil)
	f.curve.Horizontal = true
	f.curve.Required = true
	f.black.OnSubmitted = func(string) { f.save() }
	f.white.OnSubmitted = func(string) { f.save() }
	narrow := func(e *fynewidget.Entry) fyne.CanvasObject {
		return container.NewGridWrap(fyne.NewSize(90, e.MinSize().Height), e)
	}
	f.content = container.NewVBox(f.curve,
		container.NewHBox(fynewidget.NewLabel(w.L("Measured luminance in cd/m²: black")), narrow(f.black),
			fynewidget.NewLabel(w.L("white")), narrow(f.white), fynewidget.NewButton(w.L("Save"), f.save),
			fynewidget.NewButton(w.L("Test pictures"), func() { p.shell.Go(route.Route{Page: route.Screen}) })),
		widget.Text(w.L("The GSDF is the standard's curve for diagnostic screens (DICOM PS3.14); it needs a luminance meter."),
			theme.Dim, fynetheme.SizeNameCaptionText, false))
	return f
}

// enter shows the setting in force.
func (f *screenForm) enter() {
	task.Load(f.page.tasks, "screen", f.page.desk.Screen, func(s desk.Screen, err error) {
		if err != nil {
			f.page.shell.Failed(err)
			return
		}
		f.curve.SetSelected(f.curve.Options[map[bool]int{false: 0, true: 1}[s.GSDF]])
		f.black.SetText(strconv.FormatFloat(s.Black, 'g', -1, 64))
		f.white.SetText(strconv.FormatFloat(s.White, 'g', -1, 64))
	})
}

// number reads what was typed; a comma is a decimal point too.
func number(text string) float64 {
	v, err := strconv.ParseFloat(strings.ReplaceAll(strings.TrimSpace(text), ",", "."), 64)
	if err != nil {
		return -1
	}
	return v
}

func (f *screenForm) save() {
	s := desk.Screen{GSDF: f.curve.Selected == f.curve.Options[1], Black: number(f.black.Text), White: number(f.white.Text)}
	task.Load(f.page.tasks, "screen", func(ctx context.Context) (struct{}, error) { return struct{}{}, f.page.desk.SetScreen(ctx, s) },
		func(_ struct{}, err error) {
			if err != nil {
				f.page.shell.Failed(err)
				return
			}
			f.page.shell.Toast(f.page.words.L("Pictures are now drawn for this screen."))
		})
}
