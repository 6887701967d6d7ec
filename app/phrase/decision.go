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

// MSv is a dose that was avoided; what is unknown makes it a lower limit.
func MSv(r effect.Row) string {
	text := strconv.FormatFloat(r.MSv, 'f', 1, 64)
	if r.MSvUnknown > 0 {
		return "≥ " + text
	}
	return text
}
