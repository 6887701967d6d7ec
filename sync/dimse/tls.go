package dimse

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
)

// TLS says how an association is secured (PS3.15 B.12). Files are PEM.
type TLS struct {
	CAFile     string `json:"caFile,omitempty"`     // certificates to trust beside the system's
	CertFile   string `json:"certFile,omitempty"`   // our certificate, for peers that ask for one
	KeyFile    string `json:"keyFile,omitempty"`    // its key
	ServerName string `json:"serverName,omitempty"` // the name in the peer's certificate, when it is not its address
}

// client is the configuration of a requestor.
func (t *TLS) client() (*tls.Config, error) {
	c := &tls.Config{MinVersion: tls.VersionTLS12, ServerName: t.ServerName}
	var err error
	if t.CAFile != "" {
		if c.RootCAs, err = t.authorities(); err != nil {
			return nil, err
		}
	}
	if t.CertFile != "" {
		c.Certificates, err = t.certificates()
	}
	return c, err
}

// Server is the configuration of an acceptor. With CAFile, peers must show a
// certificate that it signed.
func (t *TLS) Server() (*tls.Config, error) {
	certificates, err := t.certificates()
	if err != nil {
		return nil, err
	}
	c := &tls.Config{MinVersion: tls.VersionTLS12, Certificates: certificates}
	if t.CAFile != "" {
		c.ClientAuth = tls.RequireAndVerifyClientCert
		c.ClientCAs, err = t.pool(x509.NewCertPool())
	}
	return c, err
}

func (t *TLS) certificates() ([]tls.Certificate, error) {
	one, err := tls.LoadX509KeyPair(t.CertFile, t.KeyFile)
	if err != nil {
		return nil, fmt.Errorf("our certificate: %w", err)
	}
	return []tls.Certificate{one}, nil
}

func (t *TLS) authorities() (*x509.CertPool, error) {
	roots, err := x509.SystemCertPool()
	if err != nil {
		roots = x509.NewCertPool()
	}
	return t.pool(roots)
}

func (t *TLS) pool(p *x509.CertPool) (*x509.CertPool, error) {
	pem, err := os.ReadFile(t.CAFile)
	if err != nil {
		return nil, fmt.Errorf("file of trusted certificates: %w", err)
	}
	if !p.AppendCertsFromPEM(pem) {
		return nil, errors.New("the file of trusted certificates holds none in PEM form")
	}
	return p, nil
}
