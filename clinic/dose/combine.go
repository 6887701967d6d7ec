package dose

import (
	"cmp"
	"slices"
	"strings"

	"eris/dicom"
)

// Record is what all objects of a study tell together, each event once.
type Record struct {
	Events []Counted
	// Beyond is what reports count altogether beyond their events: fluoroscopy
	// that was not told event by event, or all of it.
	Beyond  []Counted
	Dropped []Dropped
}

// Counted is an event, or an amount beyond events, with the source that is believed.
type Counted struct {
	Event
	Source Source
	Object dicom.UID
}

// Combine joins reports in any order. Of an event told twice the more trusted
// source counts, if it tells a dose; accumulated totals of the same scope are
// the same radiation, sent again or grown, and the largest counts.
func Combine(reports []Report) Record {
	sorted := slices.Clone(reports)
	slices.SortStableFunc(sorted, func(a, b Report) int {
		return cmp.Or(cmp.Compare(trust[a.Source], trust[b.Source]), strings.Compare(string(a.Object), string(b.Object)))
	})
	c := combiner{at: map[eventKey]int{}, told: map[Quantity]Source{}}
	for i := 0; i < len(sorted); {
		n := i
		for n < len(sorted) && sorted[n].Source == sorted[i].Source {
			n++
		}
		c.take(sorted[i:n])
		i = n
	}
	return c.Record
}

type combiner struct {
	Record
	at   map[eventKey]int
	told map[Quantity]Source // the most trusted source that tells of a quantity
}

// take adds the reports of one source.
func (c *combiner) take(reports []Report) {
	added := map[Quantity]bool{}
	for _, r := range reports {
		c.events(r, added)
		for _, d := range r.Dropped {
			if len(c.Dropped) < maxDropped && !contains(c.Dropped, d) {
				c.Dropped = append(c.Dropped, d)
			}
		}
	}
	c.beyond(reports, added)
	for q := range added {
		if _, known := c.told[q]; !known {
			c.told[q] = reports[0].Source
		}
	}
}

// events adds events that are new. Those of a less trusted source are new only
// when the two speak of events by the same UIDs; else they are the same
// radiation under other names.
func (c *combiner) events(r Report, added map[Quantity]bool) {
	shares := slices.ContainsFunc(r.Events, func(e Event) bool { _, ok := c.at[e.key()]; return ok && e.UID != "" })
	for _, e := range r.Events {
		if e.UID == "" {
			continue // see beyond
		}
		i, known := c.at[e.key()]
		switch {
		case !known && (shares || !c.toldAny(e.Values)):
			c.at[e.key()] = len(c.Events)
			c.Events = append(c.Events, Counted{e, r.Source, r.Object})
		case known && !c.Events[i].Values.doses() && e.Values.doses() && !c.toldAny(e.Values):
			c.Events[i] = Counted{e, r.Source, r.Object}
		default:
			continue
		}
		for q := range e.Values {
			added[q] = true
		}
	}
}

// toldAny reports that a more trusted source told of a quantity.
func (c *combiner) toldAny(v Values) bool {
	for q := range v {
		if _, known := c.told[q]; known {
			return true
		}
	}
	return false
}

// rounding is how much of a total may be missing in its events without meaning
// anything: devices round each of them.
const rounding = 0.005

// rest is what a report counts beyond its events that have a UID.
func (r Report) rest() Values {
	sum, nameless := Values{}, Values{}
	for _, e := range r.Events {
		into := sum
		if e.UID == "" {
			into = nameless
		}
		for q, v := range e.Values {
			if q != CTDIvol {
				into.add(q, v)
			}
		}
	}
	for q, total := range r.Total {
		if left := total - sum[q]; left > rounding*total && left > nameless[q] {
			nameless[q] = left
		}
	}
	return nameless
}

// scope is the radiation an accumulated total is over.
type scope struct {
	kind string
	uid  dicom.UID
}

// beyond adds what reports of one source count beyond their events: the largest
// of each scope; steps and series add up, and a study holds them.
func (c *combiner) beyond(reports []Report, added map[Quantity]bool) {
	largest := map[Quantity]map[scope]Counted{}
	for _, r := range reports {
		for q, v := range r.rest() {
			if _, known := c.told[q]; known {
				continue
			}
			if largest[q] == nil {
				largest[q] = map[scope]Counted{}
			}
			s := scope{r.ScopeKind, r.Scope}
			if one, ok := largest[q][s]; !ok || v > one.Values[q] {
				largest[q][s] = Counted{Event{Phantom: r.Phantom, Values: Values{q: v}, Authority: stated(r, q)}, r.Source, r.Object}
			}
		}
	}
	for _, q := range sortedKeys(largest) {
		c.Beyond = append(c.Beyond, chosen(largest[q], q)...)
		added[q] = true
	}
}

// stated is what an accumulated effective dose follows, if an event says so.
func stated(r Report, q Quantity) string {
	for _, e := range r.Events {
		if q == Effective && e.Authority != "" {
			return e.Authority
		}
	}
	return ""
}

// chosen are the parts of a quantity that count: those of steps and series, or
// the largest over a study if it is more.
func chosen(of map[scope]Counted, q Quantity) []Counted {
	var parts []Counted
	var whole Counted
	sum := 0.0
	for s, c := range of {
		if s.kind == ScopeStep || s.kind == ScopeSeries {
			parts = append(parts, c)
			sum += c.Values[q]
		} else if whole.Values == nil || c.Values[q] > whole.Values[q] {
			whole = c
		}
	}
	if whole.Values != nil && whole.Values[q] >= sum {
		return []Counted{whole}
	}
	slices.SortFunc(parts, func(a, b Counted) int {
		return cmp.Or(strings.Compare(string(a.Object), string(b.Object)), cmp.Compare(a.Values[q], b.Values[q]))
	})
	return parts
}

func sortedKeys[V any](m map[Quantity]V) []Quantity {
	var keys []Quantity
	for q := range m {
		keys = append(keys, q)
	}
	slices.Sort(keys)
	return keys
}

// Values adds up what counts.
func (r Record) Values() Values {
	sum := Values{}
	for _, list := range [][]Counted{r.Events, r.Beyond} {
		for _, c := range list {
			for q, v := range c.Values {
				if q != CTDIvol {
					sum.add(q, v)
				}
			}
		}
	}
	return sum
}

// Source is the most trusted source that told a dose; empty when none did.
func (r Record) Source() Source {
	best := Source("")
	for _, list := range [][]Counted{r.Events, r.Beyond} {
		for _, c := range list {
			if c.Values.doses() && (best == "" || trust[c.Source] < trust[best]) {
				best = c.Source
			}
		}
	}
	return best
}
