package anatomy

import "maps"

// clue is what one source says about the regions.
type clue struct {
	source  Source
	regions set[Region]
	general bool // a wide word that a finer clue replaces
}

// place decides the regions: the first clue that names any, made finer by a
// later one where it is general, then read in the sense of the family. What
// the reason for the exam names comes last.
func (a *Atlas) place(e *Exam, clues []clue, asked set[Region]) {
	only := clue{source: FromModality, regions: a.expandAll(onlyPlace[e.Family])}
	clues = append(clues, only, clue{source: FromText, regions: asked})
	for i, c := range clues {
		regions := a.inFamily(c.regions, e.Family)
		if len(regions) == 0 {
			continue
		}
		e.Source, e.Confidence = c.source, confidences[c.source]
		if c.general {
			regions = a.finer(regions, clues[i+1:], e.Family)
		}
		e.Regions = a.angiogram(e, regions).sorted()
		return
	}
}

// onlyPlace are the families that are made for one place.
var onlyPlace = map[Family][]string{
	Mammography: {"breast"}, Densitometry: {"dxa"}, Panoramic: {"jaws"}, IntraOral: {"tooth"}, PET: {"wholebody"},
}

// finer looks in later clues for regions inside the general ones.
func (a *Atlas) finer(general set[Region], later []clue, f Family) set[Region] {
	for _, c := range later {
		inside := set[Region]{}
		for r := range a.inFamily(c.regions, f) {
			if len(a.ofCoarse(general, r)) > 0 {
				inside[r] = true
			}
		}
		if len(inside) > 0 && !maps.Equal(inside, general) {
			return inside
		}
	}
	return general
}

// inFamily reads regions in the sense the family gives them, without those
// that another one of the set holds anyway.
func (a *Atlas) inFamily(regions set[Region], f Family) set[Region] {
	out := set[Region]{}
	for r := range a.absorb(regions, f) {
		if becomes, ok := a.byFamily[f][r]; ok {
			out.addAll(setOf(becomes...))
			continue
		}
		out[r] = true
	}
	a.join(out, f)
	return a.absorb(out, f)
}

// join adds the region that its parts make up when all of them are named.
func (a *Atlas) join(regions set[Region], f Family) {
	for _, j := range a.joins {
		all := j.family == f
		for _, part := range j.parts {
			all = all && regions[part]
		}
		if all {
			regions[j.becomes] = true
		}
	}
}

func (a *Atlas) absorb(regions set[Region], f Family) set[Region] {
	out := set[Region]{}
	for r := range regions {
		held := false
		for other := range regions {
			held = held || a.contents[f][pair{other, r}] == Full
		}
		if !held {
			out[r] = true
		}
	}
	return out
}

func (a *Atlas) expandAll(ids []string) set[Region] {
	out := set[Region]{}
	for _, id := range ids {
		regions, _ := a.expand(id)
		out.addAll(setOf(regions...))
	}
	return out
}
