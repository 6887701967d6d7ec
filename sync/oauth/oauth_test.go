package oauth_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/oauth2-proxy/mockoidc"

	"eris/sync/dicomweb"
	"eris/sync/node"
	"eris/sync/oauth"
)

func source(t *testing.T, o oauth.Options, r oauth.Keyring) *oauth.Source {
	t.Helper()
	o.Name = "north"
	if o.ClientID == "" {
		o.ClientID = clientID
	}
	s, err := oauth.New(o, r)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// browse is a browser with a person who agrees to everything.
func browse(address string) error {
	resp, err := http.Get(address)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if page, err := io.ReadAll(resp.Body); err != nil || !strings.Contains(string(page), "Thank you") {
		return errors.New("the browser does not show the last page")
	}
	return nil
}

const thanks = "Thank you"

func TestAPersonLogsInOnce(t *testing.T) {
	p, keys := newProvider(t), &ring{}
	o := oauth.Options{Issuer: p.url, Scopes: []string{"openid", "offline_access"}}
	s := source(t, o, keys)
	if _, err := s.Token(t.Context()); !errors.Is(err, node.ErrRefused) {
		t.Errorf("before the login: %v", err)
	}
	if err := s.Login(t.Context(), browse, thanks); err != nil {
		t.Fatal(err)
	}
	token, err := s.Token(t.Context())
	if err != nil || token != p.access || p.refreshes != 0 {
		t.Fatalf("token %q, want %q, after %d refreshes, %v", token, p.access, p.refreshes, err)
	}
	for _, secret := range keys.secrets {
		if secret != p.refresh {
			t.Errorf("the keyring holds %q", secret)
		}
	}
	// The program starts anew: the keyring is enough, and the new refresh token is kept.
	again := source(t, o, keys)
	for range 2 {
		if token, err = again.Token(t.Context()); err != nil || token != p.access || p.refreshes != 1 {
			t.Fatalf("token %q, want %q, after %d refreshes, %v", token, p.access, p.refreshes, err)
		}
	}
	for _, secret := range keys.secrets {
		if secret != p.refresh {
			t.Error("the keyring holds an old refresh token")
		}
	}
	// The provider takes the refresh token no more.
	p.refresh = ""
	if _, err := again.Renew(t.Context(), token); !errors.Is(err, node.ErrRefused) || strings.Contains(err.Error(), "secret") {
		t.Errorf("a refresh token that ended: %v", err)
	}
	before := p.refreshes
	if _, err := again.Token(t.Context()); !errors.Is(err, node.ErrRefused) || p.refreshes != before {
		t.Errorf("the provider is asked in vain: %v", err)
	}
	if err := again.Login(t.Context(), browse, thanks); err != nil {
		t.Error(err)
	}
	if err := again.Logout(t.Context()); err != nil {
		t.Error(err)
	}
	if _, err := again.Token(t.Context()); !errors.Is(err, node.ErrRefused) {
		t.Errorf("after the logout: %v", err)
	}
}

func TestAShortTokenIsRenewedBeforeItEnds(t *testing.T) {
	p := newProvider(t)
	p.lifetime = 20 // less than it takes to be early
	s := source(t, oauth.Options{Issuer: p.url, Scopes: []string{"openid"}}, &ring{})
	if err := s.Login(t.Context(), browse, thanks); err != nil {
		t.Fatal(err)
	}
	first, err := s.Token(t.Context())
	second, again := s.Token(t.Context())
	if err != nil || again != nil || first == second || p.refreshes != 2 {
		t.Errorf("%d refreshes, %v, %v", p.refreshes, err, again)
	}
}

// TestManyAreRefusedAndOneRefreshes has an archive refuse a token to many at
// once: one renews it, all go on. When that does not help, they are refused.
func TestManyAreRefusedAndOneRefreshes(t *testing.T) {
	p := newProvider(t)
	srv := httptest.NewServer(http.HandlerFunc(p.archive))
	t.Cleanup(srv.Close)
	s := source(t, oauth.Options{Issuer: p.url, Scopes: []string{"openid"}}, &ring{})
	if err := s.Login(t.Context(), browse, thanks); err != nil {
		t.Fatal(err)
	}
	c, err := dicomweb.New(dicomweb.Options{Name: "north", URL: srv.URL, Tokens: s})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	if _, err := c.Echo(t.Context()); err != nil || p.refreshes != 0 {
		t.Fatalf("%d refreshes, %v", p.refreshes, err)
	}
	p.revoke()
	var group sync.WaitGroup
	for range 16 {
		group.Go(func() {
			if _, err := c.Echo(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	if p.refreshes != 1 {
		t.Errorf("%d refreshes of one token", p.refreshes)
	}
	stubborn := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusUnauthorized) }))
	t.Cleanup(stubborn.Close)
	c, err = dicomweb.New(dicomweb.Options{Name: "south", URL: stubborn.URL, Tokens: s})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	if _, err := c.Echo(t.Context()); !errors.Is(err, node.ErrRefused) || p.refreshes != 2 {
		t.Errorf("%d refreshes, %v", p.refreshes, err)
	}
}

func TestAMachineLogsIn(t *testing.T) {
	p := newProvider(t)
	p.secret = "sesame & more" // RFC 6749 2.3.1: it is encoded in the header
	s := source(t, oauth.Options{Issuer: p.url, Grant: oauth.Machine, ClientSecret: p.secret, Scopes: []string{"dicom"}}, nil)
	p.secret = url.QueryEscape(p.secret)
	token, err := s.Token(t.Context())
	if err != nil || token != p.access {
		t.Fatalf("token %q, %v", token, err)
	}
	if other, err := s.Renew(t.Context(), token); err != nil || other == token || p.refreshes != 2 {
		t.Errorf("%d requests, %v", p.refreshes, err)
	}
	wrong := source(t, oauth.Options{Issuer: p.url, Grant: oauth.Machine, ClientSecret: "other"}, nil)
	if _, err := wrong.Token(t.Context()); !errors.Is(err, node.ErrRefused) || strings.Contains(err.Error(), "secret words") {
		t.Errorf("a wrong secret: %v", err)
	}
}

// TestOnlyTheRightAnswerCounts sends the listener what others may send.
func TestOnlyTheRightAnswerCounts(t *testing.T) {
	p := newProvider(t)
	s := source(t, oauth.Options{Issuer: p.url, Scopes: []string{"openid"}}, &ring{})
	err := s.Login(t.Context(), func(address string) error {
		asked, err := url.Parse(address)
		if err != nil {
			return err
		}
		back, state := asked.Query().Get("redirect_uri"), asked.Query().Get("state")
		for what, query := range map[string]string{
			"no state":      "code=x&iss=" + p.url,
			"another state": "code=x&state=" + strings.Repeat("A", len(state)) + "&iss=" + p.url,
			"no issuer":     "code=x&state=" + state,
			"other issuer":  "code=x&iss=https://evil.example&state=" + state,
			"no code":       "state=" + state + "&iss=" + p.url,
		} {
			resp, err := http.Get(back + "?" + query)
			if err != nil {
				return err
			}
			resp.Body.Close()
			if resp.StatusCode != http.StatusBadRequest {
				t.Errorf("%s: status %d", what, resp.StatusCode)
			}
		}
		req, err := http.NewRequest(http.MethodGet, back+"?code=x&state="+state+"&iss="+p.url, nil)
		if err != nil {
			return err
		}
		req.Host = "evil.example"
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			return err
		}
		resp.Body.Close()
		if resp.StatusCode != http.StatusBadRequest {
			t.Errorf("another name of the loopback address: status %d", resp.StatusCode)
		}
		return browse(address)
	}, thanks)
	if err != nil {
		t.Error(err)
	}
}

func TestLoginsThatFail(t *testing.T) {
	canceled, cancel := context.WithCancel(t.Context())
	cancel()
	cases := map[string]struct {
		ctx    context.Context
		change func(p *provider)
		open   func(address string) error
		want   error
	}{
		"the person says no": {open: func(address string) error {
			u, _ := url.Parse(address)
			resp, err := http.Get(u.Query().Get("redirect_uri") + "?error=access_denied&state=" + u.Query().Get("state") + "&iss=http://" + u.Host)
			if err == nil {
				resp.Body.Close()
			}
			return err
		}, want: node.ErrRefused},
		"the person goes away": {ctx: canceled, want: context.Canceled},
		"no browser":           {open: func(string) error { return io.ErrClosedPipe }, want: io.ErrClosedPipe},
		"another nonce":        {change: func(p *provider) { p.id = func(c map[string]any) { c["nonce"] = "old" } }, want: node.ErrGarbled},
		"another audience":     {change: func(p *provider) { p.id = func(c map[string]any) { c["aud"] = "others" } }, want: node.ErrGarbled},
		"another party":        {change: func(p *provider) { p.id = func(c map[string]any) { c["azp"] = "others" } }, want: node.ErrGarbled},
		"another issuer":       {change: func(p *provider) { p.id = func(c map[string]any) { c["iss"] = "https://evil.example" } }, want: node.ErrGarbled},
		"long ended":           {change: func(p *provider) { p.id = func(c map[string]any) { c["exp"] = 1 } }, want: node.ErrGarbled},
		"no such provider":     {change: func(p *provider) { p.document = func(d map[string]any) { d["issuer"] = "https://evil.example" } }, want: node.ErrGarbled},
		"endpoints in the clear": {change: func(p *provider) {
			p.document = func(d map[string]any) { d["token_endpoint"] = "http://idp.example/token" }
		}, want: node.ErrGarbled},
		"a wrong client": {change: func(p *provider) { p.secret = "x" }, want: node.ErrRefused},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			p := newProvider(t)
			if c.change != nil {
				c.change(p)
			}
			if c.open == nil {
				c.open = browse
			}
			if c.ctx == nil {
				c.ctx = t.Context()
			}
			s := source(t, oauth.Options{Issuer: p.url, Scopes: []string{"openid"}}, &ring{})
			if err := s.Login(c.ctx, c.open, thanks); !errors.Is(err, c.want) {
				t.Errorf("%v, want %v", err, c.want)
			}
		})
	}
}

func TestProvidersThatFail(t *testing.T) {
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	broken := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) }))
	t.Cleanup(broken.Close)
	page := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "<html>") }))
	t.Cleanup(page.Close)
	astray := httptest.NewServer(http.RedirectHandler("https://evil.example/", http.StatusFound))
	t.Cleanup(astray.Close)
	secured := httptest.NewUnstartedServer(http.NotFoundHandler())
	secured.Config.ErrorLog = quiet
	secured.StartTLS()
	t.Cleanup(secured.Close)
	for issuer, want := range map[string]error{gone.URL: node.ErrUnreachable, broken.URL: node.ErrServer, page.URL: node.ErrGarbled,
		astray.URL: node.ErrUnsupported, secured.URL: node.ErrUntrusted} {
		s := source(t, oauth.Options{Issuer: issuer, Grant: oauth.Machine, ClientSecret: "x"}, nil)
		if _, err := s.Token(t.Context()); !errors.Is(err, want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%v, want %v", err, want)
		}
	}
	for _, bad := range []oauth.Options{{ClientID: "x", Issuer: "http://idp.example"}, {Issuer: "https://idp.example"},
		{ClientID: "x", Issuer: "https://idp.example", Grant: "password"}, {ClientID: "x", Issuer: "https://idp.example", CAFile: "nowhere"}} {
		if _, err := oauth.New(bad, &ring{}); err == nil {
			t.Errorf("%+v was accepted", bad)
		}
	}
}

func TestSecretsAreNotInOptions(t *testing.T) {
	b, err := json.Marshal(oauth.Options{ClientSecret: "sesame"})
	if err != nil || strings.Contains(string(b), "sesame") {
		t.Errorf("%s, %v", b, err)
	}
}

// TestALibrarysProvider runs login and refresh against a provider that others
// wrote: it checks client, code, code_verifier and refresh token.
func TestALibrarysProvider(t *testing.T) {
	m, err := mockoidc.Run()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { m.Shutdown() })
	s := source(t, oauth.Options{Issuer: m.Issuer(), ClientID: m.ClientID, ClientSecret: m.ClientSecret, Scopes: []string{"openid", "profile"}}, &ring{})
	if err := s.Login(t.Context(), browse, thanks); err != nil {
		t.Fatal(err)
	}
	token, err := s.Token(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if parsed, err := m.Keypair.VerifyJWT(token, m.Now); err != nil || !parsed.Valid {
		t.Errorf("the token is none of the provider's: %v", err)
	}
	m.FastForward(1e9) // so that the next token differs
	if renewed, err := s.Renew(t.Context(), token); err != nil || renewed == token {
		t.Errorf("renewed %v, %v", renewed != token, err)
	}
}
