package read

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/png"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	fynetheme "fyne.io/fyne/v2/theme"
	fynewidget "fyne.io/fyne/v2/widget"

	"eris/app/desk"
	"eris/app/task"
	"eris/app/theme"
	"eris/app/widget"
	"eris/clinic"
	"eris/dicom"
	"eris/viewer"
)

// thumbnail is the picture of one stack; a tap shows the stack.
type thumbnail struct {
	fynewidget.BaseWidget
	content fyne.CanvasObject
	tapped  func()
}

func newThumbnail(picture image.Image, label string, bar color.Color, chosen bool, tapped func()) *thumbnail {
	img := canvas.NewImageFromImage(picture)
	img.FillMode = canvas.ImageFillContain
	img.SetMinSize(fyne.NewSize(110, 96))
	ground := color.Color(theme.Ground)
	if chosen {
		ground = theme.Line
	}
	text := widget.Text(label, theme.Text, fynetheme.SizeNameCaptionText, false)
	text.Alignment = fyne.TextAlignCenter
	t := &thumbnail{content: widget.Marked(bar, ground, container.NewVBox(img, text)), tapped: tapped}
	t.ExtendBaseWidget(t)
	return t
}

// Tapped shows the stack.
func (t *thumbnail) Tapped(*fyne.PointEvent) { t.tapped() }

// CreateRenderer shows picture and label.
func (t *thumbnail) CreateRenderer() fyne.WidgetRenderer {
	return fynewidget.NewSimpleRenderer(t.content)
}

// showThumbnails lists the stacks of the two studies, then the patient's
// other studies by date.
func (p *Page) showThumbnails() {
	pictures := map[dicom.UID]image.Image{}
	stacks := p.stacks
	task.Load(p.tasks, "thumbnails", func(ctx context.Context) (map[dicom.UID]image.Image, error) {
		for i := range stacks {
			for _, s := range stacks[i] {
				if _, done := pictures[s.Series.SeriesInstanceUID]; done {
					continue
				}
				pictures[s.Series.SeriesInstanceUID] = p.picture(ctx, s)
			}
		}
		return pictures, nil
	}, func(pictures map[dicom.UID]image.Image, _ error) { p.layThumbnails(pictures) })
}

// picture is a series' thumbnail; one that cannot be drawn is a gray field.
func (p *Page) picture(ctx context.Context, s viewer.Stack) image.Image {
	b, err := p.desk.Store.ThumbnailPNG(ctx, s.Series.StudyInstanceUID, s.Series.SeriesInstanceUID)
	if err == nil {
		if img, err := png.Decode(bytes.NewReader(b)); err == nil {
			return img
		}
	}
	return image.NewUniform(theme.Raised)
}

func (p *Page) layThumbnails(pictures map[dicom.UID]image.Image) {
	p.side.RemoveAll()
	for i, s := range []clinic.Study{p.pair.Current, p.pair.Prior} {
		if s.StudyInstanceUID == "" {
			continue
		}
		mark := []color.Color{theme.Current, theme.Prior}[i]
		role := p.words.L([]string{"current", "prior"}[i])
		p.side.Add(widget.Text(role+"  "+p.words.Date(s.StudyDate), mark, fynetheme.SizeNameText, true))
		for k, stack := range p.stacks[i] {
			label := fmt.Sprintf("%s  %d", stack.Series.SeriesDescription, len(stack.Frames))
			p.side.Add(newThumbnail(bounded(pictures[stack.Series.SeriesInstanceUID]), label, mark, k == p.shown[i], func() {
				p.shown[i] = k
				p.showStack(i)
				p.grid.Session.Activate(i)
				p.grid.Refresh()
				p.layThumbnails(pictures)
				p.focus()
			}))
		}
	}
	for _, s := range p.pair.All {
		if s.StudyInstanceUID == p.pair.Current.StudyInstanceUID || s.StudyInstanceUID == p.pair.Prior.StudyInstanceUID {
			continue
		}
		b := fynewidget.NewButton(p.words.Date(s.StudyDate)+"  "+firstOf(desk.ImageModalities(s)), func() { p.compareWith(s) })
		b.Alignment = fynewidget.ButtonAlignLeading
		b.Importance = fynewidget.LowImportance
		p.side.Add(b)
	}
	p.side.Refresh()
}

// bounded gives an endless field of colour a size.
func bounded(img image.Image) image.Image {
	if u, ok := img.(*image.Uniform); ok {
		field := image.NewRGBA(image.Rect(0, 0, 16, 16))
		for i := range 16 * 16 {
			field.Set(i%16, i/16, u.C)
		}
		return field
	}
	return img
}

func firstOf(list []string) string {
	if len(list) == 0 {
		return ""
	}
	return list[0]
}
