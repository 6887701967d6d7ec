package phrase

import (
	"fmt"
	"strings"

	"eris/app/desk"
	"eris/app/words"
	"eris/clinic/dose"
)

// Dose is an effective dose with its unit, to two figures.
func Dose(w *words.Words, v dose.MilliSievert) string {
	return w.L("%s mSv", Millisieverts(w, v))
}

// Millisieverts is an effective dose without its unit, to two figures.
func Millisieverts(w *words.Words, v dose.MilliSievert) string {
	text := fmt.Sprintf("%.1f", float64(v))
	switch {
	case v >= 9.95:
		text = fmt.Sprintf("%.0f", float64(v))
	case v > 0 && v < 0.095:
		text = fmt.Sprintf("%.2g", float64(v))
	case v < 0.95:
		text = fmt.Sprintf("%.2f", float64(v))
	}
	if w.Language == "ru" {
		text = strings.Replace(text, ".", ",", 1)
	}
	return text
}

// ExamDose is the dose of an exam as it stands in a column: measured as it is,
// typical with ≈ before it, "?" when nobody knows.
func ExamDose(w *words.Words, e dose.Exam) string {
	text := Millisieverts(w, e.Effective)
	switch e.Basis {
	case dose.NotKnown:
		return "?"
	case dose.FromTypical:
		return "≈ " + text
	}
	if e.AtLeast {
		return "≥ " + text
	}
	return text
}

// Basis says in a word what a dose rests on.
func Basis(w *words.Words, b dose.Basis) string {
	switch b {
	case dose.Measured:
		return w.L("measured")
	case dose.FromTypical:
		return w.L("typical")
	}
	return w.L("unknown")
}

// SumOf is a sum of doses, and what of it is not measured.
func SumOf(w *words.Words, s dose.Sum) string {
	text := Dose(w, s.Effective)
	switch {
	case s.Effective == 0 && s.Unknown > 0:
		text = w.L("unknown")
	case !s.Known():
		text = "≥ " + text
	}
	var parts []string
	if s.Typical > 0 && s.Typical == s.Effective {
		text = strings.Replace("≈ "+text, "≈ ≥", "≥", 1)
	} else if s.Typical > 0 {
		parts = append(parts, w.L("of it by typical values %s", Millisieverts(w, s.Typical)))
	}
	if s.Unknown > 0 {
		parts = append(parts, w.L("exams of unknown dose: %d", s.Unknown))
	}
	if len(parts) > 0 {
		text += " (" + strings.Join(parts, "; ") + ")"
	}
	return text
}

// CardDose says what the ordered exam usually gives, what the best prior gave,
// and what the patient got in twelve months; "" when nothing ionises. Flags are
// sums that pass a limit, for where danger is said.
func CardDose(w *words.Words, c desk.Card) (text string, flags []string) {
	var parts []string
	if c.Typical != nil {
		parts = append(parts, w.L("this exam usually ≈ %s", Dose(w, c.Typical.Effective)))
	}
	if best := c.Verdict.Best; best != nil {
		if e, ok := c.DoseOf(best.Study.StudyInstanceUID); ok && e.Known() {
			parts = append(parts, w.L("the earlier one %s", ExamDose(w, e)))
		}
	}
	if year := c.Doses.TwelveMonths.All(); year.Exams > 0 {
		parts = append(parts, w.L("in 12 months %s", SumOf(w, year)))
	}
	if len(parts) == 0 {
		return "", nil
	}
	for _, f := range c.Doses.Flags {
		flags = append(flags, DoseFlag(w, f))
	}
	return w.L("Dose: %s", strings.Join(parts, " · ")), flags
}

// DoseFlag says which limit a sum passes.
func DoseFlag(w *words.Words, f dose.Flag) string {
	switch {
	case f.Limit == dose.Lifetime:
		return w.L("Unusual: %s in all, more than %s.", Dose(w, f.Effective), Dose(w, f.Of.Effective))
	case f.Year == 0:
		return w.L("Preventive exams of the last 12 months gave %s; the limit is %s a year.", Dose(w, f.Effective), Dose(w, f.Of.Effective))
	}
	return w.L("Preventive exams of %d gave %s; the limit is %s a year.", f.Year, Dose(w, f.Effective), Dose(w, f.Of.Effective))
}
