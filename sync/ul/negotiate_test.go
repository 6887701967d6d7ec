package ul_test

import (
	"bytes"
	"context"
	"errors"
	"net/netip"
	"reflect"
	"testing"

	"eris/dicom"
	"eris/sync/node"
	"eris/sync/ul"
)

const (
	studyFind dicom.UID = "1.2.840.10008.5.1.4.1.2.2.1"
	ctStorage           = dicom.CTImageStorage
)

// TestBothSidesSeeTheSameAgreement negotiates everything there is.
func TestBothSidesSeeTheSameAgreement(t *testing.T) {
	relational := []ul.ExtendedNegotiation{{SOPClass: studyFind, Info: []byte{1, 1, 1}}} // PS3.4 C.5.1.1: relational, dates, fuzzy names
	agreed := []ul.ExtendedNegotiation{{SOPClass: studyFind, Info: []byte{1, 0, 1}}}
	general := []ul.CommonExtendedNegotiation{{SOPClass: ctStorage, ServiceClass: "1.2.840.10008.4.2", RelatedGeneral: []dicom.UID{dicom.SecondaryCaptureStorage}}}
	identity := &ul.UserIdentity{Type: ul.UserAndPassword, PositiveResponse: true, Primary: []byte("doctor"), Secondary: []byte("secret")}
	both := []dicom.UID{dicom.ExplicitVRLittleEndian, dicom.ImplicitVRLittleEndian}
	policy := ul.Policy{Supports: []ul.Support{
		{AbstractSyntax: studyFind, TransferSyntaxes: both[1:]},
		{AbstractSyntax: ctStorage, TransferSyntaxes: []dicom.UID{dicom.JPEGLSLossless, dicom.ExplicitVRLittleEndian}, SCU: true, SCP: true},
		{AbstractSyntax: dicom.SecondaryCaptureStorage, TransferSyntaxes: both, SCU: true},
	}}
	indications, accepted := make(chan *ul.Indication, 1), make(chan *ul.Association, 1)
	address := serve(t, &ul.Server{
		MaxPDU: 4096,
		Accept: func(ctx context.Context, i *ul.Indication) ul.Answer {
			indications <- i
			answer := policy.Accept(ctx, i)
			answer.Extended, answer.IdentityResponse = agreed, []byte("ticket")
			return answer
		},
		Handle: func(ctx context.Context, a *ul.Association) { accepted <- a; mirror(ctx, a) },
	})
	r := ul.Request{
		CallingAE: "CLINIC", CalledAE: "ERIS", MaxPDU: 8192, Extended: relational, CommonExtended: general, Identity: identity,
		Contexts: []ul.Context{
			{AbstractSyntax: studyFind, TransferSyntaxes: both},
			{AbstractSyntax: ctStorage, TransferSyntaxes: both, SCP: true, ID: 7},
			{AbstractSyntax: dicom.SecondaryCaptureStorage, TransferSyntaxes: both, SCU: true, SCP: true},
			{AbstractSyntax: verification, TransferSyntaxes: both},
			{AbstractSyntax: studyFind, TransferSyntaxes: []dicom.UID{dicom.JPEG2000}},
		},
	}
	a := dial(t, address, r)
	i, b := <-indications, <-accepted
	if i.CallingAE != "CLINIC" || i.CalledAE != "ERIS" || i.MaxPDU != 8192 || i.Implementation.Version != dicom.OwnImplementationVersion ||
		!reflect.DeepEqual(i.Extended, relational) || !reflect.DeepEqual(i.CommonExtended, general) || !reflect.DeepEqual(i.Identity, identity) {
		t.Errorf("indication %+v", i)
	}
	want := []ul.Context{
		{ID: 1, AbstractSyntax: studyFind, TransferSyntaxes: both, SCU: true, TransferSyntax: dicom.ImplicitVRLittleEndian},
		{ID: 7, AbstractSyntax: ctStorage, TransferSyntaxes: both, SCP: true, TransferSyntax: dicom.ExplicitVRLittleEndian},
		{ID: 3, AbstractSyntax: dicom.SecondaryCaptureStorage, TransferSyntaxes: both, SCU: true, TransferSyntax: dicom.ExplicitVRLittleEndian},
		{ID: 5, AbstractSyntax: verification, TransferSyntaxes: both, SCU: true, Result: ul.AbstractSyntaxNotSupported},
		{ID: 9, AbstractSyntax: studyFind, TransferSyntaxes: []dicom.UID{dicom.JPEG2000}, SCU: true, Result: ul.TransferSyntaxesNotSupported},
	}
	for side, association := range map[string]*ul.Association{"requestor": a, "acceptor": b} {
		if got := association.Contexts(); !reflect.DeepEqual(got, want) {
			t.Errorf("%s: contexts\n%+v, want\n%+v", side, got, want)
		}
		if association.CallingAE() != "CLINIC" || association.CalledAE() != "ERIS" || association.Remote() == nil || association.Identity() == nil {
			t.Errorf("%s: %s, %s, %v, %v", side, association.CallingAE(), association.CalledAE(), association.Remote(), association.Identity())
		}
	}
	if response, ok := a.IdentityResponse(); !ok || string(response) != "ticket" || !reflect.DeepEqual(a.Extended(), agreed) || a.PeerMaxPDU() != 4096 || b.PeerMaxPDU() != 8192 {
		t.Errorf("answer %q, %v, %d, %d", response, a.Extended(), a.PeerMaxPDU(), b.PeerMaxPDU())
	}
	if err := a.Send(t.Context(), 5, ul.Command, bytes.NewReader(nil)); !errors.Is(err, node.ErrUnsupported) {
		t.Errorf("sent on a context that was not accepted: %v", err)
	}
	echoing := []byte("data")
	if err := a.SendMessage(t.Context(), 7, []byte("command"), bytes.NewReader(echoing)); err != nil {
		t.Fatal(err)
	}
	if id, _, data, err := message(t.Context(), a); id != 7 || !bytes.Equal(data, echoing) || err != nil {
		t.Errorf("context %d: %q, %v", id, data, err)
	}
}

func TestAsManyContextsAsThereAreNumbers(t *testing.T) {
	r := request()
	for len(r.Contexts) < 128 {
		r.Contexts = append(r.Contexts, r.Contexts[0])
	}
	a := dial(t, serve(t, &ul.Server{Handle: mirror}), r)
	for id := 1; id < 256; id += 2 {
		if _, ok := a.Context(byte(id)); !ok {
			t.Errorf("context %d was not accepted", id)
		}
	}
}

// TestARequestWithEverythingIsAnswered has items that nobody knows.
func TestARequestWithEverythingIsAnswered(t *testing.T) {
	address := serve(t, &ul.Server{Handle: mirror, Accept: ul.Policy{Supports: []ul.Support{
		{AbstractSyntax: studyFind, TransferSyntaxes: []dicom.UID{dicom.ImplicitVRLittleEndian}},
	}}.Accept})
	p := knock(t, address).say(ul.Vector(t, "testdata/rq_everything.pdu"))
	p.hear(2)
	p.say(fragment(1, 3, []byte("c")), fragment(1, 2, []byte("d")))
	if body := p.hear(4); string(body[6:]) != "c" {
		t.Errorf("command %q", body)
	}
}

// TestAnswersThatGoTooFar: an acceptor must not choose what was not proposed.
func TestAnswersThatGoTooFar(t *testing.T) {
	wrong := bytes.Replace(accepted(t), []byte("\x00\x11"+dicom.ImplicitVRLittleEndian), []byte("\x00\x111.2.840.10008.9.9"), 1)
	a := dial(t, answering(t, func(p *scripted) { p.hear(1); p.say(wrong).abort(0, 0) }), request())
	if c, ok := a.Context(1); ok || c.Result == ul.Accepted {
		t.Errorf("context %+v", c)
	}
}

func TestAnAnswerThatDoesNotFitIsAnAbort(t *testing.T) {
	address := serve(t, &ul.Server{Handle: mirror, Accept: func(context.Context, *ul.Indication) ul.Answer {
		return ul.Answer{IdentityResponse: make([]byte, 70000)}
	}})
	r := request()
	r.Identity = &ul.UserIdentity{Type: ul.Kerberos, PositiveResponse: true, Primary: []byte("ticket")}
	_, err := ul.Dial(t.Context(), ul.DialOptions{Address: address}, r)
	var aborted *ul.Aborted
	if !errors.Is(err, node.ErrPartial) || !errors.As(err, &aborted) {
		t.Errorf("%v", err)
	}
}

func TestPolicyLooksAtAddresses(t *testing.T) {
	for network, in := range map[string]bool{"127.0.0.0/8": true, "10.0.0.0/8": false} {
		policy := ul.Policy{Networks: []netip.Prefix{netip.MustParsePrefix(network)}, Supports: []ul.Support{{AbstractSyntax: verification, TransferSyntaxes: []dicom.UID{dicom.ImplicitVRLittleEndian}}}}
		address := serve(t, &ul.Server{Handle: mirror, Accept: policy.Accept})
		a, err := ul.Dial(t.Context(), ul.DialOptions{Address: address}, request())
		if in != (err == nil) {
			t.Errorf("%s: %v", network, err)
		}
		if err == nil {
			a.Abort()
		}
	}
}
