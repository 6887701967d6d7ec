package command

import (
	"fmt"
	"os"
	"slices"

	"eris/app/desk"
	"eris/app/phrase"
)

type archiveCmd struct {
	Add    archiveAddCmd    `cmd:"" help:"Add an archive, or change one."`
	List   archiveListCmd   `cmd:"" help:"List the archives."`
	Test   archiveTestCmd   `cmd:"" help:"Try everything that is wanted of an archive: name, connection, TLS, answer, search, an image, C-MOVE, sending."`
	Login  archiveLoginCmd  `cmd:"" help:"Log in at an archive's identity provider, with the browser."`
	Remove archiveRemoveCmd `cmd:"" help:"Forget an archive; what came from it stays."`
}

type archiveAddCmd struct {
	Name   string `arg:"" help:"How it is called here."`
	URL    string `arg:"" help:"Its address: DICOMweb as https://archive/dicom-web, DIMSE as dicom://AETITLE@host:104 (dicoms:// for TLS; ?calling=TITLE for this workstation's own title, ?retrieve=move for C-MOVE)."`
	User   string `help:"User name; without one the secret is a bearer token." placeholder:"NAME"`
	Secret bool   `help:"Read the password, token or client secret from standard input into the system's keyring."`
	CA     string `help:"File of the certificate authority, PEM." placeholder:"FILE" type:"existingfile" name:"ca"`
	Cert   string `help:"File of this workstation's certificate, PEM, for an archive that asks for one." placeholder:"FILE" type:"existingfile"`
	Key    string `help:"File of its key; without it the key lies in the certificate's file." placeholder:"FILE" type:"existingfile"`

	Issuer  string   `help:"Address of the archive's identity provider (OpenID Connect)." placeholder:"URL"`
	Client  string   `help:"This workstation's client ID there." placeholder:"ID" default:"eris"`
	Scope   []string `help:"Scopes to ask for." placeholder:"NAME"`
	Machine bool     `help:"Log in with the client's secret, without a person."`
}

// Run adds the archive and tests it.
func (c *archiveAddCmd) Run(s *session) error {
	d, done, err := s.openDesk()
	if err != nil {
		return err
	}
	defer done()
	if c.Secret {
		if err := s.readSecret(d, c.Name); err != nil {
			return err
		}
	}
	options := desk.ArchiveOptions{URL: c.URL, Username: c.User, CAFile: c.CA, CertFile: c.Cert, KeyFile: c.Key}
	if c.Issuer != "" {
		options.Login = &desk.Login{Issuer: c.Issuer, ClientID: c.Client, Scopes: c.Scope, Machine: c.Machine}
	}
	if err := d.SaveArchive(s, c.Name, options); err != nil {
		return err
	}
	if !s.json {
		s.say("Archive %s was added.", c.Name)
	}
	if c.Issuer != "" && !c.Machine {
		return s.print(map[string]string{"added": c.Name}, func() { s.say("Log in now: eris archive login %s", c.Name) })
	}
	return s.testArchives(d, c.Name, false)
}

type archiveListCmd struct{}

// Run lists the archives.
func (c *archiveListCmd) Run(s *session) error {
	d, done, err := s.openDesk()
	if err != nil {
		return err
	}
	defer done()
	type row struct {
		Name string `json:"name"`
		desk.ArchiveOptions
	}
	rows := []row{}
	for _, a := range d.Archives() {
		rows = append(rows, row{a.Name, a.ArchiveOptions})
	}
	return s.print(rows, func() {
		for _, r := range rows {
			fmt.Fprintf(s.out, "%-16s %s\n", r.Name, r.URL)
		}
		if len(rows) == 0 {
			s.say("No archive is set up. Try: eris archive add NAME URL")
		}
	})
}

type archiveTestCmd struct {
	Name     string `arg:"" optional:"" help:"Which; all when not given."`
	SendBack bool   `help:"Send the image that was fetched back to the archive, which has it already."`
}

// Run tests one archive or all.
func (c *archiveTestCmd) Run(s *session) error {
	d, done, err := s.openDesk()
	if err != nil {
		return err
	}
	defer done()
	return s.testArchives(d, c.Name, c.SendBack)
}

type archiveRemoveCmd struct {
	Name string `arg:"" help:"Which."`
}

// Run forgets an archive.
func (c *archiveRemoveCmd) Run(s *session) error {
	d, done, err := s.openDesk()
	if err != nil {
		return err
	}
	defer done()
	if err := d.RemoveArchive(s, c.Name); err != nil {
		return err
	}
	return s.print(map[string]string{"removed": c.Name}, func() { s.say("Archive %s was removed.", c.Name) })
}

type archiveLoginCmd struct {
	Name string `arg:"" help:"Which."`
}

// Run waits for the person at the browser.
func (c *archiveLoginCmd) Run(s *session) error {
	d, done, err := s.openDesk()
	if err != nil {
		return err
	}
	defer done()
	show := func(address string) error {
		fmt.Fprintln(os.Stderr, s.L("Open this address in the browser and log in:")+"\n"+address)
		return nil
	}
	if err := d.LogIn(s, c.Name, show, s.L("You are logged in. This page can be closed.")); err != nil {
		return err
	}
	return s.testArchives(d, c.Name, false)
}

type testResult struct {
	Name   string       `json:"name"`
	OK     bool         `json:"ok"`
	Millis float64      `json:"milliseconds"` // of the answer to the smallest question
	Error  string       `json:"error,omitempty"`
	Steps  []stepResult `json:"steps"`
}

type stepResult struct {
	Step   desk.Part `json:"step"`
	OK     bool      `json:"ok"`
	Tested bool      `json:"tested"`
	Millis float64   `json:"milliseconds"`
	Says   string    `json:"says"`
}

// testArchives tests the named archive, or all, and fails when one is not good.
func (s *session) testArchives(d *desk.Desk, name string, sendBack bool) error {
	names, bad := d.ArchiveNames(), 0
	if name != "" && !slices.Contains(names, name) {
		return failure(s.L("There is no archive named %q. Try: eris archive list", name))
	}
	if len(names) == 0 {
		return failure(s.L("No archive is set up. Try: eris archive add NAME URL"))
	}
	results := []testResult{}
	for _, n := range names {
		if name != "" && n != name {
			continue
		}
		r := testResult{Name: n, Steps: []stepResult{}}
		if !s.json {
			fmt.Fprintln(s.out, n)
		}
		var err error
		r.OK, err = d.Test(s, n, sendBack, func(step desk.Step) { s.step(&r, step) })
		if err != nil {
			return err
		}
		if !r.OK {
			bad++
		} else if !s.json {
			s.say("%s answers in %.0f ms and can be searched.", n, r.Millis)
		}
		results = append(results, r)
	}
	err := s.print(results, func() {})
	if err == nil && bad > 0 {
		return failure(s.L("Archives with something to mend: %d.", bad))
	}
	return err
}

// step notes one part of a test, and prints it for a person at once.
func (s *session) step(r *testResult, step desk.Step) {
	ms := float64(step.Took.Microseconds()) / 1000
	one := stepResult{Step: step.Part, OK: step.Err == nil, Tested: step.Skipped == nil, Millis: ms, Says: phrase.Step(s.Words, step)}
	r.Steps = append(r.Steps, one)
	if step.Part == desk.PartEcho {
		r.Millis = ms
	}
	if step.Err != nil {
		r.Error = one.Says
	}
	if !s.json {
		fmt.Fprintf(s.out, "  %-12s %s\n", phrase.Part(s.Words, step.Part), one.Says)
		if step.Err != nil {
			fmt.Fprintf(s.out, "  %-12s (%v)\n", "", step.Err)
		}
	}
}

// openDesk opens the cache and a desk over it.
func (s *session) openDesk() (d *desk.Desk, done func(), err error) {
	cache, err := s.cache()
	if err != nil {
		return nil, nil, err
	}
	if d, err = desk.Open(s, desk.Params{Store: cache}); err != nil {
		cache.Close()
		return nil, nil, err
	}
	return d, func() { d.Close(); cache.Close() }, nil
}
