package node

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
)

// Untrusted reports a certificate that nobody known here has signed, or one of
// another host.
func Untrusted(err error) bool {
	var certificate *tls.CertificateVerificationError
	var authority x509.UnknownAuthorityError
	var host x509.HostnameError
	return errors.As(err, &certificate) || errors.As(err, &authority) || errors.As(err, &host)
}

// RootCause is the system's own word: "connection refused" without addresses.
func RootCause(err error) error {
	var op *net.OpError
	if errors.As(err, &op) {
		return op.Err
	}
	return err
}
