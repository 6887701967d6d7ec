package anatomy

import (
	"regexp"
	"strings"

	"eris/clinic"
	"eris/dicom"
)

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
	jawOfTooth(regions, e.Family, o.Text)
	a.place(&e, []clue{
		a.mapped(e.Family, o.Text), {FromText, regions, general}, {FromCode, a.expandAll(coded.regions), false}, a.bodyPart([]string{o.BodyPart}),
	}, text.asked)
	e.Family = filmOf(e)
	e.Contrast = firstOf(Contrast(o.Contrast), text.contrast, coded.contrast)
	if e.Contrast == "" && e.impliesContrast() {
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
	jawOfTooth(regions, e.Family, s.StudyDescription)
	more, wide := a.named(series)
	a.place(&e, []clue{a.mapped(e.Family, s.StudyDescription), {FromText, regions, general}, {FromSeries, more, wide}, a.bodyPart(s.BodyPartsExamined)}, text.asked)
	e.Family = filmOf(e)
	e.Contrast = firstOf(Contrast(s.Contrast), text.contrast, series.contrast)
	if e.Contrast == "" && e.impliesContrast() {
		e.Contrast = IVContrast
	}
	e.Native = e.Contrast == NoContrast || text.native || series.native || e.HasPhase(NativePhase)
	e.Side = a.side(e, firstOf(known(s.Laterality), text.side, series.side))
	e.Tooth = tooth(e.Family, s.StudyDescription)
	e.Screening = a.says("screening", s.StudyDescription)
	e.Document = a.document(s, e)
	e.NoImages = a.says("aborted", s.StudyDescription) || a.noImages(s.SeriesDescriptions) || a.noImages([]string{s.StudyDescription}) ||
		e.Family == "" && OnlyCompanions(s.ModalitiesInStudy) && a.says("nofilm", s.StudyDescription)
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
const maxSeries = 100

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
	return e.Family == "" && OnlyCompanions(s.ModalitiesInStudy) && a.says("document", append([]string{s.StudyDescription}, s.SeriesDescriptions...)...)
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
	return fdi(text)
}

func fdi(text string) string {
	if m := toothNumber.FindStringSubmatch(strings.ReplaceAll(clip(text), "_", " ")); m != nil {
		return m[1] + m[2]
	}
	return ""
}

// jawOfTooth reads a numbered tooth of a CT as its jaw: the quadrants 1, 2, 5
// and 6 are the upper ones (ISO 3950).
func jawOfTooth(regions set[Region], f Family, text string) {
	number := fdi(text)
	if f != CT || !regions["tooth"] || number == "" {
		return
	}
	delete(regions, "tooth")
	if strings.ContainsAny(number[:1], "1256") {
		regions["maxilla"] = true
	} else {
		regions["mandible"] = true
	}
}

// filmOf names the family of films: an X-ray room that examines the breasts
// makes mammograms.
func filmOf(e Exam) Family {
	if e.Family == Radiography && len(e.Regions) == 1 && e.Regions[0] == "breast" {
		return Mammography
	}
	return e.Family
}

func firstOf[T ~string](values ...T) T {
	for _, v := range values {
		if v != "" {
			return v
		}
	}
	return ""
}
