package advise

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/google/uuid"

	"eris/app/desk"
	"eris/app/words"
	"eris/clinic"
	"eris/clinic/effect"
	"eris/dicom"
	"eris/sync/cdshooks"
	"eris/sync/fhir"
)

// askTime is how long archives are waited for: a call is answered within 500 ms.
// readTime is how long the record's own server is, for what was not prefetched.
const (
	askTime  = 300 * time.Millisecond
	readTime = 150 * time.Millisecond
)

// serviceID is under which the hooks are called.
const serviceID = "eris-priors"

// Params are what the service is made of; Desk and Words are required.
type Params struct {
	Desk    *desk.Desk
	Words   *words.Words
	Trust   *cdshooks.Trust // nil lets everybody in, which is for loopback only
	Origins []string        // of browser programs that may call
}

type service struct {
	Params
	shown shown
}

// Handler is the service as a handler.
func Handler(p Params) http.Handler {
	s := &service{Params: p}
	return cdshooks.New(cdshooks.Params{Services: s.services(), Judge: s.judge, Feedback: s.feedback, Trust: p.Trust, Origins: p.Origins, Log: p.Desk.Log})
}

// Prefetch keys.
const (
	patientKey  = "patient"
	requestsKey = "requests"
)

func (s *service) services() []cdshooks.Service {
	w := s.Words
	var list []cdshooks.Service
	for _, hook := range []string{cdshooks.OrderSelect, cdshooks.OrderSign, cdshooks.AppointmentBook} {
		prefetch := map[string]string{patientKey: "Patient/{{context.patientId}}"}
		if hook == cdshooks.AppointmentBook {
			prefetch[requestsKey] = "ServiceRequest?patient={{context.patientId}}&status=active"
		}
		list = append(list, cdshooks.Service{Hook: hook, ID: serviceID, Title: w.L("Earlier imaging exams"),
			Description: w.L("Says which earlier exams of the city's archive answer an imaging order, or are to be compared with it."), Prefetch: prefetch})
	}
	return list
}

// judge answers a call: one card for each imaging order that there is something
// to say of.
func (s *service) judge(ctx context.Context, _ cdshooks.Service, r cdshooks.Request) (answer cdshooks.Response, err error) {
	patient, err := s.patient(ctx, r)
	if err != nil {
		return answer, err
	}
	drafts := drafts(r)
	for i := range drafts {
		o := drafts[i].request.Order(patient, time.Local)
		if o.AccessionNumber == drafts[i].request.ID { // a draft has no number yet: another visit's draft has the same ID
			o.AccessionNumber = ""
		}
		drafts[i].order = o
	}
	asked := false
	for _, d := range drafts {
		o := d.order
		if !s.Desk.IsExam(o) || d.request.DoNotPerform {
			continue
		}
		if !asked {
			s.ask(ctx, patient)
			asked = true
		}
		judged, err := s.Desk.Card(ctx, o)
		if err != nil {
			return answer, err
		}
		card, worth := s.card(judged, d.resource)
		if !worth {
			continue
		}
		card.UUID = uuid.NewString()
		if judged.Order.AccessionNumber == "" {
			judged.Order.AccessionNumber = "CDS-" + card.UUID
		}
		if err := s.Desk.Note(ctx, judged, effect.Shown, ""); err != nil {
			return answer, err
		}
		s.shown.add(card.UUID, judged)
		answer.Cards = append(answer.Cards, card)
	}
	return answer, nil
}

// ask gives the archives a moment. What they say later is there for the next call.
func (s *service) ask(ctx context.Context, p clinic.Patient) {
	limited, cancel := context.WithTimeout(ctx, askTime)
	defer cancel()
	s.Desk.Ask(limited, p)
}

// patient is the patient of a call: prefetched, else read with the right that the
// call lends.
func (s *service) patient(ctx context.Context, r cdshooks.Request) (clinic.Patient, error) {
	var p fhir.Patient
	if raw := r.Prefetch[patientKey]; len(raw) > 0 && (fhir.Entry{Resource: raw}).Decode(&p) == nil && len(p.Identifier) > 0 {
		return p.Clinic(), nil
	}
	missing := &cdshooks.MissingError{Key: patientKey, What: s.Words.L("The patient with his identifiers is needed, and was neither sent nor could be read.")}
	if r.FHIRServer == "" || r.FHIRAuthorization == nil || s.Trust == nil {
		return clinic.Patient{}, missing // a stranger must not have us ask addresses of his
	}
	c, err := fhir.New(fhir.Options{Name: r.FHIRServer, URL: r.FHIRServer, Token: r.FHIRAuthorization.AccessToken, Timeout: readTime, MaxJSON: 1 << 20})
	if err != nil {
		return clinic.Patient{}, missing
	}
	defer c.Close()
	if err := c.Get(ctx, "Patient/"+r.Context.PatientID, nil, &p); err != nil {
		s.Desk.Log.Info("a record's server did not give the patient of a call", "error", err)
		return clinic.Patient{}, missing
	}
	if len(p.Identifier) == 0 {
		return clinic.Patient{}, missing
	}
	return p.Clinic(), nil
}

// mostShown bounds how many cards are remembered for their feedback.
const mostShown = 10_000

// shown are the cards of which feedback may come.
type shown struct {
	mu    sync.Mutex
	cards map[string]desk.Card
	order []string // the oldest first
}

func (s *shown) add(id string, c desk.Card) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.cards == nil {
		s.cards = map[string]desk.Card{}
	}
	if len(s.order) == mostShown {
		delete(s.cards, s.order[0])
		s.order = s.order[1:]
	}
	s.cards[id] = desk.Card{Order: c.Order, At: c.At, Verdict: c.Verdict}
	s.order = append(s.order, id)
}

func (s *shown) find(id string) (desk.Card, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c, ok := s.cards[id]
	return c, ok
}

// feedback journals what became of cards. Of a card that another instance gave,
// or one of before a restart, it is journalled as it came.
func (s *service) feedback(ctx context.Context, _ cdshooks.Service, list []cdshooks.Feedback) error {
	for _, f := range list {
		card, known := s.shown.find(f.Card)
		if !known {
			if err := s.Desk.NoteFeedback(ctx, f); err != nil {
				return err
			}
			continue
		}
		choice, reason, note := clinic.JustifiedRepeat, clinic.RepeatReason(""), ""
		if f.Outcome == cdshooks.Accepted {
			choice = clinic.UsePrior
		} else if f.OverrideReason != nil {
			note = f.OverrideReason.UserComment
			if f.OverrideReason.Reason != nil {
				reason = clinic.RepeatReason(f.OverrideReason.Reason.Code)
			}
		}
		if _, err := s.Desk.Decide(ctx, card, choice, dicom.UID(""), reason, note, s.Words.Language); err != nil {
			return fmt.Errorf("feedback: %w", err)
		}
	}
	return nil
}
