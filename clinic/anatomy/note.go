package anatomy

import "strings"

// note is what one text says.
type note struct {
	tokens     []string
	regions    set[Region]
	weak       set[Region]
	asked      set[Region] // named by the reason for the exam
	broad      set[Region] // regions of a general word such as "spine"
	families   set[Family]
	techniques set[Technique]
	views      set[View]
	phases     set[Phase]
	tracers    set[string]
	contrast   Contrast
	native     bool
	side       Side
	plain      bool // the plain exam is named, perhaps beside a technique
}

// read takes in one text as an exam of the family.
func (a *Atlas) read(text string) note {
	tokens, clause := a.lexicon.readClauses(text)
	n := note{
		tokens: tokens, regions: set[Region]{}, weak: set[Region]{}, asked: set[Region]{}, broad: set[Region]{},
		families: valuesOf[Family](a, "family", tokens), techniques: valuesOf[Technique](a, "technique", tokens),
		views: valuesOf[View](a, "view", tokens), tracers: valuesOf[string](a, "tracer", tokens),
	}
	n.plain = len(valuesOf[string](a, "plainexam", tokens)) > 0
	n.contrast, n.native = contrastOf(valuesOf[string](a, "contrast", tokens))
	reasons := a.reasons(tokens, clause)
	exam := without(tokens, reasons)
	n.phases = valuesOf[Phase](a, "phase", exam)
	n.side = firstOf(sideOf(valuesOf[Side](a, "side", exam)), sideOf(valuesOf[Side](a, "side", tokens)))
	a.noteRegions(&n, reasons)
	return n
}

// reasons marks the words of clauses that tell why an exam is made: all but
// the first that name a complaint or a diagnosis and no exam.
func (a *Atlas) reasons(tokens []string, clause []int) []bool {
	ill, exam := map[int]bool{}, map[int]bool{}
	for _, h := range a.lexicon.find("context", tokens) {
		ill[clause[h.from]] = true
	}
	for _, h := range a.lexicon.find("family", tokens) {
		exam[clause[h.from]] = true
	}
	out := make([]bool, len(tokens))
	for i, c := range clause {
		out[i] = ill[c] && !exam[c] && c != clause[0]
	}
	return out
}

// without blanks the marked words; the places of the others stay.
func without(tokens []string, marked []bool) []string {
	out := make([]string, len(tokens))
	for i, w := range tokens {
		if !marked[i] {
			out[i] = w
		}
	}
	return out
}

// noteRegions sorts the region words into sure, weak and general ones. A
// region named beside a diagnosis ("cancer of the breast") is weak: it says
// what is ill, perhaps not what is to be examined.
func (a *Atlas) noteRegions(n *note, reasons []bool) {
	context, exam := make([]bool, len(n.tokens)), make([]bool, len(n.tokens))
	for _, h := range a.lexicon.find("context", n.tokens) {
		context[h.from] = true
	}
	for _, h := range a.lexicon.find("family", n.tokens) {
		exam[h.from] = true
	}
	for _, h := range a.lexicon.find("region", n.tokens) {
		if h.value == "-" {
			continue
		}
		weak := h.weak || near(context, exam, h.from)
		for _, id := range list(h.value) {
			regions, broad := a.expand(id)
			switch {
			case reasons[h.from]:
				n.asked.addAll(setOf(regions...))
			case weak:
				n.weak.addAll(setOf(regions...))
			case broad:
				n.broad.addAll(setOf(regions...))
			default:
				n.regions.addAll(setOf(regions...))
			}
		}
	}
}

// near reports a diagnosis word one or two words before, with no name of an
// exam between.
func near(context, exam []bool, at int) bool {
	return at > 0 && context[at-1] || at > 1 && context[at-2] && !exam[at-1]
}

// expand gives the regions of a region or composite id.
func (a *Atlas) expand(id string) (regions []Region, broad bool) {
	if c, ok := a.composites[id]; ok {
		return c.regions, c.broad
	}
	p := a.places[Region(id)]
	limb := p.Level == BodyLevel && (p.Coarse == UpperLimb || p.Coarse == LowerLimb)
	return []Region{Region(id)}, limb
}

// named gives the regions the text is sure of, with the general ones only
// where nothing finer of the same part of the body is named.
func (a *Atlas) named(n note) (regions set[Region], general bool) {
	out := set[Region]{}
	out.addAll(n.regions)
	for r := range n.broad {
		if finer := a.ofCoarse(n.regions, r); len(finer) > 0 {
			continue
		}
		finer := a.ofCoarse(n.weak, r)
		finer.addAll(a.ofCoarse(n.asked, r))
		if len(finer) > 0 {
			out.addAll(finer)
			continue
		}
		out[r] = true
		general = true
	}
	if len(out) == 0 {
		out.addAll(n.weak)
	}
	return out, general
}

// ofCoarse picks the regions in the same part of the body as r, and the
// vessels of a limb.
func (a *Atlas) ofCoarse(from set[Region], r Region) set[Region] {
	out := set[Region]{}
	limb := a.places[r].Level == BodyLevel
	for other := range from {
		vessel := limb && a.places[other].Level == VesselLevel && a.adjacent(other, r, "")
		if vessel || a.places[other].Coarse == a.places[r].Coarse {
			out[other] = true
		}
	}
	return out
}

// valuesOf collects the values of one kind of words; one word may stand for
// several ("triphasic").
func valuesOf[T ~string](a *Atlas, k kind, tokens []string) set[T] {
	out := set[T]{}
	for _, h := range a.lexicon.find(k, tokens) {
		if h.value == "-" {
			continue
		}
		for _, v := range list(h.value) {
			out[T(v)] = true
		}
	}
	return out
}

// says reports any word of a kind.
func (a *Atlas) says(k kind, texts ...string) bool {
	return len(valuesOf[string](a, k, a.lexicon.read(strings.Join(texts, " ; ")))) > 0
}

func contrastOf(found set[string]) (c Contrast, native bool) {
	switch {
	case found["both"], found["iv"] && found["none"]:
		return IVContrast, true
	case found["iv"]:
		return IVContrast, false
	case found["none"]:
		return NoContrast, true
	}
	return "", false
}

func sideOf(found set[Side]) Side {
	switch {
	case found[Both], found[Left] && found[Right]:
		return Both
	case found[Left]:
		return Left
	case found[Right]:
		return Right
	}
	return ""
}
