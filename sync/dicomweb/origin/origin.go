package origin

import (
	"cmp"
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"time"

	"eris/clinic"
	"eris/dicom"
	"eris/sync/node"
)

// Cache is what origin serves from and stores into.
type Cache interface {
	// Studies lists the studies that match q. It may give more than match and
	// may ignore any field: the answer is filtered again. Wildcards have been
	// taken out of q, and its Limit is 0: all.
	Studies(ctx context.Context, q node.Query) ([]clinic.Study, error)
	Series(ctx context.Context, study dicom.UID) ([]clinic.Series, error)
	Instances(ctx context.Context, study, series dicom.UID) ([]clinic.Instance, error)
	StudyInstances(ctx context.Context, study dicom.UID) ([]clinic.Instance, error)
	Instance(ctx context.Context, uid dicom.UID) (clinic.Instance, error)
	Path(ctx context.Context, uid dicom.UID) (string, error)
	// Add stores one Part 10 object and says which it was.
	Add(ctx context.Context, r io.Reader, source string) (dicom.UID, error)
}

// Params say what a server serves.
type Params struct {
	Cache Cache // required

	// Render draws an instance as PNG or JPEG; without it /rendered is not offered.
	Render func(ctx context.Context, uid dicom.UID) (picture []byte, mediaType string, err error)
	// Everywhere lets it answer under any name, for an address other than
	// loopback. Then nobody gets in without a token.
	Everywhere bool
	// Reader is the token of those who may search and fetch, Writer of those who
	// may store as well (RFC 6750). With neither, programs on this computer may do
	// everything.
	Reader, Writer string

	MaxBody int64         // bytes of one request; 0 is 2 GB
	Rate    float64       // requests per second of one address that needs a token; 0 is 100
	Stall   time.Duration // how long a client may send or take nothing; 0 is 30 s

	// Log takes failures, never patient data; slog.Default when nil.
	Log *slog.Logger
}

func (p Params) withDefaults() Params {
	p.MaxBody = cmp.Or(p.MaxBody, 2<<30)
	p.Rate = cmp.Or(p.Rate, 100)
	p.Stall = cmp.Or(p.Stall, 30*time.Second)
	if p.Log == nil {
		p.Log = slog.Default()
	}
	return p
}

// server answers the requests.
type server struct {
	Params
	rates rates
}

// New makes the handler of the services; they lie directly below its root.
func New(p Params) http.Handler {
	s := &server{Params: p.withDefaults()}
	mux := http.NewServeMux()
	handle := func(pattern string, f func(w http.ResponseWriter, r *http.Request) error) {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			if err := f(w, r); err != nil {
				s.fail(w, r, err)
			}
		})
	}
	handle("GET /studies", s.findStudies)
	handle("GET /studies/{study}/series", s.findSeries)
	handle("GET /studies/{study}/instances", s.findInstances)
	handle("GET /studies/{study}/series/{series}/instances", s.findInstances)
	for _, level := range []string{"/studies/{study}", "/studies/{study}/series/{series}", "/studies/{study}/series/{series}/instances/{instance}"} {
		handle("GET "+level, s.retrieve)
		handle("GET "+level+"/metadata", s.metadata)
	}
	handle("GET /studies/{study}/series/{series}/instances/{instance}/rendered", s.rendered)
	handle("POST /studies", s.store)
	handle("POST /studies/{study}", s.store)
	return s.patient(s.named(s.admitted(mux)))
}

// named refuses questions that were asked of another host than the loopback one.
func (s *server) named(next http.Handler) http.Handler {
	if s.Everywhere {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host, _, err := net.SplitHostPort(r.Host)
		if err != nil {
			host = r.Host
		}
		if !node.Loopback(host) {
			http.Error(w, "this archive answers on this computer only", http.StatusMisdirectedRequest)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// httpError is a failure with its HTTP status and words for the client.
type httpError struct {
	status int
	text   string
}

// Error is the words for the client.
func (e httpError) Error() string { return e.text }

var (
	errNoSuch = httpError{http.StatusNotFound, "no such study, series or instance"}
)

func (s *server) fail(w http.ResponseWriter, r *http.Request, err error) {
	var known httpError
	if tooLarge(err) {
		err = httpError{http.StatusRequestEntityTooLarge, "this is more than is taken at once"}
	}
	if errors.As(err, &known) {
		http.Error(w, known.text, known.status)
		return
	}
	if r.Context().Err() != nil {
		return // nobody is listening any more
	}
	s.Log.Error("the archive could not answer", "route", r.Pattern, "error", err)
	http.Error(w, "the archive could not answer", http.StatusInternalServerError)
}
