package app

import (
	"bytes"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"

	"eris/app/check"
	"eris/app/command"
	"eris/app/demo"
	"eris/app/read"
	"eris/app/route"
	"eris/app/task"
	"eris/app/theme"
	"eris/app/widget"
	"eris/app/words"
	"eris/assets"
	"eris/store"
)

// testSize is large enough for every page and quick to draw.
var testSize = fyne.NewSize(1100, 700)

// TestTourDrawsEveryPage draws the pages of a small demo in both languages.
func TestTourDrawsEveryPage(t *testing.T) {
	for _, language := range words.Languages {
		out := t.TempDir()
		paths, err := tour(t.Context(), out, language, demo.Small, testSize)
		if err != nil {
			t.Fatal(err)
		}
		for _, page := range []string{"check-1", "studies", "reading-1", "transfers", "settings"} {
			found := false
			for _, p := range paths {
				found = found || strings.Contains(filepath.Base(p), page)
			}
			if !found {
				t.Errorf("%s: no picture of %s among %v", language, page, paths)
			}
		}
		for _, p := range paths {
			if n := colours(t, p); n < 20 {
				t.Errorf("%s shows only %d colours", filepath.Base(p), n)
			}
		}
	}
}

// colours counts the colours of a picture; an empty page has few.
func colours(t *testing.T, path string) int {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	img, err := png.Decode(f)
	if err != nil {
		t.Fatal(err)
	}
	if img.Bounds().Dx() != int(testSize.Width) || img.Bounds().Dy() != int(testSize.Height) {
		t.Errorf("%s has size %v", path, img.Bounds().Size())
	}
	seen := map[[3]uint32]bool{}
	for y := 0; y < img.Bounds().Dy(); y += 3 {
		for x := 0; x < img.Bounds().Dx(); x += 3 {
			r, g, b, _ := img.At(x, y).RGBA()
			seen[[3]uint32{r >> 8, g >> 8, b >> 8}] = true
		}
	}
	return len(seen)
}

// desktopOn starts a headless window on a small demo.
func desktopOn(t *testing.T) (*shell, *demo.Room) {
	t.Helper()
	room, err := demo.Open(t.Context(), demo.Params{Dir: t.TempDir(), Size: demo.Small, OpenCache: command.OpenCache})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(room.Close)
	if err := fetchAll(t.Context(), room); err != nil {
		t.Fatal(err)
	}
	w, err := words.Load(assets.Words(), "en")
	if err != nil {
		t.Fatal(err)
	}
	program := test.NewTempApp(t)
	program.Settings().SetTheme(theme.Room{})
	t.Cleanup(task.Headless())
	window := test.NewTempWindow(t, nil)
	s := newShell(t.Context(), room.Desk, w, window, func(string) {})
	t.Cleanup(s.close)
	window.SetContent(s.content())
	window.Resize(testSize)
	return s, room
}

// TestMainJob goes the way of a technician by keys: order, prior, picture,
// measurement, decision.
func TestMainJob(t *testing.T) {
	s, room := desktopOn(t)
	s.Go(route.Route{Page: route.Check})
	s.settle()
	s.Key(route.Key{Name: fyne.KeyReturn})
	s.settle()
	if s.now != route.Reading {
		t.Fatalf("Enter on a prior led to %s", s.now)
	}
	s.settle()
	for _, k := range []fyne.KeyName{fyne.KeyDown, fyne.KeyI, fyne.KeyL, fyne.KeyF10, fyne.KeyF10, fyne.KeyTab, fyne.Key2, fyne.KeySpace} {
		if !s.pages[route.Reading].Key(route.Key{Name: k}) {
			t.Errorf("the reading page does not know %s", k)
		}
	}
	s.Go(route.Route{Page: route.Check})
	s.settle()
	s.Key(route.Key{Name: fyne.Key1})
	s.settle()
	entries, err := room.Desk.Store.Entries(t.Context(), "", "")
	if err != nil {
		t.Fatal(err)
	}
	kinds := map[string]int{}
	for _, e := range entries {
		if !bytes.Contains(e.Body, []byte(`"DEMO-J`)) { // the demo's month of decisions
			kinds[e.Kind]++
		}
	}
	if kinds["decision"] != 1 || kinds["check"] < 2 {
		t.Errorf("the journal holds %v", kinds)
	}
}

// TestNothingIsDecidedOverAnotherPatientsCard presses 1 while the card of the
// order just chosen is still on its way, and on a card without any prior.
func TestNothingIsDecidedOverAnotherPatientsCard(t *testing.T) {
	s, room := desktopOn(t)
	s.Go(route.Route{Page: route.Check, Order: "DEMO-102"})
	s.settle()
	s.Key(route.Key{Name: fyne.KeyDown, Ctrl: true}) // to DEMO-103, of whom nothing is known
	s.Key(route.Key{Name: fyne.Key1})
	s.settle()
	s.Key(route.Key{Name: fyne.Key1})
	s.settle()
	for _, order := range []string{"DEMO-102", "DEMO-103"} {
		if made, err := room.Desk.Store.Decisions(t.Context(), order); err != nil || len(made) != 0 {
			t.Errorf("decided: %+v, %v", made, err)
		}
	}
	if got := s.pages[route.Check].(*check.Page).Card().Order.AccessionNumber; got != "DEMO-103" {
		t.Errorf("the card is of %s", got)
	}
}

// TestEveryPageEntersTwiceAndLeaves is the walk of somebody who clicks about.
func TestEveryPageEntersTwiceAndLeaves(t *testing.T) {
	s, _ := desktopOn(t)
	for range 2 {
		for _, p := range railPages {
			s.Go(route.Route{Page: p.name})
			s.settle()
			if len(s.pages[p.name].Keys()) == 0 && p.name != route.Settings {
				t.Errorf("%s tells no keys", p.name)
			}
		}
	}
	s.showKeys()
	s.toggleChrome()
	s.toggleChrome()
	s.Failed(store.ErrFull)
	if len(s.toast.Objects) != 1 {
		t.Error("a failure is not shown")
	}
}

func TestCheckPageFindsAnOrder(t *testing.T) {
	s, room := desktopOn(t)
	s.Go(route.Route{Page: route.Check, Order: "DEMO-104"})
	page := s.pages[route.Check].(*check.Page)
	s.settle()
	card := page.Card()
	if card.Order.AccessionNumber != "DEMO-104" || !card.Verdict.Repeat {
		t.Errorf("card of %s, repeat %v", card.Order.AccessionNumber, card.Verdict.Repeat)
	}
	unknown, err := room.Desk.Card(t.Context(), demo.Orders(time.Now())[4])
	if err != nil || len(unknown.Verdict.Priors) != 1 || !unknown.Verdict.Priors[0].RegionUnknown || unknown.Verdict.Repeat {
		t.Errorf("an exam of unknown region must be shown and not counted: %+v, %v", unknown.Verdict, err)
	}
	none, err := room.Desk.Card(t.Context(), demo.Orders(time.Now())[2])
	if err != nil || none.Verdict.Best != nil {
		t.Errorf("nothing is known of this patient: %+v, %v", none.Verdict, err)
	}
}

func TestKeysOfBothLayouts(t *testing.T) {
	for typed, want := range map[rune]route.Key{
		'w': {Name: fyne.KeyW}, 'ц': {Name: fyne.KeyW}, 'Г': {Name: fyne.KeyU, Shift: true}, '5': {Name: fyne.Key5}, '+': {Name: fyne.KeyPlus},
	} {
		if got := route.KeyOfRune(typed); got != want {
			t.Errorf("%q is %+v, want %+v", typed, got, want)
		}
	}
	if modifierOf(desktop.KeyControlRight) != fyne.KeyModifierControl {
		t.Error("the right Ctrl key is no Ctrl")
	}
}

// TestAnotherPriorLeavesTheCurrentStudyAlone steps to an older study while the
// reader is somewhere in the current one.
func TestAnotherPriorLeavesTheCurrentStudyAlone(t *testing.T) {
	s, _ := desktopOn(t)
	s.Go(route.Route{Page: route.Check})
	s.settle()
	s.Key(route.Key{Name: fyne.KeyReturn})
	s.settle()
	page := s.pages[route.Reading].(*read.Page)
	s.Key(route.Key{Name: fyne.KeyHome})
	s.Key(route.Key{Name: fyne.KeyDown})
	before, prior := page.Session().Viewport(0), page.Session().Viewport(1)
	if before.Index != 1 || prior.Index == 0 && len(prior.Stack.Frames) == 0 {
		t.Fatalf("frames %d and %d of %d", before.Index, prior.Index, len(prior.Stack.Frames))
	}
	s.Key(route.Key{Name: fyne.KeyRight, Ctrl: true}) // newer, as on the timeline
	s.settle()
	after := page.Session().Viewport(1)
	if after.Stack.Series.StudyInstanceUID == prior.Stack.Series.StudyInstanceUID {
		t.Fatal("Ctrl+→ showed no other study")
	}
	if now := page.Session().Viewport(0); now.Index != before.Index || now.Stack.Series.SeriesInstanceUID != before.Stack.Series.SeriesInstanceUID {
		t.Errorf("the current study went from frame %d to %d", before.Index, now.Index)
	}
	if !page.Session().View().Linked {
		t.Error("the viewports are no longer linked")
	}
}

// TestNoPageNeedsAWideWindow: a window that must grow grows off the screen.
func TestNoPageNeedsAWideWindow(t *testing.T) {
	s, _ := desktopOn(t)
	for _, page := range []route.Name{route.Check, route.Studies, route.Reading, route.Transfers, route.Settings} {
		s.Go(route.Route{Page: page})
		s.settle()
		if page == route.Check {
			s.Key(route.Key{Name: fyne.KeyReturn}) // so that Reading shows something
			s.settle()
		}
		if least := s.content().MinSize(); least.Width > 900 || least.Height > 600 {
			t.Errorf("%s needs a window of %v", s.now, least)
		}
	}
}

// TestARowChangesInPlace: the chosen row stays chosen.
func TestARowChangesInPlace(t *testing.T) {
	table := widget.NewTable(widget.Column[string]{Label: "x", Width: 0.5, Text: func(s string) string { return s }})
	table.SetRows([]string{"a", "b"})
	table.Select(1)
	table.Change(func(s string) bool { return s == "b" }, func(s *string) { *s = "c" })
	if now, ok := table.Selected(); !ok || now != "c" {
		t.Errorf("the chosen row is %q", now)
	}
}

// TestEscLeavesAForm: the way out that asks has the keys, and Esc gives them back.
func TestEscLeavesAForm(t *testing.T) {
	s, _ := desktopOn(t)
	s.Go(route.Route{Page: route.Check})
	s.settle()
	s.Key(route.Key{Name: fyne.Key3})
	entry, ok := s.window.Canvas().Focused().(*widget.Entry)
	if !ok {
		t.Fatalf("%T has the keys", s.window.Canvas().Focused())
	}
	entry.TypedKey(&fyne.KeyEvent{Name: fyne.KeyEscape})
	s.settle()
	if s.window.Canvas().Focused() != nil {
		t.Error("Esc did not leave the form")
	}
	if s.pages[route.Check].(*check.Page).Card().Decision != nil {
		t.Error("leaving a form decided something")
	}
}
