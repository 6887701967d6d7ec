package command

import (
	"fmt"

	"eris/app/desk"
	"eris/app/phrase"
	"eris/clinic"
	"eris/clinic/identity"
)

type identityCmd struct {
	Show   identityShowCmd   `cmd:"" help:"Under which IDs a patient's exams count, and who may be the same person."`
	Link   identityLinkCmd   `cmd:"" help:"Say that two IDs are one person: the exams of each count for the other."`
	Unlink identityUnlinkCmd `cmd:"" help:"Take a link back, or say that two IDs are two people."`
	Index  identityIndexCmd  `cmd:"" help:"Ask a master patient index (IHE PIXm, PDQm) who a patient is elsewhere."`
}

type identityRow struct {
	PatientID  string              `json:"patientID"`
	Issuer     string              `json:"issuerOfPatientID,omitempty"`
	Name       string              `json:"patientName"`
	BirthDate  string              `json:"patientBirthDate,omitempty"`
	Confidence identity.Confidence `json:"confidence"`
	Reason     identity.Reason     `json:"reason"`
	Facts      []string            `json:"facts,omitempty"`
}

func identityRowOf(p clinic.Patient, m identity.Match) identityRow {
	return identityRow{p.PatientID, p.IssuerOfPatientID, p.PatientName.Display(), p.PatientBirthDate.ISO(), m.Confidence, m.Reason, m.Facts}
}

type identityShowCmd struct {
	Patient string `required:"" placeholder:"ID" help:"PatientID."`
}

// Run shows what is known of who a patient is.
func (c *identityShowCmd) Run(s *session) error {
	d, done, err := s.openDesk()
	if err != nil {
		return err
	}
	defer done()
	p, err := knownOrBare(s, d, c.Patient)
	if err != nil {
		return err
	}
	d.Ask(s, p)
	card, err := d.Card(s, clinic.Order{Patient: p})
	if err != nil {
		return err
	}
	result := struct {
		Linked     []identityRow `json:"linked"`
		Candidates []identityRow `json:"candidates"`
	}{[]identityRow{}, []identityRow{}}
	for _, l := range card.Linked {
		result.Linked = append(result.Linked, identityRowOf(l.Patient, l.Match))
	}
	for _, k := range card.Candidates {
		result.Candidates = append(result.Candidates, identityRowOf(k.Patient, k.Match))
	}
	return s.print(result, func() {
		fmt.Fprintln(s.out, phrase.Who(s.Words, p))
		for _, r := range append(result.Linked, result.Candidates...) {
			fmt.Fprintf(s.out, "  %-10s %s  %s  %s\n", s.L("identity: "+string(r.Confidence)), r.PatientID, r.Name, r.BirthDate)
		}
		if len(result.Linked)+len(result.Candidates) == 0 {
			s.say("Nobody else is known who may be this person.")
		}
		if card.IndexErr != nil {
			fmt.Fprintln(s.out, phrase.Sentence(s.Words, card.IndexErr))
		}
	})
}

// knownOrBare is the patient of an ID, with all that the cache knows of him.
func knownOrBare(s *session, d *desk.Desk, id string) (clinic.Patient, error) {
	p, ok, err := d.KnownPatient(s, id)
	if !ok {
		p = clinic.Patient{PatientID: id}
	}
	return p, err
}

type identityLinkCmd struct {
	Patient string `arg:"" help:"PatientID."`
	Other   string `arg:"" help:"The other PatientID."`
}

// Run links two IDs.
func (c *identityLinkCmd) Run(s *session) error {
	return linking(s, c.Patient, c.Other, s.L("%s and %s are one person from now on.", c.Patient, c.Other), func(d *desk.Desk, a, b clinic.Patient) error {
		_, err := d.Link(s, a, b, d.Station)
		return err
	})
}

type identityUnlinkCmd struct {
	Patient string `arg:"" help:"PatientID."`
	Other   string `arg:"" help:"The other PatientID."`
}

// Run takes a link back.
func (c *identityUnlinkCmd) Run(s *session) error {
	return linking(s, c.Patient, c.Other, s.L("%s and %s are two people from now on.", c.Patient, c.Other), func(d *desk.Desk, a, b clinic.Patient) error {
		return d.Unlink(s, a, b, d.Station)
	})
}

func linking(s *session, id, other, done string, say func(d *desk.Desk, a, b clinic.Patient) error) error {
	d, end, err := s.openDesk()
	if err != nil {
		return err
	}
	defer end()
	a, err := knownOrBare(s, d, id)
	if err != nil {
		return err
	}
	b, err := knownOrBare(s, d, other)
	if err != nil {
		return err
	}
	if err := say(d, a, b); err != nil {
		return err
	}
	return s.print(map[string]string{"patient": id, "other": other}, func() { fmt.Fprintln(s.out, done) })
}

type identityIndexCmd struct {
	URL    string `arg:"" optional:"" help:"The base of its FHIR service; none: it is not asked any more."`
	System string `help:"The system of this clinic's patient numbers there, e.g. urn:oid:1.2.643.5." placeholder:"URI"`
	User   string `help:"User name; without one the secret is a bearer token." placeholder:"NAME"`
	Secret bool   `help:"Read the password or token from standard input into the system's keyring."`
	CA     string `help:"File of the certificate authority, PEM." placeholder:"FILE" type:"existingfile" name:"ca"`
}

// Run sets the index up.
func (c *identityIndexCmd) Run(s *session) error {
	d, done, err := s.openDesk()
	if err != nil {
		return err
	}
	defer done()
	if c.Secret {
		if err := s.readSecret(d, desk.PatientIndexSecret); err != nil {
			return err
		}
	}
	x := desk.PatientIndex{ArchiveOptions: desk.ArchiveOptions{URL: c.URL, Username: c.User, CAFile: c.CA}, System: c.System}
	if err := d.SavePatientIndex(s, x); err != nil {
		return err
	}
	return s.print(x, func() {
		if c.URL == "" {
			s.say("The patient index is not asked.")
			return
		}
		s.say("The patient index at %s is asked.", c.URL)
	})
}
