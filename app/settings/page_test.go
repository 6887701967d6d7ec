package settings

import (
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	fynewidget "fyne.io/fyne/v2/widget"

	"eris/app/desk"
	"eris/app/route"
	"eris/app/task"
	"eris/app/theme"
	"eris/app/words"
	"eris/assets"
	"eris/store"
)

// told keeps what the window was told.
type told struct {
	route.Shell
	toasts []string
	failed []error
}

func (w *told) Toast(text string) { w.toasts = append(w.toasts, text) }
func (w *told) Failed(err error)  { w.failed = append(w.failed, err) }

// openPage is the page over an empty cache.
func openPage(t *testing.T, language string) (p *Page, d *desk.Desk, window *told, settle func()) {
	t.Helper()
	w, err := words.Load(assets.Words(), language)
	if err != nil {
		t.Fatal(err)
	}
	cache, err := store.Open(t.Context(), store.Params{Dir: t.TempDir(), Thumbnail: desk.Thumbnail})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cache.Close() })
	d, err = desk.Open(t.Context(), desk.Params{Store: cache, Keyring: desk.NoKeyring{}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(d.Close)
	test.NewTempApp(t).Settings().SetTheme(theme.Room{})
	t.Cleanup(task.Headless())
	window = &told{}
	p = New(t.Context(), d, w, window, func(string) {})
	t.Cleanup(p.Close)
	settle = func() {
		for more := true; more; {
			p.Wait()
			more = task.Drain()
		}
	}
	return p, d, window, settle
}

// The page tests an archive, says part by part what is wrong, and shows what
// others may ask of the workstation.
func TestAnArchiveIsTested(t *testing.T) {
	for language, says := range map[string][]string{
		"ru": {"near: проверен, есть неполадки.", "AE title ERIS", "Снимки принимаются"},
		"en": {"near was tested: something is to be mended.", "AE title ERIS", "Images are received at"},
	} {
		t.Run(language, func(t *testing.T) {
			p, d, window, settle := openPage(t, language)
			p.Enter(route.Route{})
			settle()
			p.station.receive.SetText("127.0.0.1:0")
			p.station.save()
			settle()
			if err := d.SaveArchive(t.Context(), "near", desk.ArchiveOptions{URL: "dicom://ANOTHER@" + d.Listening().Receive}); err != nil {
				t.Fatal(err)
			}
			p.archives.test("near")
			settle()
			if len(window.failed) > 0 {
				t.Error(window.failed)
			}
			shown := strings.Join(texts(p.Content()), "\n")
			for _, want := range says {
				if !strings.Contains(shown, want) {
					t.Errorf("the page does not say %q", want)
				}
			}
		})
	}
}

// texts are the labels within an object.
func texts(o fyne.CanvasObject) (list []string) {
	for _, one := range test.LaidOutObjects(o) {
		if label, ok := one.(*fynewidget.Label); ok {
			list = append(list, label.Text)
		}
	}
	return list
}
