package oauth

import (
	"context"
	"eris/sync/node"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"
)

// Grants: who logs in.
const (
	Person  = ""                   // with the browser (RFC 6749 4.1)
	Machine = "client_credentials" // with the client's own secret (RFC 6749 4.4)
)

// Options say who the identity provider is and who we are to it. The secret is
// left out of their JSON.
type Options struct {
	Name         string   `json:"name"`   // of the archive; in every error
	Issuer       string   `json:"issuer"` // of the provider: https, or http on the loopback interface
	ClientID     string   `json:"clientID"`
	ClientSecret string   `json:"-"` // empty for a public client, as desktop programs are (RFC 8252 8.5)
	Scopes       []string `json:"scopes,omitempty"`
	Grant        string   `json:"grant,omitempty"`  // Person or Machine
	CAFile       string   `json:"caFile,omitempty"` // PEM certificates to trust beside the system's
}

// Keyring keeps secrets by name. One that was never set is empty.
type Keyring interface {
	Secret(name string) (string, error)
	SetSecret(name, secret string) error
}

// early is how long before its end a token is renewed, so that it does not end
// on its way.
const early = 30 * time.Second

// Source gives the access tokens of one archive. Its methods may be called
// from many goroutines; one of them at a time talks to the provider.
type Source struct {
	Options
	ring Keyring
	http *http.Client
	turn chan struct{} // holds one value while nobody talks to the provider

	// These belong to whom has the turn.
	provider *provider
	token    *oauth2.Token
	refresh  string // the refresh token
	loaded   bool   // refresh has been looked up in the keyring
}

// New makes a source; nothing is sent. The keyring may be nil for a Machine.
func New(o Options, ring Keyring) (*Source, error) {
	if o.ClientID == "" || !secure(o.Issuer) {
		return nil, fmt.Errorf("login of archive %q: it needs a client ID and the https address of the identity provider", o.Name)
	}
	if o.Grant != Person && o.Grant != Machine || o.Grant == Person && ring == nil {
		return nil, fmt.Errorf("login of archive %q: a person needs a keyring, and %q is no other grant", o.Name, o.Grant)
	}
	client, err := newClient(o.CAFile)
	if err != nil {
		return nil, fmt.Errorf("login of archive %q: %w", o.Name, err)
	}
	s := &Source{Options: o, ring: ring, http: client, turn: make(chan struct{}, 1)}
	s.turn <- struct{}{}
	return s, nil
}

// Token is an access token that is good for a while yet.
func (s *Source) Token(ctx context.Context) (string, error) { return s.get(ctx, "") }

// Renew is another access token than the one an archive refused. Of many who
// were refused with the same token one asks the provider.
func (s *Source) Renew(ctx context.Context, refused string) (string, error) {
	return s.get(ctx, refused)
}

func (s *Source) get(ctx context.Context, refused string) (string, error) {
	if err := s.take(ctx); err != nil {
		return "", err
	}
	defer s.give()
	if s.token != nil && s.token.AccessToken != refused && (s.token.Expiry.IsZero() || time.Until(s.token.Expiry) > early) {
		return s.token.AccessToken, nil
	}
	if err := s.renew(ctx); err != nil {
		return "", err
	}
	return s.token.AccessToken, nil
}

func (s *Source) take(ctx context.Context) error {
	select {
	case <-s.turn:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

func (s *Source) give() { s.turn <- struct{}{} }

// renew gets a new token without a person.
func (s *Source) renew(ctx context.Context) error {
	config, err := s.config(ctx)
	if err != nil {
		return err
	}
	if s.Grant == Machine {
		machine := clientcredentials.Config{ClientID: config.ClientID, ClientSecret: config.ClientSecret,
			TokenURL: config.Endpoint.TokenURL, Scopes: config.Scopes, AuthStyle: config.Endpoint.AuthStyle}
		token, err := machine.Token(s.client(ctx))
		if err != nil {
			return s.fault(ctx, err)
		}
		s.token = token
		return nil
	}
	if err := s.load(); err != nil {
		return err
	}
	if s.refresh == "" {
		return s.refused(errNobody)
	}
	token, err := config.TokenSource(s.client(ctx), &oauth2.Token{RefreshToken: s.refresh}).Token()
	if err != nil {
		return s.lost(ctx, err)
	}
	return s.keep(token)
}

var errNobody = errors.New("somebody has to log in")

// lost forgets a refresh token that the provider does not take any more
// (RFC 6749 5.2); other failures leave it.
func (s *Source) lost(ctx context.Context, err error) error {
	var answer *oauth2.RetrieveError
	if !errors.As(err, &answer) || answer.ErrorCode != "invalid_grant" {
		return s.fault(ctx, err)
	}
	s.token, s.refresh = nil, ""
	if err := s.ring.SetSecret(s.secretName(), ""); err != nil {
		return s.ringFault(err)
	}
	return s.refused(errNobody)
}

// keep takes over a token. Providers may give a new refresh token with it, and
// then the old one is worth nothing (RFC 6749 6).
func (s *Source) keep(token *oauth2.Token) error {
	s.token = token
	if token.RefreshToken == "" || token.RefreshToken == s.refresh {
		return nil
	}
	s.refresh, s.loaded = token.RefreshToken, true
	if err := s.ring.SetSecret(s.secretName(), s.refresh); err != nil {
		return s.ringFault(err)
	}
	return nil
}

func (s *Source) load() error {
	if s.loaded {
		return nil
	}
	secret, err := s.ring.Secret(s.secretName())
	if err != nil {
		return s.ringFault(err)
	}
	s.refresh, s.loaded = secret, true
	return nil
}

// secretName is where the keyring has the refresh token: beside the password or
// token that an archive may have under its own name.
func (s *Source) secretName() string { return s.Name + " (refresh token)" }

// Logout forgets the tokens of a person.
func (s *Source) Logout(ctx context.Context) error {
	if err := s.take(ctx); err != nil {
		return err
	}
	defer s.give()
	s.token, s.refresh, s.loaded = nil, "", true
	if s.ring == nil {
		return nil
	}
	if err := s.ring.SetSecret(s.secretName(), ""); err != nil {
		return s.ringFault(err)
	}
	return nil
}

// config is what x/oauth2 needs, with endpoints from the discovery document.
func (s *Source) config(ctx context.Context) (oauth2.Config, error) {
	if s.provider == nil {
		p, err := s.discover(ctx)
		if err != nil {
			return oauth2.Config{}, err
		}
		s.provider = p
	}
	style := oauth2.AuthStyleAutoDetect // in the header, and where that is refused in the body (RFC 6749 2.3.1)
	if s.ClientSecret == "" {
		style = oauth2.AuthStyleInParams
	}
	return oauth2.Config{ClientID: s.ClientID, ClientSecret: s.ClientSecret, Scopes: s.Scopes, Endpoint: oauth2.Endpoint{
		AuthURL: s.provider.AuthURL, TokenURL: s.provider.TokenURL, AuthStyle: style}}, nil
}

// client has x/oauth2 use our client.
func (s *Source) client(ctx context.Context) context.Context {
	return context.WithValue(ctx, oauth2.HTTPClient, s.http)
}

// secure says that an address may see secrets: https, or this computer.
func secure(address string) bool {
	u, err := url.Parse(address)
	return err == nil && u.Host != "" && u.User == nil && (u.Scheme == "https" || u.Scheme == "http" && node.Loopback(u.Hostname()))
}
