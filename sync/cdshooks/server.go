package cdshooks

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
)

// Params are what a service is made of; Services and Judge are required.
type Params struct {
	Services []Service
	// Judge answers a call. A *MissingError becomes 412; anything else 500, and
	// its text stays in the log.
	Judge func(ctx context.Context, service Service, r Request) (Response, error)
	// Feedback takes what became of cards, all or none; nil when nobody wants it.
	Feedback func(ctx context.Context, service Service, list []Feedback) error
	// Trust says who may ask; nil lets everybody in, which is for loopback only.
	Trust   *Trust
	Origins []string // of browser programs that may call (CORS), e.g. https://record.example
	Log     *slog.Logger
}

// MissingError says that neither the prefetched data nor the FHIR server gave
// what the judgement needs.
type MissingError struct {
	Key  string // of the prefetch template
	What string // one sentence
}

func (e *MissingError) Error() string { return e.What }

// mostBody bounds a call: prefetched bundles of a long record.
const mostBody = 8 << 20

type server struct{ Params }

// New is the service as a handler under the base URL: /cds-services and below.
func New(p Params) http.Handler {
	if p.Log == nil {
		p.Log = slog.Default()
	}
	s := &server{p}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /cds-services", s.discover)
	mux.HandleFunc("POST /cds-services/{id}", s.call)
	mux.HandleFunc("POST /cds-services/{id}/feedback", s.feedback)
	return s.crossOrigin(s.trusted(mux))
}

// crossOrigin lets the named origins call from a browser (WHATWG Fetch, CORS).
func (s *server) crossOrigin(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if from := r.Header.Get("Origin"); from != "" && slices.Contains(s.Origins, from) {
			h := w.Header()
			h.Set("Access-Control-Allow-Origin", from)
			h.Set("Vary", "Origin")
			if r.Method == http.MethodOptions {
				h.Set("Access-Control-Allow-Methods", "GET, POST")
				h.Set("Access-Control-Allow-Headers", "Authorization, Content-Type")
				w.WriteHeader(http.StatusNoContent)
				return
			}
		}
		next.ServeHTTP(w, r)
	})
}

func (s *server) trusted(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if s.Trust != nil {
			if err := s.Trust.Check(r.Context(), r.Header.Get("Authorization"), r.URL.Path); err != nil {
				s.Log.Info("a caller of the service was not let in", "error", err)
				w.Header().Set("WWW-Authenticate", `Bearer realm="cds-services"`)
				refuse(w, http.StatusUnauthorized, "login", "The caller is not known here, or its token is not valid.", "")
				return
			}
		}
		next.ServeHTTP(w, r)
	})
}

func (s *server) discover(w http.ResponseWriter, _ *http.Request) {
	reply(w, http.StatusOK, Discovery{Services: s.Services})
}

// service finds the service of a path and hook; several hooks may share an id.
func (s *server) service(id, hook string) (Service, bool) {
	i := slices.IndexFunc(s.Services, func(x Service) bool { return x.ID == id && (hook == "" || x.Hook == hook) })
	if i < 0 {
		return Service{}, false
	}
	return s.Services[i], true
}

func (s *server) call(w http.ResponseWriter, r *http.Request) {
	if _, known := s.service(r.PathValue("id"), ""); !known {
		refuse(w, http.StatusNotFound, "not-found", "There is no service of this name.", "")
		return
	}
	var ask Request
	if !read(w, r, &ask) {
		return
	}
	service, known := s.service(r.PathValue("id"), ask.Hook)
	if fault := ask.fault(known); fault != "" {
		refuse(w, http.StatusBadRequest, "invalid", fault, "")
		return
	}
	start := time.Now()
	answer, err := s.Judge(r.Context(), service, ask)
	var missing *MissingError
	switch {
	case errors.As(err, &missing):
		refuse(w, http.StatusPreconditionFailed, "processing", missing.What,
			fmt.Sprintf("CDS Hooks prefetch key %q was absent or empty, and no FHIR server gave it.", missing.Key))
	case err != nil:
		s.Log.Error("a hook could not be answered", "hook", ask.Hook, "error", err)
		refuse(w, http.StatusInternalServerError, "exception", "The service failed. The order goes on without its advice.", "")
	default:
		if answer.Cards == nil {
			answer.Cards = []Card{} // no advice is an empty list, never null
		}
		reply(w, http.StatusOK, answer)
		s.Log.Debug("a hook was answered", "hook", ask.Hook, "cards", len(answer.Cards), "took", time.Since(start))
	}
}

// fault says what a call lacks, "" when nothing.
func (r Request) fault(known bool) string {
	_, err := uuid.Parse(r.HookInstance)
	switch {
	case !known:
		return "This service does not answer at this hook."
	case err != nil:
		return "hookInstance must be a UUID."
	case r.FHIRAuthorization != nil && r.FHIRServer == "":
		return "fhirAuthorization needs fhirServer."
	case r.Context.PatientID == "":
		return "The context names no patient."
	case r.Hook == AppointmentBook && len(r.Context.Appointments) == 0:
		return "The context holds no appointments."
	case r.Hook != AppointmentBook && len(r.Context.DraftOrders) == 0:
		return "The context holds no draftOrders."
	}
	return ""
}

func (s *server) feedback(w http.ResponseWriter, r *http.Request) {
	service, known := s.service(r.PathValue("id"), "")
	if !known || s.Feedback == nil {
		refuse(w, http.StatusNotFound, "not-found", "There is no service of this name that takes feedback.", "")
		return
	}
	var m feedbackMessage
	if !read(w, r, &m) {
		return
	}
	for _, f := range m.Feedback {
		if f.Card == "" || f.OutcomeTimestamp.IsZero() || f.Outcome != Accepted && f.Outcome != Overridden ||
			f.Outcome == Accepted && len(f.AcceptedSuggestions) == 0 {
			refuse(w, http.StatusBadRequest, "invalid", "Feedback needs card, outcome, outcomeTimestamp, and what was accepted.", "")
			return
		}
	}
	if err := s.Feedback(r.Context(), service, m.Feedback); err != nil {
		s.Log.Error("feedback could not be kept", "error", err)
		refuse(w, http.StatusInternalServerError, "exception", "The feedback could not be kept. Send it again.", "")
		return
	}
	w.WriteHeader(http.StatusOK)
}

// read takes the body of a call; when it cannot, it has answered.
func read(w http.ResponseWriter, r *http.Request, into any) bool {
	if kind, _, _ := strings.Cut(r.Header.Get("Content-Type"), ";"); strings.TrimSpace(kind) != "application/json" {
		refuse(w, http.StatusUnsupportedMediaType, "invalid", "The body must be application/json.", "")
		return false
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, mostBody))
	if tooLarge := new(http.MaxBytesError); errors.As(err, &tooLarge) {
		refuse(w, http.StatusRequestEntityTooLarge, "too-long", "The body is too long.", "")
		return false
	}
	if err == nil {
		err = json.Unmarshal(body, into)
	}
	if err != nil {
		refuse(w, http.StatusBadRequest, "structure", "The body cannot be read as JSON of this call.", "")
		return false
	}
	return true
}

func reply(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // the caller is gone: nobody to tell
}

// outcome is the FHIR OperationOutcome of a refusal.
type outcome struct {
	ResourceType string  `json:"resourceType"`
	Issue        []issue `json:"issue"`
}

type issue struct {
	Severity    string `json:"severity"`
	Code        string `json:"code"`
	Details     text   `json:"details"`
	Diagnostics string `json:"diagnostics,omitempty"`
}

type text struct {
	Text string `json:"text"`
}

func refuse(w http.ResponseWriter, status int, code, sentence, diagnostics string) {
	reply(w, status, outcome{"OperationOutcome", []issue{{"error", code, text{sentence}, diagnostics}}})
}
