package anatomy

// Source says where something was read.
type Source string

// The sources, the surest first for each kind of exam.
const (
	FromSite     Source = "site" // a mapping that a person made
	FromText     Source = "text" // order text or study description
	FromCode     Source = "code"
	FromSeries   Source = "series"
	FromBodyPart Source = "body-part"
	FromModality Source = "modality" // the modality has one place only
	FromNothing  Source = ""
)

// Confidence in the regions of an exam, 0 (unknown) to 1.
type Confidence float64

// confidences by source: BodyPartExamined is optional and often a protocol's
// default (PS3.3 C.7.3.1.1.1 leaves it to the site).
var confidences = map[Source]Confidence{FromSite: 1, FromText: 0.9, FromCode: 0.85, FromSeries: 0.7, FromBodyPart: 0.5, FromModality: 0.6}

// Contrast says whether an agent was asked for or given.
type Contrast string

// The states of contrast; empty is not told.
const (
	NoContrast Contrast = "none"
	IVContrast Contrast = "iv"
)

// Phase is a phase of a contrast exam.
type Phase string

// The phases.
const (
	NativePhase    Phase = "native"
	ArterialPhase  Phase = "arterial"
	VenousPhase    Phase = "venous"
	DelayedPhase   Phase = "delayed"
	ExcretoryPhase Phase = "excretory"
)

// View is a projection named in words; values are those of words.tsv.
type View string

// The views rules speak of by name.
const (
	Frontal   View = "frontal"
	Lateral   View = "lateral"
	TwoViews  View = "two"
	Weight    View = "weight"
	Magnified View = "magnified"
)

// Technique is a way of examining named in words; values are those of words.tsv.
type Technique string

// The techniques rules speak of by name.
const (
	Angiogram     Technique = "angio"
	Fluorogram    Technique = "flg"
	LowDose       Technique = "lowdose"
	Portable      Technique = "portable"
	BoneSeries    Technique = "bone"
	ThinSeries    Technique = "thin"
	DiagnosticCT  Technique = "diagnosticct"
	Urogram       Technique = "urography"
	Colonogram    Technique = "colonography"
	CalciumScore  Technique = "cascore"
	Cholangiogram Technique = "mrcp"
)

// Event is something an order says has happened, or why it controls.
type Event struct {
	Kind string // injury, placed, surgery, control
	// DaysBefore the order, when Dated.
	DaysBefore int
	Dated      bool
}

// Exam is what was read of one order or one study.
type Exam struct {
	Family     Family
	Regions    []Region // sorted; empty when unknown
	Source     Source
	Confidence Confidence
	Side       Side
	Contrast   Contrast
	Native     bool // a series without contrast is said to exist
	Phases     []Phase
	Views      []View
	Techniques []Technique
	Tracers    []string
	Tooth      string // FDI number without the dot, e.g. "36"
	Screening  bool   // a check-up, pre-admission, certificate …
	NativeOnly bool   // the question needs a series without contrast (stones)
	Events     []Event
	// PlainToo: beside an angiogram the words name the plain exam as well.
	PlainToo bool
	Document bool // a paper, not an exam
	NoImages bool // localizer, dose page or aborted scan only
}

// Known reports that the region was understood.
func (e Exam) Known() bool { return len(e.Regions) > 0 }

// Has reports a technique.
func (e Exam) Has(t Technique) bool { return contains(e.Techniques, t) }

// Shows reports a view.
func (e Exam) Shows(v View) bool { return contains(e.Views, v) }

// HasPhase reports a phase.
func (e Exam) HasPhase(p Phase) bool { return contains(e.Phases, p) }

func contains[T comparable](in []T, what T) bool {
	for _, v := range in {
		if v == what {
			return true
		}
	}
	return false
}

// impliesContrast reports an exam that cannot be made without an agent: CT
// angiography, and any named phase of CT or MR that is not a vessel's name
// ("вен" of a venogram).
func (e Exam) impliesContrast() bool {
	switch {
	case e.Family == CT && e.Has(Angiogram):
		return true
	case e.Family != CT && e.Family != MR || e.Has(Angiogram):
		return false
	}
	return e.HasPhase(ArterialPhase) || e.HasPhase(VenousPhase) || e.HasPhase(ExcretoryPhase)
}
