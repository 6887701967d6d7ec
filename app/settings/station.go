package settings

import (
	"context"
	"crypto/rand"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	fynetheme "fyne.io/fyne/v2/theme"
	fynewidget "fyne.io/fyne/v2/widget"

	"eris/app/desk"
	"eris/app/invoke"
	"eris/app/phrase"
	"eris/app/task"
	"eris/app/theme"
	"eris/app/widget"
	"eris/dicom"
	"eris/sync/cdshooks"
)

// stationForm sets what others may ask of this workstation.
type stationForm struct {
	*Page
	title, clinic, receive, orders, ordersTo, callers, networks, share, hooks, hooksURL, records, cert, key, ca *fynewidget.Entry
	secured, answers                                                                                            *fynewidget.Check
	state                                                                                                       *fynewidget.Label
	content                                                                                                     fyne.CanvasObject
}

func newStationForm(p *Page) *stationForm {
	w := p.words
	f := &stationForm{Page: p, state: widget.Paragraph(""),
		title: entry("ERIS"), clinic: entry(w.L("by which the effect is counted")), receive: entry(w.L("nowhere; e.g. 0.0.0.0:11112")), orders: entry(w.L("nowhere; e.g. 0.0.0.0:2575")), ordersTo: entry(w.L("nobody; e.g. emias:2576")), callers: entry(w.L("all; e.g. CT1, ARCHIVE")),
		networks: entry(w.L("all; e.g. 10.5.0.0/16")), share: entry(w.L("nowhere; e.g. 0.0.0.0:8443")),
		hooks: entry(w.L("nowhere; e.g. 0.0.0.0:8444")), hooksURL: entry("https://host:8444"), records: entry(w.L("who may ask, as ISS=KEYS, ...")),
		cert: entry(w.L("PEM file")), key: entry(w.L("when it is not in the same file")), ca: entry(w.L("PEM file")),
		secured: fynewidget.NewCheck(w.L("over TLS only"), nil),
		answers: fynewidget.NewCheck(w.L("A clinic's node: searches are answered and images sent to those who are let in"), nil)}
	form := fynewidget.NewForm(
		fynewidget.NewFormItem(w.L("AE title"), f.title),
		fynewidget.NewFormItem(w.L("Clinic"), f.clinic),
		fynewidget.NewFormItem(w.L("Images are received at"), container.NewBorder(nil, nil, nil, f.secured, f.receive)),
		fynewidget.NewFormItem(w.L("Orders (HL7) are taken at"), f.orders),
		fynewidget.NewFormItem(w.L("Cancellations are told to"), f.ordersTo),
		fynewidget.NewFormItem(w.L("AE titles let in"), f.callers), fynewidget.NewFormItem(w.L("Networks let in"), f.networks),
		fynewidget.NewFormItem("", f.answers),
		fynewidget.NewFormItem(w.L("The cache is shared at"), f.share),
		fynewidget.NewFormItem(w.L("Records ask at (eris serve)"), f.hooks), fynewidget.NewFormItem(w.L("Its address for records"), f.hooksURL),
		fynewidget.NewFormItem(w.L("Records (CDS Hooks)"), f.records),
		fynewidget.NewFormItem(w.L("Own certificate"), f.cert), fynewidget.NewFormItem(w.L("Its key"), f.key),
		fynewidget.NewFormItem(w.L("CA of callers"), f.ca))
	buttons := container.NewHBox(fynewidget.NewButton(w.L("Save"), f.save), fynewidget.NewButton(w.L("Copy a new token to read"), f.token),
		widget.Text(w.L("With the token the clinic's other workstations read this cache; the one before ends."), theme.Dim, fynetheme.SizeNameCaptionText, false))
	addresses := container.NewHBox(fynewidget.NewButton(w.L("Open eris:// addresses here"), f.register),
		widget.Text(w.L("The record and other programs of this computer then open orders and exams in this window."), theme.Dim, fynetheme.SizeNameCaptionText, false))
	f.content = container.NewVBox(f.state, container.New(&column{760}, form), buttons, addresses)
	return f
}

// enter shows the services as they are set up, and where they listen.
func (f *stationForm) enter() {
	task.Load(f.tasks, "services", f.desk.Services, func(s desk.Services, err error) {
		if err != nil {
			f.shell.Failed(err)
			return
		}
		titles := make([]string, len(s.Callers))
		for i, t := range s.Callers {
			titles[i] = string(t)
		}
		records := make([]string, len(s.HooksIssuers))
		for i, r := range s.HooksIssuers {
			records[i] = r.ISS + "=" + r.Keys
		}
		for e, text := range map[*fynewidget.Entry]string{f.hooks: s.Hooks, f.hooksURL: s.HooksURL, f.records: strings.Join(records, ", "), f.title: string(s.AETitle), f.clinic: s.Clinic, f.receive: s.Receive, f.orders: s.Orders, f.ordersTo: s.OrdersTo, f.callers: strings.Join(titles, ", "),
			f.networks: strings.Join(s.Networks, ", "), f.share: s.Share, f.cert: s.CertFile, f.key: s.KeyFile, f.ca: s.CAFile} {
			e.SetText(text)
		}
		f.secured.SetChecked(s.Secured)
		f.answers.SetChecked(s.Answers)
		f.showState()
	})
}

func (f *stationForm) showState() {
	w, at := f.words, f.desk.Listening()
	f.state.Importance = fynewidget.MediumImportance
	var lines []string
	for _, s := range []struct {
		address, on, off string
		err              error
	}{
		{at.Receive, w.L("Images are received at %s.", at.Receive), w.L("Images are not received."), at.ReceiveErr},
		{at.Orders, w.L("Orders are listened for at %s.", at.Orders), w.L("Orders are not listened for."), at.OrdersErr},
		{at.Share, w.L("The cache is shared at %s.", at.Share), w.L("The cache is not shared."), at.ShareErr},
	} {
		switch {
		case s.err != nil:
			f.state.Importance = fynewidget.DangerImportance
			lines = append(lines, phrase.Sentence(w, s.err))
		case s.address != "":
			lines = append(lines, s.on)
		default:
			lines = append(lines, s.off)
		}
	}
	f.state.SetText(strings.Join(lines, "\n"))
}

// list reads what stands between commas or spaces.
func list(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ';' || r == ' ' })
}

func (f *stationForm) save() {
	text := func(e *fynewidget.Entry) string { return strings.TrimSpace(e.Text) }
	var issuers []cdshooks.Issuer
	for _, r := range list(f.records.Text) {
		iss, keys, _ := strings.Cut(r, "=")
		issuers = append(issuers, cdshooks.Issuer{ISS: iss, Keys: keys})
	}
	var callers []dicom.AETitle
	for _, title := range list(f.callers.Text) {
		callers = append(callers, dicom.AETitle(title))
	}
	change := desk.Services{AETitle: dicom.AETitle(text(f.title)), Clinic: text(f.clinic), Receive: text(f.receive), Orders: text(f.orders), OrdersTo: text(f.ordersTo),
		Callers: callers, Networks: list(f.networks.Text), Secured: f.secured.Checked, Answers: f.answers.Checked, Share: text(f.share),
		Hooks: text(f.hooks), HooksURL: text(f.hooksURL), HooksIssuers: issuers, CertFile: text(f.cert), KeyFile: text(f.key), CAFile: text(f.ca)}
	task.Load(f.tasks, "services", func(ctx context.Context) (struct{}, error) {
		was, err := f.desk.Services(ctx)
		if err != nil {
			return struct{}{}, err
		}
		change.HooksOrigins, change.Advice, change.AdviceISS, change.AdviceKey = was.HooksOrigins, was.Advice, was.AdviceISS, was.AdviceKey // set on the command line only
		return struct{}{}, f.desk.SaveServices(ctx, change)
	}, func(_ struct{}, err error) {
		if err != nil {
			f.shell.Failed(err)
			return
		}
		f.showState()
	})
}

// register lets the system open eris:// addresses with this program.
func (f *stationForm) register() {
	task.Load(f.tasks, "addresses", func(context.Context) (struct{}, error) { return struct{}{}, invoke.Register(f.desk.Store.Dir) }, func(_ struct{}, err error) {
		if err != nil {
			f.shell.Failed(err)
			return
		}
		f.shell.Toast(f.words.L("eris:// addresses are opened by this program."))
	})
}

// token makes a new token to read and lays it on the clipboard.
func (f *stationForm) token() {
	task.Load(f.tasks, "token", func(ctx context.Context) (string, error) {
		_, write, err := f.desk.ShareTokens()
		token := rand.Text()
		if err == nil {
			err = f.desk.SetShareTokens(ctx, token, write)
		}
		return token, err
	}, func(token string, err error) {
		if err != nil {
			f.shell.Failed(err)
			return
		}
		fyne.CurrentApp().Clipboard().SetContent(token)
		f.shell.Toast(f.words.L("A new token lies on the clipboard. Enter it as the token of this archive at the other workstations."))
		f.showState()
	})
}
