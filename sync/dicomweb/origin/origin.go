package origin

import (
	"context"
	"errors"
	"fmt"
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
	// Everywhere lets it answer under any name, for an address other than loopback.
	Everywhere bool
	// Log takes failures, never patient data; slog.Default when nil.
	Log *slog.Logger
}

// server answers the requests.
type server struct{ Params }

// New makes the handler of the services; they lie directly below its root.
func New(p Params) http.Handler {
	if p.Log == nil {
		p.Log = slog.Default()
	}
	s := &server{p}
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
	return s.named(mux)
}

// Serve serves handler on the listener until ctx ends, and finishes what is
// being answered. It owns the listener.
func Serve(ctx context.Context, l net.Listener, handler http.Handler) error {
	srv := &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second, MaxHeaderBytes: 64 << 10,
		BaseContext: func(net.Listener) context.Context { return ctx }}
	stopped := make(chan error, 1)
	stop := context.AfterFunc(ctx, func() {
		grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
		defer cancel()
		err := srv.Shutdown(grace)
		stopped <- errors.Join(err, srv.Close())
	})
	err := srv.Serve(l)
	if !stop() && errors.Is(err, http.ErrServerClosed) {
		<-stopped
		return nil
	}
	return err
}

// Listen opens a loopback address; port 0 takes a free one.
func Listen(ctx context.Context, port int) (net.Listener, error) {
	return new(net.ListenConfig).Listen(ctx, "tcp", fmt.Sprintf("127.0.0.1:%d", port))
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
		if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
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
