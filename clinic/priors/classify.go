package priors

import "eris/clinic/anatomy"

// finding is the judgement on the kind of an exam, before its age and state.
type finding struct {
	class  Class
	block  Block
	covers bool
	reason string // key of the phrase
}

// related is a finding of background.
func related(reason string) finding { return finding{class: Related, reason: reason} }

func blocked(b Block) finding {
	return finding{class: Comparable, block: b, reason: "reason." + string(b)}
}

// classify says what a prior is to an order: the rules in the order in which
// an earlier one overrules a later one.
func classify(atlas *anatomy.Atlas, order, prior anatomy.Exam) finding {
	if prior.Document {
		return finding{class: Unrelated, reason: "reason.document"}
	}
	rel := atlas.Relate(order, prior)
	switch {
	case !prior.Known():
		return related("reason.noregion")
	case !order.Known():
		return related("reason.ordernoregion")
	case rel.Overlap == anatomy.Apart:
		return finding{class: Unrelated, reason: "reason.unrelated"}
	case prior.NoImages:
		return related("reason.noimages")
	case rel.Overlap == anatomy.Neighbour:
		return related("reason.neighbour")
	case background(order, prior):
		return related("reason.background")
	case len(rel.Sided) > 0 && order.Side.Opposite(prior.Side):
		return related("reason.otherside")
	case order.Family == anatomy.IntraOral && prior.Family == anatomy.IntraOral && order.Tooth != prior.Tooth && order.Tooth != "" && prior.Tooth != "":
		return related("reason.neighbour")
	case order.Family == prior.Family || order.Family == "" || prior.Family == "":
		return sameFamily(order, prior, rel)
	}
	return otherFamily(order, prior, rel)
}

// background names families that measure something of their own: density and
// the heart's current are not seen on pictures, nor pictures in them.
func background(order, prior anatomy.Exam) bool {
	for _, f := range []anatomy.Family{anatomy.Densitometry, anatomy.Cardiogram} {
		if (order.Family == f) != (prior.Family == f) {
			return true
		}
	}
	return false
}

func sameFamily(order, prior anatomy.Exam, rel anatomy.Relation) finding {
	if rel.Overlap == anatomy.Partial {
		return blocked(ByPartial)
	}
	if order.Family == "" || prior.Family == "" {
		return blocked(ByUnknown)
	}
	out := finding{class: Same, reason: "reason.same", covers: true}
	if rel.Overlap == anatomy.Covers || plainByAngiogram(order, prior) {
		out = finding{class: Comparable, reason: "reason.covers", covers: true}
	}
	if !fine(prior, rel) {
		return missing(order, prior, ByTechnique)
	}
	if b := lacks(order, prior); b != "" {
		return b.finding()
	}
	return sided(order, prior, rel, out)
}

// fine reports that the prior shows the asked regions in the detail they need.
func fine(prior anatomy.Exam, rel anatomy.Relation) bool {
	switch rel.Detail {
	case anatomy.Full:
		return true
	case anatomy.Bone:
		return prior.Has(anatomy.BoneSeries) || prior.Has(anatomy.ThinSeries)
	}
	return false
}

// plainByAngiogram reports a CT angiogram before an ordered plain CT: it covers
// the place but is another exam.
func plainByAngiogram(order, prior anatomy.Exam) bool {
	return order.Family == anatomy.CT && prior.Has(anatomy.Angiogram) && !order.Has(anatomy.Angiogram) && !prior.PlainToo
}

// missing prefers to name contrast when that is missing as well.
func missing(order, prior anatomy.Exam, otherwise Block) finding {
	if contrastLacks(order, prior) {
		return blocked(ByContrast)
	}
	return blocked(otherwise)
}

// lack is what a prior of the right place does not hold.
type lack Block

func (l lack) finding() finding { return blocked(Block(l)) }

func lacks(order, prior anatomy.Exam) lack {
	switch {
	case contrastLacks(order, prior):
		return lack(ByContrast)
	case techniqueLacks(order, prior):
		return lack(ByTechnique)
	case viewLacks(order, prior):
		return lack(ByView)
	}
	return ""
}

// sided adds what the sides say, and the doubts that leave the class as it is.
func sided(order, prior anatomy.Exam, rel anatomy.Relation, out finding) finding {
	if len(rel.Sided) > 0 && order.Family != anatomy.Densitometry {
		switch {
		case order.Side == anatomy.Both && (prior.Side == anatomy.Left || prior.Side == anatomy.Right):
			return blocked(BySide)
		case prior.Side == "" || order.Side == "" && prior.Side != anatomy.Both:
			out.block, out.reason = ByUnknown, "reason.unknown"
			return out
		}
	}
	switch {
	case order.Family == anatomy.IntraOral && (order.Tooth == "" || prior.Tooth == ""):
		out.block, out.reason = ByUnknown, "reason.unknown"
	case lowDoseOnly(order, prior):
		out.block, out.reason = ByTechnique, "reason.technique"
	case oneViewOnly(order, prior):
		out.block, out.reason = ByView, "reason.view"
	}
	return out
}

func otherFamily(order, prior anatomy.Exam, rel anatomy.Relation) finding {
	switch {
	case rel.Overlap == anatomy.Partial && !rel.Broad:
		return related("reason.background")
	case !replaces(order, prior):
		return blocked(ByModality)
	case rel.Overlap == anatomy.Partial:
		return blocked(ByPartial)
	case !fine(prior, rel):
		return blocked(ByTechnique)
	}
	out := finding{class: Comparable, reason: "reason.covers", covers: true}
	if b := crossLacks(order, prior); b != "" {
		return b.finding()
	}
	if len(rel.Sided) > 0 {
		return sided(order, prior, rel, out)
	}
	return out
}

// replaces says which family may stand for another: CT for plain films and
// lumen studies made as CT, the CT of a PET/CT for CT. Nothing else does.
func replaces(order, prior anatomy.Exam) bool {
	switch {
	case prior.Family == anatomy.CT:
		return order.Family == anatomy.Radiography || order.Family == anatomy.Panoramic || order.Family == anatomy.Fluoroscopy
	case prior.Family == anatomy.PET:
		return order.Family == anatomy.CT
	}
	return false
}

// crossLacks is what a covering exam of another family still does not hold.
func crossLacks(order, prior anatomy.Exam) lack {
	switch {
	case order.Family == anatomy.Fluoroscopy && !lumen(prior):
		return lack(ByTechnique)
	case order.Family == anatomy.CT && (!prior.Has(anatomy.DiagnosticCT) || prior.Has(anatomy.LowDose)):
		return lack(ByTechnique)
	case order.Family == anatomy.CT:
		return lacks(order, prior)
	case order.Family == anatomy.Radiography && loaded(order):
		return lack(ByView)
	}
	return ""
}

func lumen(prior anatomy.Exam) bool {
	return prior.Has(anatomy.Urogram) || prior.Has(anatomy.Colonogram) || prior.HasPhase(anatomy.ExcretoryPhase)
}
