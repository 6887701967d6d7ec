package desk

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"eris/clinic"
	"eris/clinic/identity"
	"eris/clinic/priors"
	"eris/dicom"
	"eris/store"
)

// Candidate is a patient who may be the order's patient under another ID: shown,
// asked about, never counted before a person said so.
type Candidate struct {
	Patient clinic.Patient
	Match   identity.Match // Candidate, or Conflict: then it cannot be linked
	Judged  bool           // on a card: the exams were looked through
	Priors  []priors.Prior // judged against the order; only when Judged
}

// Linked is a patient who is taken for the same person.
type Linked struct {
	Patient clinic.Patient
	Match   identity.Match
	Link    identity.Link // the last on the way to him
}

// Errors of links.
var (
	ErrConflict = errors.New("their numbers contradict each other: they cannot be one person as they stand")
	ErrSelf     = errors.New("this is one patient, not two")
)

// mostLinked bounds how many IDs are taken for one person. More are a mistake.
const mostLinked = 16

// byItself is who made a link that nobody asked for.
const byItself = ""

// Link notes that a person holds two patients for one. From now on the exams of
// each count for the other. Errors: ErrConflict, ErrSelf.
func (d *Desk) Link(ctx context.Context, a, b clinic.Patient, by string) (identity.Link, error) {
	if by == byItself {
		by = d.Station
	}
	// Numbers that only the cache knows forbid it too.
	whole, err := d.complete(ctx, a)
	if err != nil {
		return identity.Link{}, err
	}
	other, err := d.complete(ctx, b)
	if err != nil {
		return identity.Link{}, err
	}
	m := identity.Compare(whole, other)
	if m.Confidence == identity.Conflict {
		return identity.Link{}, ErrConflict
	}
	m.Confidence, m.Reason = identity.Confirmed, identity.ByPerson
	d.linking.Lock()
	defer d.linking.Unlock()
	return d.link(ctx, a, b, m, by)
}

// LinkIndexed notes that a master patient index (PIXm) holds two patients for
// one. What contradicts that is left to a person: then the match is a candidate
// or a conflict, and nothing is linked.
func (d *Desk) LinkIndexed(ctx context.Context, a, b clinic.Patient) (identity.Match, error) {
	m := identity.Of(a).CompareIndexed(identity.Of(b))
	if m.Confidence != identity.Certain {
		return m, nil
	}
	l, err := d.linkOnce(ctx, a, b, m)
	if err == nil && !l.Linked {
		m.Confidence, m.Reason = identity.Candidate, identity.Undone
	}
	return m, err
}

func (d *Desk) link(ctx context.Context, a, b clinic.Patient, m identity.Match, by string) (identity.Link, error) {
	if SameID(a, b) || a.PatientID == "" || b.PatientID == "" {
		return identity.Link{}, ErrSelf
	}
	// What was said is kept even when the page that asked is gone.
	return d.Store.RecordLink(context.WithoutCancel(ctx), identity.Link{A: a, B: b, Match: m, By: by, Made: d.Now()}, true)
}

// Unlink takes a link back, or says that two patients are not one person. They
// are never linked by themselves again. The link and all that was decided
// meanwhile stay in the journal; see Consequences.
func (d *Desk) Unlink(ctx context.Context, a, b clinic.Patient, by string) error {
	if SameID(a, b) || a.PatientID == "" || b.PatientID == "" {
		return ErrSelf
	}
	m := identity.Compare(a, b)
	m.Reason = identity.Undone
	d.linking.Lock()
	defer d.linking.Unlock()
	_, err := d.Store.RecordLink(context.WithoutCancel(ctx), identity.Link{A: a, B: b, Match: m, By: by, Made: d.Now()}, false)
	return err
}

// SameID reports one ID of one issuer. An issuer that one side does not tell
// contradicts nothing.
func SameID(a, b clinic.Patient) bool {
	return a.PatientID == b.PatientID &&
		(a.IssuerOfPatientID == b.IssuerOfPatientID || a.IssuerOfPatientID == "" || b.IssuerOfPatientID == "")
}

func joins(l identity.Link, a, b clinic.Patient) bool {
	return SameID(l.A, a) && SameID(l.B, b) || SameID(l.A, b) && SameID(l.B, a)
}

// LinkedPatients lists the patients who are taken for the same person, over
// other links too. One of whom a person said that he is another, or whose
// numbers contradict, is not among them, whatever links lead there.
func (d *Desk) LinkedPatients(ctx context.Context, p clinic.Patient) ([]Linked, error) {
	return d.linkedWithout(ctx, p, identity.Link{})
}

// linkedWithout is LinkedPatients as it would be without one link.
func (d *Desk) linkedWithout(ctx context.Context, p clinic.Patient, except identity.Link) (all []Linked, err error) {
	if p.PatientID == "" {
		return nil, nil
	}
	var apart []clinic.Patient
	for at := []clinic.Patient{p}; len(at) > 0 && len(all) < mostLinked; at = at[1:] {
		links, err := d.Store.LinksOf(ctx, at[0].PatientID)
		if err != nil {
			return nil, err
		}
		for _, l := range links {
			other := l.B
			switch {
			case SameID(l.A, at[0]) && clinic.SamePerson(l.A, at[0]):
			case SameID(l.B, at[0]) && clinic.SamePerson(l.B, at[0]):
				other = l.A
			default:
				continue // the ID is shared, the link is of the other one who has it
			}
			if !l.Linked {
				if SameID(at[0], p) {
					apart = append(apart, other)
				}
				continue
			}
			known := SameID(other, p) || slices.ContainsFunc(all, func(k Linked) bool { return SameID(k.Patient, other) })
			if known || except.A.PatientID != "" && joins(l, except.A, except.B) {
				continue
			}
			if conflicts(append(all, Linked{Patient: p}), other) {
				continue
			}
			all, at = append(all, Linked{other, l.Match, l}), append(at, other)
		}
	}
	return slices.DeleteFunc(all, func(k Linked) bool {
		return slices.ContainsFunc(apart, func(a clinic.Patient) bool { return SameID(a, k.Patient) })
	}), nil
}

// conflicts reports a patient who cannot be one of those who are linked.
func conflicts(linked []Linked, p clinic.Patient) bool {
	one := identity.Of(p)
	return slices.ContainsFunc(linked, func(l Linked) bool { return identity.Of(l.Patient).Compare(one).Confidence == identity.Conflict })
}

// Candidates lists the patients of the cache and of the attached population who
// may be the same person under another ID, the likeliest first, and those who
// cannot be although a number says so. It links nobody.
func (d *Desk) Candidates(ctx context.Context, p clinic.Patient) ([]Candidate, error) {
	p, err := d.complete(ctx, p)
	if err != nil {
		return nil, err
	}
	linked, err := d.LinkedPatients(ctx, p)
	if err != nil {
		return nil, err
	}
	return d.candidates(ctx, p, linked)
}

// complete adds to a patient what the cache knows of his ID: of a bare ID the
// name and birth date when all agree, and numbers.
func (d *Desk) complete(ctx context.Context, p clinic.Patient) (clinic.Patient, error) {
	if p.PatientID == "" {
		return p, nil
	}
	written, err := d.Store.PersonsOf(ctx, p.PatientID)
	if err != nil {
		return p, err
	}
	written = slices.DeleteFunc(written, func(w clinic.Patient) bool { return !SameID(p, w) || !clinic.SamePerson(p, w) })
	for i, w := range written {
		if !clinic.SamePerson(written[0], w) {
			return p, nil // two people have the ID, and what is told does not say whom it means
		}
		if p.PatientName.IsZero() && !p.PatientBirthDate.Valid() && i == len(written)-1 {
			first := written[0]
			p.PatientName, p.PatientBirthDate, p.PatientSex = first.PatientName, first.PatientBirthDate, first.PatientSex
			if p.IssuerOfPatientID == "" {
				p.IssuerOfPatientID = first.IssuerOfPatientID
			}
		}
	}
	for _, w := range written {
		for _, n := range w.OtherPatientIDs {
			p.AddIdentifier(n)
		}
	}
	return p, nil
}

func (d *Desk) candidates(ctx context.Context, p clinic.Patient, linked []Linked) ([]Candidate, error) {
	if p.PatientID == "" {
		return nil, nil
	}
	asked := identity.Of(p)
	like, err := d.Store.PersonsLike(ctx, asked)
	if err != nil {
		return nil, err
	}
	byKey := map[string]Candidate{}
	for _, q := range like {
		if SameID(p, q) || slices.ContainsFunc(linked, func(l Linked) bool { return SameID(l.Patient, q) }) {
			continue
		}
		m := asked.Compare(identity.Of(q))
		if m.Confidence == identity.Different {
			continue
		}
		if have, ok := byKey[q.Key()]; !ok || rank(m.Confidence) > rank(have.Match.Confidence) {
			byKey[q.Key()] = Candidate{Patient: q, Match: m}
		}
	}
	links, err := d.Store.LinksOf(ctx, p.PatientID)
	if err != nil {
		return nil, err
	}
	var list []Candidate
	for _, c := range byKey {
		if c.Match.Confidence != identity.Conflict && slices.ContainsFunc(links, func(l identity.Link) bool { return !l.Linked && joins(l, p, c.Patient) }) {
			c.Match.Confidence, c.Match.Reason = identity.Candidate, identity.Undone
		}
		list = append(list, c)
	}
	slices.SortFunc(list, byLikelihood)
	return list, nil
}

// rank lets a conflict stand before all: of one who is written down in two ways
// the one that forbids counts.
func rank(c identity.Confidence) int {
	return slices.Index([]identity.Confidence{identity.Candidate, identity.Certain, identity.Conflict}, c)
}

// reasons are the reasons of candidates, the likeliest first.
var reasons = []identity.Reason{identity.ByNumber, identity.NumberName, identity.NumberDoubt, identity.WeakNumber, identity.NameBirth,
	identity.NewFamily, identity.NobodyYet, identity.NameOnly, identity.Undone, identity.NumbersDiffer, identity.AnothersID}

func byLikelihood(a, b Candidate) int {
	return cmp.Or(slices.Index(reasons, a.Match.Reason)-slices.Index(reasons, b.Match.Reason), cmp.Compare(a.Patient.Key(), b.Patient.Key()))
}

// linkCertain links the certain ones of the candidates and gives back the
// others. What contradicts a link that is there, what a person took back just
// now and what cannot be journalled stays a candidate.
func (d *Desk) linkCertain(ctx context.Context, p clinic.Patient, linked []Linked, all []Candidate) (more []Linked, rest []Candidate) {
	for _, c := range all {
		if c.Match.Confidence != identity.Certain {
			rest = append(rest, c)
			continue
		}
		if conflicts(append(linked, more...), c.Patient) {
			c.Match.Confidence, c.Match.Reason = identity.Conflict, identity.NumbersDiffer
			rest = append(rest, c)
			continue
		}
		l, err := d.linkOnce(ctx, p, c.Patient, c.Match)
		if err != nil || !l.Linked {
			if err != nil {
				d.Log.Error("a link could not be journalled; the patient stays a candidate", "error", err)
			}
			c.Match.Confidence = identity.Candidate
			rest = append(rest, c)
			continue
		}
		more = append(more, Linked{c.Patient, c.Match, l})
	}
	return more, rest
}

// linkOnce links two patients by itself unless something was said of them.
func (d *Desk) linkOnce(ctx context.Context, a, b clinic.Patient, m identity.Match) (identity.Link, error) {
	d.linking.Lock()
	defer d.linking.Unlock()
	links, err := d.Store.LinksOf(ctx, a.PatientID)
	if err != nil {
		return identity.Link{}, err
	}
	for _, l := range links {
		if joins(l, a, b) && (!l.Linked || clinic.SamePerson(l.A, a) && clinic.SamePerson(l.B, b) || clinic.SamePerson(l.A, b) && clinic.SamePerson(l.B, a)) {
			return l, nil
		}
	}
	return d.link(ctx, a, b, m, byItself)
}

// known is what the cache knows of an order's patient under all his IDs.
type known struct {
	sure       []clinic.Study
	doubtful   []clinic.Study // under one of his IDs, and perhaps another's
	identity   map[dicom.UID]identity.Match
	linked     []Linked
	candidates []Candidate
}

// known gathers the studies of an order's patient: under his own ID and under
// those that are linked to it. With look, those whom nothing but a strong
// number and the birth date join are linked by the way.
func (d *Desk) known(ctx context.Context, order clinic.Order, look bool) (k known, err error) {
	k.identity = map[dicom.UID]identity.Match{}
	own := order.Patient
	if own.PatientID == "" {
		return k, nil
	}
	studies, err := d.Store.Studies(ctx, store.StudyFilter{PatientID: own.PatientID, Limit: mostPriors})
	if err != nil {
		return k, fmt.Errorf("earlier exams: %w", err)
	}
	k.sure, k.doubtful = byIdentity(order, studies)
	for _, s := range k.sure {
		k.identity[s.StudyInstanceUID] = identity.Match{Confidence: identity.Own, Reason: identity.SameID}
	}
	if own, err = d.complete(ctx, own); err != nil {
		return k, err
	}
	if own.PatientName.IsZero() && !own.PatientBirthDate.Valid() && len(k.doubtful) > 0 {
		return k, nil // a bare ID that several have is linked to nobody
	}
	if k.linked, err = d.LinkedPatients(ctx, own); err != nil {
		return k, err
	}
	if look {
		if k.candidates, err = d.candidates(ctx, own, k.linked); err != nil {
			return k, err
		}
		var more []Linked
		more, k.candidates = d.linkCertain(ctx, own, k.linked, k.candidates)
		k.linked = append(k.linked, more...)
	}
	for _, l := range k.linked {
		if err := d.addLinked(ctx, order, l, &k); err != nil {
			return k, err
		}
	}
	slices.SortStableFunc(k.sure, func(a, b clinic.Study) int { // newest first, as the store lists them
		return cmp.Or(b.StudyDate.Compare(a.StudyDate), cmp.Compare(b.StudyTime.Raw, a.StudyTime.Raw))
	})
	return k, nil
}

// addLinked adds the studies of a linked patient. Under his ID too there may be
// those of somebody else.
func (d *Desk) addLinked(ctx context.Context, order clinic.Order, l Linked, k *known) error {
	studies, err := d.Store.Studies(ctx, store.StudyFilter{PatientID: l.Patient.PatientID, Limit: mostPriors})
	if err != nil {
		return fmt.Errorf("earlier exams: %w", err)
	}
	sure, doubtful := byIdentity(clinic.Order{Patient: l.Patient, AccessionNumber: order.AccessionNumber}, studies)
	for _, s := range sure {
		if _, ok := k.identity[s.StudyInstanceUID]; !ok {
			k.identity[s.StudyInstanceUID] = l.Match
			k.sure = append(k.sure, s)
		}
	}
	for _, s := range doubtful {
		if !slices.ContainsFunc(k.doubtful, func(have clinic.Study) bool { return have.StudyInstanceUID == s.StudyInstanceUID }) {
			k.doubtful = append(k.doubtful, s)
		}
	}
	k.doubtful = slices.DeleteFunc(k.doubtful, func(s clinic.Study) bool { _, ok := k.identity[s.StudyInstanceUID]; return ok })
	return nil
}

// mostJudged is how many candidates of a card are looked through; it says so of
// the others.
const mostJudged = 20

// priorsOf judges the studies of candidates, for whoever has to say who they are.
func (d *Desk) priorsOf(ctx context.Context, order clinic.Order, list []Candidate) ([]Candidate, error) {
	for i := range list[:min(len(list), mostJudged)] {
		studies, err := d.Store.Studies(ctx, store.StudyFilter{PatientID: list[i].Patient.PatientID, Limit: mostPriors})
		if err != nil {
			return nil, fmt.Errorf("earlier exams: %w", err)
		}
		sure, _ := byIdentity(clinic.Order{Patient: list[i].Patient, AccessionNumber: order.AccessionNumber}, studies)
		list[i].Judged = true
		list[i].Priors = priors.Check(order, sure, d.Rules(), d.Now()).Priors
	}
	return list, nil
}
