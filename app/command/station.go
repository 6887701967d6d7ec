package command

import (
	"crypto/rand"
	"errors"
	"fmt"
	"strings"

	"eris/app/advise"
	"eris/app/desk"
	"eris/app/phrase"
	"eris/dicom"
	"eris/sync/cdshooks"
)

type stationCmd struct {
	Show  stationShowCmd  `cmd:"" default:"1" help:"Show what others may ask of this workstation."`
	Set   stationSetCmd   `cmd:"" help:"Change it: what is not given stays."`
	Token stationTokenCmd `cmd:"" help:"Make the token with which the clinic's other workstations read this cache."`
}

type stationResult struct {
	desk.Services
	Receiving  string `json:"receiving,omitempty"`
	Sharing    string `json:"sharing,omitempty"`
	Listening  string `json:"listening,omitempty"` // for orders
	ReceiveErr string `json:"receiveError,omitempty"`
	OrdersErr  string `json:"ordersError,omitempty"`
	ShareErr   string `json:"shareError,omitempty"`
}

type stationShowCmd struct{}

// Run shows the services and whether they can listen.
func (c *stationShowCmd) Run(s *session) error {
	d, done, err := s.openDesk()
	if err != nil {
		return err
	}
	defer done()
	return s.printStation(d)
}

func (s *session) printStation(d *desk.Desk) error {
	services, err := d.Services(s)
	if err != nil {
		return err
	}
	at := d.Listening()
	r := stationResult{Services: services, Receiving: at.Receive, Sharing: at.Share, Listening: at.Orders, OrdersErr: phrase.Sentence(s.Words, at.OrdersErr),
		ReceiveErr: phrase.Sentence(s.Words, at.ReceiveErr), ShareErr: phrase.Sentence(s.Words, at.ShareErr)}
	return s.print(r, func() {
		s.say("AE title: %s", services.Title())
		if services.Clinic != "" {
			s.say("Clinic: %s", services.Clinic)
		}
		s.service(s.L("Images are received at %s.", at.Receive), s.L("Images are not received."), at.Receive, r.ReceiveErr)
		s.service(s.L("Orders are listened for at %s.", at.Orders), s.L("Orders are not listened for."), at.Orders, r.OrdersErr)
		s.service(s.L("The cache is shared at %s.", at.Share), s.L("The cache is not shared."), at.Share, r.ShareErr)
	})
}

func (s *session) service(on, off, address, failure string) {
	switch {
	case failure != "":
		fmt.Fprintln(s.out, failure)
	case address != "":
		fmt.Fprintln(s.out, on)
	default:
		fmt.Fprintln(s.out, off)
	}
}

type stationSetCmd struct {
	AE       *string  `help:"This workstation's AE title." placeholder:"TITLE" name:"ae"`
	Clinic   *string  `help:"The clinic's name: what is counted is counted by it." placeholder:"NAME"`
	Receive  *string  `help:"Take images at this address, e.g. 0.0.0.0:11112; empty: nowhere." placeholder:"HOST:PORT"`
	Callers  []string `help:"AE titles that are let in; all when none is given." placeholder:"TITLE"`
	Networks []string `help:"Addresses that are let in, e.g. 10.5.0.0/16." placeholder:"NET"`
	Secured  *bool    `help:"Receive over TLS." negatable:""`
	Answers  *bool    `help:"Answer searches and send images over DIMSE: a clinic's node." negatable:""`
	Orders   *string  `help:"Listen for orders (HL7 v2 over MLLP) at this address, e.g. 0.0.0.0:2575; empty: nowhere." placeholder:"HOST:PORT"`
	OrdersTo *string  `help:"Tell those who send orders at this address that one is not done; empty: they are not told." placeholder:"HOST:PORT" name:"orders-to"`
	Hooks    *string  `help:"Answer electronic records (CDS Hooks) at this address while \"eris serve\" runs; empty: nowhere." placeholder:"HOST:PORT"`
	HooksURL *string  `help:"The address of that service as records know it." placeholder:"URL" name:"hooks-url"`
	Records  []string `help:"Records that may ask, each as ISS=KEYS: what its tokens say, and its JWK set as file or https address." placeholder:"ISS=KEYS"`
	Advice   *string  `help:"Ask this service (CDS Hooks) about orders that are made here; empty: nobody." placeholder:"URL"`
	ISS      *string  `help:"Who this workstation is to that service." placeholder:"ISS" name:"advice-iss"`
	AKey     *string  `help:"File of the private JSON web key that says so." placeholder:"FILE" name:"advice-key"`
	Origins  []string `help:"Origins of records in a browser." placeholder:"URL"`
	Share    *string  `help:"Serve the cache over DICOMweb at this address; empty: nowhere." placeholder:"HOST:PORT"`
	Cert     *string  `help:"File of this workstation's certificate, PEM." placeholder:"FILE"`
	Key      *string  `help:"File of its key." placeholder:"FILE"`
	CA       *string  `help:"File of the authority whose callers are let in." placeholder:"FILE" name:"ca"`
}

// Run changes the services.
func (c *stationSetCmd) Run(s *session) error {
	d, done, err := s.openDesk()
	if err != nil {
		return err
	}
	defer done()
	services, err := d.Services(s)
	if err != nil {
		return err
	}
	for given, field := range map[*string]*string{c.Clinic: &services.Clinic, c.Receive: &services.Receive, c.Orders: &services.Orders, c.OrdersTo: &services.OrdersTo, c.Hooks: &services.Hooks, c.HooksURL: &services.HooksURL, c.Advice: &services.Advice, c.ISS: &services.AdviceISS, c.AKey: &services.AdviceKey, c.Share: &services.Share, c.Cert: &services.CertFile,
		c.Key: &services.KeyFile, c.CA: &services.CAFile} {
		if given != nil {
			*field = strings.TrimSpace(*given)
		}
	}
	if c.AE != nil {
		services.AETitle = dicom.AETitle(*c.AE)
	}
	if c.Secured != nil {
		services.Secured = *c.Secured
	}
	if c.Answers != nil {
		services.Answers = *c.Answers
	}
	if c.Networks != nil {
		services.Networks = c.Networks
	}
	if c.Origins != nil {
		services.HooksOrigins = c.Origins
	}
	if c.Records != nil {
		services.HooksIssuers = nil
		for _, text := range c.Records {
			iss, keys, _ := strings.Cut(text, "=")
			services.HooksIssuers = append(services.HooksIssuers, cdshooks.Issuer{ISS: iss, Keys: keys})
		}
	}
	if c.Callers != nil {
		services.Callers = nil
		for _, title := range c.Callers {
			services.Callers = append(services.Callers, dicom.AETitle(title))
		}
	}
	if err := d.SaveServices(s, services); err != nil {
		return err
	}
	return s.printStation(d)
}

type stationTokenCmd struct {
	Write bool `help:"A token that lets images be stored here, too."`
	None  bool `help:"Forget both tokens: nobody gets in with them any more."`
}

// Run makes a token, which takes the place of the one before.
func (c *stationTokenCmd) Run(s *session) error {
	d, done, err := s.openDesk()
	if err != nil {
		return err
	}
	defer done()
	read, write, err := d.ShareTokens()
	if err != nil {
		return err
	}
	token := rand.Text()
	switch {
	case c.None:
		read, write, token = "", "", ""
	case c.Write:
		write = token
	default:
		read = token
	}
	if err := d.SetShareTokens(s, read, write); err != nil {
		return err
	}
	return s.print(map[string]string{"token": token}, func() {
		if c.None {
			s.say("The tokens are forgotten.")
		} else {
			fmt.Fprintln(s.out, token)
		}
	})
}

type serveCmd struct{}

// Run keeps the workstation at work without a window until it is interrupted:
// it receives, shares, fetches and sends, and answers electronic records.
func (c *serveCmd) Run(s *session) error {
	d, done, err := s.openDesk()
	if err != nil {
		return err
	}
	defer done()
	services, err := d.Services(s)
	if err != nil {
		return err
	}
	l, err := advise.Listen(s, services)
	if err != nil && !errors.Is(err, advise.ErrClosed) {
		return err
	}
	if err := s.printStation(d); err != nil {
		return err
	}
	if l == nil {
		<-s.Done()
		return nil
	}
	if !s.json {
		s.say("Records are answered at %s.", l.Addr())
	}
	return advise.Serve(s, l, d, s.Words, services)
}
