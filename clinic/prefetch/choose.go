package prefetch

import (
	"slices"
	"time"

	"eris/clinic"
	"eris/clinic/anatomy"
	"eris/clinic/priors"
	"eris/dicom"
)

// Wish is one patient with a reason to look ahead.
type Wish struct {
	For     Group
	Order   clinic.Order   // of a worklist
	Studies []clinic.Study // surely this patient's
}

// Choice is a study to fetch.
type Choice struct {
	Study clinic.Study
	Rule  Rule
}

// candidate is a study with what rules ask about it.
type candidate struct {
	study   clinic.Study
	class   priors.Class // empty without an order
	exam    anatomy.Exam
	months  float64
	ageless bool
}

// daysPerMonth is that of the Gregorian calendar.
const daysPerMonth = 30.44

// Choose says what to fetch for a wish by the rules that may be followed now,
// the most wanted first. Studies that are here count towards a rule's number
// and are not chosen; so a wish fulfilled asks for nothing.
func (r *Rules) Choose(w Wish, allowed When, now time.Time) (list []Choice) {
	if !r.Wanted(w.For, allowed) {
		return nil
	}
	candidates := r.candidates(w, now)
	taken := map[dicom.UID]bool{}
	for _, rule := range r.rules {
		if rule.For != w.For || rule.When > allowed {
			continue
		}
		left := rule.Count
		for _, c := range candidates {
			if left == 0 || !rule.fits(c) {
				continue
			}
			left--
			if taken[c.study.StudyInstanceUID] || c.study.Completeness == clinic.Complete {
				continue
			}
			taken[c.study.StudyInstanceUID] = true
			list = append(list, Choice{c.study, rule})
		}
	}
	return list
}

// candidates are the studies that could be fetched or are here: as a reader of
// the order wants them, without an order the newest first.
func (r *Rules) candidates(w Wish, now time.Time) (list []candidate) {
	studies := slices.DeleteFunc(slices.Clone(w.Studies), func(s clinic.Study) bool {
		return s.Withdrawn != "" || s.Source == "" && s.Completeness != clinic.Complete
	})
	if w.For == Worklist {
		for _, p := range priors.Check(w.Order, studies, r.priors, now).Priors {
			list = append(list, r.candidate(p.Study, p.Class, now))
		}
		return list
	}
	slices.SortStableFunc(studies, func(a, b clinic.Study) int { return b.StudyDate.Compare(a.StudyDate) })
	for _, s := range studies {
		list = append(list, r.candidate(s, "", now))
	}
	return list
}

func (r *Rules) candidate(s clinic.Study, class priors.Class, now time.Time) candidate {
	days, known := s.StudyDate.DaysUntil(dicom.DateOf(now))
	return candidate{study: s, class: class, exam: r.priors.Atlas().Study(s), months: float64(days) / daysPerMonth, ageless: !known || days < 0}
}

func (rule Rule) fits(c candidate) bool {
	if c.ageless || c.months > float64(rule.Months) || c.exam.Document || rule.Family != "" && rule.Family != c.exam.Family {
		return false
	}
	if near := nearness[c.class]; rule.Relation != "" && (near == 0 || near > nearness[rule.Relation]) {
		return false
	}
	return len(rule.Regions) == 0 || slices.ContainsFunc(c.exam.Regions, func(have anatomy.Region) bool { return slices.Contains(rule.Regions, have) })
}
