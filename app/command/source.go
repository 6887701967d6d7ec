package command

import (
	"bufio"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"eris/app/desk"
	"eris/app/phrase"
	"eris/clinic/orders"
	"eris/dicom"
	"eris/store"
)

type sourceCmd struct {
	Add    sourceAddCmd    `cmd:"" help:"Add a source of orders, or change one."`
	List   sourceListCmd   `cmd:"" help:"List the sources of orders."`
	Test   sourceTestCmd   `cmd:"" help:"Ask a source of orders now, and say what it answered."`
	Remove sourceRemoveCmd `cmd:"" help:"Forget a source, and the orders that only it knows."`
}

type sourceAddCmd struct {
	Name    string      `arg:"" help:"How it is called here."`
	URL     string      `arg:"" help:"Its address: a worklist as dicom://AETITLE@host:104, workitems as https://host/dicom-web, a record's server as https://host/fhir."`
	Kind    orders.Kind `required:"" enum:"worklist,ups,fhir" help:"worklist (DICOM modality worklist), ups (DICOMweb workitems) or fhir (R4 ServiceRequest)."`
	Station string      `help:"Of a worklist: only orders for the scanner with this AE title." placeholder:"TITLE"`
	Filter  string      `help:"Narrows what is asked for: the worklist's label of ups, search parameters of fhir, e.g. category=363679005." placeholder:"TEXT"`
	Tell    bool        `help:"An order that an earlier exam answers is revoked there (fhir), its procedure discontinued (worklist; where MPPS goes elsewhere: dicom://RIS@host:104?mpps=RISPPS@host:105), or its workitem asked to be canceled (ups)."`
	User    string      `help:"User name; without one the secret is a bearer token." placeholder:"NAME"`
	Secret  bool        `help:"Read the password, token or client secret from standard input into the system's keyring."`
	CA      string      `help:"File of the certificate authority, PEM." placeholder:"FILE" type:"existingfile" name:"ca"`
	Cert    string      `help:"File of this workstation's certificate, PEM." placeholder:"FILE" type:"existingfile"`
	Key     string      `help:"File of its key; without it the key lies in the certificate's file." placeholder:"FILE" type:"existingfile"`
	Issuer  string      `help:"Address of the identity provider; the login is by the client's secret." placeholder:"URL"`
	Client  string      `help:"This workstation's client ID there." placeholder:"ID" default:"eris"`
	Scope   []string    `help:"Scopes to ask for." placeholder:"NAME"`
}

// Run adds the source and asks it.
func (c *sourceAddCmd) Run(s *session) error {
	d, done, err := s.openDesk()
	if err != nil {
		return err
	}
	defer done()
	if c.Secret {
		if err := s.readSecret(d, desk.OrderSecret(c.Name)); err != nil {
			return err
		}
	}
	options := desk.OrderSourceOptions{Kind: c.Kind, StationAETitle: dicom.AETitle(c.Station), Filter: c.Filter, Tell: c.Tell,
		ArchiveOptions: desk.ArchiveOptions{URL: c.URL, Username: c.User, CAFile: c.CA, CertFile: c.Cert, KeyFile: c.Key}}
	if c.Issuer != "" {
		options.Login = &desk.Login{Issuer: c.Issuer, ClientID: c.Client, Scopes: c.Scope, Machine: true}
	}
	if err := d.SaveOrderSource(s, c.Name, options); err != nil {
		return err
	}
	return s.askSource(d, c.Name)
}

// readSecret takes a secret from standard input into the keyring.
func (s *session) readSecret(d *desk.Desk, name string) error {
	line, err := bufio.NewReader(os.Stdin).ReadString('\n')
	if line = strings.TrimRight(line, "\r\n"); line == "" {
		return failure(s.L("No password or token came from standard input (%v).", err))
	}
	return d.Keyring.SetSecret(name, line)
}

type sourceResult struct {
	Name     string        `json:"name"`
	Kind     orders.Kind   `json:"kind"`
	URL      string        `json:"url,omitempty"`
	Station  dicom.AETitle `json:"station,omitempty"`
	Filter   string        `json:"filter,omitempty"`
	Answered string        `json:"answered,omitempty"`
	Orders   int           `json:"orders"`
	Unusable int           `json:"unusable,omitempty"`
	Error    string        `json:"error,omitempty"`
	Says     string        `json:"says"`
}

func (s *session) sourceResult(d *desk.Desk, o desk.OrderSource) sourceResult {
	r := sourceResult{Name: o.Name, Kind: o.Kind, URL: o.URL, Station: o.StationAETitle, Filter: o.Filter, Orders: o.Orders, Unusable: o.Unusable}
	if !o.Answered.IsZero() {
		r.Answered = o.Answered.Format(time.RFC3339)
	}
	if o.Err != nil {
		r.Error = o.Err.Error()
	}
	r.Says, _ = phrase.OrderSource(s.Words, o, d.Now())
	return r
}

// askSource asks the sources and says how one answered.
func (s *session) askSource(d *desk.Desk, name string) error {
	if err := d.PollOrders(s); err != nil {
		return err
	}
	all, err := d.OrderSources(s)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(all, func(o desk.OrderSource) bool { return o.Name == name })
	if i < 0 {
		return fmt.Errorf("source of orders %q: %w", name, store.ErrNotFound)
	}
	r := s.sourceResult(d, all[i])
	if err := s.print(r, func() { fmt.Fprintln(s.out, r.Says) }); err != nil {
		return err
	}
	if all[i].Err != nil {
		return failure(s.L("%s did not answer.", name))
	}
	return nil
}

type sourceListCmd struct{}

// Run lists the sources.
func (c *sourceListCmd) Run(s *session) error {
	d, done, err := s.openDesk()
	if err != nil {
		return err
	}
	defer done()
	all, err := d.OrderSources(s)
	if err != nil {
		return err
	}
	rows := []sourceResult{}
	for _, o := range all {
		rows = append(rows, s.sourceResult(d, o))
	}
	return s.print(rows, func() {
		for _, r := range rows {
			fmt.Fprintf(s.out, "%-16s %-9s %s\n", r.Name, r.Kind, r.URL)
		}
		if len(rows) == 0 {
			s.say("No source of orders is set up. Try: eris source add NAME URL --kind worklist")
		}
	})
}

type sourceTestCmd struct {
	Name string `arg:"" help:"Which."`
}

// Run asks a source.
func (c *sourceTestCmd) Run(s *session) error {
	d, done, err := s.openDesk()
	if err != nil {
		return err
	}
	defer done()
	return s.askSource(d, c.Name)
}

type sourceRemoveCmd struct {
	Name string `arg:"" help:"Which."`
}

// Run forgets a source.
func (c *sourceRemoveCmd) Run(s *session) error {
	d, done, err := s.openDesk()
	if err != nil {
		return err
	}
	defer done()
	if err := d.RemoveOrderSource(s, c.Name); err != nil {
		return err
	}
	return s.print(map[string]string{"removed": c.Name}, func() { s.say("The source of orders %s was removed.", c.Name) })
}
