package read

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	fynetheme "fyne.io/fyne/v2/theme"
	fynewidget "fyne.io/fyne/v2/widget"

	"eris/app/desk"
	"eris/app/theme"
	"eris/app/widget"
	"eris/app/words"
	"eris/clinic"
	"eris/dicom"
)

// timeline is the patient's exams on a line of years, a lane per region.
type timeline struct {
	fynewidget.BaseWidget
	words  *words.Words
	choose func(clinic.Study)
	box    *fyne.Container
}

// laneHeight is the height of one lane; more than lanesMost would eat the pictures.
const (
	laneHeight = 24
	lanesMost  = 3
	laneLabel  = 190
)

func newTimeline(w *words.Words, choose func(clinic.Study)) *timeline {
	t := &timeline{words: w, choose: choose, box: container.NewStack()}
	t.ExtendBaseWidget(t)
	return t
}

// CreateRenderer shows the lanes.
func (t *timeline) CreateRenderer() fyne.WidgetRenderer { return fynewidget.NewSimpleRenderer(t.box) }

// mark is one exam on the line.
type mark struct {
	study clinic.Study
	at    float32 // 0 the oldest, 1 the newest
	lane  int
	color color.Color
}

// marks places the studies; lanes are named in the order they are met, and
// what does not fit into the last lane shares it.
func marks(d *desk.Desk, w *words.Words, pair desk.Pair) (list []mark, lanes []string) {
	first, last := dicom.Date{}, pair.Current.StudyDate
	for _, s := range pair.All {
		if s.StudyDate.Valid() && (!first.Valid() || s.StudyDate.Compare(first) < 0) {
			first = s.StudyDate
		}
		if s.StudyDate.Valid() && s.StudyDate.Compare(last) > 0 {
			last = s.StudyDate
		}
	}
	span, _ := first.DaysUntil(last)
	for _, s := range pair.All {
		if !s.StudyDate.Valid() {
			continue
		}
		days, _ := first.DaysUntil(s.StudyDate)
		m := mark{study: s, at: 0.5, color: theme.Dim, lane: laneOf(d.RegionName(s, w.Language), &lanes, w)}
		if span > 0 {
			m.at = float32(days) / float32(span)
		}
		switch s.StudyInstanceUID {
		case pair.Current.StudyInstanceUID:
			m.color = theme.Current
		case pair.Prior.StudyInstanceUID:
			m.color = theme.Prior
		}
		list = append(list, m)
	}
	return list, lanes
}

func laneOf(region string, lanes *[]string, w *words.Words) int {
	if region == "" {
		region = w.L("unknown region")
	}
	for i, lane := range *lanes {
		if lane == region {
			return i
		}
	}
	if len(*lanes) == lanesMost {
		(*lanes)[lanesMost-1] = w.L("others")
		return lanesMost - 1
	}
	*lanes = append(*lanes, region)
	return len(*lanes) - 1
}

func (t *timeline) show(d *desk.Desk, pair desk.Pair) {
	list, lanes := marks(d, t.words, pair)
	objects := []fyne.CanvasObject{}
	for _, lane := range lanes {
		label := canvas.NewText(lane, theme.Dim)
		label.TextSize = fynetheme.CaptionTextSize()
		objects = append(objects, label, canvas.NewLine(theme.Line))
	}
	for _, m := range list {
		text := firstOf(desk.ImageModalities(m.study)) + " " + m.study.StudyDate.Time().Format("01.2006")
		objects = append(objects, widget.NewChip(text, m.color, func() { t.choose(m.study) }))
	}
	t.box.Objects = []fyne.CanvasObject{container.New(lanesLayout{lanes: len(lanes), marks: list}, objects...)}
	t.box.Refresh()
}

// lanesLayout lays the labels, the lines and the marks of a timeline.
type lanesLayout struct {
	lanes int
	marks []mark
}

// MinSize is as high as the lanes.
func (l lanesLayout) MinSize([]fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(300, float32(l.lanes)*laneHeight+4)
}

// Layout moves later marks aside when they would cover earlier ones.
func (l lanesLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	for i := range l.lanes {
		y := float32(i) * laneHeight
		objects[2*i].Move(fyne.NewPos(8, y+3))
		objects[2*i].Resize(fyne.NewSize(laneLabel, laneHeight))
		line := objects[2*i+1].(*canvas.Line)
		line.Position1 = fyne.NewPos(laneLabel, y+laneHeight/2)
		line.Position2 = fyne.NewPos(size.Width-8, y+laneHeight/2)
	}
	used := map[int]float32{} // the right end of each lane; marks come newest first, so from the right
	for i, m := range l.marks {
		o := objects[2*l.lanes+i]
		min := o.MinSize()
		x := laneLabel + m.at*(size.Width-laneLabel-min.Width-8)
		if left, ok := used[m.lane]; ok && x+min.Width > left {
			x = left - min.Width
		}
		used[m.lane] = x - 4
		o.Move(fyne.NewPos(max(x, laneLabel), float32(m.lane)*laneHeight+1))
		o.Resize(fyne.NewSize(min.Width, laneHeight-2))
	}
}
