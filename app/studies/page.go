// Package studies is the page of all studies: searched by name, ID, accession
// number, date and modality, in the cache and in the archives.
package studies

import (
	"context"
	"fmt"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/dialog"
	fynewidget "fyne.io/fyne/v2/widget"

	"eris/app/desk"
	"eris/app/intake"
	"eris/app/route"
	"eris/app/task"
	"eris/app/view"
	"eris/app/widget"
	"eris/app/words"
	"eris/clinic"
	"eris/dicom"
	"eris/store"
)

// Page is the studies page.
type Page struct {
	desk  *desk.Desk
	words *words.Words
	shell route.Shell
	tasks *task.Group

	text     *fynewidget.Entry
	modality *fynewidget.Select
	period   *fynewidget.Select
	count    *fynewidget.Label
	table    *widget.Table[clinic.Study]
	preview  *view.Preview
	detail   *fynewidget.Label
	open     *fynewidget.Button
	fetch    *fynewidget.Button
	pin      *fynewidget.Button
	content  fyne.CanvasObject
	unwatch  func()
}

var _ route.Page = (*Page)(nil)

// modalities are the filter's choices beside "all".
var modalities = []string{"CT", "MR", "DX", "CR", "MG", "US", "XA", "RF", "NM", "PT"}

// periods are the filter's choices: how many days back, 0 is no limit.
var periods = []struct {
	label string
	days  int
}{{"any date", 0}, {"today", 1}, {"7 days", 7}, {"30 days", 30}, {"1 year", 365}, {"5 years", 1826}}

// New builds the page.
func New(ctx context.Context, d *desk.Desk, w *words.Words, shell route.Shell) *Page {
	p := &Page{desk: d, words: w, shell: shell, tasks: task.New(ctx), count: fynewidget.NewLabel("")}
	p.text = fynewidget.NewEntry()
	p.text.SetPlaceHolder(w.L("name, patient ID or accession number"))
	p.text.OnChanged = func(string) { p.load() }
	p.text.OnSubmitted = func(string) { p.searchArchives() }
	p.modality = fynewidget.NewSelect(append([]string{w.L("all modalities")}, modalities...), func(string) { p.load() })
	var labels []string
	for _, v := range periods {
		labels = append(labels, w.L(v.label))
	}
	p.period = fynewidget.NewSelect(labels, func(string) { p.load() })
	p.table = widget.NewTable(columns(w)...)
	p.table.Lines = 2
	p.table.OnSelected = p.show
	p.table.OnOpened = func(clinic.Study) { p.read() }
	p.preview = view.NewPreview(d, w)
	p.detail = widget.Paragraph("")
	p.open = fynewidget.NewButton(w.L("Read"), p.read)
	p.open.Importance = fynewidget.HighImportance
	p.fetch = fynewidget.NewButton(w.L("Fetch"), p.fetchChosen)
	p.pin = fynewidget.NewButton(w.L("Keep on this workstation"), p.pinChosen)
	p.layout()
	p.modality.SetSelectedIndex(0)
	p.period.SetSelectedIndex(0)
	p.enable(clinic.Study{})
	return p
}

func (p *Page) layout() {
	w := p.words
	archives := fynewidget.NewButton(w.L("Search the archives"), p.searchArchives)
	files := fynewidget.NewButton(w.L("Import…"), p.importFolder)
	filter := container.NewBorder(nil, nil, nil, container.NewHBox(p.modality, p.period, archives, files), p.text)
	actions := container.NewBorder(nil, nil, nil, p.pin, container.NewGridWithColumns(2, p.open, p.fetch))
	side := container.NewVSplit(p.preview, container.NewVScroll(p.detail))
	side.Offset = 0.6
	right := container.NewBorder(nil, container.NewPadded(actions), nil, nil, side)
	split := container.NewHSplit(container.NewBorder(nil, p.count, nil, nil, p.table), right)
	split.Offset = 0.68
	p.content = container.NewBorder(container.NewPadded(filter), nil, nil, nil, split)
}

func columns(w *words.Words) []widget.Column[clinic.Study] {
	return []widget.Column[clinic.Study]{
		{Label: w.L("Date"), Width: 100, Text: func(s clinic.Study) string { return w.Date(s.StudyDate) },
			Less: func(a, b clinic.Study) bool { return a.StudyDate.Compare(b.StudyDate) < 0 }},
		{Label: w.L("Patient"), Width: 0.42, Text: func(s clinic.Study) string {
			return s.Patient.PatientName.Display() + "\n" + w.Date(s.Patient.PatientBirthDate) + " · " + s.Patient.PatientID
		},
			Less: func(a, b clinic.Study) bool {
				return a.Patient.PatientName.Display() < b.Patient.PatientName.Display()
			}},
		{Label: w.L("Type"), Width: 70, Text: func(s clinic.Study) string { return strings.Join(desk.ImageModalities(s), "/") }},
		{Label: w.L("Exam"), Width: 0.58, Text: func(s clinic.Study) string { return s.StudyDescription + "\n" + s.InstitutionName },
			Less: func(a, b clinic.Study) bool { return a.StudyDescription < b.StudyDescription }},
		{Label: w.L("Images"), Width: 96, Text: func(s clinic.Study) string { return images(w, s) }},
	}
}

// images is what the cache holds of a study, in numbers.
func images(w *words.Words, s clinic.Study) string {
	switch s.Completeness {
	case clinic.Complete:
		return fmt.Sprint(s.NumberOfInstances)
	case clinic.Partial:
		return fmt.Sprintf("%d / %d", s.NumberOfInstances, s.ExpectedInstances)
	}
	return w.L("archive")
}

// Content is what the window shows.
func (p *Page) Content() fyne.CanvasObject { return p.content }

// Enter shows the studies, and follows the cache while the page is seen.
func (p *Page) Enter(r route.Route) {
	if r.Text != "" {
		p.text.SetText(r.Text) // loads
		p.searchArchives()
	} else {
		p.load()
	}
	if p.unwatch == nil {
		p.unwatch = p.tasks.Follow(p.desk.Store.Watch, followEvery, p.load)
	}
}

// followEvery is how often the list may change under the reader's eyes.
const followEvery = 500 * time.Millisecond

// Leave stops following the cache.
func (p *Page) Leave() {
	if p.unwatch != nil {
		p.unwatch()
		p.unwatch = nil
	}
}

func (p *Page) filter() store.StudyFilter {
	f := store.StudyFilter{Text: p.text.Text}
	if i := p.modality.SelectedIndex(); i > 0 {
		f.Modality = modalities[i-1]
	}
	if i := p.period.SelectedIndex(); i > 0 {
		f.From = dicom.DateOf(p.desk.Now().AddDate(0, 0, 1-periods[i].days))
	}
	return f
}

func (p *Page) load() {
	f := p.filter()
	task.Load(p.tasks, "studies", func(ctx context.Context) ([]clinic.Study, error) { return p.desk.Store.Studies(ctx, f) },
		func(list []clinic.Study, err error) {
			if err != nil {
				p.shell.Failed(err)
				return
			}
			was, had := p.table.Selected()
			p.table.SetRows(list)
			if len(list) == 0 {
				p.count.SetText(p.words.L("Nothing found in this cache. Enter asks the archives; Import… takes files and folders."))
				return
			}
			p.count.SetText(p.words.L("Studies: %d", len(list)))
			choose := 0
			for i, s := range p.table.Rows() {
				if had && s.StudyInstanceUID == was.StudyInstanceUID {
					choose = i
				}
			}
			p.table.Select(choose)
		})
}

func (p *Page) searchArchives() {
	text := p.text.Text
	if strings.TrimSpace(text) == "" {
		return
	}
	p.count.SetText(p.words.L("Asking the archives…"))
	task.Load(p.tasks, "archives", func(ctx context.Context) (int, error) { return p.desk.Find(ctx, text) },
		func(found int, err error) {
			if err != nil {
				p.shell.Failed(err)
			}
			p.load()
			p.shell.Toast(p.words.L("Studies the archives know: %d.", found))
		})
}

func (p *Page) show(s clinic.Study) {
	w := p.words
	p.enable(s)
	lines := []string{w.L("Accession number: %s", s.AccessionNumber), w.L("Series: %d, images here: %d", s.NumberOfSeries, s.NumberOfInstances)}
	if s.Source != "" {
		lines = append(lines, w.L("From: %s", s.Source))
	}
	if s.ReportText != "" {
		lines = append(lines, "", s.ReportText)
	}
	p.detail.SetText(strings.Join(lines, "\n"))
	p.preview.ShowStudy(s)
}

func (p *Page) enable(s clinic.Study) {
	set := func(b *fynewidget.Button, on bool) {
		if on {
			b.Enable()
		} else {
			b.Disable()
		}
	}
	set(p.open, s.StudyInstanceUID != "")
	set(p.fetch, s.StudyInstanceUID != "" && s.Source != "" && s.Completeness != clinic.Complete)
	set(p.pin, s.StudyInstanceUID != "")
}

func (p *Page) read() {
	if s, ok := p.table.Selected(); ok {
		p.shell.Go(route.Route{Page: route.Reading, Study: s.StudyInstanceUID, Of: s.Patient})
	}
}

func (p *Page) fetchChosen() {
	s, ok := p.table.Selected()
	if !ok {
		return
	}
	task.Load(p.tasks, "fetch", func(ctx context.Context) (struct{}, error) { return struct{}{}, p.desk.Fetch(ctx, s) },
		func(_ struct{}, err error) {
			if err != nil {
				p.shell.Failed(err)
				return
			}
			p.shell.Toast(p.words.L("The study is on its way; Transfers shows how far it is."))
		})
}

func (p *Page) pinChosen() {
	s, ok := p.table.Selected()
	if !ok {
		return
	}
	p.tasks.Go(func(ctx context.Context) {
		err := p.desk.Store.Pin(ctx, s.Patient)
		task.Do(func() {
			if err != nil {
				p.shell.Failed(err)
				return
			}
			p.shell.Toast(p.words.L("All studies of %s stay on this workstation.", s.Patient.PatientName.Display()))
		})
	})
}

func (p *Page) importFolder() {
	dialog.ShowFolderOpen(func(folder fyne.ListableURI, err error) {
		if err != nil {
			p.shell.Failed(err)
		} else if folder != nil {
			p.Import(folder.Path())
		}
	}, p.shell.Window())
}

// Import takes files and folders into the cache and says what became of them.
func (p *Page) Import(paths ...string) {
	p.count.SetText(p.words.L("Importing…"))
	p.tasks.Go(func(ctx context.Context) {
		in := &intake.Intake{Store: p.desk.Store}
		report, err := in.Run(ctx, paths...)
		task.Do(func() {
			if err != nil {
				p.shell.Failed(err)
			}
			p.shell.Toast(p.words.L("Imported: %d new, %d already here, %d refused.", report.Stored, report.Duplicates, len(report.Refused)))
			p.load()
		})
	})
}

// Close ends the page's work.
func (p *Page) Close() {
	p.Leave()
	p.tasks.Close()
	p.preview.Close()
}

// Key takes the keys of the page.
func (p *Page) Key(k route.Key) bool {
	switch k.Name {
	case fyne.KeyDown:
		p.table.Step(1)
	case fyne.KeyUp:
		p.table.Step(-1)
	case fyne.KeyReturn, fyne.KeyEnter:
		p.read()
	case fyne.KeyF:
		p.fetchChosen()
	default:
		return false
	}
	return true
}

// Keys are the keys of the page.
func (p *Page) Keys() []route.Help {
	w := p.words
	return []route.Help{
		{Keys: "↑↓", Does: w.L("studies")}, {Keys: "Enter", Does: w.L("read the chosen exam")},
		{Keys: "F", Does: w.L("Fetch")},
	}
}

// Wait returns when all that was begun is shown.
func (p *Page) Wait() {
	p.Leave()
	p.tasks.Wait()
	p.preview.Wait()
}
