package dimse_test

import (
	"bytes"
	"context"
	"net"
	"slices"
	"testing"

	"eris/dicom"
	"eris/sync/dimse"
	"eris/sync/ul"
)

// script is what a scripted peer does on an association.
type script func(p *puppet)

// puppet is a peer that does what a test says. It accepts every context.
type puppet struct {
	t   testing.TB
	ctx context.Context
	*ul.Association
}

// scripted runs a peer until the test ends and gives its address.
func scripted(t testing.TB, play script) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &ul.Server{Listener: l, Accept: acceptAll, Handle: func(ctx context.Context, a *ul.Association) { play(&puppet{t, ctx, a}) }}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() { s.Serve(ctx); close(ended) }()
	t.Cleanup(func() { cancel(); <-ended })
	return l.Addr().String()
}

func acceptAll(_ context.Context, i *ul.Indication) ul.Answer {
	answer := ul.Answer{Contexts: slices.Clone(i.Contexts)}
	for at := range answer.Contexts {
		answer.Contexts[at].Result, answer.Contexts[at].TransferSyntax = ul.Accepted, answer.Contexts[at].TransferSyntaxes[0]
	}
	return answer
}

// request waits for a message and its data set; ok is false at the end.
func (p *puppet) request() (c *dimse.Command, context byte, data *dicom.DataSet, ok bool) {
	var command, set []byte
	for {
		v, err := p.Receive(p.ctx)
		if err != nil {
			return nil, 0, nil, false
		}
		if !v.Command {
			if set = append(set, v.Data...); v.Last {
				in, _ := p.Context(v.ContextID)
				data, err = dicom.DecodeDataSet(set, in.TransferSyntax, dicom.DefaultLimits())
				return c, v.ContextID, data, err == nil
			}
			continue
		}
		if command = append(command, v.Data...); v.Last {
			if c, err = dimse.ParseCommand(command); err != nil || !c.HasData {
				return c, v.ContextID, nil, err == nil
			}
		}
	}
}

// say sends a command and, when it is not nil, a data set.
func (p *puppet) say(context byte, c dimse.Command, set *dicom.DataSet) {
	if set == nil {
		p.SendMessage(p.ctx, context, c.Encode(), nil) // the other side may be gone: that is its matter
		return
	}
	in, _ := p.Context(context)
	b, err := set.Encode(in.TransferSyntax)
	if err != nil {
		p.t.Error(err)
	}
	c.HasData = true
	p.SendMessage(p.ctx, context, c.Encode(), bytes.NewReader(b))
}

// linger waits until the other side has ended the association.
func (p *puppet) linger() {
	for {
		if _, err := p.Receive(p.ctx); err != nil {
			return
		}
	}
}

// answers replies to every request with one status, and notes the requests.
func answers(status dimse.Status, note func(c *dimse.Command, set *dicom.DataSet)) script {
	return func(p *puppet) {
		for {
			c, context, set, ok := p.request()
			if !ok {
				return
			}
			note(c, set)
			p.say(context, dimse.Command{Field: c.Field | 0x8000, RespondedTo: c.MessageID, Status: status}, nil)
		}
	}
}
