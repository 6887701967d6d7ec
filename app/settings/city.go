package settings

import (
	"context"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	fynewidget "fyne.io/fyne/v2/widget"

	"eris/app/desk"
	"eris/app/phrase"
	"eris/app/task"
	"eris/app/widget"
)

// cityForm sets whom this workstation asks beside the archives: the patient index,
// and a service that has something to say of orders made here.
type cityForm struct {
	*Page
	index, system, user, secret, ca, advice, iss, adviceKey *fynewidget.Entry
	state                                                   *fynewidget.Label
	content                                                 fyne.CanvasObject
}

func newCityForm(p *Page) *cityForm {
	w := p.words
	f := &cityForm{Page: p, state: widget.Paragraph(""), index: entry(w.L("nobody; e.g. %s", "https://mpi.example/fhir")), system: entry("urn:oid:1.2.643.5"),
		user: entry(""), secret: fynewidget.NewPasswordEntry(), ca: entry(w.L("PEM file")),
		advice: entry(w.L("nobody; e.g. %s", "https://cds.example/r4")), iss: entry("https://eris.example"), adviceKey: entry(w.L("file of a private JSON web key"))}
	f.secret.SetPlaceHolder(w.L("kept in the system's keyring"))
	form := fynewidget.NewForm(
		fynewidget.NewFormItem(w.L("Patient index (PIXm)"), f.index),
		fynewidget.NewFormItem(w.L("Our patient numbers there"), f.system),
		fynewidget.NewFormItem(w.L("User"), f.user), fynewidget.NewFormItem(w.L("Password or token"), f.secret),
		fynewidget.NewFormItem(w.L("CA file"), f.ca),
		fynewidget.NewFormItem(w.L("Advice about orders (CDS Hooks)"), f.advice),
		fynewidget.NewFormItem(w.L("We are called there"), f.iss), fynewidget.NewFormItem(w.L("Signed with"), f.adviceKey))
	f.content = container.NewVBox(f.state, container.New(&column{760}, form), container.NewHBox(fynewidget.NewButton(w.L("Save"), f.save)))
	return f
}

// enter shows who is asked.
func (f *cityForm) enter() {
	type asked struct {
		index    desk.PatientIndex
		services desk.Services
	}
	task.Load(f.tasks, "city", func(ctx context.Context) (a asked, err error) {
		if a.index, err = f.desk.PatientIndex(ctx); err == nil {
			a.services, err = f.desk.Services(ctx)
		}
		return a, err
	}, func(a asked, err error) {
		if err != nil {
			f.shell.Failed(err)
			return
		}
		for e, text := range map[*fynewidget.Entry]string{f.index: a.index.URL, f.system: a.index.System, f.user: a.index.Username, f.ca: a.index.CAFile,
			f.advice: a.services.Advice, f.iss: a.services.AdviceISS, f.adviceKey: a.services.AdviceKey, f.secret: ""} {
			e.SetText(text)
		}
		f.showState(a.index.URL)
	})
}

func (f *cityForm) showState(index string) {
	w := f.words
	text := w.L("The patient index is not asked.")
	f.state.Importance = fynewidget.MediumImportance
	if index != "" {
		text = w.L("The patient index at %s is asked.", index)
	}
	if err := f.desk.PatientIndexError(); err != nil && index != "" {
		f.state.Importance = fynewidget.DangerImportance
		text = w.L("The patient index at %s did not answer the last time.", index) + " " + phrase.Sentence(w, err)
	}
	f.state.SetText(text)
}

func (f *cityForm) save() {
	text := func(e *fynewidget.Entry) string { return strings.TrimSpace(e.Text) }
	secret := f.secret.Text
	index := desk.PatientIndex{System: text(f.system), ArchiveOptions: desk.ArchiveOptions{URL: text(f.index), Username: text(f.user), CAFile: text(f.ca)}}
	advice, iss, key := text(f.advice), text(f.iss), text(f.adviceKey)
	if index.URL != "" && index.System == "" {
		f.shell.Toast(f.words.L("The patient index needs to know the system of this clinic's patient numbers."))
		return
	}
	task.Load(f.tasks, "save city", func(ctx context.Context) (struct{}, error) {
		if secret != "" {
			if err := f.desk.Keyring.SetSecret(desk.PatientIndexSecret, secret); err != nil {
				return struct{}{}, err
			}
		}
		if err := f.desk.SavePatientIndex(ctx, index); err != nil {
			return struct{}{}, err
		}
		services, err := f.desk.Services(ctx)
		if err != nil {
			return struct{}{}, err
		}
		if services.Advice == advice && services.AdviceISS == iss && services.AdviceKey == key {
			return struct{}{}, nil // saving would listen anew
		}
		services.Advice, services.AdviceISS, services.AdviceKey = advice, iss, key
		return struct{}{}, f.desk.SaveServices(ctx, services)
	}, func(_ struct{}, err error) {
		if err != nil {
			f.shell.Failed(err)
			return
		}
		f.secret.SetText("")
		f.showState(index.URL)
		f.shell.Toast(f.words.L("Saved."))
	})
}
