package command

import (
	"bufio"
	"fmt"
	"os"
	"strings"

	"eris/app/desk"
	"eris/app/phrase"
)

type archiveCmd struct {
	Add    archiveAddCmd    `cmd:"" help:"Add an archive, or change one."`
	List   archiveListCmd   `cmd:"" help:"List the archives."`
	Test   archiveTestCmd   `cmd:"" help:"Ask an archive for a sign of life."`
	Remove archiveRemoveCmd `cmd:"" help:"Forget an archive; what came from it stays."`
}

type archiveAddCmd struct {
	Name   string `arg:"" help:"How it is called here."`
	URL    string `arg:"" help:"Its address: DICOMweb as https://archive/dicom-web, DIMSE as dicom://AETITLE@host:104 (dicoms:// for TLS; ?calling=TITLE for this workstation's own title)."`
	User   string `help:"User name; without one the secret is a bearer token." placeholder:"NAME"`
	Secret bool   `help:"Read the password or token from standard input into the system's keyring."`
	CA     string `help:"File of the certificate authority, PEM." placeholder:"FILE" type:"existingfile" name:"ca"`
}

// Run adds the archive and tests it.
func (c *archiveAddCmd) Run(s *session) error {
	d, done, err := s.openDesk()
	if err != nil {
		return err
	}
	defer done()
	if c.Secret {
		line, err := bufio.NewReader(os.Stdin).ReadString('\n')
		if line = strings.TrimRight(line, "\r\n"); line == "" {
			return failure(s.L("No password or token came from standard input (%v).", err))
		}
		if err := desk.SetSecret(c.Name, line); err != nil {
			return err
		}
	}
	if err := d.SaveArchive(s, c.Name, desk.ArchiveOptions{URL: c.URL, Username: c.User, CAFile: c.CA}); err != nil {
		return err
	}
	if !s.json {
		s.say("Archive %s was added.", c.Name)
	}
	return s.testArchives(d, c.Name)
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
	Name string `arg:"" optional:"" help:"Which; all when not given."`
}

// Run tests one archive or all.
func (c *archiveTestCmd) Run(s *session) error {
	d, done, err := s.openDesk()
	if err != nil {
		return err
	}
	defer done()
	return s.testArchives(d, c.Name)
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

type healthResult struct {
	Name   string  `json:"name"`
	OK     bool    `json:"ok"`
	Millis float64 `json:"milliseconds"`
	Error  string  `json:"error,omitempty"`
}

// testArchives asks the named archive, or all, and fails when one does not answer.
func (s *session) testArchives(d *desk.Desk, name string) error {
	results, bad := []healthResult{}, 0
	for _, h := range d.Echo(s) {
		if name != "" && h.Name != name {
			continue
		}
		r := healthResult{Name: h.Name, OK: h.Err == nil, Millis: float64(h.Took.Microseconds()) / 1000}
		if h.Err != nil {
			r.Error = phrase.Sentence(s.Words, h.Err)
			bad++
		}
		results = append(results, r)
	}
	if len(results) == 0 {
		return failure(s.L("There is no archive named %q. Try: eris archive list", name))
	}
	err := s.print(results, func() {
		for _, r := range results {
			if r.OK {
				s.say("%s answers in %.0f ms and can be searched.", r.Name, r.Millis)
			} else {
				fmt.Fprintf(s.out, "%s: %s\n", r.Name, r.Error)
			}
		}
	})
	if err == nil && bad > 0 {
		return failure(s.L("Archives that do not answer: %d.", bad))
	}
	return err
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
