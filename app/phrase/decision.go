package phrase

import (
	"strconv"

	"eris/app/words"
	"eris/clinic"
	"eris/clinic/effect"
)

// repeatReasons and choices are the words of coded decisions.
var (
	repeatReasons = map[clinic.RepeatReason]string{
		clinic.NewSymptoms: "new symptoms or trauma", clinic.ControlByProtocol: "control by protocol",
		clinic.InsufficientQuality: "the earlier exam is of insufficient quality", clinic.OtherRegionOrPhase: "another region or phase is needed",
		clinic.NotObtainable: "the images cannot be obtained", clinic.PatientsDemand: "demand of the patient or insurer", clinic.Emergency: "emergency",
	}
	choices = map[clinic.Choice]string{
		clinic.UsePrior: "use the prior", clinic.JustifiedRepeat: "repeat is justified",
		clinic.ChangeExam: "change the exam", clinic.AskRadiologist: "ask a radiologist",
	}
)

// DecisionSentences lists the words of decisions, for the test of the words.
func DecisionSentences() (list []string) {
	for _, text := range repeatReasons {
		list = append(list, text)
	}
	for _, text := range choices {
		list = append(list, text)
	}
	return list
}

// RepeatReason is a coded reason in words; one that is not known here as it stands.
func RepeatReason(w *words.Words, r clinic.RepeatReason) string {
	if text := repeatReasons[r]; text != "" {
		return w.L(text)
	}
	return string(r)
}

// Choice is what was decided, in words.
func Choice(w *words.Words, c clinic.Choice) string { return w.L(choices[c]) }

// EffectKey names the row of a count.
func EffectKey(w *words.Words, by effect.By, key string) string {
	switch {
	case by == effect.ByReason:
		return RepeatReason(w, clinic.RepeatReason(key))
	case key == "":
		return w.L("not told")
	}
	return key
}

// EffectColumn is a number of a count. Detail is for where there is room.
type EffectColumn struct {
	Label  string
	Detail bool
	Value  func(effect.Row) float64
	Text   func(effect.Row) string
}

// EffectColumns are the numbers of a count in the order in which they are read.
func EffectColumns(w *words.Words) []EffectColumn {
	count := func(label string, detail bool, n func(effect.Row) int) EffectColumn {
		return EffectColumn{label, detail, func(r effect.Row) float64 { return float64(n(r)) }, func(r effect.Row) string { return strconv.Itoa(n(r)) }}
	}
	return []EffectColumn{
		count(w.L("Checked"), false, func(r effect.Row) int { return r.Orders }),
		count(w.L("Repeat warning"), false, func(r effect.Row) int { return r.Repeats }),
		count(w.L("Prior opened"), false, func(r effect.Row) int { return r.Opened }),
		count(w.L("Decided"), false, func(r effect.Row) int { return r.Decided }),
		count(w.L("Prior used"), false, func(r effect.Row) int { return r.UsedPrior }),
		count(w.L("Justified"), false, func(r effect.Row) int { return r.Justified }),
		count(w.L("Changed"), true, func(r effect.Row) int { return r.Changed }),
		count(w.L("Asked"), true, func(r effect.Row) int { return r.Asked }),
		count(w.L("Made anyway"), true, func(r effect.Row) int { return r.MadeAnyway }),
		count(w.L("Exposures avoided"), false, func(r effect.Row) int { return r.Exposures }),
		{w.L("mSv avoided"), false, func(r effect.Row) float64 { return r.MSv }, MSv},
	}
}

// MSv is a dose that was avoided; what is unknown makes it a lower limit.
func MSv(r effect.Row) string {
	text := strconv.FormatFloat(r.MSv, 'f', 1, 64)
	if r.MSvUnknown > 0 {
		return "≥ " + text
	}
	return text
}
