package anatomy

// vesselsOf are the vessels an angiogram of a region is made for.
var vesselsOf = map[Region]Region{"brain": "brainvessels", "neck": "neckvessels", "lowerlimb": "legarteries", "leg": "legarteries", "upperlimb": "armarteries"}

// angiogram reads CT and MR of vessels as angiography, whether or not the word
// stands there, and an angiogram of the head or neck as one of their vessels.
func (a *Atlas) angiogram(e *Exam, regions set[Region]) set[Region] {
	if e.Family != CT && e.Family != MR || e.Has(CalciumScore) {
		return regions
	}
	out := set[Region]{}
	onlyVessels := true
	for r := range regions {
		if vessel, ok := vesselsOf[r]; ok && e.Has(Angiogram) && !e.PlainToo {
			r = vessel
		}
		onlyVessels = onlyVessels && a.places[r].Level == VesselLevel
		out[r] = true
	}
	if onlyVessels && !e.Has(Angiogram) {
		e.Techniques = append(e.Techniques, Angiogram)
	}
	return out
}
