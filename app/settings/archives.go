package settings

import (
	"context"
	"net/url"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	fynewidget "fyne.io/fyne/v2/widget"

	"eris/app/desk"
	"eris/app/phrase"
	"eris/app/task"
	"eris/app/widget"
	"eris/app/words"
)

// archiveForm lists the archives, tests them, and changes one.
type archiveForm struct {
	*Page
	list, result                           *fyne.Container
	name, url, user, secret, ca, cert, key *fynewidget.Entry
	issuer, client                         *fynewidget.Entry
	machine                                *fynewidget.Check
	more                                   *fynewidget.Accordion
	content                                fyne.CanvasObject
}

func newArchiveForm(p *Page) *archiveForm {
	w := p.words
	f := &archiveForm{Page: p, list: container.NewVBox(), result: container.NewVBox(),
		name: entry(w.L("a name, e.g. city")), url: entry("https://host/dicom-web, dicom://TITLE@host:104"), user: entry(""),
		secret: fynewidget.NewPasswordEntry(), ca: entry(w.L("only for an archive with its own certificate authority")),
		cert: entry(w.L("only for an archive that asks who this workstation is")), key: entry(w.L("when it is not in the same file")),
		issuer: entry("https://login.host/realm"), client: entry("eris"),
		machine: fynewidget.NewCheck(w.L("without a person, by the client's secret"), nil)}
	f.secret.SetPlaceHolder(w.L("kept in the system's keyring"))
	first := fynewidget.NewForm(
		fynewidget.NewFormItem(w.L("Name"), f.name), fynewidget.NewFormItem(w.L("DICOMweb or DICOM address"), f.url),
		fynewidget.NewFormItem(w.L("User"), f.user), fynewidget.NewFormItem(w.L("Password or token"), f.secret))
	rest := fynewidget.NewForm(
		fynewidget.NewFormItem(w.L("CA file"), f.ca),
		fynewidget.NewFormItem(w.L("Own certificate"), f.cert), fynewidget.NewFormItem(w.L("Its key"), f.key),
		fynewidget.NewFormItem(w.L("Login at"), f.issuer), fynewidget.NewFormItem(w.L("Client ID"), f.client),
		fynewidget.NewFormItem("", f.machine))
	f.more = fynewidget.NewAccordion(fynewidget.NewAccordionItem(w.L("Certificates and login"), rest))
	save := fynewidget.NewButton(w.L("Save and test"), f.save)
	save.Importance = fynewidget.HighImportance
	narrow := container.New(&column{760}, container.NewVBox(first, f.more, container.NewHBox(save)))
	f.content = container.NewVBox(f.list, f.result, narrow)
	return f
}

// enter asks the archives how they are.
func (f *archiveForm) enter() {
	f.show(nil)
	task.Load(f.tasks, "echo", func(ctx context.Context) ([]desk.Health, error) { return f.desk.Echo(ctx), nil },
		func(health []desk.Health, _ error) { f.show(health) })
}

func (f *archiveForm) save() {
	text := func(e *fynewidget.Entry) string { return strings.TrimSpace(e.Text) }
	name, secret := text(f.name), f.secret.Text
	options := desk.ArchiveOptions{URL: text(f.url), Username: text(f.user), CAFile: text(f.ca), CertFile: text(f.cert), KeyFile: text(f.key)}
	if text(f.issuer) != "" {
		options.Login = &desk.Login{Issuer: text(f.issuer), ClientID: text(f.client), Machine: f.machine.Checked}
		if options.Login.ClientID == "" {
			options.Login.ClientID = f.client.PlaceHolder
		}
	}
	if name == "" || options.URL == "" {
		f.shell.Toast(f.words.L("An archive needs a name and an address."))
		return
	}
	task.Load(f.tasks, "save", func(ctx context.Context) (struct{}, error) {
		if secret != "" {
			if err := f.desk.Keyring.SetSecret(name, secret); err != nil {
				return struct{}{}, err
			}
		}
		return struct{}{}, f.desk.SaveArchive(ctx, name, options)
	}, func(_ struct{}, err error) {
		if err != nil {
			f.shell.Failed(err)
			return
		}
		f.secret.SetText("")
		f.enter()
		if options.Login != nil && !options.Login.Machine {
			f.logIn(name)
			return
		}
		f.test(name)
	})
}

// test tries an archive and shows each part as it comes.
func (f *archiveForm) test(name string) {
	steps := container.NewVBox(widget.Paragraph(f.words.L("%s is tested…", name)))
	f.result.RemoveAll()
	f.result.Add(steps) // of this test: one that it displaces has its own
	task.Load(f.tasks, "test", func(ctx context.Context) (bool, error) {
		return f.desk.Test(ctx, name, false, func(s desk.Step) { task.Do(func() { steps.Add(f.step(s)) }) })
	}, func(good bool, err error) {
		if err != nil {
			f.shell.Failed(err)
			return
		}
		steps.Objects[0] = widget.Paragraph(verdict(f.words, name, good))
		steps.Refresh()
	})
}

// verdict is what a test comes to.
func verdict(w *words.Words, name string, good bool) string {
	if good {
		return w.L("%s was tested: all is well.", name)
	}
	return w.L("%s was tested: something is to be mended.", name)
}

// step is a line of a test: what was looked at, what came out.
func (f *archiveForm) step(s desk.Step) fyne.CanvasObject {
	says := widget.Paragraph(phrase.Step(f.words, s))
	switch {
	case s.Err != nil:
		says.Importance = fynewidget.DangerImportance
	case s.Skipped != nil:
		says.Importance = fynewidget.LowImportance
	default:
		says.Importance = fynewidget.SuccessImportance
	}
	part := container.NewGridWrap(fyne.NewSize(130, says.MinSize().Height), fynewidget.NewLabel(phrase.Part(f.words, s.Part)))
	return container.NewBorder(nil, nil, part, nil, says)
}

// logIn sends the person to the browser.
func (f *archiveForm) logIn(name string) {
	w := f.words
	f.shell.Toast(w.L("Log in with the browser that opens now."))
	task.Load(f.tasks, "login", func(ctx context.Context) (struct{}, error) {
		return struct{}{}, f.desk.LogIn(ctx, name, func(address string) error {
			u, err := url.Parse(address)
			if err != nil {
				return err
			}
			return fyne.CurrentApp().OpenURL(u)
		}, w.L("You are logged in. This page can be closed."))
	}, func(_ struct{}, err error) {
		if err != nil {
			f.shell.Failed(err)
			return
		}
		f.test(name)
	})
}

// show lists the archives; health is nil while they are asked.
func (f *archiveForm) show(health []desk.Health) {
	w := f.words
	f.list.RemoveAll()
	for _, a := range f.desk.Archives() {
		state, importance := w.L("is asked…"), fynewidget.LowImportance
		for _, h := range health {
			if h.Name != a.Name {
				continue
			}
			state, importance = w.L("answers in %d ms", h.Took.Milliseconds()), fynewidget.SuccessImportance
			if h.Err != nil {
				state, importance = phrase.Sentence(w, h.Err), fynewidget.DangerImportance
			}
		}
		label := widget.Cut(a.Name + "   " + a.URL + "   " + state)
		label.Importance = importance
		buttons := container.NewHBox(
			fynewidget.NewButton(w.L("Test"), func() { f.test(a.Name) }),
			fynewidget.NewButton(w.L("Change"), func() { f.edit(a) }),
			fynewidget.NewButton(w.L("Remove"), func() { f.remove(a) }))
		if a.Login != nil && !a.Login.Machine {
			buttons.Objects = append([]fyne.CanvasObject{fynewidget.NewButton(w.L("Log in"), func() { f.logIn(a.Name) })}, buttons.Objects...)
		}
		f.list.Add(container.NewBorder(nil, nil, nil, buttons, label))
	}
	if len(f.list.Objects) == 0 {
		f.list.Add(widget.Paragraph(w.L("No archive is set up: the workstation knows only what was imported. Add one here.")))
	}
	f.list.Refresh()
}

// edit fills the form with an archive.
func (f *archiveForm) edit(a desk.Archive) {
	login := desk.Login{}
	if a.Login != nil {
		login = *a.Login
	}
	for e, text := range map[*fynewidget.Entry]string{f.name: a.Name, f.url: a.URL, f.user: a.Username, f.secret: "", f.ca: a.CAFile,
		f.cert: a.CertFile, f.key: a.KeyFile, f.issuer: login.Issuer, f.client: login.ClientID} {
		e.SetText(text)
	}
	f.machine.SetChecked(login.Machine)
	if a.CAFile+a.CertFile+login.Issuer != "" {
		f.more.OpenAll()
	}
}

// remove forgets an archive; its options stay in the form, so that Save brings it back.
func (f *archiveForm) remove(a desk.Archive) {
	f.edit(a)
	task.Load(f.tasks, "remove", func(ctx context.Context) (struct{}, error) { return struct{}{}, f.desk.RemoveArchive(ctx, a.Name) },
		func(_ struct{}, err error) {
			if err != nil {
				f.shell.Failed(err)
				return
			}
			f.enter()
			f.shell.Toast(f.words.L("“%s” was removed. Save brings it back.", a.Name))
		})
}

// column lays one object out no wider than width.
type column struct{ width float32 }

// Layout gives the object all there is, up to the width.
func (c *column) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	for _, o := range objects {
		o.Move(fyne.NewPos(0, 0))
		o.Resize(fyne.NewSize(min(c.width, size.Width), size.Height))
	}
}

// MinSize is that of the object.
func (c *column) MinSize(objects []fyne.CanvasObject) (size fyne.Size) {
	for _, o := range objects {
		size = size.Max(o.MinSize())
	}
	return size
}
