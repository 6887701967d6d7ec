package ul

import (
	"context"
	"crypto/tls"
	"net"
	"slices"

	"eris/dicom"
	"eris/sync/node"
)

// Indication is a request as the acceptor sees it.
type Indication struct {
	CallingAE, CalledAE string
	Remote              net.Addr
	TLS                 *tls.ConnectionState // nil when it is not secured
	Contexts            []Context
	MaxPDU              uint32 // the longest PDU the requestor takes; 0: no limit
	Extended            []ExtendedNegotiation
	CommonExtended      []CommonExtendedNegotiation
	Identity            *UserIdentity // nil when it does not say
	Implementation      Implementation
}

// Answer is what the acceptor decides. Contexts that it leaves out are rejected
// without a reason.
type Answer struct {
	Reject   *Rejection // nil: accepted
	Contexts []Context  // ID, Result, TransferSyntax, and the roles left to the requestor
	Extended []ExtendedNegotiation

	// IdentityResponse answers an identity that asks for it (PS3.7 D.3.3.7.2):
	// empty for user names, a ticket or an assertion for Kerberos and SAML.
	IdentityResponse []byte
}

// unacceptable is why this layer rejects a request before anybody sees it.
func (a *Association) unacceptable(p *associate) *Rejection {
	switch {
	case a.refusal != nil:
		return a.refusal
	case p.version&1 == 0:
		return &VersionNotSupported
	case p.application != applicationContext:
		return &Rejection{1, 1, 2}
	}
	return nil
}

// indicate shows a request to the server.
func (a *Association) indicate(p *associate) {
	withRoles(p.contexts, p.user.roles)
	a.request, a.peer = p, p.user
	a.indications <- &Indication{ // there is room: evt6 comes here once
		CallingAE: p.calling, CalledAE: p.called, Remote: a.remote, TLS: a.tls,
		Contexts: slices.Clone(p.contexts), MaxPDU: p.user.maxPDU,
		Extended: p.user.extended, CommonExtended: p.user.common, Identity: p.user.identity,
		Implementation: p.user.implementation,
	}
}

// answer sends what the acceptor decided.
func (a *Association) answer(ctx context.Context, answer Answer) error {
	if answer.Reject != nil {
		if err := a.ask(ctx, event{kind: evt8, reject: answer.Reject}); err != nil {
			return err
		}
		return answer.Reject
	}
	contexts := decided(a.request.contexts, answer.Contexts)
	pdu, err := a.acceptance(contexts, answer).pdu()
	if err != nil {
		return err
	}
	a.settle(contexts) // before the peer may use them
	return a.ask(ctx, event{kind: evt7, bytes: pdu, err: a.fault(node.ErrPartial, nil)})
}

func (a *Association) acceptance(contexts []Context, answer Answer) *associate {
	p := &associate{
		answer: true, version: 1, called: a.request.called, calling: a.request.calling, application: applicationContext, contexts: contexts,
		user: userInformation{
			maxPDU: a.maxPDU, implementation: Implementation{dicom.OwnImplementationClass, dicom.OwnImplementationVersion},
			roles: answeredRoles(a.request.user.roles, contexts), extended: answer.Extended,
		},
	}
	if a.request.user.async != nil {
		p.user.async = &window{1, 1}
	}
	if i := a.request.user.identity; i != nil && i.PositiveResponse {
		p.user.believed = append([]byte{}, answer.IdentityResponse...)
	}
	return p
}

// decided joins what was proposed with what the policy answered.
func decided(proposed, answer []Context) []Context {
	list := slices.Clone(proposed)
	for i := range list {
		c := &list[i]
		c.Result, c.TransferSyntax = NoReason, ""
		scu, scp := c.SCU, c.SCP
		c.SCU, c.SCP = true, false
		for _, said := range answer {
			if said.ID == c.ID {
				c.take(said)
				if scu || scp {
					c.SCU, c.SCP = scu && said.SCU, scp && said.SCP
				}
			}
		}
	}
	return list
}

// answeredRoles answers each proposed role with what its contexts have.
func answeredRoles(proposed []role, contexts []Context) []role {
	var list []role
	for _, r := range proposed {
		for _, c := range contexts {
			if c.AbstractSyntax == r.sopClass && c.Usable() {
				list = append(list, role{r.sopClass, flag(c.SCU), flag(c.SCP)})
				break
			}
		}
	}
	return list
}
