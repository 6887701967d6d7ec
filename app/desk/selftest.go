package desk

import (
	"bytes"
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"iter"
	"net"
	"net/http"
	"net/url"
	"time"

	"eris/clinic"
	"eris/dicom"
	"eris/sync/dimse"
	"eris/sync/node"
	"eris/sync/ul"
)

// Part is one thing that a test of an archive looks at.
type Part string

// Parts, in the order they are tested.
const (
	PartName    Part = "resolve" // its name is known to the network
	PartConnect Part = "connect" // something listens at its port
	PartTLS     Part = "tls"     // the connection is secured and trusted
	PartEcho    Part = "echo"    // it answers, and lets this workstation in
	PartFind    Part = "find"    // it can be searched
	PartFetch   Part = "fetch"   // an image comes
	PartMove    Part = "move"    // it sends an image here by C-MOVE
	PartStore   Part = "store"   // it takes an image from here
)

// Step is what came out of one part. It is good when Err and Skipped are nil.
type Step struct {
	Part    Part
	Took    time.Duration
	Err     error
	Skipped error // why it was not tested

	Host, Port string
	Title      dicom.AETitle // how this workstation calls itself
	Found      int           // studies, by PartFind
}

// Reasons why a part is not tested.
var (
	ErrNotSecured   = errors.New("the address is not one with TLS")
	ErrNothingThere = errors.New("no study was found to try with")
	ErrNotListening = errors.New("this workstation does not listen")
	ErrByMove       = errors.New("images are fetched by C-MOVE")
	ErrNotAsked     = errors.New("it was not asked for")
)

// patience is how long each part may take.
const patience = 30 * time.Second

// Test tries everything that the workstation wants of an archive, part by part,
// and tells each; it ends at the first that all later ones need. With sendBack
// the image that was fetched is sent back: the archive has it already. It says
// whether no part failed. Nothing is stored here. Errors: store.ErrNotFound.
func (d *Desk) Test(ctx context.Context, archive string, sendBack bool, each func(Step)) (good bool, err error) {
	a, err := d.archive(archive)
	if err != nil {
		return false, err
	}
	t := &selfTest{desk: d, archive: a, each: each, good: true}
	t.run(ctx, sendBack)
	return t.good, nil
}

// selfTest is a test under way.
type selfTest struct {
	desk    *Desk
	archive Archive
	each    func(Step)
	good    bool

	at     *url.URL
	study  clinic.Study
	image  clinic.Instance
	object []byte
}

func (t *selfTest) run(ctx context.Context, sendBack bool) {
	if t.archive.bad != nil {
		t.part(ctx, PartName, func(context.Context, *Step) error { return t.archive.bad })
		return
	}
	t.at, _ = url.Parse(t.archive.URL) // it has a client, so this is an address
	if t.direct() && !(t.part(ctx, PartName, t.resolve) && t.part(ctx, PartConnect, t.connect)) {
		return
	}
	if !t.answers(ctx) || !t.part(ctx, PartFind, t.find) {
		return
	}
	t.part(ctx, PartFetch, t.fetch)
	if c, ok := t.archive.client.(*dimse.Client); ok {
		t.part(ctx, PartMove, func(ctx context.Context, s *Step) error {
			s.Title = c.MoveDestination
			return t.move(ctx, c)
		})
	}
	t.part(ctx, PartStore, func(ctx context.Context, _ *Step) error {
		if !sendBack {
			return skip{ErrNotAsked}
		}
		return t.store(ctx)
	})
}

// skip is the outcome of a part that cannot be tested.
type skip struct{ error }

// part runs and tells one part; it reports whether the next may follow.
func (t *selfTest) part(ctx context.Context, p Part, try func(ctx context.Context, s *Step) error) bool {
	s := Step{Part: p, Host: t.archive.URL, Title: t.title()}
	if t.at != nil {
		s.Host, s.Port = t.at.Hostname(), t.port()
	}
	limited, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	start := time.Now()
	err := try(limited, &s)
	s.Took = time.Since(start)
	if why, skipped := errors.AsType[skip](err); skipped {
		s.Skipped = why.error
	} else if s.Err = err; err != nil {
		t.good = false
	}
	t.each(s)
	return s.Err == nil
}

func (t *selfTest) title() dicom.AETitle {
	if c, ok := t.archive.client.(*dimse.Client); ok {
		return c.CallingAE
	}
	return ""
}

func (t *selfTest) port() string {
	return cmp.Or(t.at.Port(), map[string]string{"http": "80", "https": "443", plainScheme: "104", secureScheme: fmt.Sprint(ul.TLSPort)}[t.at.Scheme])
}

// direct reports that no proxy stands between, which would look names up itself.
func (t *selfTest) direct() bool {
	proxy, err := http.ProxyFromEnvironment(&http.Request{URL: t.at})
	return err != nil || proxy == nil
}

func (t *selfTest) resolve(ctx context.Context, _ *Step) error {
	_, err := net.DefaultResolver.LookupHost(ctx, t.at.Hostname())
	return err
}

func (t *selfTest) connect(ctx context.Context, _ *Step) error {
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", net.JoinHostPort(t.at.Hostname(), t.port()))
	if err != nil {
		return err
	}
	return conn.Close()
}

// answers tells PartTLS and PartEcho by one question: who is not trusted is not
// asked.
func (t *selfTest) answers(ctx context.Context) bool {
	limited, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	took, failure := t.archive.client.Echo(limited)
	return t.part(ctx, PartTLS, func(ctx context.Context, _ *Step) error {
		if t.at.Scheme != "https" && t.at.Scheme != secureScheme {
			return skip{ErrNotSecured}
		}
		if failure == nil || errors.Is(failure, node.ErrUntrusted) {
			return failure
		}
		return t.secured(ctx)
	}) && t.part(ctx, PartEcho, func(_ context.Context, s *Step) error {
		s.Took = took
		return failure
	})
}

// secured tells a peer that speaks TLS from one that does not; whom to trust is
// the client's question.
func (t *selfTest) secured(ctx context.Context) error {
	dialer := tls.Dialer{Config: &tls.Config{InsecureSkipVerify: true, MinVersion: tls.VersionTLS12}} //nolint:gosec // nothing is sent
	conn, err := dialer.DialContext(ctx, "tcp", net.JoinHostPort(t.at.Hostname(), t.port()))
	var op *net.OpError
	if errors.As(err, &op) && op.Op == "remote error" {
		return nil // it does, and wants to know who this is
	}
	if err != nil {
		return &node.Error{Node: t.archive.Name, Kind: node.ErrGarbled, Cause: err}
	}
	return conn.Close()
}

// find looks for a study to go on with: of the last week, since all that an
// archive has may be too much of an answer, and else any.
func (t *selfTest) find(ctx context.Context, s *Step) error {
	now := t.desk.Now()
	day := func(t time.Time) dicom.Date { return dicom.ParseDate(t.Format("20060102")) }
	for _, q := range []node.Query{{From: day(now.AddDate(0, 0, -7)), To: day(now), Limit: 20}, {Limit: 20}} {
		studies, err := t.archive.client.Studies(ctx, q)
		if err != nil {
			return err
		}
		for _, study := range studies {
			if t.study.StudyInstanceUID == "" || study.ExpectedInstances > 0 && study.ExpectedInstances < t.study.ExpectedInstances {
				t.study = study
			}
		}
		if s.Found = len(studies); s.Found > 0 {
			return nil
		}
	}
	return nil
}

func (t *selfTest) fetch(ctx context.Context, _ *Step) error {
	if t.study.StudyInstanceUID == "" {
		return skip{ErrNothingThere}
	}
	series, err := t.archive.client.Series(ctx, t.study.StudyInstanceUID)
	if err != nil {
		return err
	}
	for _, one := range series {
		images, err := t.archive.client.Instances(ctx, t.study.StudyInstanceUID, one.SeriesInstanceUID)
		if err != nil {
			return err
		}
		if len(images) == 0 {
			continue
		}
		t.image = images[0]
		if c, ok := t.archive.client.(*dimse.Client); ok && c.Options.Retrieve == dimse.Move {
			return skip{ErrByMove}
		}
		return t.retrieve(ctx, t.archive.client)
	}
	return skip{ErrNothingThere}
}

// mostTested is how large an object may be that is tried with, in bytes.
const mostTested = 256 << 20

func (t *selfTest) retrieve(ctx context.Context, c client) error {
	t.object = nil
	err := c.RetrieveInstance(ctx, t.image.StudyInstanceUID, t.image.SeriesInstanceUID, t.image.SOPInstanceUID, func(r io.Reader) (err error) {
		t.object, err = io.ReadAll(io.LimitReader(r, mostTested))
		return err
	})
	if err == nil && len(t.object) == 0 {
		return &node.Error{Node: t.archive.Name, Kind: node.ErrPartial, Cause: errors.New("no image came")}
	}
	return err
}

// move has the archive send the image here, whatever way is set up.
func (t *selfTest) move(ctx context.Context, c *dimse.Client) error {
	if t.image.SOPInstanceUID == "" {
		return skip{ErrNothingThere}
	}
	if c.Receiver == nil && c.Options.Retrieve == dimse.Move {
		return ErrNotListening // and so nothing can come
	}
	if c.Receiver == nil {
		return skip{ErrNotListening}
	}
	options := c.Options
	options.Retrieve = dimse.Move
	mover, err := dimse.New(options)
	if err != nil {
		return err
	}
	defer mover.Close()
	return t.retrieve(ctx, mover)
}

func (t *selfTest) store(ctx context.Context) error {
	if len(t.object) == 0 || len(t.object) == mostTested {
		return skip{ErrNothingThere}
	}
	var objects iter.Seq2[io.Reader, error] = func(yield func(io.Reader, error) bool) { yield(bytes.NewReader(t.object), nil) }
	stored, err := t.archive.client.Store(ctx, objects)
	if err == nil && len(stored.Failed) > 0 {
		err = &node.Error{Node: t.archive.Name, Kind: node.ErrConflict, Cause: fmt.Errorf("reason %04XH", stored.Failed[0].Reason)}
	}
	return err
}
