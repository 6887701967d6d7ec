package anatomy

// Detail says how well a container shows a part of it.
type Detail string

// The details, the best first.
const (
	Full  Detail = "full"
	Bone  Detail = "bone"  // when a bone or thin series exists
	Focus Detail = "focus" // seen, but without the dedicated protocol
)

// Overlap is how far a prior's regions meet an order's.
type Overlap int

// The overlaps, from nothing known to the same.
const (
	Unknown   Overlap = iota // one of the two has no known region
	Apart                    // nothing in common
	Neighbour                // shows something of it
	Partial                  // a part of what is asked
	Covers                   // more than what is asked, all of it within
	Equal                    // the same
)

// Relation is the outcome of Relate.
type Relation struct {
	Overlap Overlap
	// Detail is the worst with which an asked region is covered.
	Detail Detail
	// Sided are the regions both name whose side has to agree.
	Sided []Region
	// Broad reports, for Partial, that the prior holds a whole body region of
	// the order rather than an organ in it.
	Broad bool
}

// Relate says how a prior's regions stand to an order's.
func (a *Atlas) Relate(order, prior Exam) Relation {
	if !order.Known() || !prior.Known() {
		return Relation{}
	}
	rel := Relation{Detail: Full}
	covered, parts := 0, 0
	for _, o := range order.Regions {
		if d, ok := a.shows(prior, o); ok {
			covered++
			rel.Detail = worse(rel.Detail, d)
		}
		for _, p := range prior.Regions {
			inside := p == o || a.contents[order.Family][pair{o, p}] != "" || a.contents[prior.Family][pair{o, p}] != ""
			if !inside {
				continue
			}
			parts++
			rel.Broad = rel.Broad || p == o || a.places[p].Level == BodyLevel
			if a.places[p].Paired != Unpaired {
				rel.Sided = append(rel.Sided, p)
			}
		}
	}
	rel.Overlap = a.overlap(order, prior, covered, parts)
	return rel
}

func (a *Atlas) overlap(order, prior Exam, covered, parts int) Overlap {
	switch {
	case covered == len(order.Regions) && sameRegions(order.Regions, prior.Regions):
		return Equal
	case covered == len(order.Regions):
		return Covers
	case covered > 0 || parts > 0:
		return Partial
	case a.adjoin(order, prior):
		return Neighbour
	}
	return Apart
}

// shows reports whether the prior holds region o, and how well.
func (a *Atlas) shows(prior Exam, o Region) (best Detail, ok bool) {
	for _, p := range prior.Regions {
		if p == o {
			return Full, true
		}
		if d := a.contents[prior.Family][pair{p, o}]; d != "" {
			if !ok || worse(best, d) == best {
				best = d
			}
			ok = true
		}
	}
	return best, ok
}

func worse(a, b Detail) Detail {
	order := map[Detail]int{Full: 0, Bone: 1, Focus: 2}
	if order[b] > order[a] {
		return b
	}
	return a
}

func (a *Atlas) adjoin(order, prior Exam) bool {
	for _, o := range order.Regions {
		for _, p := range prior.Regions {
			if a.adjacent(o, p, prior.Family) || a.siblings(o, p) || a.organBeside(o, p, prior.Family) {
				return true
			}
		}
	}
	return false
}

func (a *Atlas) adjacent(x, y Region, f Family) bool {
	n := a.neighbours[pair{x, y}]
	return n[""] || n[f]
}

// siblings reports two organs of one body region.
func (a *Atlas) siblings(x, y Region) bool {
	for container := range a.holders[x] {
		if a.holders[y][container] {
			return true
		}
	}
	return false
}

// organBeside reports an ordered organ against a prior of the whole region it
// lies in or of the one next to that (a chest film for an ordered liver
// ultrasound), and a prior of an organ of the ordered region.
func (a *Atlas) organBeside(ordered, done Region, f Family) bool {
	for container := range a.holders[ordered] {
		if container == done || a.places[done].Level == BodyLevel && a.adjacent(container, done, f) {
			return true
		}
	}
	for container := range a.holders[done] {
		if container == ordered {
			return true
		}
	}
	return false
}

func sameRegions(x, y []Region) bool {
	if len(x) != len(y) {
		return false
	}
	for i := range x {
		if x[i] != y[i] {
			return false
		}
	}
	return true
}
