package ul

import (
	"context"
	"net/netip"
	"slices"

	"eris/dicom"
)

// Policy is the usual way to decide about requests: by titles, addresses and a
// list of what is served. Its Accept suits Server.Accept.
type Policy struct {
	AETitle  string         // the called title must be this; empty: any
	Callers  []string       // calling titles that are let in; empty: all
	Networks []netip.Prefix // addresses that are let in; empty: all
	Supports []Support
}

// Support is one SOP class that is served.
type Support struct {
	AbstractSyntax   dicom.UID
	TransferSyntaxes []dicom.UID // the best first; the first that was proposed is taken
	SCU, SCP         bool        // roles that the requestor may have; both false: SCU alone
}

// Accept rejects strangers and accepts of the proposed contexts what is served.
func (p Policy) Accept(_ context.Context, i *Indication) Answer {
	if no := p.stranger(i); no != nil {
		return Answer{Reject: no}
	}
	answer := Answer{Contexts: slices.Clone(i.Contexts)}
	for at := range answer.Contexts {
		p.decide(&answer.Contexts[at])
	}
	return answer
}

func (p Policy) stranger(i *Indication) *Rejection {
	switch {
	case p.AETitle != "" && i.CalledAE != p.AETitle:
		return &CalledAENotRecognized
	case len(p.Callers) > 0 && !slices.Contains(p.Callers, i.CallingAE):
		return &CallingAENotRecognized
	case len(p.Networks) > 0 && !slices.ContainsFunc(p.Networks, func(n netip.Prefix) bool { return n.Contains(addressOf(i.Remote)) }):
		return &CallingAENotRecognized // no reason in PS3.8 names addresses
	}
	return nil
}

func (p Policy) decide(c *Context) {
	at := slices.IndexFunc(p.Supports, func(s Support) bool { return s.AbstractSyntax == c.AbstractSyntax })
	if at < 0 {
		c.Result = AbstractSyntaxNotSupported
		return
	}
	s := p.Supports[at]
	c.Result = TransferSyntaxesNotSupported
	for _, syntax := range s.TransferSyntaxes {
		if slices.Contains(c.TransferSyntaxes, syntax) {
			c.Result, c.TransferSyntax = Accepted, syntax
			break
		}
	}
	c.SCU = (c.SCU || !c.SCP) && (s.SCU || !s.SCP) // nothing said is SCU (PS3.7 D.3.3.4)
	c.SCP = c.SCP && s.SCP
	if c.Result == Accepted && !c.SCU && !c.SCP {
		c.Result = UserRejected
	}
}
