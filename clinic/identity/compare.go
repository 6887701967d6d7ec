package identity

import "cmp"

// Confidence says how sure it is that two patients are one person.
type Confidence string

// The confidences. Exams count only for Own, Certain and Confirmed.
const (
	Own       Confidence = "own"       // the same ID, and nothing contradicts
	Certain   Confidence = "certain"   // linked by itself
	Confirmed Confidence = "confirmed" // linked by a person
	Candidate Confidence = "candidate" // a person has to say
	Conflict  Confidence = "conflict"  // must not be linked: two strong numbers contradict
	Different Confidence = "different"
)

// Counts reports that exams of the one count for the other.
func (c Confidence) Counts() bool { return c == Own || c == Certain || c == Confirmed }

// Reason is the main cause of a match, for a machine.
type Reason string

// The reasons.
const (
	SameID        Reason = "same-id"           // own: one PatientID of one issuer
	ByNumber      Reason = "number"            // certain: a strong number, birth date and name are equal
	ByIndex       Reason = "index"             // certain: a master index says so (PIXm)
	ByPerson      Reason = "person"            // confirmed
	NumberDoubt   Reason = "number-doubt"      // number and birth date are equal, the name or the sex is not
	NumberName    Reason = "number-name"       // number and name are equal, the birth date is not
	NameBirth     Reason = "name-birth"        // name and birth date are equal
	NameOnly      Reason = "name"              // the name is, the birth date is near or not told
	NewFamily     Reason = "new-family"        // all but the family name
	WeakNumber    Reason = "weak-number"       // a number without check digits, and the birth date
	IndexDoubt    Reason = "index-doubt"       // a master index says so, and what is told contradicts
	NobodyYet     Reason = "nobody"            // a newborn, an unknown or a temporary patient
	Undone        Reason = "undone"            // a person took the link back
	NumbersDiffer Reason = "numbers-differ"    // conflict
	AnothersID    Reason = "number-of-other"   // conflict: one number, and nothing else in common
	Twins         Reason = "twins"             // different: only the given name is another one
	Nothing       Reason = "nothing-in-common" // different
)

// Match is the result of a comparison. Facts are what agrees and what does not,
// as keys of the sentences.
type Match struct {
	Confidence Confidence `json:"confidence"`
	Reason     Reason     `json:"reason"`
	Facts      []string   `json:"facts,omitempty"`
}

// evidence is what two patients have in common.
type evidence struct {
	strong, weak, against bool // equal strong number, equal weak one, contradicting strong ones
	birth                 birthLikeness
	name                  nameLikeness
	sexDiffers            bool
	female                bool // neither side says that it is a man
	nobody                string
	facts                 []string
}

// Compare says whether two patients of different IDs may be one person. Only a
// strong number with an equal birth date, the same given name and nothing that
// contradicts makes it certain: twins share all but the given name, and a
// number gets typed for another one of the family.
func (a Person) Compare(b Person) Match {
	e := weigh(a, b)
	confidence, reason := e.judge()
	return Match{confidence, reason, e.facts}
}

// CompareIndexed is Compare for two patients whom a master index knows as one.
func (a Person) CompareIndexed(b Person) Match {
	e := weigh(a, b)
	confidence, reason := e.judge()
	apart := e.name.given == contrary || e.name.family == contrary && e.birth == birthOther
	switch {
	case confidence == Conflict:
	case e.nobody != "":
		confidence, reason = Candidate, NobodyYet
	case apart || e.sexDiffers:
		confidence, reason = Candidate, IndexDoubt
	default:
		confidence, reason = Certain, ByIndex
	}
	return Match{confidence, reason, append([]string{"index.same"}, e.facts...)}
}

func (e *evidence) judge() (Confidence, Reason) {
	confidence, reason := e.byNumber()
	if confidence == Different {
		confidence, reason = e.byName()
	}
	switch {
	case confidence == Different:
		return Different, reason
	case e.against:
		return Conflict, NumbersDiffer
	case confidence != Conflict && e.nobody != "":
		return Candidate, NobodyYet
	}
	return confidence, reason
}

// byNumber judges an equal number; Different when there is none.
func (e *evidence) byNumber() (Confidence, Reason) {
	n := e.name
	switch {
	case e.strong && e.birth == birthSame && e.nameAgrees() && !e.sexDiffers:
		return Certain, ByNumber
	case e.strong && e.birth == birthSame:
		return Candidate, NumberDoubt
	case e.strong && e.birth == birthOther && n.given == contrary:
		return Conflict, AnothersID
	case e.strong && n.given != contrary && (n.family != contrary || e.birth != birthOther):
		return Candidate, NumberName
	case e.strong && e.birth != birthOther:
		return Candidate, NumberDoubt
	case e.strong:
		return Conflict, AnothersID
	case e.weak && e.birth == birthSame && n.given != contrary:
		return Candidate, WeakNumber
	}
	return Different, Nothing
}

// nameAgrees is what an automatic link wants of the name. Another family name
// is a woman's new one when all the rest agrees.
func (e *evidence) nameAgrees() bool {
	n := e.name
	if n.given != equal || n.patronymic == contrary {
		return false
	}
	return n.family >= near || n.family == contrary && e.female && n.patronymic == equal
}

// byName judges without a number.
func (e *evidence) byName() (Confidence, Reason) {
	n := e.name
	full := n.family == equal && n.given == equal && n.patronymic == equal
	switch {
	case n.family >= near && n.given == contrary && n.patronymic >= near && e.birth == birthSame:
		return Different, Twins
	case n.given == contrary || n.patronymic == contrary || n.family == missing:
		return Different, Nothing
	case e.sexDiffers && !full:
		return Different, Nothing
	case n.family == contrary:
		if e.birth == birthSame && e.female && n.given == equal && n.patronymic == equal {
			return Candidate, NewFamily
		}
		return Different, Nothing
	case e.birth == birthSame && n.given >= near:
		return Candidate, NameBirth
	case e.birth == birthOther || n.given != equal || n.family == near && n.patronymic != equal:
		return Different, Nothing
	case e.birth == birthMissing && !full:
		return Different, Nothing
	}
	return Candidate, NameOnly
}

// weigh gathers what two patients have in common.
func weigh(a, b Person) *evidence {
	e := &evidence{
		birth: compareBirths(a.PatientBirthDate, b.PatientBirthDate), name: compareNames(a.name, b.name),
		sexDiffers: a.sex != "" && b.sex != "" && a.sex != b.sex, female: a.sex != "M" && b.sex != "M",
		nobody: cmp.Or(a.nobody, b.nobody),
	}
	e.compareNumbers(a.numbers, b.numbers)
	e.tell()
	return e
}

// compareNumbers: of each kind one equal number is enough, and two told
// numbers that are not equal contradict.
func (e *evidence) compareNumbers(a, b []Number) {
	for _, kind := range []Kind{SNILS, ENP, Temporary, EMIAS} {
		told, same, strong := false, false, false
		for _, x := range a {
			for _, y := range b {
				if x.Kind != kind || y.Kind != kind {
					continue
				}
				told = told || x.Strong && y.Strong
				same = same || x.Value == y.Value && !x.madeUp()
				strong = strong || x.Value == y.Value && x.Strong && y.Strong
			}
		}
		switch {
		case same:
			e.strong, e.weak = e.strong || strong, e.weak || !strong
			e.facts = append(e.facts, string(kind)+".same")
		case told:
			e.against = true
			e.facts = append(e.facts, string(kind)+".other")
		}
	}
}

// tell puts what is worth saying into facts.
func (e *evidence) tell() {
	e.facts = append(e.facts, string(e.birth))
	n := e.name
	if n.family == equal && n.given == equal && n.patronymic != contrary && n.patronymic != near {
		e.facts = append(e.facts, "name.same")
	} else {
		for _, part := range []struct {
			key  string
			like likeness
		}{{"family", n.family}, {"given", n.given}, {"patronymic", n.patronymic}} {
			if word := map[likeness]string{contrary: ".other", near: ".near", missing: ".missing"}[part.like]; word != "" && !(part.like == missing && part.key == "patronymic") {
				e.facts = append(e.facts, part.key+word)
			}
		}
	}
	if e.sexDiffers {
		e.facts = append(e.facts, "sex.other")
	}
	if e.nobody != "" {
		e.facts = append(e.facts, "nobody."+e.nobody)
	}
}
