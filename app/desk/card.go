package desk

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"eris/clinic"
	"eris/clinic/dose"
	"eris/clinic/identity"
	"eris/clinic/priors"
	"eris/dicom"
	"eris/store"
)

// Card is what a person sees before a new scan.
type Card struct {
	Order   clinic.Order
	At      time.Time // when it was judged
	Verdict priors.Verdict
	// Doubtful are studies under the patient's ID whose name, birth date or sex
	// is another one: shown and asked about, never counted.
	Doubtful []priors.Prior
	// Candidates may be the same person under another ID, and their exams are
	// not counted; see Link and Unlink.
	Candidates []Candidate
	// Linked are the other IDs of the patient whose exams count.
	Linked []Linked
	// Identity says of each prior that counts how sure it is the patient's.
	Identity map[dicom.UID]identity.Match
	Sources  []Source
	IndexErr error // why the patient index did not answer just now
	// Doses are those of the exams that count, and their sums; Typical is the
	// usual dose of the exam that is ordered, nil when none is known.
	Doses    dose.Sheet
	Typical  *dose.Typical
	Decision *clinic.Decision // the latest; nil before one is made
}

// Source says how fresh the knowledge of one archive is.
type Source struct {
	Name  string
	Asked time.Time // zero: never answered for this patient
	// Indexed is how far the index of the attached population knows this
	// patient's studies from here; zero: the patient is not in it.
	Indexed time.Time
	Err     error // why it did not answer just now
}

// AskedWithin reports that every archive has answered for the patient within
// the given time.
func (c Card) AskedWithin(now time.Time, age time.Duration) bool {
	return !slices.ContainsFunc(c.Sources, func(s Source) bool { return now.Sub(s.Asked) > age })
}

// Silent reports that there is an archive and none answered just now.
func (c Card) Silent() bool {
	return len(c.Sources) > 0 && !slices.ContainsFunc(c.Sources, func(s Source) bool { return s.Err == nil })
}

// FromIndex says how old the index is, when the card rests on it: some archive
// did not answer just now, or answered before the index was last brought up to
// date. Of several archives the oldest counts.
func (c Card) FromIndex() (updated time.Time, ok bool) {
	for _, s := range c.Sources {
		if s.Indexed.IsZero() || s.Err == nil && !s.Indexed.After(s.Asked) {
			continue
		}
		if !ok || s.Indexed.Before(updated) {
			updated, ok = s.Indexed, true
		}
	}
	return updated, ok
}

// Known is since when something may have happened that the card does not know:
// the oldest knowledge of any archive; zero when one never answered.
func (c Card) Known() (at time.Time) {
	for i, s := range c.Sources {
		known := s.Asked
		if s.Indexed.After(known) {
			known = s.Indexed
		}
		if i == 0 || known.Before(at) {
			at = known
		}
	}
	return at
}

// Stale reports that what is known of the patient is old, so that "nothing" may
// not mean nothing.
func (c Card) Stale() bool { return c.At.Sub(c.Known()) > StaleAfter }

// StaleAfter is the age from which what is known of a patient is old: patients
// are sent from one exam to the next within days, and that one would be missing.
const StaleAfter = 7 * 24 * time.Hour

// mostPriors bounds the list; a patient with more is a mistake of identity.
const mostPriors = 5000

// Card judges an order against what the cache knows now. It asks nobody.
func (d *Desk) Card(ctx context.Context, order clinic.Order) (Card, error) {
	card := Card{Order: order, At: d.Now()}
	k, err := d.known(ctx, order, true)
	if err != nil {
		return card, err
	}
	card.Verdict = priors.Check(order, k.sure, d.Rules(), d.Now())
	card.Doubtful = priors.Check(order, k.doubtful, d.Rules(), d.Now()).Priors
	card.Identity, card.Linked, card.IndexErr = k.identity, k.linked, d.PatientIndexError()
	if card.Doses, err = d.sheet(ctx, order.Patient, k); err != nil {
		return card, err
	}
	if typical, ok := d.doses().Typical(order, dicom.DateOf(card.At)); ok {
		card.Typical = &typical
	}
	if card.Candidates, err = d.priorsOf(ctx, order, k.candidates); err != nil {
		return card, err
	}
	if card.Sources, err = d.sources(ctx, append([]string{order.Patient.PatientID}, idsOf(k.linked)...)); err != nil {
		return card, err
	}
	card.Decision, err = d.decision(ctx, order)
	return card, err
}

// sources says how fresh the knowledge about a patient is, over all his IDs: of
// several the oldest counts.
func (d *Desk) sources(ctx context.Context, patientIDs []string) ([]Source, error) {
	var list []Source
	for i, id := range patientIDs {
		of, err := d.sourcesOf(ctx, id)
		if err != nil {
			return nil, err
		}
		if i == 0 {
			list = of
			continue
		}
		for j := range min(len(list), len(of)) { // an archive may have come or gone just now
			list[j].Asked = earlier(list[j].Asked, of[j].Asked)
			list[j].Indexed = earlier(list[j].Indexed, of[j].Indexed)
		}
	}
	return list, nil
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

func idsOf(linked []Linked) (ids []string) {
	for _, l := range linked {
		ids = append(ids, l.Patient.PatientID)
	}
	return ids
}

func (d *Desk) sourcesOf(ctx context.Context, patientID string) (list []Source, err error) {
	asked, err := d.Store.Asked(ctx, patientID)
	if err != nil {
		return nil, err
	}
	indexes, err := d.Store.IndexOf(ctx, patientID)
	if err != nil {
		return nil, err
	}
	for _, a := range d.ArchiveNames() {
		s := Source{Name: a, Asked: asked[a], Err: d.LastError(a)}
		if index, ok := indexes[a]; ok {
			if s.Indexed = index.Through; s.Asked.After(s.Indexed) {
				s.Indexed = s.Asked
			}
		}
		list = append(list, s)
	}
	return list, nil
}

// byIdentity parts the studies of the order's patient from those under the
// same ID that may be somebody else's. The order's own study is no prior.
func byIdentity(order clinic.Order, studies []clinic.Study) (sure, doubtful []clinic.Study) {
	if order.Patient.PatientName.IsZero() && !order.Patient.PatientBirthDate.Valid() && !onePerson(studies) {
		return nil, studies // a bare ID cannot say which of them is meant
	}
	for _, s := range studies {
		switch {
		case order.AccessionNumber != "" && s.AccessionNumber == order.AccessionNumber:
		case clinic.SamePerson(order.Patient, s.Patient):
			sure = append(sure, s)
		default:
			doubtful = append(doubtful, s)
		}
	}
	return sure, doubtful
}

// onePerson reports that no two of the studies contradict each other.
func onePerson(studies []clinic.Study) bool {
	for i := 1; i < len(studies); i++ {
		if !clinic.SamePerson(studies[0].Patient, studies[i].Patient) {
			return false
		}
	}
	return true
}

// decisionKind is the journal's kind of a decision.
const decisionKind = "decision"

// Decide journals what was decided over a card, and about which prior (empty:
// the one that the verdict speaks of), and returns it with its time.
func (d *Desk) Decide(ctx context.Context, card Card, choice clinic.Choice, prior dicom.UID, reason clinic.RepeatReason, note, language string) (clinic.Decision, error) {
	made := clinic.Decision{
		AccessionNumber: card.Order.AccessionNumber, PatientID: card.Order.Patient.PatientID, Choice: choice, Reason: reason,
		Note: strings.TrimSpace(note), Verdict: card.Verdict.Why.Sentence(language), Rules: card.Verdict.RulesVersion, Made: d.Now(),
	}
	made.StudyInstanceUID = prior
	if best := card.Verdict.Best; best != nil && prior == "" {
		made.StudyInstanceUID = best.Study.StudyInstanceUID
	}
	if err := d.journal(ctx, decisionKind, made); err != nil {
		return made, err
	}
	return made, d.noteCancellation(context.WithoutCancel(ctx), card.Order, made)
}

// journal writes an entry that hangs on no study: only work on the images
// themselves keeps a study from eviction.
func (d *Desk) journal(ctx context.Context, kind string, body any) error {
	b, err := json.Marshal(body)
	if err != nil {
		return fmt.Errorf("%s: %w", kind, err)
	}
	// What a person did is kept even when the page that asked is gone.
	_, err = d.Store.Record(context.WithoutCancel(ctx), store.Entry{Kind: kind, Made: d.Now(), Body: b})
	return err
}

func (d *Desk) decision(ctx context.Context, order clinic.Order) (*clinic.Decision, error) {
	if order.AccessionNumber == "" {
		return nil, nil
	}
	entries, err := d.Store.Decisions(ctx, order.AccessionNumber)
	if err != nil {
		return nil, err
	}
	for _, e := range slices.Backward(entries) {
		var made clinic.Decision
		if err := json.Unmarshal(e.Body, &made); err != nil {
			return nil, fmt.Errorf("decision %s: %w", e.ID, err)
		}
		if made.PatientID == order.Patient.PatientID {
			return &made, nil
		}
	}
	return nil, nil
}
