package ul

import (
	"crypto/x509"
	"testing"

	"eris/dicom"
)

// A server without a CA file of its own knows no clients: those whom any of the
// system's roots has signed are strangers to a department.
func TestWithoutACAFileNobodysCertificateCounts(t *testing.T) {
	c, err := TLSConfig(TLSOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if c.ClientCAs == nil || !c.ClientCAs.Equal(x509.NewCertPool()) {
		t.Error("the system's roots decide who is let in")
	}
}

// A requestor that proposes no role is SCU (PS3.7 D.3.3.4); a class that is
// served for SCPs alone is not for it.
func TestRolesThatAreServed(t *testing.T) {
	const class, syntax dicom.UID = "1.2.3", "1.2.840.10008.1.2"
	for _, c := range []struct {
		served   Support
		scu, scp bool
		want     Result
	}{
		{Support{}, false, false, Accepted},
		{Support{SCP: true}, false, false, UserRejected},
		{Support{SCP: true}, false, true, Accepted},
		{Support{SCU: true}, false, true, UserRejected},
		{Support{SCU: true, SCP: true}, true, true, Accepted},
	} {
		c.served.AbstractSyntax, c.served.TransferSyntaxes = class, []dicom.UID{syntax}
		proposed := Context{ID: 1, AbstractSyntax: class, TransferSyntaxes: []dicom.UID{syntax}, SCU: c.scu, SCP: c.scp}
		Policy{Supports: []Support{c.served}}.decide(&proposed)
		if proposed.Result != c.want {
			t.Errorf("served %+v, proposed SCU %v SCP %v: %s, want %s", c.served, c.scu, c.scp, proposed.Result, c.want)
		}
	}
}
