package desk

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"eris/clinic"
	"eris/dicom"
	"eris/store"
	"eris/sync/dicomweb"
	"eris/sync/dimse"
	"eris/sync/node"
	"eris/sync/oauth"
	"eris/sync/transfer"
)

// ArchiveOptions are what is kept of an archive. The secret lies in the
// system's keyring.
type ArchiveOptions struct {
	URL      string `json:"url"`                // of DICOMweb services, or dicom://AETITLE@host:port
	Username string `json:"username,omitempty"` // with it the secret is a password, without it a bearer token
	CAFile   string `json:"caFile,omitempty"`   // PEM certificates to trust
	CertFile string `json:"certFile,omitempty"` // who we are, PEM, for an archive that asks
	KeyFile  string `json:"keyFile,omitempty"`  // empty: the key lies in CertFile
	Login    *Login `json:"login,omitempty"`    // at an identity provider; then the secret is the client's

	Spelling dimse.Spelling `json:"spelling,omitempty"` // in which it was seen to find Cyrillic names
}

// Archive is a remote system with its options.
type Archive struct {
	Name string
	ArchiveOptions
	client client
	login  *oauth.Source // nil without Login
	bad    error         // why there is no client: it is shown, and the others go on
}

// client talks to an archive, over whatever protocol it speaks.
type client interface {
	receiver
	Studies(ctx context.Context, q node.Query) ([]clinic.Study, error)
	Close() // gives back what is kept open for the next question
}

// SaveArchive adds an archive or changes it.
func (d *Desk) SaveArchive(ctx context.Context, name string, o ArchiveOptions) error {
	if err := d.connect(&Archive{Name: name, ArchiveOptions: o}); err != nil {
		return err
	}
	if err := d.Store.SaveNode(ctx, name, o); err != nil {
		return err
	}
	return d.ReloadArchives(ctx)
}

// RemoveArchive forgets an archive; what came from it stays.
func (d *Desk) RemoveArchive(ctx context.Context, name string) error {
	if err := d.Store.RemoveNode(ctx, name); err != nil {
		return err
	}
	return d.ReloadArchives(ctx)
}

// ReloadArchives reads the archives from the cache anew.
func (d *Desk) ReloadArchives(ctx context.Context) error {
	archives, names := map[string]Archive{}, []string(nil)
	err := d.Store.Nodes(ctx, func(name string, options []byte) error {
		a := Archive{Name: name}
		if err := json.Unmarshal(options, &a.ArchiveOptions); err != nil {
			return fmt.Errorf("archive %s: %w", name, err)
		}
		// One badly set up archive must not keep the others away.
		a.bad = d.connect(&a)
		archives[name], names = a, append(names, name)
		return nil
	})
	if err != nil {
		return err
	}
	d.mu.Lock()
	before := d.archives
	d.archives, d.names = archives, names
	d.mu.Unlock()
	closeAll(before)
	return nil
}

func closeAll(archives map[string]Archive) {
	var group sync.WaitGroup
	for _, a := range archives {
		if a.bad == nil {
			group.Go(a.client.Close)
		}
	}
	group.Wait()
}

// connect makes the client of an archive, or notes why there is none.
func (d *Desk) connect(a *Archive) error {
	secret, err := d.Keyring.Secret(a.Name)
	if err != nil && (a.Username != "" || a.Login != nil) {
		return fmt.Errorf("password of archive %s: %w", a.Name, err)
	}
	if isDIMSE(a.URL) {
		c, err := d.dimseClient(a.Name, a.ArchiveOptions, secret)
		if err != nil {
			return err // not with c in it: a nil client is none
		}
		a.client = c
		return nil
	}
	if a.Login != nil {
		if a.login, err = d.loginSource(a.Name, a.ArchiveOptions, secret); err != nil {
			return err
		}
	}
	c, err := dicomweb.New(a.web(a.Name, secret, a.login))
	if err != nil {
		return err
	}
	a.client = c
	return nil
}

// web is how a service is reached over HTTP, with the login or the secret.
func (o ArchiveOptions) web(name, secret string, login *oauth.Source) dicomweb.Options {
	w := dicomweb.Options{Name: name, URL: o.URL, CAFile: o.CAFile, CertFile: o.CertFile, KeyFile: o.KeyFile}
	switch {
	case login != nil:
		w.Tokens = login
	case o.Username != "":
		w.Username, w.Password = o.Username, secret
	default:
		w.Token = secret
	}
	return w
}

// ArchiveNames lists the archives.
func (d *Desk) ArchiveNames() []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Clone(d.names)
}

// Archives lists the archives with their options.
func (d *Desk) Archives() []Archive {
	d.mu.Lock()
	defer d.mu.Unlock()
	list := make([]Archive, len(d.names))
	for i, name := range d.names {
		list[i] = d.archives[name]
	}
	return list
}

// transferArchive is how the transfers reach an archive.
func (d *Desk) transferArchive(name string) (transfer.Archive, error) {
	a, err := d.archive(name)
	if err = errors.Join(err, a.bad); err != nil {
		return nil, err
	}
	return a.client, nil
}

func (d *Desk) archive(name string) (Archive, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	a, ok := d.archives[name]
	if !ok {
		return Archive{}, fmt.Errorf("archive %q: %w", name, store.ErrNotFound)
	}
	return a, nil
}

// Health is how an archive answered the last time.
type Health struct {
	Name string
	Took time.Duration
	Err  error
}

// Echo asks every archive for a sign of life, side by side.
func (d *Desk) Echo(ctx context.Context) []Health {
	var health []Health
	d.each(ctx, func(ctx context.Context, a Archive) error {
		took, err := a.client.Echo(ctx)
		if errors.Is(err, node.ErrNotFound) { // the host answers, but there is no archive at this address
			err = &node.Error{Node: a.Name, Kind: node.ErrGarbled, Cause: errors.New("HTTP 404")}
		}
		d.mu.Lock()
		defer d.mu.Unlock()
		health = append(health, Health{a.Name, took, err})
		return err
	})
	for _, a := range d.Archives() {
		if a.bad != nil {
			health = append(health, Health{Name: a.Name, Err: a.bad})
		}
	}
	slices.SortFunc(health, func(a, b Health) int {
		return slices.Index(d.ArchiveNames(), a.Name) - slices.Index(d.ArchiveNames(), b.Name)
	})
	return health
}

// askTime is how long an archive may take to say what it has; the others do
// not wait for it.
const askTime = 10 * time.Second

// each runs work with every archive at once, remembers which failed, and says
// how many answered. A question that its asker gave up is no failure.
func (d *Desk) each(ctx context.Context, work func(ctx context.Context, a Archive) error) (answered int) {
	limited, cancel := context.WithTimeout(ctx, askTime)
	defer cancel()
	var group sync.WaitGroup
	var count atomic.Int64
	for _, a := range d.Archives() {
		group.Go(func() {
			err := a.bad
			if err == nil {
				err = work(limited, a)
			}
			d.noteAnswer(ctx, a.Name, err)
			if err == nil {
				count.Add(1)
			}
		})
	}
	group.Wait()
	return int(count.Load())
}

// noteAnswer remembers whether an archive failed; what the asker gave up is no failure.
func (d *Desk) noteAnswer(ctx context.Context, archive string, err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if err == nil || ctx.Err() == nil {
		d.failed[archive] = err
	}
}

// LastError is why an archive did not answer the last time; nil when it did.
func (d *Desk) LastError(archive string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.failed[archive]
}

// Find asks every archive for what a person typed: a patient ID or accession
// number as it stands, else words of a name. It returns how many studies they know.
func (d *Desk) Find(ctx context.Context, text string) (found int, err error) {
	var mu sync.Mutex
	var errs []error
	d.each(ctx, func(ctx context.Context, a Archive) error {
		var failure error
		for _, q := range queries(text) {
			known, err := d.keep(ctx, a, q)
			if failure = err; err != nil {
				break
			}
			mu.Lock()
			found += len(known)
			mu.Unlock()
			if len(known) > 0 {
				break
			}
		}
		mu.Lock()
		defer mu.Unlock()
		errs = append(errs, failure)
		return failure
	})
	return found, errors.Join(errs...)
}

// queries are the ways to look for a text, the surest first.
func queries(text string) []node.Query {
	return []node.Query{{PatientID: text}, {AccessionNumber: text}, {PatientName: text + "*"}}
}

// withdrawGone looks for studies that were known to come from an archive (here)
// and that it does not name any more: they were deleted, or given to another
// patient or study. Each is asked for by itself before that is believed, when
// turn allows. It returns how many are gone.
func (d *Desk) withdrawGone(ctx context.Context, a Archive, here []clinic.Study, there map[dicom.UID]bool, turn func(context.Context) error) (gone int, err error) {
	for _, s := range here {
		if there[s.StudyInstanceUID] {
			continue
		}
		if err := turn(ctx); err != nil {
			return gone, err
		}
		found, err := d.keep(ctx, a, node.Query{StudyInstanceUID: s.StudyInstanceUID})
		if err == nil && len(found) == 0 && s.Withdrawn != clinic.Deleted {
			gone++
			err = d.Store.Withdraw(ctx, s.StudyInstanceUID)
		}
		if err != nil {
			return gone, err
		}
	}
	return gone, nil
}

// keep asks an archive and notes what it answers.
func (d *Desk) keep(ctx context.Context, a Archive, q node.Query) ([]clinic.Study, error) {
	studies, err := a.client.Studies(ctx, q)
	if err != nil {
		return nil, err
	}
	return studies, d.saveFrom(ctx, a, studies)
}

// saveFrom notes what an archive has.
func (d *Desk) saveFrom(ctx context.Context, a Archive, studies []clinic.Study) error {
	for i := range studies {
		studies[i].Source = a.Name
	}
	return d.Store.SaveStudies(ctx, studies)
}

// Fetch puts a study in line, before what nobody looks at. It does so even when
// the one who asked has gone on: asking for the next study must not undo this.
func (d *Desk) Fetch(ctx context.Context, s clinic.Study) error {
	ctx = context.WithoutCancel(ctx)
	if err := d.Store.NotePrefetched(ctx, s.StudyInstanceUID, ""); err != nil {
		return err
	}
	return d.fetch(ctx, s, transfer.Now, "asked for")
}

// FetchBest puts the priors that a card speaks of in line before anyone asks.
func (d *Desk) FetchBest(ctx context.Context, c Card) error {
	const most = 3
	fetched := 0
	for _, p := range c.Verdict.Priors {
		if fetched == most || p.Role == "" && !p.Repeat {
			break
		}
		if p.Study.Completeness == clinic.Complete || p.Study.Source == "" || d.failedLately(p.Study) {
			continue
		}
		if err := d.fetch(ctx, p.Study, transfer.Soon, "prior of an order"); err != nil {
			return err
		}
		fetched++
	}
	return nil
}

// failureRest is how long a fetch that failed for good is not begun again
// unasked.
const failureRest = 10 * time.Minute

func (d *Desk) failedLately(s clinic.Study) bool {
	return slices.ContainsFunc(d.Transfer.Jobs(), func(j transfer.Job) bool {
		return j.StudyInstanceUID == s.StudyInstanceUID && j.State == transfer.Failed && d.Now().Sub(j.Finished) < failureRest
	})
}

func (d *Desk) fetch(ctx context.Context, s clinic.Study, priority transfer.Priority, reason string) error {
	if s.Source == "" {
		return fmt.Errorf("study %s: %w", s.StudyInstanceUID, store.ErrNotFound)
	}
	_, err := d.Transfer.Enqueue(ctx, transfer.Job{Kind: transfer.FetchStudy, Node: s.Source, StudyInstanceUID: s.StudyInstanceUID,
		Priority: priority, Reason: reason, Total: s.ExpectedInstances})
	return err
}

// Settled waits until no transfer is waiting or running; the error is that of
// the first that failed.
func (d *Desk) Settled(ctx context.Context) error {
	for {
		open := false
		for _, j := range d.Transfer.Jobs() {
			switch j.State {
			case transfer.Waiting, transfer.Running:
				open = true
			case transfer.Failed, transfer.Offline:
				return fmt.Errorf("study %s: %s", j.StudyInstanceUID, j.Error)
			}
		}
		if !open {
			return nil
		}
		select {
		case <-time.After(20 * time.Millisecond):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}
