package priors

import "eris/clinic/anatomy"

// special are views of their own: asked for by name, standard views do not
// answer them. Standard frontal and lateral views are treated apart.
var special = []anatomy.View{
	"functional", anatomy.Weight, "axial", "spot", anatomy.Magnified, "oblique", "scaphoid", "lauenstein", "decubitus",
	"expiratory", "stress", "schuller", "openmouth", "apical", "inletoutlet",
}

// loaded reports views that a lying patient in a CT cannot give.
func loaded(order anatomy.Exam) bool {
	return order.Shows("functional") || order.Shows(anatomy.Weight) || order.Shows("stress") || order.Shows("expiratory")
}

// viewLacks reports a view asked for by name that the prior does not hold.
func viewLacks(order, prior anatomy.Exam) bool {
	if order.Family != anatomy.Radiography && order.Family != anatomy.Mammography {
		return false
	}
	for _, v := range special {
		standard := v == "oblique" && order.Family == anatomy.Mammography
		if order.Shows(v) && !prior.Shows(v) && !standard {
			return true
		}
	}
	if order.Family != anatomy.Radiography {
		return false
	}
	return lateralLacks(order, prior) || frontalLacks(order, prior)
}

// lateralLacks: a lateral asked for by name is a view of its own. A prior that
// names no view holds the standard ones, which for the chest are frontal only.
func lateralLacks(order, prior anatomy.Exam) bool {
	if !order.Shows(anatomy.Lateral) || prior.Shows(anatomy.Lateral) || prior.Shows(anatomy.TwoViews) {
		return false
	}
	onlyLateral := !order.Shows(anatomy.Frontal) && !order.Shows(anatomy.TwoViews)
	return prior.Shows(anatomy.Frontal) || onlyLateral && (holds(order, "chest") || holds(prior, "pelvicbones")) || prior.Has(anatomy.Fluorogram)
}

// lateralOnly are the regions whose standard view is the lateral one.
var lateralOnly = []anatomy.Region{"nose", "nasopharynx", "heel", "sternum", "coccyx", "sella"}

func frontalLacks(order, prior anatomy.Exam) bool {
	for _, r := range lateralOnly {
		if holds(order, r) && !order.Shows(anatomy.Frontal) && !order.Shows(anatomy.TwoViews) {
			return false
		}
	}
	onlyLateral := prior.Shows(anatomy.Lateral) && !prior.Shows(anatomy.Frontal) && !prior.Shows(anatomy.TwoViews)
	return onlyLateral && !order.Shows(anatomy.Lateral)
}

// oneViewOnly reports two views asked for by number and one held: readers
// differ, so the class stays and no repeat is raised.
func oneViewOnly(order, prior anatomy.Exam) bool {
	if order.Family != anatomy.Radiography || prior.Family != anatomy.Radiography || !order.Shows(anatomy.TwoViews) {
		return false
	}
	one := prior.Shows(anatomy.Frontal) || prior.Has(anatomy.Fluorogram) || prior.Has(anatomy.Portable)
	return one && !prior.Shows(anatomy.TwoViews) && !prior.Shows(anatomy.Lateral)
}
