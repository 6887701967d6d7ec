package cdshooks

import (
	"cmp"
	"context"
	"encoding/json"
	"eris/sync/node"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
)

// Issuer is a record that may ask.
type Issuer struct {
	ISS  string `json:"iss"`  // as its tokens say it
	Keys string `json:"keys"` // its JWK Set (RFC 7517): a file, or an https address; http on this computer only
}

// Trust checks the tokens of callers (RFC 7519). It is for concurrent use.
type Trust struct {
	Base    string // the URL of the service as callers know it, without a slash at the end
	Issuers []Issuer
	Now     func() time.Time // time.Now when nil
	HTTP    *http.Client     // for key sets; one that follows no redirect to elsewhere when nil

	mu   sync.Mutex
	sets map[string]keySet
	seen map[string]time.Time // iss and jti of tokens, until they end
}

type keySet struct {
	jose.JSONWebKeySet
	read time.Time
}

// Numbers of trust.
const (
	leeway      = 30 * time.Second // clocks differ
	mostLife    = time.Hour        // of a token: it is made for one call
	mostSeen    = 100_000          // tokens remembered against replay
	keysFresh   = 10 * time.Minute
	keysTried   = 10 * time.Second // between two tries for a key that was not in the set
	mostKeySet  = 1 << 20
	keySetLimit = 5 * time.Second
)

// algorithms are asymmetric ones only: with a shared secret the service could
// make tokens itself (CDS Hooks, JWT Signing Algorithm).
var algorithms = []jose.SignatureAlgorithm{jose.ES256, jose.ES384, jose.ES512, jose.RS256, jose.RS384, jose.RS512,
	jose.PS256, jose.PS384, jose.PS512, jose.EdDSA}

// Errors of a token. They hold nothing of it.
var (
	errNoToken   = errors.New("there is no bearer token")
	errToken     = errors.New("the token cannot be read")
	errIssuer    = errors.New("the issuer is not on the list")
	errKey       = errors.New("the issuer has no key of this kid")
	errSignature = errors.New("the signature is not the issuer's")
	errClaims    = errors.New("the token is for another address, has ended, or lives too long")
	errReplayed  = errors.New("the token was used before")
)

// Check admits a request by its Authorization header; path is what is called,
// below Base.
func (t *Trust) Check(ctx context.Context, authorization, path string) error {
	kind, raw, _ := strings.Cut(authorization, " ")
	if !strings.EqualFold(kind, "Bearer") || raw == "" {
		return errNoToken
	}
	token, err := jwt.ParseSigned(raw, algorithms)
	if err != nil || len(token.Headers) != 1 {
		return errToken
	}
	var claims jwt.Claims
	if err := token.UnsafeClaimsWithoutVerification(&claims); err != nil { // only to choose the key
		return errToken
	}
	i := slices.IndexFunc(t.Issuers, func(x Issuer) bool { return x.ISS == claims.Issuer })
	if i < 0 || claims.Issuer == "" {
		return errIssuer
	}
	key, err := t.key(ctx, t.Issuers[i], token.Headers[0].KeyID)
	if err != nil {
		return err
	}
	if err := token.Claims(key, &claims); err != nil {
		return errSignature
	}
	now := t.now()
	expected := jwt.Expected{Issuer: t.Issuers[i].ISS, AnyAudience: jwt.Audience{t.Base + path}, Time: now}
	if claims.ValidateWithLeeway(expected, leeway) != nil || claims.Expiry == nil || claims.IssuedAt == nil || claims.ID == "" ||
		claims.Expiry.Time().Sub(now) > mostLife {
		return errClaims
	}
	return t.once(claims.Issuer+"\x00"+claims.ID, claims.Expiry.Time().Add(leeway), now)
}

func (t *Trust) now() time.Time {
	if t.Now == nil {
		return time.Now()
	}
	return t.Now()
}

// once refuses a token that was seen before. Several services behind a balancer
// each remember their own.
func (t *Trust) once(id string, until, now time.Time) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.seen == nil {
		t.seen = map[string]time.Time{}
	}
	if end, was := t.seen[id]; was && now.Before(end) {
		return errReplayed
	}
	if len(t.seen) >= mostSeen {
		for id, end := range t.seen {
			if !now.Before(end) {
				delete(t.seen, id)
			}
		}
		if len(t.seen) >= mostSeen { // a token that cannot be remembered could be used again
			return errReplayed
		}
	}
	t.seen[id] = until
	return nil
}

// key is an issuer's public key. A kid that is not in the set makes it be read
// anew: keys are changed.
func (t *Trust) key(ctx context.Context, from Issuer, kid string) (jose.JSONWebKey, error) {
	t.mu.Lock()
	set, known := t.sets[from.ISS]
	t.mu.Unlock()
	now := t.now()
	if known && now.Sub(set.read) < keysFresh {
		if keys := set.Key(kid); len(keys) > 0 || now.Sub(set.read) < keysTried {
			return only(keys)
		}
	}
	fresh, err := t.load(ctx, from.Keys)
	if err != nil {
		if keys := set.Key(kid); len(keys) > 0 { // the place of the keys is down; what it said last holds
			return keys[0], nil
		}
		return jose.JSONWebKey{}, fmt.Errorf("keys of the issuer: %w", err)
	}
	t.mu.Lock()
	if t.sets == nil {
		t.sets = map[string]keySet{}
	}
	t.sets[from.ISS] = keySet{fresh, now}
	t.mu.Unlock()
	return only(fresh.Key(kid))
}

func only(keys []jose.JSONWebKey) (jose.JSONWebKey, error) {
	if len(keys) != 1 || !keys[0].Valid() {
		return jose.JSONWebKey{}, errKey
	}
	return keys[0].Public(), nil
}

func (t *Trust) load(ctx context.Context, place string) (set jose.JSONWebKeySet, err error) {
	var raw []byte
	switch address, failed := url.Parse(place); {
	case failed == nil && (address.Scheme == "https" || address.Scheme == "http" && node.Loopback(address.Hostname())):
		raw, err = t.get(ctx, place)
	case failed == nil && address.Scheme == "http":
		err = errors.New("keys over http could be anybody's: name an https address")
	default:
		raw, err = os.ReadFile(place)
	}
	if err == nil {
		err = json.Unmarshal(raw, &set)
	}
	return set, err
}

func (t *Trust) get(ctx context.Context, address string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, keySetLimit)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, err
	}
	answer, err := cmp.Or(t.HTTP, sameHost).Do(r)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("HTTP %d", answer.StatusCode)
	}
	return io.ReadAll(io.LimitReader(answer.Body, mostKeySet))
}
