package node

import (
	"cmp"
	"context"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"time"
)

// Tokens gives bearer tokens that end (RFC 6750); *oauth.Source is one. Its
// errors have the kinds of this package.
type Tokens interface {
	// Token is a token that is good as far as is known; it may have to be fetched.
	Token(ctx context.Context) (string, error)
	// Renew gives another token than one that was refused.
	Renew(ctx context.Context, refused string) (string, error)
}

// Certificates are PEM files: whom to trust beside the system's roots, and who
// we are to a node that asks (mutual TLS). Empty ones are not used.
type Certificates struct{ CAFile, CertFile, KeyFile string }

// Transport is how HTTP goes to a node: it trusts the system's roots and those
// of the CA file, and shows our own certificate, read at every handshake so that
// renewed ones count. Errors: files without certificates.
func Transport(c Certificates) (*http.Transport, error) {
	roots, err := Roots(c.CAFile)
	if err != nil {
		return nil, err
	}
	config := &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12} // PS3.15 B.9
	if c.CertFile != "" {
		own := func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { return c.own() }
		if _, err := own(nil); err != nil {
			return nil, err
		}
		config.GetClientCertificate = own
	}
	return &http.Transport{
		Proxy:                  http.ProxyFromEnvironment,
		DialContext:            (&net.Dialer{Timeout: 10 * time.Second, KeepAlive: 30 * time.Second}).DialContext,
		TLSHandshakeTimeout:    10 * time.Second,
		TLSClientConfig:        config,
		ForceAttemptHTTP2:      true,
		MaxIdleConnsPerHost:    8,
		IdleConnTimeout:        90 * time.Second,
		MaxResponseHeaderBytes: 1 << 20,
	}, nil
}

func (c Certificates) own() (*tls.Certificate, error) {
	pair, err := tls.LoadX509KeyPair(c.CertFile, cmp.Or(c.KeyFile, c.CertFile))
	if err != nil {
		return nil, fmt.Errorf("own certificate: %w", err)
	}
	return &pair, nil
}

// ErrElsewhere stands for a redirect that is not followed, because login and
// question would go to a host that nobody entered.
var ErrElsewhere = errors.New("it sends on to another host")

// SameHost follows redirects within the node only.
func SameHost(next *http.Request, via []*http.Request) error {
	first := via[0].URL
	if next.URL.Host != first.Host || first.Scheme == "https" && next.URL.Scheme != "https" {
		return ErrElsewhere
	}
	if len(via) > 5 {
		return errors.New("it redirects in a circle")
	}
	return nil
}

// StatusKind is the kind of an HTTP status; nil for 2xx.
func StatusKind(status int) error {
	switch {
	case status >= 200 && status < 300:
		return nil
	case status == http.StatusUnauthorized, status == http.StatusForbidden, status == http.StatusProxyAuthRequired:
		return ErrRefused
	case status == http.StatusNotFound, status == http.StatusGone:
		return ErrNotFound
	case status == http.StatusConflict:
		return ErrConflict
	case status == http.StatusBadGateway, status == http.StatusGatewayTimeout:
		return ErrUnreachable // who stands before the node answers, and the node does not
	case status == http.StatusNotImplemented:
		return ErrUnsupported
	case status >= 500, status == http.StatusTooManyRequests, status == http.StatusRequestTimeout:
		return ErrServer
	case status >= 400:
		return ErrUnsupported
	}
	return ErrGarbled
}

// Authorization is the header of a login that does not end: a bearer token, else
// basic authentication; "" without either.
func Authorization(token, username, password string) string {
	switch {
	case token != "":
		return "Bearer " + token
	case username != "":
		return "Basic " + base64.StdEncoding.EncodeToString([]byte(username+":"+password))
	}
	return ""
}

// Loopback reports a host that is this computer.
func Loopback(host string) bool {
	a, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && a.Unmap().IsLoopback()
}
