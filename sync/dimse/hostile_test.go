package dimse_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"testing"
	"time"

	"eris/dicom"
	"eris/sync/dimse"
	"eris/sync/node"
	"eris/sync/ul"
)

// reply is the response to the first request, with changes.
func reply(change func(p *puppet, context byte, c dimse.Command)) script {
	return func(p *puppet) {
		c, context, _, ok := p.request()
		if ok {
			change(p, context, dimse.Command{Field: c.Field | 0x8000, RespondedTo: c.MessageID})
			p.linger()
		}
	}
}

// hostile is what archives do wrong, and what becomes of a question then.
var hostile = map[string]struct {
	play script
	find error
}{
	"a command that is none": {reply(func(p *puppet, context byte, c dimse.Command) {
		p.SendMessage(p.ctx, context, []byte("this is no command"), nil)
	}), node.ErrGarbled},
	"a command with wrong lengths": {reply(func(p *puppet, context byte, c dimse.Command) {
		p.SendMessage(p.ctx, context, []byte{0, 0, 0, 1, 0xFF, 0xFF, 0xFF, 0x7F, 0, 0}, nil)
	}), node.ErrGarbled},
	"an endless command": {reply(func(p *puppet, context byte, c dimse.Command) {
		p.Send(p.ctx, context, ul.Command, endless{})
	}), node.ErrGarbled},
	"a data set without a command": {reply(func(p *puppet, context byte, c dimse.Command) {
		p.Send(p.ctx, context, ul.Data, bytes.NewReader(make([]byte, 100)))
	}), node.ErrGarbled},
	"an unknown message": {reply(func(p *puppet, context byte, c dimse.Command) {
		c.Field = 0x8777
		p.say(context, c, nil)
	}), node.ErrGarbled},
	"a request instead of an answer": {reply(func(p *puppet, context byte, c dimse.Command) {
		p.say(context, dimse.Command{Field: dimse.CEchoRQ, MessageID: 1}, nil)
	}), node.ErrGarbled},
	"the answer to another question": {reply(func(p *puppet, context byte, c dimse.Command) {
		c.RespondedTo += 17
		p.say(context, c, nil)
	}), node.ErrGarbled},
	"pending without a data set": {reply(func(p *puppet, context byte, c dimse.Command) {
		c.Status = dimse.Pending
		p.say(context, c, nil)
	}), node.ErrGarbled},
	"a data set that is none": {reply(func(p *puppet, context byte, c dimse.Command) {
		c.Status, c.HasData = dimse.Pending, true
		p.SendMessage(p.ctx, context, c.Encode(), bytes.NewReader(bytes.Repeat([]byte{0xFF}, 100)))
	}), node.ErrGarbled},
	"an endless data set": {reply(func(p *puppet, context byte, c dimse.Command) {
		c.Status, c.HasData = dimse.Pending, true
		p.SendMessage(p.ctx, context, c.Encode(), endless{})
	}), node.ErrGarbled},
	"a command inside a data set": {reply(func(p *puppet, context byte, c dimse.Command) {
		c.Status, c.HasData = dimse.Pending, true
		p.SendMessage(p.ctx, context, c.Encode(), nil)
		p.SendMessage(p.ctx, context, c.Encode(), nil)
	}), node.ErrGarbled},
	"an orderly end instead of an answer": {func(p *puppet) { p.request(); p.Release(p.ctx) }, node.ErrPartial},
	"an abort instead of an answer":       {func(p *puppet) { p.request(); p.Abort() }, node.ErrPartial},
	"silence":                             {func(p *puppet) { p.linger() }, node.ErrStalled},
	"no right": {reply(func(p *puppet, context byte, c dimse.Command) {
		c.Status, c.ErrorComment = dimse.NotAuthorized, "Образцова"
		p.say(context, c, nil)
	}), node.ErrRefused},
	"pending for ever": {func(p *puppet) {
		c, context, _, _ := p.request()
		for p.ctx.Err() == nil {
			answer := dicom.NewDataSet()
			answer.SetUID(dicom.StudyInstanceUID, "1.2.3")
			b, _ := answer.Encode(dicom.ExplicitVRLittleEndian)
			pending := dimse.Command{Field: c.Field | 0x8000, RespondedTo: c.MessageID, Status: dimse.Pending, HasData: true}
			if p.SendMessage(p.ctx, context, pending.Encode(), bytes.NewReader(b)) != nil {
				return
			}
		}
	}, node.ErrGarbled},
}

// endless is a reader without an end.
type endless struct{}

func (endless) Read(b []byte) (int, error) { return len(b), nil }

func TestHostileArchives(t *testing.T) {
	for name, h := range hostile {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := client(t, dimse.Options{Address: scripted(t, h.play), CalledAE: "HOSTILE", StallTimeout: 2 * time.Second})
			if _, err := c.Studies(t.Context(), node.Query{}); !errors.Is(err, h.find) || bytes.Contains([]byte(err.Error()), []byte("Образцова")) {
				t.Errorf("find: %v, want %v", err, h.find)
			}
		})
	}
}

// fetching plays an archive that answers a C-GET in some way, and finds nothing.
func fetching(get func(p *puppet, c *dimse.Command, context byte)) script {
	return func(p *puppet) {
		for {
			c, context, _, ok := p.request()
			switch {
			case !ok:
				return
			case c.Field == dimse.CGetRQ:
				get(p, c, context)
			default:
				p.say(context, dimse.Command{Field: c.Field | 0x8000, RespondedTo: c.MessageID}, nil)
			}
		}
	}
}

func TestArchivesThatPromiseAndDoNotSend(t *testing.T) {
	say := func(status dimse.Status, n dimse.Suboperations) script {
		return fetching(func(p *puppet, c *dimse.Command, context byte) {
			p.say(context, dimse.Command{Field: c.Field | 0x8000, RespondedTo: c.MessageID, Status: status, Suboperations: &n}, nil)
		})
	}
	for name, h := range map[string]struct {
		play script
		want error
	}{
		"success, nothing sent": {say(dimse.Success, dimse.Suboperations{Completed: 8}), node.ErrPartial},
		"success of nothing":    {say(dimse.Success, dimse.Suboperations{}), node.ErrNotFound},
		"some failed":           {say(dimse.SomeFailed, dimse.Suboperations{Failed: 3}), node.ErrPartial},
		"an object without data": {fetching(func(p *puppet, c *dimse.Command, context byte) {
			p.say(context, dimse.Command{Field: dimse.CStoreRQ, MessageID: 1, AffectedSOPClassUID: "1.2", AffectedSOPInstanceUID: "1.2.3"}, nil)
			p.linger()
		}), node.ErrGarbled},
		"cut off in an object": {fetching(func(p *puppet, c *dimse.Command, context byte) {
			store := dimse.Command{Field: dimse.CStoreRQ, MessageID: 1, AffectedSOPClassUID: "1.2", AffectedSOPInstanceUID: "1.2.3", HasData: true}
			p.SendMessage(p.ctx, context, store.Encode(), io.MultiReader(bytes.NewReader(make([]byte, 1<<20)), broken{}))
		}), node.ErrPartial},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := client(t, dimse.Options{Address: scripted(t, h.play), CalledAE: "HOSTILE", Retrieve: dimse.Get})
			err := c.Retrieve(t.Context(), "1.2", "", func(r io.Reader) error { _, err := io.Copy(io.Discard, r); return err })
			if !errors.Is(err, h.want) {
				t.Errorf("%v, want %v", err, h.want)
			}
		})
	}
}

// broken is a reader that fails.
type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, errors.New("broken") }

// TestAnEndOfTheCallerReachesTheArchive: when ctx ends, or the caller stops, the
// archive is sent a C-CANCEL.
func TestAnEndOfTheCallerReachesTheArchive(t *testing.T) {
	canceled := make(chan uint16, 2)
	play := func(p *puppet) {
		c, context, _, _ := p.request()
		answer := dicom.NewDataSet()
		answer.SetUID(dicom.StudyInstanceUID, "1.2.3")
		p.say(context, dimse.Command{Field: c.Field | 0x8000, RespondedTo: c.MessageID, Status: dimse.Pending}, answer)
		if stop, _, _, ok := p.request(); ok && stop.Field == dimse.CCancelRQ {
			canceled <- stop.RespondedTo
			p.say(context, dimse.Command{Field: c.Field | 0x8000, RespondedTo: c.MessageID, Status: dimse.Canceled}, nil)
		}
		p.linger()
	}
	c := client(t, dimse.Options{Address: scripted(t, play), CalledAE: "HOSTILE"})
	q := dicom.NewDataSet()
	q.SetString(dicom.QueryRetrieveLevel, "STUDY")
	for range c.Find(t.Context(), dimse.StudyRootFind, q) {
		break
	}
	if id := <-canceled; id != 1 {
		t.Errorf("canceled message %d", id)
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	for _, err := range c.Find(ctx, dimse.StudyRootFind, q) {
		cancel()
		if err != nil && !errors.Is(err, context.Canceled) {
			t.Errorf("after the end: %v", err)
		}
	}
	if id := <-canceled; id != 1 {
		t.Errorf("canceled message %d", id)
	}
}

// TestHostileSenders send to our server what breaks the rules; it ends the
// association and goes on serving others.
func TestHostileSenders(t *testing.T) {
	kept := &bin{}
	address := serve(t, &dimse.Server{Sink: kept})
	store := dimse.Command{Field: dimse.CStoreRQ, MessageID: 1, AffectedSOPClassUID: dicom.CTImageStorage, AffectedSOPInstanceUID: "1.2.3", HasData: true}
	for name, play := range map[string]func(a *ul.Association, ctx context.Context){
		"no command": func(a *ul.Association, ctx context.Context) { a.SendMessage(ctx, 1, []byte("no command at all"), nil) },
		"data alone": func(a *ul.Association, ctx context.Context) {
			a.Send(ctx, 1, ul.Data, bytes.NewReader(make([]byte, 1000)))
		},
		"an answer to nothing": func(a *ul.Association, ctx context.Context) {
			c := dimse.Command{Field: dimse.CEchoRQ | 0x8000, RespondedTo: 1}
			a.SendMessage(ctx, 1, c.Encode(), nil)
		},
		"a command in an object": func(a *ul.Association, ctx context.Context) {
			a.SendMessage(ctx, 1, store.Encode(), nil)
			a.SendMessage(ctx, 1, store.Encode(), nil)
		},
		"half an object": func(a *ul.Association, ctx context.Context) {
			a.SendMessage(ctx, 1, store.Encode(), io.MultiReader(bytes.NewReader(make([]byte, 1<<20)), broken{}))
		},
	} {
		a, err := ul.Dial(t.Context(), ul.DialOptions{Address: address}, ul.Request{CallingAE: "HOSTILE", CalledAE: "ERIS", Contexts: []ul.Context{
			{AbstractSyntax: dicom.CTImageStorage, TransferSyntaxes: []dicom.UID{dicom.ExplicitVRLittleEndian}}}})
		if err != nil {
			t.Fatal(err)
		}
		play(a, t.Context())
		select {
		case <-a.Done():
		case <-t.Context().Done():
			t.Errorf("%s: the association goes on", name)
		}
		a.Abort()
	}
	if kept.count() != 0 {
		t.Errorf("%d objects were kept", kept.count())
	}
	send(t, client(t, dimse.Options{Address: address, CalledAE: "ERIS"}), encodedAll(t, ct(mariya, 2, 1, 32)))
}

// TestUnknownRequestsAreAnswered: a service that is not there is said to be none,
// and the association goes on.
func TestUnknownRequestsAreAnswered(t *testing.T) {
	address := serve(t, &dimse.Server{Sink: &bin{}})
	a, err := ul.Dial(t.Context(), ul.DialOptions{Address: address}, ul.Request{CallingAE: "HOSTILE", CalledAE: "ERIS", Contexts: []ul.Context{
		{AbstractSyntax: dimse.Verification, TransferSyntaxes: []dicom.UID{dicom.ImplicitVRLittleEndian}}}})
	if err != nil {
		t.Fatal(err)
	}
	defer a.Abort()
	p := &puppet{t, t.Context(), a}
	store := dimse.Command{Field: dimse.CStoreRQ, MessageID: 4, AffectedSOPClassUID: dicom.CTImageStorage, AffectedSOPInstanceUID: "1.2.3"}
	for _, c := range []struct {
		ask  dimse.Command
		set  bool
		want dimse.Status
	}{
		{dimse.Command{Field: dimse.NDeleteRQ, MessageID: 1}, false, dimse.UnrecognizedOperation},
		{dimse.Command{Field: 0x0666, MessageID: 2}, true, dimse.UnrecognizedOperation},
		{dimse.Command{Field: dimse.CFindRQ, MessageID: 3}, true, dimse.SOPClassNotSupported},
		{store, false, dimse.CannotUnderstand},
		{store, true, dimse.DoesNotMatch},
		{dimse.Command{Field: dimse.NEventReportRQ, MessageID: 5, EventTypeID: 1}, false, dimse.UnrecognizedOperation},
		{dimse.Command{Field: dimse.CEchoRQ, MessageID: 6}, false, dimse.Success},
	} {
		var set *dicom.DataSet
		if c.set {
			set = dicom.NewDataSet()
			set.SetString(dicom.PatientID, "T-1")
		}
		p.say(1, c.ask, set)
		answer, _, _, ok := p.request()
		if !ok || answer.Status != c.want || answer.RespondedTo != c.ask.MessageID {
			t.Fatalf("%04X: %+v, want %s", uint16(c.ask.Field), answer, c.want)
		}
	}
}
