package desk

import (
	"context"
	"fmt"
	"reflect"

	"eris/store"
	"eris/sync/oauth"
)

// Login is how an archive's identity provider is asked for tokens (OAuth 2.0,
// OpenID Connect).
type Login struct {
	Issuer   string   `json:"issuer"` // https address of the provider
	ClientID string   `json:"clientID"`
	Scopes   []string `json:"scopes,omitempty"`
	Machine  bool     `json:"machine,omitempty"` // the workstation logs in by itself, with the client's secret; else a person, with the browser
}

// loginSource gives the tokens of an archive. One that is at work goes on, since
// a refresh token may count once.
func (d *Desk) loginSource(name string, o ArchiveOptions, secret string) (*oauth.Source, error) {
	if have, err := d.archive(name); err == nil && have.login != nil && have.login.ClientSecret == secret && reflect.DeepEqual(have.Login, o.Login) {
		return have.login, nil
	}
	options := oauth.Options{Name: name, Issuer: o.Login.Issuer, ClientID: o.Login.ClientID, ClientSecret: secret,
		Scopes: o.Login.Scopes, CAFile: o.CAFile}
	if o.Login.Machine {
		options.Grant = oauth.Machine
	}
	return oauth.New(options, d.Keyring)
}

// LogIn has a person log in for an archive: open shows an address in the browser,
// which shows thanks in the end. It returns when the person is done.
func (d *Desk) LogIn(ctx context.Context, archive string, open func(address string) error, thanks string) error {
	a, err := d.archive(archive)
	if err != nil {
		return err
	}
	if a.login == nil || a.Login.Machine {
		return fmt.Errorf("archive %q has no login for a person: %w", archive, store.ErrNotFound)
	}
	return a.login.Login(ctx, open, thanks)
}
