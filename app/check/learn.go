package check

import (
	"context"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	fynewidget "fyne.io/fyne/v2/widget"

	"eris/app/desk"
	"eris/app/task"
	"eris/clinic/anatomy"
)

// learnLine offers to say which region an exam of unknown region shows: from then
// on all that are called so are known here. nil when the exam has no words, since
// nothing could be told from another one then.
func (p *Page) learnLine(r priorRow) fyne.CanvasObject {
	text := strings.TrimSpace(r.Study.StudyDescription)
	if !r.RegionUnknown || text == "" || r.candidate != nil || r.doubtful {
		return nil
	}
	family := anatomy.FamilyOf(desk.ImageModalities(r.Study)...)
	places := p.desk.Rules().Atlas().Places()
	names := make([]string, len(places))
	byName := map[string]anatomy.Region{}
	for i, place := range places {
		names[i] = place.Names[p.words.Language]
		byName[names[i]] = place.Region
	}
	slices.Sort(names)
	choose := fynewidget.NewSelect(names, nil)
	choose.PlaceHolder = p.words.L("which region is “%s”?", text)
	choose.OnChanged = func(name string) {
		p.learn(anatomy.Mapping{Family: family, Text: text, Regions: []anatomy.Region{byName[name]}})
	}
	return container.NewPadded(choose)
}

func (p *Page) learn(m anatomy.Mapping) {
	task.Load(p.tasks, "learn", func(ctx context.Context) (struct{}, error) { return struct{}{}, p.desk.Learn(ctx, m) }, func(_ struct{}, err error) {
		if err != nil {
			p.shell.Failed(err)
			return
		}
		p.shell.Toast(p.words.L("“%s” is known here from now on. eris rules unmap takes it back.", m.Text))
		p.again()
	})
}
