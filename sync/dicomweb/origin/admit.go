package origin

import (
	"crypto/sha256"
	"crypto/subtle"
	"eris/sync/node"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// admitted lets in who shows a token, and without tokens programs on this
// computer. Strangers read: storing needs the writer's token.
func (s *server) admitted(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if s.Reader == "" && s.Writer == "" && !s.Everywhere {
			if !node.Loopback(addressOf(r)) {
				http.Error(w, "this archive answers on this computer only", http.StatusForbidden)
				return
			}
			next.ServeHTTP(w, r)
			return
		}
		reads, writes := s.rights(r)
		switch {
		case !s.rates.allow(addressOf(r), s.Rate, reads):
			w.Header().Set("Retry-After", "1")
			http.Error(w, "too many requests", http.StatusTooManyRequests)
		case !reads:
			w.Header().Set("WWW-Authenticate", `Bearer realm="archive"`) // RFC 6750 3
			http.Error(w, "a token is needed", http.StatusUnauthorized)
		case !writes && r.Method != http.MethodGet && r.Method != http.MethodHead:
			http.Error(w, "this token lets you read only", http.StatusForbidden)
		default:
			next.ServeHTTP(w, r)
		}
	})
}

// rights are what the token of a request allows.
func (s *server) rights(r *http.Request) (reads, writes bool) {
	kind, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(kind, "Bearer") {
		return false, false
	}
	writes, reads = same(token, s.Writer), same(token, s.Reader)
	return reads || writes, writes
}

// same compares in a time that says nothing about the token; an empty one is
// never the same.
func same(given, token string) bool {
	a, b := sha256.Sum256([]byte(given)), sha256.Sum256([]byte(token))
	return subtle.ConstantTimeCompare(a[:], b[:]) == 1 && token != ""
}

func addressOf(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}

// rates bounds how often an address may ask. A wrong token costs as much as
// many questions, so that tokens cannot be guessed.
type rates struct {
	mu       sync.Mutex
	limiters map[string]*rate.Limiter
}

const (
	maxAddresses = 4096 // remembered at once
	wrongCosts   = 20   // questions
)

func (r *rates) allow(address string, perSecond float64, known bool) bool {
	r.mu.Lock()
	if r.limiters == nil || len(r.limiters) >= maxAddresses {
		r.limiters = map[string]*rate.Limiter{}
	}
	l := r.limiters[address]
	if l == nil {
		l = rate.NewLimiter(rate.Limit(perSecond), max(2*wrongCosts, int(2*perSecond)))
		r.limiters[address] = l
	}
	r.mu.Unlock()
	if known {
		return l.Allow()
	}
	return l.AllowN(time.Now(), wrongCosts)
}
