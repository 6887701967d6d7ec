package oauth

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"errors"
	"fmt"
	"html"
	"net"
	"net/http"
	"net/url"
	"time"

	"golang.org/x/oauth2"
)

// Login has a person log in: the authorization code grant with PKCE (RFC 7636
// 4), answered to a listener on the loopback interface (RFC 8252 7.3). open
// shows an address in the browser; thanks is what the browser shows in the end.
// It returns when the person is done, or when ctx ends. What somebody else
// sends to the listener is not listened to.
func (s *Source) Login(ctx context.Context, open func(address string) error, thanks string) error {
	if err := s.take(ctx); err != nil {
		return err
	}
	config, err := s.config(ctx)
	s.give() // others may go on with the token they have while the person types
	if err != nil {
		return err
	}
	back, err := listen(ctx, s.provider, thanks)
	if err != nil {
		return fmt.Errorf("login of archive %q: %w", s.Name, err)
	}
	defer back.close()
	config.RedirectURL = back.address
	verifier, nonce := oauth2.GenerateVerifier(), rand.Text()
	address := config.AuthCodeURL(back.state, oauth2.S256ChallengeOption(verifier), oauth2.SetAuthURLParam("nonce", nonce))
	if err := open(address); err != nil {
		return fmt.Errorf("login of archive %q: browser: %w", s.Name, err)
	}
	code, err := back.wait(ctx)
	if err != nil {
		return s.backFault(err)
	}
	if err := s.take(ctx); err != nil {
		return err
	}
	defer s.give()
	token, err := config.Exchange(s.client(ctx), code, oauth2.VerifierOption(verifier))
	if err != nil {
		return s.fault(ctx, err)
	}
	if err := s.checkIdentity(token, nonce, time.Now()); err != nil {
		return err
	}
	return s.keep(token)
}

func (s *Source) backFault(err error) error {
	var said saidNo
	if errors.As(err, &said) {
		return s.refused(err)
	}
	return err
}

// callback is the path that the browser comes back to.
const callback = "/callback"

// listener waits for the browser.
type listener struct {
	address string // where the browser is to come back to
	state   string // tells the answer to our question from others (RFC 6749 10.12)
	issuer  string // who must have answered, when it says so (RFC 9207)
	strict  bool   // it always says so
	thanks  string

	came   chan answer
	server *http.Server
	ended  chan struct{}
}

// answer is what the browser brought.
type answer struct {
	code string
	err  error
}

// saidNo is an error code of the provider, e.g. access_denied.
type saidNo string

// Error is the code.
func (s saidNo) Error() string { return string(s) }

func listen(ctx context.Context, p *provider, thanks string) (*listener, error) {
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0") // RFC 8252 8.3: the address, not localhost
	if err != nil {
		return nil, err
	}
	b := &listener{address: "http://" + l.Addr().String() + callback, state: rand.Text(), issuer: p.Issuer, strict: p.NamesIssuer,
		thanks: thanks, came: make(chan answer, 1), ended: make(chan struct{})}
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+callback, b.answer)
	b.server = &http.Server{Handler: mux, ReadTimeout: 10 * time.Second, WriteTimeout: 10 * time.Second, MaxHeaderBytes: 64 << 10}
	go func() {
		b.server.Serve(l) // ends with close
		close(b.ended)
	}()
	return b, nil
}

func (b *listener) answer(w http.ResponseWriter, r *http.Request) {
	a, ok := b.read(r.URL.Query())
	if !ok || "http://"+r.Host+callback != b.address {
		http.Error(w, "this is no answer to a login", http.StatusBadRequest)
		return
	}
	select {
	case b.came <- a:
	default: // the first answer counts
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Referrer-Policy", "no-referrer")
	fmt.Fprintf(w, "<!doctype html><title>ERIS</title><p>%s</p>", html.EscapeString(b.thanks))
}

// read reads an answer (RFC 6749 4.1.2); false when it is none to our question.
func (b *listener) read(v url.Values) (answer, bool) {
	if subtle.ConstantTimeCompare([]byte(v.Get("state")), []byte(b.state)) != 1 {
		return answer{}, false
	}
	if issuer := v.Get("iss"); issuer != b.issuer && (issuer != "" || b.strict) {
		return answer{}, false
	}
	if code := v.Get("error"); code != "" {
		if !known[code] {
			code = "the provider did not say why"
		}
		return answer{err: saidNo(code)}, true
	}
	return answer{code: v.Get("code")}, v.Get("code") != ""
}

func (b *listener) wait(ctx context.Context) (string, error) {
	select {
	case a := <-b.came:
		return a.code, a.err
	case <-ctx.Done():
		return "", context.Cause(ctx)
	}
}

// close lets the last answer go out.
func (b *listener) close() {
	grace, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	if b.server.Shutdown(grace) != nil {
		b.server.Close()
	}
	<-b.ended
}
