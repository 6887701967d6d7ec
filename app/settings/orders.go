package settings

import (
	"context"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	fynewidget "fyne.io/fyne/v2/widget"

	"eris/app/desk"
	"eris/app/phrase"
	"eris/app/task"
	"eris/app/widget"
	"eris/clinic/orders"
	"eris/dicom"
)

// orderForm lists the sources of orders, asks them, and changes one.
type orderForm struct {
	*Page
	list                                                            *fyne.Container
	kind                                                            *fynewidget.Select
	name, url, station, filter, user, secret, ca, cert, key, issuer *fynewidget.Entry
	client                                                          *fynewidget.Entry
	tell                                                            *fynewidget.Check
	more                                                            *fynewidget.Accordion
	content                                                         fyne.CanvasObject
}

// orderKinds are the kinds that are asked, in the order of the choice.
var orderKinds = []orders.Kind{orders.Worklist, orders.FHIR, orders.UPS}

func (f *orderForm) kindNames() []string {
	w := f.words
	return []string{w.L("worklist of a scanner (DICOM)"), w.L("record's server (FHIR R4)"), w.L("workitems (DICOMweb UPS-RS)")}
}

func newOrderForm(p *Page) *orderForm {
	w := p.words
	f := &orderForm{Page: p, list: container.NewVBox(), name: entry(w.L("a name, e.g. city")), url: entry(""),
		station: entry(w.L("all scanners; else its AE title")), filter: entry(""), user: entry(""), secret: fynewidget.NewPasswordEntry(),
		ca: entry(w.L("PEM file")), cert: entry(w.L("PEM file")), key: entry(w.L("when it is not in the same file")),
		issuer: entry("https://login.host/realm"), client: entry("eris")}
	f.tell = fynewidget.NewCheck(w.L("Tell it that an order is not done, since an earlier exam is used"), nil)
	f.secret.SetPlaceHolder(w.L("kept in the system's keyring"))
	f.kind = fynewidget.NewSelect(f.kindNames(), func(string) { f.showHints() })
	first := fynewidget.NewForm(fynewidget.NewFormItem(w.L("Kind"), f.kind), fynewidget.NewFormItem(w.L("Name"), f.name),
		fynewidget.NewFormItem(w.L("Address"), f.url), fynewidget.NewFormItem(w.L("Scanner"), f.station), fynewidget.NewFormItem(w.L("Only"), f.filter),
		fynewidget.NewFormItem("", f.tell))
	rest := fynewidget.NewForm(fynewidget.NewFormItem(w.L("User"), f.user), fynewidget.NewFormItem(w.L("Password or token"), f.secret),
		fynewidget.NewFormItem(w.L("CA file"), f.ca), fynewidget.NewFormItem(w.L("Own certificate"), f.cert), fynewidget.NewFormItem(w.L("Its key"), f.key),
		fynewidget.NewFormItem(w.L("Login at"), f.issuer), fynewidget.NewFormItem(w.L("Client ID"), f.client))
	f.more = fynewidget.NewAccordion(fynewidget.NewAccordionItem(w.L("Certificates and login"), rest))
	f.kind.SetSelectedIndex(0)
	save := fynewidget.NewButton(w.L("Save and ask"), f.save)
	save.Importance = fynewidget.HighImportance
	f.content = container.NewVBox(f.list, container.New(&column{760}, container.NewVBox(first, f.more, container.NewHBox(save))))
	return f
}

// showHints says what the chosen kind wants.
func (f *orderForm) showHints() {
	w := f.words
	url, filter := "dicom://TITLE@host:104", w.L("not for this kind")
	switch f.chosen() {
	case orders.FHIR:
		url, filter = "https://host/fhir", w.L("search parameters, e.g. category=363679005")
	case orders.UPS:
		url, filter = "https://host/dicom-web", w.L("the worklist's label")
	}
	f.url.SetPlaceHolder(url)
	f.filter.SetPlaceHolder(filter)
	for e, of := range map[*fynewidget.Entry]bool{f.station: f.chosen() == orders.Worklist, f.filter: f.chosen() != orders.Worklist} {
		if of {
			e.Enable()
		} else {
			e.Disable()
		}
	}
}

func (f *orderForm) chosen() orders.Kind { return orderKinds[max(0, f.kind.SelectedIndex())] }

// enter shows how the sources answered.
func (f *orderForm) enter() {
	task.Load(f.tasks, "order sources", f.desk.OrderSources, f.show)
}

func (f *orderForm) show(list []desk.OrderSource, err error) {
	if err != nil {
		f.shell.Failed(err)
		return
	}
	w := f.words
	f.list.RemoveAll()
	for _, s := range list {
		text, bad := phrase.OrderSource(w, s, f.desk.Now())
		label := widget.Cut(text)
		if label.Importance = fynewidget.SuccessImportance; bad {
			label.Importance = fynewidget.DangerImportance
		}
		var buttons fyne.CanvasObject
		if s.Kind != orders.HL7 { // who sends by himself is not set up here
			buttons = container.NewHBox(fynewidget.NewButton(w.L("Ask now"), f.ask),
				fynewidget.NewButton(w.L("Change"), func() { f.edit(s) }), fynewidget.NewButton(w.L("Remove"), func() { f.remove(s) }))
		}
		f.list.Add(container.NewBorder(nil, nil, nil, buttons, label))
	}
	if len(list) == 0 {
		f.list.Add(widget.Paragraph(w.L("No source of orders is set up: orders are typed by hand. Add one here; systems that send orders by themselves (HL7) are listened for below.")))
	}
	f.list.Refresh()
}

// ask asks all sources and shows what came.
func (f *orderForm) ask() {
	f.shell.Toast(f.words.L("The sources of orders are asked…"))
	task.Load(f.tasks, "order sources", func(ctx context.Context) ([]desk.OrderSource, error) {
		if err := f.desk.PollOrders(ctx); err != nil {
			return nil, err
		}
		return f.desk.OrderSources(ctx)
	}, f.show)
}

func (f *orderForm) save() {
	text := func(e *fynewidget.Entry) string { return strings.TrimSpace(e.Text) }
	name, secret := text(f.name), f.secret.Text
	o := desk.OrderSourceOptions{Kind: f.chosen(), Tell: f.tell.Checked, ArchiveOptions: desk.ArchiveOptions{URL: text(f.url), Username: text(f.user),
		CAFile: text(f.ca), CertFile: text(f.cert), KeyFile: text(f.key)}}
	if o.Kind == orders.Worklist {
		o.StationAETitle = dicom.AETitle(text(f.station))
	} else {
		o.Filter = text(f.filter)
	}
	if text(f.issuer) != "" {
		o.Login = &desk.Login{Issuer: text(f.issuer), ClientID: text(f.client), Machine: true}
		if o.Login.ClientID == "" {
			o.Login.ClientID = f.client.PlaceHolder
		}
	}
	if name == "" || o.URL == "" {
		f.shell.Toast(f.words.L("A source of orders needs a name and an address."))
		return
	}
	task.Load(f.tasks, "save order source", func(ctx context.Context) (struct{}, error) {
		if secret != "" {
			if err := f.desk.Keyring.SetSecret(desk.OrderSecret(name), secret); err != nil {
				return struct{}{}, err
			}
		}
		return struct{}{}, f.desk.SaveOrderSource(ctx, name, o)
	}, func(_ struct{}, err error) {
		if err != nil {
			f.shell.Failed(err)
			return
		}
		f.secret.SetText("")
		f.ask()
	})
}

// edit fills the form with a source.
func (f *orderForm) edit(s desk.OrderSource) {
	f.kind.SetSelectedIndex(max(0, slices.Index(orderKinds, s.Kind)))
	f.tell.SetChecked(s.Tell)
	login := desk.Login{}
	if s.Login != nil {
		login = *s.Login
	}
	for e, text := range map[*fynewidget.Entry]string{f.name: s.Name, f.url: s.URL, f.station: string(s.StationAETitle), f.filter: s.Filter, f.user: s.Username,
		f.secret: "", f.ca: s.CAFile, f.cert: s.CertFile, f.key: s.KeyFile, f.issuer: login.Issuer, f.client: login.ClientID} {
		e.SetText(text)
	}
	if s.Username+s.CAFile+s.CertFile+login.Issuer != "" {
		f.more.OpenAll()
	}
}

// remove forgets a source; its options stay in the form, so that Save brings it back.
func (f *orderForm) remove(s desk.OrderSource) {
	f.edit(s)
	task.Load(f.tasks, "remove order source", func(ctx context.Context) (struct{}, error) {
		return struct{}{}, f.desk.RemoveOrderSource(ctx, s.Name)
	}, func(_ struct{}, err error) {
		if err != nil {
			f.shell.Failed(err)
			return
		}
		f.enter()
		f.shell.Toast(f.words.L("“%s” was removed. Save brings it back.", s.Name))
	})
}
