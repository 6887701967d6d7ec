package priors

import "eris/clinic/anatomy"

// contrastLacks reports a phase that is asked for and not held. Only CT and MR
// orders speak of contrast. What a prior does not record it does not hold.
func contrastLacks(order, prior anatomy.Exam) bool {
	if order.Family != anatomy.CT && order.Family != anatomy.MR {
		return false
	}
	switch {
	case order.Contrast == anatomy.IVContrast && prior.Contrast != anatomy.IVContrast:
		return true
	case order.Contrast == anatomy.IVContrast:
		return phaseLacks(order, prior)
	}
	needsNative := order.NativeOnly && order.Family == anatomy.CT
	return needsNative && prior.Contrast == anatomy.IVContrast && !prior.Native
}

// phaseLacks compares named phases. CT angiography and a venous CT do not
// stand for each other; an arterial series of a body CT stands for an angiogram.
func phaseLacks(order, prior anatomy.Exam) bool {
	if order.Family == anatomy.CT {
		if order.Has(anatomy.Angiogram) {
			return !prior.Has(anatomy.Angiogram) && !prior.HasPhase(anatomy.ArterialPhase)
		}
		if prior.Has(anatomy.Angiogram) && !prior.HasPhase(anatomy.VenousPhase) {
			return true
		}
	}
	for _, p := range order.Phases {
		if p != anatomy.NativePhase && !prior.HasPhase(p) {
			return true
		}
	}
	return false
}

// dedicated are techniques that are exams of their own: asked for by name,
// they are answered only by an exam that names them too.
var dedicated = map[anatomy.Family][]anatomy.Technique{
	anatomy.CT:          {anatomy.Urogram, anatomy.Colonogram, "enterography", anatomy.CalciumScore, "perfusion"},
	anatomy.MR:          {anatomy.Angiogram, anatomy.Cholangiogram, "enterography", anatomy.Urogram, "perfusion", "spectroscopy", "tractography", "hepatospecific", "mpmr"},
	anatomy.Ultrasound:  {"stress", "transoesophageal"},
	anatomy.Radiography: {"boneage"},
}

// narrow are techniques that show less than the plain exam of the place.
var narrow = map[anatomy.Family][]anatomy.Technique{
	anatomy.CT: {anatomy.CalciumScore, "perfusion"},
	anatomy.MR: {anatomy.Angiogram, anatomy.Cholangiogram},
}

// techniqueLacks reports a protocol or tracer that the prior does not have.
func techniqueLacks(order, prior anatomy.Exam) bool {
	for _, t := range dedicated[order.Family] {
		excreted := t == anatomy.Urogram && prior.HasPhase(anatomy.ExcretoryPhase)
		if order.Has(t) && !prior.Has(t) && !excreted {
			return true
		}
	}
	for _, t := range narrow[order.Family] {
		if prior.Has(t) && !order.Has(t) && !prior.PlainToo {
			return true
		}
	}
	return tracerDiffers(order, prior)
}

// defaultTracer is what a PET/CT without a named tracer is made with.
const defaultTracer = "fdg"

// tracerDiffers reports another tracer; scintigrams mostly name none, and then it
// follows from the organ.
func tracerDiffers(order, prior anatomy.Exam) bool {
	if order.Family != prior.Family {
		return false
	}
	switch order.Family {
	case anatomy.PET:
		return tracer(order) != tracer(prior)
	case anatomy.Scintigraphy:
		return len(order.Tracers) > 0 && len(prior.Tracers) > 0 && tracer(order) != tracer(prior)
	}
	return false
}

func tracer(e anatomy.Exam) string {
	if len(e.Tracers) == 0 {
		return defaultTracer
	}
	return e.Tracers[0]
}

// lowDoseOnly reports a low-dose prior of a diagnostic order.
func lowDoseOnly(order, prior anatomy.Exam) bool {
	return order.Family == anatomy.CT && prior.Family == anatomy.CT && prior.Has(anatomy.LowDose) && !order.Has(anatomy.LowDose)
}
