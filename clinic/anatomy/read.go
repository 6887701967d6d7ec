package anatomy

import (
	"regexp"
	"strings"

	"eris/clinic"
	"eris/dicom"
)

// clue is what one source says about the regions.
type clue struct {
	source  Source
	regions set[Region]
	general bool // a wide word that a finer clue replaces
}

// Order reads an order. Regions come from the text, then the service code,
// then the body-part field; the reason only tells events, screening and what
// the question needs, because it names symptoms, not the exam. Day dates the
// events the order speaks of.
func (a *Atlas) Order(o clinic.Order, day dicom.Date) Exam {
	text := a.read(o.Text)
	coded := a.code(o.Code)
	families := text.families
	e := Exam{Family: correct(FamilyOf(o.Modality), families)}
	if e.Family == "" {
		e.Family = coded.family
	}
	e.take(text)
	if coded.technique != "" && coded.family == e.Family {
		e.Techniques = append(e.Techniques, coded.technique)
	}
	regions, general := a.named(text)
	a.place(&e, []clue{
		{FromText, regions, general}, {FromCode, a.expandAll(coded.regions), false}, a.bodyPart([]string{o.BodyPart}),
	})
	e.Contrast = firstOf(Contrast(o.Contrast), text.contrast, coded.contrast)
	if e.Contrast == "" && e.Has(Angiogram) && e.Family == CT {
		e.Contrast = IVContrast
	}
	e.Side = a.side(e, firstOf(known(o.Laterality), text.side))
	e.Tooth = tooth(e.Family, o.Text)
	e.Screening = a.says("screening", o.Text, o.Reason)
	e.NativeOnly = a.says("nativeonly", o.Text, o.Reason)
	e.Events = append(a.events(o.Text, day), a.events(o.Reason, day)...)
	return e
}

// Study reads an exam that was done. Regions come from the description, then
// the series names, then BodyPartExamined, which is often a protocol's default
// and is believed only when nothing else speaks.
func (a *Atlas) Study(s clinic.Study) Exam {
	text := a.read(s.StudyDescription)
	series := a.readSeries(s.SeriesDescriptions)
	e := Exam{Family: correct(FamilyOf(s.ModalitiesInStudy...), text.families)}
	e.take(text)
	e.Techniques = append(e.Techniques, series.techniques.sorted()...)
	e.Views = append(e.Views, series.views.sorted()...)
	e.Phases = append(e.Phases, series.phases.sorted()...)
	e.PlainToo = e.PlainToo || series.plain
	regions, general := a.named(text)
	more, wide := a.named(series)
	a.place(&e, []clue{{FromText, regions, general}, {FromSeries, more, wide}, a.bodyPart(s.BodyPartsExamined)})
	e.Contrast = firstOf(Contrast(s.Contrast), text.contrast, series.contrast)
	if e.Contrast == "" && (e.HasPhase(ArterialPhase) || e.HasPhase(VenousPhase) || e.HasPhase(ExcretoryPhase) || e.Has(Angiogram) && e.Family == CT) {
		e.Contrast = IVContrast
	}
	e.Native = e.Contrast == NoContrast || text.native || series.native || e.HasPhase(NativePhase)
	e.Side = a.side(e, firstOf(known(s.Laterality), text.side, series.side))
	e.Tooth = tooth(e.Family, s.StudyDescription)
	e.Document = a.document(s, e)
	e.NoImages = a.says("aborted", s.StudyDescription) || a.noImages(s.SeriesDescriptions)
	return e
}

// take copies what a text says besides regions, contrast and side.
func (e *Exam) take(n note) {
	e.Techniques = n.techniques.sorted()
	e.Views = n.views.sorted()
	e.Phases = n.phases.sorted()
	e.Tracers = n.tracers.sorted()
	e.PlainToo = n.plain
}

// readSeries reads the series names one by one, so that no phrase spans two.
func (a *Atlas) readSeries(names []string) note {
	all := a.read("")
	for i, name := range names {
		if i == maxSeries {
			break
		}
		n := a.read(name)
		all.regions.addAll(n.regions)
		all.weak.addAll(n.weak)
		all.broad.addAll(n.broad)
		all.techniques.addAll(n.techniques)
		all.views.addAll(n.views)
		all.phases.addAll(n.phases)
		all.native = all.native || n.native
		all.plain = all.plain || n.plain
		all.side = sideOf(setOf(all.side, n.side))
		if all.contrast == "" || n.contrast == IVContrast {
			all.contrast = n.contrast
		}
	}
	return all
}

// maxSeries bounds the series names that are read of one study.
const maxSeries = 200

// place decides the regions: the first clue that names any, made finer by a
// later one where it is general, then read in the sense of the family.
func (a *Atlas) place(e *Exam, clues []clue) {
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
	if only := a.inFamily(a.expandAll(onlyPlace[e.Family]), e.Family); len(only) > 0 {
		e.Source, e.Confidence, e.Regions = FromModality, confidences[FromModality], only.sorted()
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
		if len(inside) > 0 {
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

// bodyPart reads BodyPartExamined: terms of PS3.16 Annex L, else words.
func (a *Atlas) bodyPart(values []string) clue {
	out := clue{source: FromBodyPart, regions: set[Region]{}}
	for _, v := range values {
		if id, ok := a.bodyParts[bodyPartTerm(v)]; ok {
			regions, broad := a.expand(id)
			out.regions.addAll(setOf(regions...))
			out.general = out.general || broad
			continue
		}
		regions, _ := a.named(a.read(v))
		out.regions.addAll(regions)
	}
	return out
}

// bodyPartTerm folds the spellings found in the wild: "L SPINE", "L-Spine", "T_SPINE".
func bodyPartTerm(v string) string {
	return strings.ToUpper(strings.NewReplacer(" ", "", "_", "", "-", "", "/", "").Replace(clip(v)))
}

// code finds the row of a service code by its longest prefix.
func (a *Atlas) code(value string) code {
	for value = clip(strings.TrimSpace(value)); value != ""; value = value[:len(value)-1] {
		if c, ok := a.codes[value]; ok {
			return c
		}
	}
	return code{}
}

// side fills in the side an exam takes when nothing is told.
func (a *Atlas) side(e Exam, told Side) Side {
	if told != "" || len(e.Regions) == 0 {
		return told
	}
	both := false
	for _, r := range e.Regions {
		if a.places[r].Paired == Paired {
			return ""
		}
		both = both || a.places[r].Paired == BothUnless
	}
	if both {
		return Both
	}
	return ""
}

func known(laterality string) Side {
	switch s := Side(strings.ToUpper(strings.TrimSpace(laterality))); s {
	case Left, Right, Both:
		return s
	}
	return ""
}

// document reports a paper stored among the exams.
func (a *Atlas) document(s clinic.Study, e Exam) bool {
	if a.says("phantom", s.StudyDescription) {
		return true
	}
	return e.Family == "" && onlyCompanions(s.ModalitiesInStudy) && a.says("document", append([]string{s.StudyDescription}, s.SeriesDescriptions...)...)
}

// noImages reports that every series is a localizer or a page of numbers.
func (a *Atlas) noImages(series []string) bool {
	for _, name := range series {
		if !a.says("nofilm", name) || len(a.read(name).regions) > 0 {
			return false
		}
	}
	return len(series) > 0
}

// toothNumber is an FDI tooth number (ISO 3950), permanent or milk.
var toothNumber = regexp.MustCompile(`\b([1-8])[.,]?([1-8])\b`)

func tooth(f Family, text string) string {
	if f != IntraOral {
		return ""
	}
	if m := toothNumber.FindStringSubmatch(clip(text)); m != nil {
		return m[1] + m[2]
	}
	return ""
}

func firstOf[T ~string](values ...T) T {
	for _, v := range values {
		if v != "" {
			return v
		}
	}
	return ""
}
