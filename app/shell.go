package app

import (
	"context"
	"image/color"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	fynetheme "fyne.io/fyne/v2/theme"
	fynewidget "fyne.io/fyne/v2/widget"

	"eris/app/check"
	"eris/app/desk"
	"eris/app/phrase"
	"eris/app/read"
	"eris/app/route"
	"eris/app/screen"
	"eris/app/settings"
	"eris/app/stats"
	"eris/app/studies"
	"eris/app/task"
	"eris/app/theme"
	"eris/app/transfers"
	"eris/app/widget"
	"eris/app/words"
)

// shell is what stands round the pages: the rail, the search, the state of
// archives and transfers, and what is said in passing.
type shell struct {
	desk   *desk.Desk
	words  *words.Words
	window fyne.Window
	tasks  *task.Group
	// relabel starts the shell anew in another language.
	relabel func(language string)

	pages  map[route.Name]route.Page
	rail   map[route.Name]*fynewidget.Button
	now    route.Name
	search *widget.Entry

	top, bottom, left fyne.CanvasObject
	place             *fyne.Container // where the page stands
	state, work, safe *canvas.Text
	toast             *fyne.Container
	said              int // counts what was said, so that an older clock takes nothing newer away
	bare              bool
	help              *fynewidget.PopUp // the keys of the page
}

var _ route.Shell = (*shell)(nil)

// railPages are the pages in the order of the rail, with their icons.
var railPages = []struct {
	name  route.Name
	label string
	icon  fyne.ThemeIconName
}{
	{route.Check, "Check", fynetheme.IconNameConfirm},
	{route.Studies, "Studies", fynetheme.IconNameList},
	{route.Reading, "Reading", fynetheme.IconNameVisibility},
	{route.Transfers, "Transfers", fynetheme.IconNameDownload},
	{route.Stats, "Effect", fynetheme.IconNameGrid},
	{route.Settings, "Settings", fynetheme.IconNameSettings},
}

func newShell(ctx context.Context, d *desk.Desk, w *words.Words, window fyne.Window, relabel func(string)) *shell {
	s := &shell{desk: d, words: w, window: window, tasks: task.New(ctx), relabel: relabel,
		pages: map[route.Name]route.Page{}, rail: map[route.Name]*fynewidget.Button{}}
	s.pages[route.Check] = check.New(ctx, d, w, s)
	s.pages[route.Studies] = studies.New(ctx, d, w, s)
	s.pages[route.Reading] = read.New(ctx, d, w, s)
	s.pages[route.Transfers] = transfers.New(ctx, d, w, s)
	s.pages[route.Stats] = stats.New(ctx, d, w, s)
	s.pages[route.Settings] = settings.New(ctx, d, w, s, relabel)
	s.pages[route.Screen] = screen.New(d, w, s)
	s.buildTop()
	s.buildRail()
	s.buildBottom()
	s.place = container.NewStack()
	s.toast = container.NewVBox()
	s.bindKeys()
	s.tasks.Go(s.watchState)
	return s
}

func (s *shell) buildTop() {
	s.search = widget.NewEntry(func() { s.window.Canvas().Unfocus() })
	s.search.SetPlaceHolder(s.words.L("patient, ID, accession (Ctrl+K)"))
	s.search.OnSubmitted = func(text string) {
		s.window.Canvas().Unfocus()
		s.Go(route.Route{Page: route.Studies, Text: text})
	}
	s.state = widget.Text("", theme.Dim, fynetheme.SizeNameCaptionText, false)
	other := map[string]string{"ru": "en", "en": "ru"}[s.words.Language]
	language := fynewidget.NewButton(s.words.Language+" / "+other, func() { s.relabel(other) })
	help := fynewidget.NewButtonWithIcon("", fynetheme.Icon(fynetheme.IconNameHelp), s.showKeys)
	width := canvas.NewRectangle(color.Transparent)
	width.SetMinSize(fyne.NewSize(380, 0))
	s.top = container.NewPadded(container.NewBorder(nil, nil, container.NewStack(width, s.search),
		container.NewHBox(container.NewCenter(s.state), language, help)))
}

func (s *shell) buildRail() {
	rail := container.NewVBox()
	for _, page := range railPages {
		b := fynewidget.NewButtonWithIcon(s.words.L(page.label), fynetheme.Icon(page.icon), func() { s.Go(route.Route{Page: page.name}) })
		b.Alignment = fynewidget.ButtonAlignLeading
		b.Importance = fynewidget.LowImportance
		s.rail[page.name] = b
		rail.Add(b)
	}
	s.left = container.NewPadded(rail)
}

func (s *shell) buildBottom() {
	s.work = widget.Text("", theme.Dim, fynetheme.SizeNameCaptionText, false)
	s.safe = widget.Text("", theme.Dim, fynetheme.SizeNameCaptionText, false)
	s.bottom = container.NewPadded(container.NewHBox(s.work, layout.NewSpacer(), s.safe))
}

// content is the whole window; without the chrome only the page is left.
func (s *shell) content() fyne.CanvasObject {
	corner := container.NewBorder(nil, container.NewHBox(layout.NewSpacer(), s.toast), nil, nil)
	if s.bare {
		return container.NewStack(s.place, corner)
	}
	return container.NewStack(container.NewBorder(s.top, s.bottom, s.left, nil, s.place), corner)
}

// Go shows a place.
func (s *shell) Go(r route.Route) {
	page := s.pages[r.Page]
	if was := s.pages[s.now]; was != nil && s.now != r.Page {
		was.Leave()
	}
	s.now = r.Page
	for name, b := range s.rail {
		b.Importance = fynewidget.LowImportance
		if name == r.Page {
			b.Importance = fynewidget.MediumImportance
		}
		b.Refresh()
	}
	s.place.Objects = []fyne.CanvasObject{page.Content()}
	s.place.Refresh()
	page.Enter(r)
}

// toastTime is long enough to read a sentence.
const toastTime = 5 * time.Second

// Toast says something in passing.
func (s *shell) Toast(text string) { s.say(text, "", theme.Accent, toastTime) }

// Failed says what did not work; the detail can be copied.
func (s *shell) Failed(err error) {
	s.say(phrase.Sentence(s.words, err), err.Error(), theme.Danger, 3*toastTime)
}

func (s *shell) say(text, detail string, bar color.Color, long time.Duration) {
	s.said++
	number := s.said
	label := fynewidget.NewLabel(text)
	label.Wrapping = fyne.TextWrapWord
	width := canvas.NewRectangle(color.Transparent)
	width.SetMinSize(fyne.NewSize(420, 0))
	buttons := container.NewHBox()
	if detail != "" {
		buttons.Add(fynewidget.NewButtonWithIcon("", fynetheme.Icon(fynetheme.IconNameContentCopy), func() {
			fyne.CurrentApp().Clipboard().SetContent(text + "\n" + detail)
		}))
	}
	clear := func() {
		if s.said == number {
			s.toast.RemoveAll()
		}
	}
	buttons.Add(fynewidget.NewButtonWithIcon("", fynetheme.Icon(fynetheme.IconNameCancel), clear))
	s.toast.Objects = []fyne.CanvasObject{widget.Marked(bar, theme.Raised,
		container.NewBorder(nil, nil, nil, buttons, container.NewStack(width, label)))}
	s.toast.Refresh()
	s.tasks.Go(func(ctx context.Context) {
		select {
		case <-time.After(long):
			task.Do(clear)
		case <-ctx.Done():
		}
	})
}

// Window is for file dialogs.
func (s *shell) Window() fyne.Window { return s.window }

// toggleChrome hides or shows everything but the page: images get the space.
func (s *shell) toggleChrome() {
	s.bare = !s.bare
	s.window.SetContent(s.content())
}

// settle returns when all that the page began is shown; for pictures and
// tests, which are the user interface's thread themselves.
func (s *shell) settle() {
	for more := true; more; {
		s.pages[s.now].Wait()
		more = task.Drain()
	}
}

func (s *shell) close() {
	s.tasks.Close()
	for _, page := range s.pages {
		page.Close()
	}
}
