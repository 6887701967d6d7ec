package dicomweb

import (
	"cmp"
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
	"time"

	"eris/sync/node"
)

// newTransport trusts the system's roots and those of the CA file, and shows
// our own certificate to whom asks for it.
func newTransport(o Options) (*http.Transport, error) {
	roots, err := node.Roots(o.CAFile)
	if err != nil {
		return nil, err
	}
	config := &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12} // PS3.15 B.9
	if o.CertFile != "" {
		own := func(*tls.CertificateRequestInfo) (*tls.Certificate, error) {
			return ownCertificate(o.CertFile, o.KeyFile)
		}
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
		ReadBufferSize:         256 << 10, // a slice of half a megabyte in two reads instead of a hundred
		WriteBufferSize:        64 << 10,
		DisableCompression:     true, // pixel data does not shrink, and packed answers hide their size
		MaxResponseHeaderBytes: 1 << 20,
	}, nil
}

func ownCertificate(certFile, keyFile string) (*tls.Certificate, error) {
	pair, err := tls.LoadX509KeyPair(certFile, cmp.Or(keyFile, certFile))
	if err != nil {
		return nil, fmt.Errorf("own certificate: %w", err)
	}
	return &pair, nil
}
