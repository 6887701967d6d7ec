package priors

import (
	"cmp"
	"slices"

	"eris/clinic"
)

var classWeight = map[Class]float64{Same: 0.75, Comparable: 0.5, Related: 0.25, Unrelated: 0}

// halfAge is the age in days at which the part of the score for age is halved.
const halfAge = 365

// score puts class before age: a class is worth more than any youth.
func score(p Prior) float64 {
	s := classWeight[p.Class]
	if p.AgeKnown && p.AgeDays >= 0 {
		s += 0.2 * halfAge / float64(halfAge+p.AgeDays)
	}
	if p.Repeat {
		s += 0.05
	}
	return s
}

func near(p Prior) bool { return p.Class == Same || p.Class == Comparable }

// rank sorts in place: the newest comparable exam, the oldest as a baseline,
// the last with a final report, then the rest by class and age; the unrelated
// come last.
func rank(priors []Prior) {
	slices.SortStableFunc(priors, func(a, b Prior) int {
		return cmp.Or(cmp.Compare(tier(a), tier(b)), cmp.Compare(b.Score, a.Score), cmp.Compare(string(a.Study.StudyInstanceUID), string(b.Study.StudyInstanceUID)))
	})
	pick(priors, 0, Newest, func(p, than Prior) bool { return than.AgeKnown && (!p.AgeKnown || than.AgeDays < p.AgeDays) })
	at := taken(priors)
	pick(priors, at, Baseline, func(p, than Prior) bool { return than.AgeKnown && (!p.AgeKnown || than.AgeDays > p.AgeDays) })
	at = taken(priors)
	reported(priors, at)
}

// tier keeps apart what is never mixed: near, background, and the rest.
func tier(p Prior) int {
	switch {
	case near(p):
		return 0
	case p.Class == Related:
		return 1
	}
	return 2
}

func taken(priors []Prior) int {
	n := 0
	for n < len(priors) && priors[n].Role != "" {
		n++
	}
	return n
}

// pick moves the best near prior from at on to at and names its role.
func pick(priors []Prior, at int, role Role, better func(p, than Prior) bool) {
	best := -1
	for i := at; i < len(priors) && near(priors[i]); i++ {
		if best < 0 || better(priors[best], priors[i]) {
			best = i
		}
	}
	promote(priors, best, at, role)
}

func reported(priors []Prior, at int) {
	best := -1
	for i := at; i < len(priors) && near(priors[i]); i++ {
		p := priors[i]
		if p.Study.Report == clinic.ReportFinal && p.AgeKnown && (best < 0 || p.AgeDays < priors[best].AgeDays) {
			best = i
		}
	}
	promote(priors, best, at, Reported)
}

func promote(priors []Prior, from, to int, role Role) {
	if from < 0 {
		return
	}
	p := priors[from]
	p.Role = role
	copy(priors[to+1:from+1], priors[to:from])
	priors[to] = p
}

// best is the strongest reason: the repeat with the highest score, else the
// nearest prior that is of any use.
func best(priors []Prior) *Prior {
	at := -1
	for i, p := range priors {
		if p.Class == Unrelated {
			continue
		}
		if at < 0 || p.Repeat && !priors[at].Repeat || p.Repeat == priors[at].Repeat && p.Score > priors[at].Score {
			at = i
		}
	}
	if at < 0 {
		return nil
	}
	return &priors[at]
}
