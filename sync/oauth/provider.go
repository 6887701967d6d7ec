package oauth

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"time"

	"eris/sync/node"
)

// provider is what is read of a discovery document (OpenID Connect Discovery 1.0, 3).
type provider struct {
	Issuer      string `json:"issuer"`
	AuthURL     string `json:"authorization_endpoint"`
	TokenURL    string `json:"token_endpoint"`
	NamesIssuer bool   `json:"authorization_response_iss_parameter_supported"` // RFC 9207 3
}

// maxDocument bounds a discovery document in bytes.
const maxDocument = 1 << 20

// discover fetches the discovery document. It must name the issuer that was
// asked for (OpenID Connect Discovery 1.0, 4.3).
func (s *Source) discover(ctx context.Context) (*provider, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, strings.TrimRight(s.Issuer, "/")+"/.well-known/openid-configuration", nil)
	if err != nil {
		return nil, s.fault(ctx, err)
	}
	resp, err := s.http.Do(req)
	if err != nil {
		return nil, s.fault(ctx, err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return nil, &node.Error{Node: s.Name, Kind: kindOf(resp.StatusCode), Status: resp.StatusCode, Cause: errProvider}
	}
	var p provider
	if err := json.NewDecoder(io.LimitReader(resp.Body, maxDocument)).Decode(&p); err != nil {
		return nil, s.garbled("its identity provider describes itself in words that cannot be read")
	}
	if strings.TrimRight(p.Issuer, "/") != strings.TrimRight(s.Issuer, "/") {
		return nil, s.garbled("its identity provider says that it is another one")
	}
	if !secure(p.TokenURL) || s.Grant == Person && !secure(p.AuthURL) {
		return nil, s.garbled("its identity provider names no safe addresses")
	}
	return &p, nil
}

// newClient waits for a provider only so long: a person is waiting.
func newClient(caFile string) (*http.Client, error) {
	roots, err := node.Roots(caFile)
	if err != nil {
		return nil, err
	}
	return &http.Client{
		Timeout: 30 * time.Second,
		Transport: &http.Transport{Proxy: http.ProxyFromEnvironment, ForceAttemptHTTP2: true, TLSHandshakeTimeout: 10 * time.Second,
			TLSClientConfig: &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}, MaxResponseHeaderBytes: 1 << 20, IdleConnTimeout: 90 * time.Second},
		CheckRedirect: func(next *http.Request, via []*http.Request) error {
			if next.URL.Scheme != via[0].URL.Scheme || next.URL.Host != via[0].URL.Host || len(via) > 5 {
				return errElsewhere
			}
			return nil
		},
	}, nil
}

var (
	errElsewhere = errors.New("its identity provider sends on to another host")
	errProvider  = errors.New("so its identity provider said")
)
