package dose

import (
	"slices"

	"eris/clinic"
	"eris/clinic/anatomy"
	"eris/dicom"
)

// Basis says what an effective dose rests on.
type Basis string

// The bases.
const (
	Measured    Basis = "measured" // it follows from measured quantities
	FromTypical Basis = "typical"  // the usual dose of such exams
	NotKnown    Basis = "unknown"
	NoRadiation Basis = "none" // ultrasound, MR: nothing ionising
)

// Exam is the radiation of one study.
type Exam struct {
	StudyInstanceUID dicom.UID
	StudyDate        dicom.Date
	StudyDescription string
	InstitutionName  string
	Family           anatomy.Family
	Regions          []anatomy.Region
	Preventive       bool // a check-up, not a question of a physician

	Source    Source // of what was measured; empty when nothing was
	Exposures int    // irradiation events that were told of
	Values    Values // what was measured, added up
	Dropped   []Dropped

	Basis     Basis
	Effective MilliSievert // 0 unless Basis is Measured or FromTypical
	// AtLeast says that something measured could not be reckoned, so that the
	// dose is more than Effective.
	AtLeast   bool
	Estimates []Estimate // when Measured
	Typical   Typical    // when FromTypical
}

// Known reports that there is an effective dose, measured or typical.
func (e Exam) Known() bool { return e.Basis == Measured || e.Basis == FromTypical }

// harmless reports a study without radiation: of a family that has none, or of
// objects that are no images. A study whose modality nobody told may be any.
func harmless(s clinic.Study, f anatomy.Family) bool {
	if f == "" {
		return anatomy.OnlyCompanions(s.ModalitiesInStudy)
	}
	return !f.Ionising()
}

// nuclear are the families whose dose comes from a radiopharmaceutical too.
var nuclear = map[anatomy.Family]bool{anatomy.PET: true, anatomy.Scintigraphy: true}

// Exam reckons the radiation of a study from what its objects tell.
func (t *Tables) Exam(s clinic.Study, reports []Report) Exam {
	return t.exam(s, Combine(reports))
}

func (t *Tables) exam(s clinic.Study, r Record) Exam {
	read := t.atlas.Study(s)
	e := Exam{
		StudyInstanceUID: s.StudyInstanceUID, StudyDate: s.StudyDate, StudyDescription: s.StudyDescription, InstitutionName: s.InstitutionName,
		Family: read.Family, Regions: read.Regions, Preventive: read.Screening || read.Has(anatomy.Fluorogram),
		Source: r.Source(), Exposures: len(r.Events), Values: r.Values(), Dropped: r.Dropped,
	}
	who := subject{exam: read, regions: t.examRegions(read)}
	if who.age, who.ageless = age(s); who.ageless {
		who.age = adult
	}
	estimates, rest := t.reckon(r, who)
	typical, usual := t.typicalOf(read)
	if nuclear[e.Family] && !tellsNuclear(estimates) {
		rest = true // the CT of a PET/CT alone is not its dose
		if usual {
			estimates = nil
		}
	}
	switch {
	case len(estimates) > 0:
		e.Basis, e.Estimates, e.AtLeast = Measured, estimates, rest
		for _, one := range estimates {
			e.Effective += one.Effective
		}
	case e.Source == "" && harmless(s, e.Family):
		e.Basis = NoRadiation
	case usual:
		e.Basis, e.Effective, e.Typical = FromTypical, typical.Effective, typical
	default:
		e.Basis = NotKnown
	}
	return e
}

// adult is an age in years that all tables take for one.
const adult = 30

// age is the patient's at the study; an unknown one is told.
func age(s clinic.Study) (years int, unknown bool) {
	years, ok := s.Patient.AgeAt(s.StudyDate)
	if !ok || years > oldest {
		return 0, true
	}
	return years, false
}

func tellsNuclear(estimates []Estimate) bool {
	return slices.ContainsFunc(estimates, func(e Estimate) bool { return e.Quantity == Activity || e.Quantity == Effective })
}

// Typical is the usual dose of an exam that is asked for; ok is false when the
// tables have none for its kind.
func (t *Tables) Typical(o clinic.Order, day dicom.Date) (typical Typical, ok bool) {
	return t.typicalOf(t.atlas.Order(o, day))
}

func (t *Tables) typicalOf(e anatomy.Exam) (Typical, bool) {
	for _, row := range t.typical {
		if !slices.Contains(row.families, e.Family) || row.technique != "" && !e.Has(row.technique) {
			continue
		}
		if row.regions == nil || within(e.Regions, row.regions) {
			return row.Typical, true
		}
	}
	return Typical{}, false
}

func within(regions, of []anatomy.Region) bool {
	return len(regions) > 0 && !slices.ContainsFunc(regions, func(r anatomy.Region) bool { return !slices.Contains(of, r) })
}
