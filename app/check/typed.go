package check

import (
	"context"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	fynewidget "fyne.io/fyne/v2/widget"

	"eris/app/route"
	"eris/app/task"
	"eris/app/widget"
	"eris/clinic"
)

// typedModalities are the choices for an order typed by hand.
var typedModalities = []string{"CT", "MR", "DX", "MG", "US", "XA", "RF", "NM", "PT", "PX"}

// typeOrder puts a form for an order in the place of the card: not every
// order comes from a list. A patient who is known already is filled in.
func (p *Page) typeOrder(of clinic.Patient) {
	w := p.words
	p.asking = true
	id, text, reason := widget.NewEntry(p.back), widget.NewEntry(p.back), widget.NewEntry(p.back)
	id.SetPlaceHolder(w.L("as the archive knows it"))
	id.SetText(of.PatientID)
	text.SetPlaceHolder(w.L("e.g. CT chest without contrast"))
	modality := fynewidget.NewSelect(typedModalities, nil)
	modality.SetSelectedIndex(0)
	title := w.L("An order typed by hand")
	if !of.PatientName.IsZero() {
		title += "  ·  " + of.PatientName.Display()
	}
	form := fynewidget.NewForm(
		fynewidget.NewFormItem(w.L("Patient ID"), id), fynewidget.NewFormItem(w.L("Modality"), modality),
		fynewidget.NewFormItem(w.L("Order"), text), fynewidget.NewFormItem(w.L("Reason"), reason))
	form.SubmitText, form.CancelText = w.L("Check this order"), w.L("Cancel")
	form.OnSubmit = func() {
		o := clinic.Order{Modality: modality.Selected, Text: strings.TrimSpace(text.Text), Reason: strings.TrimSpace(reason.Text),
			Patient: clinic.Patient{PatientID: strings.TrimSpace(id.Text)}}
		if o.Patient.PatientID == "" || o.Text == "" {
			p.shell.Toast(w.L("An order needs a patient ID and what is to be done."))
			return
		}
		p.saveTyped(o)
	}
	form.OnCancel = p.back
	p.right.Objects = []fyne.CanvasObject{heading(title), container.NewPadded(form)}
	p.right.Refresh()
	// Nobody's exams stay in sight while another patient is typed.
	p.priors.SetRows(nil)
	p.preview.Clear("")
	p.report.SetText("")
	p.whose.RemoveAll()
	if of.PatientID != "" {
		id = text // the next to be filled in
	}
	p.shell.Window().Canvas().Focus(id)
}

// saveTyped keeps the order in the list and chooses it.
func (p *Page) saveTyped(o clinic.Order) {
	task.Load(p.tasks, "typed", func(ctx context.Context) (clinic.Order, error) { return p.desk.OrderFor(ctx, o) }, func(o clinic.Order, err error) {
		if err != nil {
			p.shell.Failed(err)
			return
		}
		p.asking = false
		p.Enter(route.Route{Page: route.Check, Order: o.AccessionNumber})
	})
}

// showHint stands where the card will be.
func (p *Page) showHint() {
	p.right.Objects = []fyne.CanvasObject{widget.Paragraph(p.words.L("Choose an order on the left, or type one: the verdict stands here."))}
	p.right.Refresh()
}
