package oauth_test

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"
)

// provider is an identity provider that holds every parameter against the RFCs.
// It gives refresh tokens that count once.
type provider struct {
	t      *testing.T
	url    string
	secret string // of the client; empty for a public one

	mu        sync.Mutex
	asked     map[string]url.Values // codes and what they were asked for with
	refresh   string                // the refresh token that counts
	access    string                // the access token that counts
	refreshes int
	lifetime  int                         // seconds
	id        func(claims map[string]any) // changes the claims of ID tokens
	document  func(d map[string]any)      // changes the discovery document
}

const clientID = "eris"

func newProvider(t *testing.T) *provider {
	p := &provider{t: t, asked: map[string]url.Values{}, lifetime: 3600, id: func(map[string]any) {}, document: func(map[string]any) {}}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /.well-known/openid-configuration", p.discovery)
	mux.HandleFunc("GET /authorize", p.authorize)
	mux.HandleFunc("POST /token", p.token)
	srv := httptest.NewServer(mux)
	t.Cleanup(srv.Close)
	p.url = srv.URL
	return p
}

func (p *provider) discovery(w http.ResponseWriter, _ *http.Request) {
	d := map[string]any{"issuer": p.url, "authorization_endpoint": p.url + "/authorize", "token_endpoint": p.url + "/token",
		"authorization_response_iss_parameter_supported": true}
	p.document(d)
	json.NewEncoder(w).Encode(d)
}

// authorize checks RFC 6749 4.1.1, RFC 7636 4.3, RFC 8252 7.3 and OpenID Connect
// Core 1.0 3.1.2.1, and logs in at once.
func (p *provider) authorize(w http.ResponseWriter, r *http.Request) {
	v := r.URL.Query()
	back, err := url.Parse(v.Get("redirect_uri"))
	for what, ok := range map[string]bool{
		"response_type":         v.Get("response_type") == "code",
		"client_id":             v.Get("client_id") == clientID,
		"scope":                 strings.Contains(v.Get("scope"), "openid"),
		"state":                 len(v.Get("state")) >= 22, // RFC 6749 10.10: 128 bits
		"nonce":                 len(v.Get("nonce")) >= 22,
		"code_challenge_method": v.Get("code_challenge_method") == "S256",
		"code_challenge":        len(v.Get("code_challenge")) == 43,
		"redirect_uri":          err == nil && back.Scheme == "http" && back.Hostname() == "127.0.0.1" && back.Port() != "" && back.Path == "/callback",
		"no secret":             !v.Has("client_secret") && !v.Has("code_verifier"),
	} {
		if !ok {
			p.t.Errorf("authorization request: %s is wrong: %v", what, v)
		}
	}
	code := rand.Text()
	p.mu.Lock()
	p.asked[code] = v
	p.mu.Unlock()
	back.RawQuery = url.Values{"code": {code}, "state": {v.Get("state")}, "iss": {p.url}}.Encode()
	http.Redirect(w, r, back.String(), http.StatusFound)
}

// token checks RFC 6749 4.1.3, 4.4.2 and 6, and RFC 7636 4.6.
func (p *provider) token(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if kind := r.Header.Get("Content-Type"); kind != "application/x-www-form-urlencoded" || r.URL.RawQuery != "" {
		p.t.Errorf("token request: %s with query %q", kind, r.URL.RawQuery)
	}
	if id, secret, ok := r.BasicAuth(); p.secret != "" && (!ok || id != clientID || secret != p.secret) ||
		p.secret == "" && (ok || r.PostFormValue("client_id") != clientID || r.PostFormValue("client_secret") != "") {
		p.refuse(w, http.StatusUnauthorized, "invalid_client")
		return
	}
	switch r.PostFormValue("grant_type") {
	case "authorization_code":
		p.exchange(w, r)
	case "refresh_token":
		p.refreshes++
		if p.refresh == "" || r.PostFormValue("refresh_token") != p.refresh {
			p.refuse(w, http.StatusBadRequest, "invalid_grant")
			return
		}
		p.grant(w, "", true)
	case "client_credentials":
		if p.secret == "" {
			p.refuse(w, http.StatusBadRequest, "unauthorized_client")
			return
		}
		p.refreshes++
		p.grant(w, "", false)
	default:
		p.refuse(w, http.StatusBadRequest, "unsupported_grant_type")
	}
}

func (p *provider) exchange(w http.ResponseWriter, r *http.Request) {
	asked, ok := p.asked[r.PostFormValue("code")]
	delete(p.asked, r.PostFormValue("code")) // RFC 6749 4.1.2: it counts once
	verifier := r.PostFormValue("code_verifier")
	sum := sha256.Sum256([]byte(verifier))
	if !ok || len(verifier) < 43 || base64.RawURLEncoding.EncodeToString(sum[:]) != asked.Get("code_challenge") ||
		r.PostFormValue("redirect_uri") != asked.Get("redirect_uri") {
		p.refuse(w, http.StatusBadRequest, "invalid_grant")
		return
	}
	p.grant(w, asked.Get("nonce"), true)
}

func (p *provider) grant(w http.ResponseWriter, nonce string, refreshable bool) {
	p.access = rand.Text()
	answer := map[string]any{"access_token": p.access, "token_type": "Bearer", "expires_in": p.lifetime}
	if refreshable {
		p.refresh = rand.Text()
		answer["refresh_token"] = p.refresh
	}
	if nonce != "" {
		claims := map[string]any{"iss": p.url, "aud": []string{clientID}, "exp": time.Now().Add(time.Hour).Unix(), "nonce": nonce, "sub": "doctor"}
		p.id(claims)
		b, _ := json.Marshal(claims)
		answer["id_token"] = "e30." + base64.RawURLEncoding.EncodeToString(b) + ".c2ln"
	}
	w.Header().Set("Content-Type", "application/json")
	json.NewEncoder(w).Encode(answer)
}

func (p *provider) refuse(w http.ResponseWriter, status int, code string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	fmt.Fprintf(w, `{"error":%q,"error_description":"secret words"}`, code)
}

// revoke makes the access token worthless, as an administrator may.
func (p *provider) revoke() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.access = ""
}

// archive answers whom the provider gave a token.
func (p *provider) archive(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.access == "" || r.Header.Get("Authorization") != "Bearer "+p.access {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

// ring is a keyring in memory.
type ring struct {
	mu      sync.Mutex
	secrets map[string]string
	err     error
}

// Secret finds a secret.
func (r *ring) Secret(name string) (string, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.secrets[name], r.err
}

// SetSecret keeps a secret.
func (r *ring) SetSecret(name, secret string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.secrets == nil {
		r.secrets = map[string]string{}
	}
	r.secrets[name] = secret
	return r.err
}

// quiet hears servers that complain about refused handshakes.
var quiet = log.New(io.Discard, "", 0)
