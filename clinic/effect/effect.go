package effect

import (
	"cmp"
	"slices"
	"time"

	"eris/clinic"
	"eris/clinic/anatomy"
	"eris/clinic/priors"
)

// Kind is what happened.
type Kind string

// What happens to a card.
const (
	Shown   Kind = "shown"
	Opened  Kind = "opened" // a prior was
	Decided Kind = "decided"
	Done    Kind = "done" // the ordered exam itself was made: an exposure that was not avoided
)

// Fact is one thing that happened to one order. Facts hold no patient: Order is
// a key that only tells orders apart.
type Fact struct {
	Kind    Kind
	Order   string
	At      time.Time
	Clinic  string // where; empty when not told
	Family  anatomy.Family
	Regions []anatomy.Region
	Class   priors.Class // of the nearest prior; empty when there is none
	Repeat  bool         // the card warned of a repeat
	Choice  clinic.Choice
	Reason  clinic.RepeatReason
	MSv     float64 // typical effective dose of the ordered exam; 0 when not known
}

// Order is one order with all that happened to it.
type Order struct {
	Fact                // the latest that said each thing; At is when it was first shown
	Shown, Opened, Done bool
	Decided             bool
}

// Avoided reports an exam that was not made since a prior took its place.
func (o Order) Avoided() bool { return o.Decided && o.Choice == clinic.UsePrior && !o.Done }

// ExposureAvoided reports that the exam would have exposed.
func (o Order) ExposureAvoided() bool { return o.Avoided() && o.Family.Ionising() }

// Orders joins facts by order, the oldest order first. The last decision counts,
// and an exam that was made at any time was not avoided.
func Orders(facts []Fact) []Order {
	facts = slices.Clone(facts)
	slices.SortStableFunc(facts, func(a, b Fact) int {
		if last := (a.Kind == Done); last != (b.Kind == Done) {
			return map[bool]int{true: 1, false: -1}[last]
		}
		return a.At.Compare(b.At)
	})
	place := map[string]int{}
	var list []Order
	for _, f := range facts {
		i, known := place[f.Order]
		if !known {
			if f.Kind == Done { // an exam that was never checked is no matter of the check
				continue
			}
			i = len(list)
			place[f.Order] = i
			list = append(list, Order{Fact: f})
		}
		list[i].add(f)
	}
	return list
}

func (o *Order) add(f Fact) {
	switch f.Kind {
	case Shown:
		o.Shown = true
	case Opened:
		o.Opened = true
	case Decided:
		o.Decided, o.Choice, o.Reason = true, f.Choice, f.Reason
	case Done:
		o.Done = true
	}
	o.Repeat = o.Repeat || f.Repeat
	o.Clinic, o.Family, o.Class = cmp.Or(o.Clinic, f.Clinic), cmp.Or(o.Family, f.Family), cmp.Or(f.Class, o.Class)
	if o.MSv = cmp.Or(o.MSv, f.MSv); len(o.Regions) == 0 {
		o.Regions = f.Regions
	}
}

// Row is a count over some orders.
type Row struct {
	Key        string `json:"key"`
	Orders     int    `json:"orders"`  // checked
	Repeats    int    `json:"repeats"` // with a repeat warning
	Opened     int    `json:"opened"`  // a prior was looked at
	Decided    int    `json:"decided"`
	UsedPrior  int    `json:"usedPrior"`
	Justified  int    `json:"justified"`
	Changed    int    `json:"changed"`
	Asked      int    `json:"asked"`
	MadeAnyway int    `json:"madeAnyway"` // the prior was to be used, and the exam was made all the same

	Exposures  int     `json:"exposuresAvoided"`
	MSv        float64 `json:"mSvAvoided"`
	MSvUnknown int     `json:"exposuresOfUnknownDose"` // of Exposures: they add nothing to MSv
}

func (r *Row) add(o Order) {
	count := func(n *int, is bool) {
		if is {
			*n++
		}
	}
	r.Orders++
	count(&r.Repeats, o.Repeat)
	count(&r.Opened, o.Opened)
	count(&r.Decided, o.Decided)
	used := o.Decided && o.Choice == clinic.UsePrior
	count(&r.UsedPrior, used)
	count(&r.MadeAnyway, used && o.Done)
	count(&r.Justified, o.Choice == clinic.JustifiedRepeat)
	count(&r.Changed, o.Choice == clinic.ChangeExam)
	count(&r.Asked, o.Choice == clinic.AskRadiologist)
	if o.ExposureAvoided() {
		r.Exposures++
		r.MSv += o.MSv
		count(&r.MSvUnknown, o.MSv == 0)
	}
}

// By is what rows are counted by.
type By string

// The ways to count.
const (
	ByDay    By = "day"
	ByClinic By = "clinic"
	ByExam   By = "exam"
	ByReason By = "reason" // only orders whose repeat was called justified
)

// Count counts orders by a way. exam names an exam. Days stand in their order,
// everything else with the most orders first.
func Count(orders []Order, by By, exam func(anatomy.Family, []anatomy.Region) string) []Row {
	rows := map[string]*Row{}
	var keys []string
	for _, o := range orders {
		key, counts := o.key(by, exam)
		if !counts {
			continue
		}
		if rows[key] == nil {
			rows[key], keys = &Row{Key: key}, append(keys, key)
		}
		rows[key].add(o)
	}
	list := make([]Row, len(keys))
	for i, k := range keys {
		list[i] = *rows[k]
	}
	slices.SortFunc(list, func(a, b Row) int {
		if by == ByDay {
			return cmp.Compare(a.Key, b.Key)
		}
		return cmp.Or(cmp.Compare(b.Orders, a.Orders), cmp.Compare(a.Key, b.Key))
	})
	return list
}

func (o Order) key(by By, exam func(anatomy.Family, []anatomy.Region) string) (key string, counts bool) {
	switch by {
	case ByDay:
		return o.At.Format(time.DateOnly), true
	case ByClinic:
		return o.Clinic, true
	case ByExam:
		return exam(o.Family, o.Regions), true
	}
	return string(o.Reason), o.Choice == clinic.JustifiedRepeat
}

// Total counts all of them.
func Total(orders []Order) Row {
	var r Row
	for _, o := range orders {
		r.add(o)
	}
	return r
}
