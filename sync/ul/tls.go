package ul

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
)

// TLSPort is the port registered for DICOM over TLS (IANA: dicom-tls).
const TLSPort = 2762

// TLSOptions name the files, in PEM form, of a secured connection.
type TLSOptions struct {
	CAFile            string // who is trusted; for a requestor the system's roots when empty
	CertFile, KeyFile string // who we are; a server needs them, a requestor only when asked
	ServerName        string // as in the peer's certificate, when it is dialled by another name
	ClientsNeedNone   bool   // a server takes peers without a certificate
}

// suites for TLS 1.2 keep to BCP 195 (RFC 9325 4.1, 4.2): ephemeral keys on
// elliptic curves and authenticated encryption. Those of TLS 1.3 all do.
var suites = []uint16{
	tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
	tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
	tls.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
	tls.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
	tls.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
	tls.TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
}

// TLSConfig is the secured connection of PS3.15 B.9 and B.12 (BCP 195), for Dial
// and for a Server. A server asks for certificates signed by CAFile. The errors
// name the file that is missing or wrong.
func TLSConfig(o TLSOptions) (*tls.Config, error) {
	c := &tls.Config{MinVersion: tls.VersionTLS12, CipherSuites: suites, ServerName: o.ServerName}
	c.ClientCAs = x509.NewCertPool() // nil would let in whom any of the system's roots knows
	if o.CAFile != "" {
		pool, err := authorities(o.CAFile)
		if err != nil {
			return nil, err
		}
		c.RootCAs, c.ClientCAs = pool, pool
	}
	if o.CertFile != "" || o.KeyFile != "" {
		own, err := tls.LoadX509KeyPair(o.CertFile, o.KeyFile)
		if err != nil {
			return nil, fmt.Errorf("own certificate %s with key %s: %w", o.CertFile, o.KeyFile, err)
		}
		c.Certificates = []tls.Certificate{own}
	}
	if !o.ClientsNeedNone {
		c.ClientAuth = tls.RequireAndVerifyClientCert
	}
	return c, nil
}

func authorities(file string) (*x509.CertPool, error) {
	pem, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("file of trusted certificates: %w", err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(pem) {
		return nil, errors.New(file + " holds no certificate in PEM form")
	}
	return pool, nil
}
