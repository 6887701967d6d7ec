package dose

import (
	"slices"

	"eris/clinic/anatomy"
)

// Estimate is an effective dose that follows from a measured quantity.
type Estimate struct {
	Effective MilliSievert `json:"effective"`
	Quantity  Quantity     `json:"quantity"`
	Amount    float64      `json:"amount"` // in the unit of the quantity, as measured
	Coefficient
	Region Region `json:"region,omitempty"`
	// Scaled is what the amount was multiplied with, because it was told for
	// another CTDI phantom than the coefficient assumes; 1 when it was not.
	Scaled float64 `json:"scaled"`
	// Told is the phantom the amount was told for; 0 when it was not told, and
	// then the coefficient's was assumed.
	Told       int  `json:"told,omitempty"`
	AgeUnknown bool `json:"ageUnknown,omitempty"` // an adult was assumed
	Stated     bool `json:"stated,omitempty"`     // by the device; Table is what it follows
}

// phantomRatio is the CTDI in the 16 cm phantom over that in the 32 cm one, at
// the same output: about two (footnote of AAPM 96).
const phantomRatio = 2

// quantitiesToReckon are tried in this order; one event counts once.
var quantitiesToReckon = []Quantity{DLP, DAP, Activity, AGD, AGDLeft, AGDRight}

// subject is whom and what an amount is reckoned for.
type subject struct {
	exam    anatomy.Exam
	regions []Region // of the exam, the most specific first
	age     int
	ageless bool // an adult is assumed
}

// reckon estimates the effective dose of everything a record counts. Rest says
// that something counted has no coefficient.
func (t *Tables) reckon(r Record, s subject) (estimates []Estimate, rest bool) {
	var stated []Estimate
	for _, c := range slices.Concat(r.Events, r.Beyond) {
		e, ok, counts := t.estimate(c.Event, s)
		switch {
		case ok && e.Stated && c.UID == "":
			stated = append(stated, e) // of all events together
		case ok:
			estimates = gather(estimates, e)
		}
		rest = rest || counts && !ok
	}
	if len(estimates) == 0 && len(stated) > 0 {
		return stated, false
	}
	return estimates, rest
}

// estimate is the effective dose of one event; counts is false when there is
// nothing to reckon with.
func (t *Tables) estimate(e Event, s subject) (_ Estimate, ok, counts bool) {
	for _, q := range quantitiesToReckon {
		amount, told := e.Values[q]
		if !told {
			continue
		}
		counts = counts || amount > 0
		if amount == 0 {
			continue
		}
		if found, ok := t.coefficient(q, t.regionsFor(e, s), s); ok {
			return reckoned(q, amount, e.Phantom, found, s), true, true
		}
	}
	if amount, told := e.Values[Effective]; told {
		return Estimate{Effective: MilliSievert(amount), Quantity: Effective, Amount: amount, Scaled: 1, Stated: true,
			Coefficient: Coefficient{Table: e.Authority, Factor: 1}}, true, true
	}
	return Estimate{}, false, counts
}

// regionsFor are the regions an event may be reckoned for. That of the exam
// counts; the device's own word only where the exam shows several or none.
func (t *Tables) regionsFor(e Event, s subject) []Region {
	if len(s.regions) > 0 {
		return s.regions
	}
	if target, ok := t.targets[e.Target]; ok {
		return []Region{target}
	}
	return nil
}

// examRegions are the regions of an exam that coefficients may be given for:
// its own single region, and the part of the body all of them lie in.
func (t *Tables) examRegions(e anatomy.Exam) (regions []Region) {
	if len(e.Regions) == 1 {
		regions = append(regions, Region(e.Regions[0]))
	}
	var parts []Region
	for _, r := range e.Regions {
		part, ok := t.regions[r]
		if !ok {
			return regions
		}
		if !slices.Contains(parts, part) {
			parts = append(parts, part)
		}
	}
	if len(parts) == 1 && !slices.Contains(regions, parts[0]) {
		return append(regions, parts[0])
	}
	slices.Sort(parts)
	for _, j := range t.joined {
		wanted := slices.Sorted(slices.Values(j.parts))
		if slices.Equal(wanted, parts) {
			return append(regions, j.becomes)
		}
	}
	return regions
}

// found is a coefficient and the region it is for.
type found struct {
	Coefficient
	region Region
}

// coefficient finds the row for a quantity.
func (t *Tables) coefficient(q Quantity, regions []Region, s subject) (found, bool) {
	if q == AGDLeft || q == AGDRight {
		q = AGD
	}
	family := s.exam.Family
	if q == DLP {
		family = anatomy.CT // the CT of a PET/CT is one
	}
	for _, f := range t.factors {
		fits := f.quantity == q && slices.Contains(f.families, family) && s.age >= f.from && s.age <= f.to &&
			(f.view == "" || s.exam.Shows(f.view))
		if !fits {
			continue
		}
		if f.region == "" {
			return found{f.Coefficient, ""}, true
		}
		for _, r := range regions {
			if f.region == r {
				return found{f.Coefficient, r}, true
			}
		}
	}
	return found{}, false
}

// reckoned applies a coefficient to an amount told for a phantom.
func reckoned(q Quantity, amount float64, told int, c found, s subject) Estimate {
	e := Estimate{Quantity: q, Amount: amount, Coefficient: c.Coefficient, Region: c.region, Scaled: 1, AgeUnknown: s.ageless}
	if q == DLP {
		e.Told = told
		switch {
		case told == 32 && c.Phantom == 16:
			e.Scaled = phantomRatio
		case told == 16 && c.Phantom == 32:
			e.Scaled = 1.0 / phantomRatio
		}
	}
	e.Effective = MilliSievert(amount * e.Scaled * c.Factor)
	return e
}

// gather adds an estimate to the one that is reckoned the same way.
func gather(list []Estimate, e Estimate) []Estimate {
	alike := func(o Estimate) bool {
		o.Effective, o.Amount = e.Effective, e.Amount
		return o == e
	}
	if i := slices.IndexFunc(list, alike); i >= 0 {
		list[i].Effective += e.Effective
		list[i].Amount += e.Amount
		return list
	}
	return append(list, e)
}
