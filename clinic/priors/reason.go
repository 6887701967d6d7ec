package priors

import (
	"strconv"
	"strings"

	"eris/clinic"
	"eris/clinic/anatomy"
)

// Reason holds the facts behind a judgement. Key names the main one; the rest
// are its parameters. Sentence phrases them, so that every place that shows a
// reason shows the same words.
type Reason struct {
	Key           string              `json:"key"`
	Class         Class               `json:"class,omitempty"`
	Family        anatomy.Family      `json:"family,omitempty"`
	Regions       []Name              `json:"regions,omitempty"`
	Side          anatomy.Side        `json:"side,omitempty"`
	Contrast      anatomy.Contrast    `json:"contrast,omitempty"`
	AgeDays       int                 `json:"ageDays"`
	AgeKnown      bool                `json:"ageKnown"`
	Rule          string              `json:"rule,omitempty"`
	WindowDays    int                 `json:"windowDays,omitempty"`
	Report        clinic.ReportStatus `json:"report,omitempty"`
	ImagesMissing bool                `json:"imagesMissing,omitempty"`

	phrases map[string]map[string]string
}

// Name is a word in the languages of the program.
type Name struct {
	EN string `json:"en"`
	RU string `json:"ru"`
}

// Sentence phrases the reason in "ru" or "en" (anything else reads as "en").
// It states facts and leaves the decision to the reader.
func (r Reason) Sentence(lang string) string {
	if r.phrases[lang] == nil {
		lang = "en"
	}
	say := func(key string) string { return r.phrases[lang][key] }
	if strings.HasPrefix(r.Key, "verdict.") {
		return say(r.Key) + "."
	}
	parts := []string{r.exam(lang, say), say("class."+string(r.Class)) + ": " + say(r.Key)}
	if r.Rule != "" {
		parts = append(parts, r.window(say))
	}
	if r.Report != "" {
		parts = append(parts, say("report."+string(r.Report)))
	}
	if r.ImagesMissing {
		parts = append(parts, say("images.no"))
	}
	return r.age(lang, say) + ": " + strings.Join(parts, "; ") + "."
}

func (r Reason) exam(lang string, say func(string) string) string {
	family := say("family." + string(r.Family))
	if len(r.Regions) == 0 {
		return strings.ReplaceAll(say("exam.unknown"), "{family}", family)
	}
	var regions []string
	for _, n := range r.Regions {
		regions = append(regions, n.in(lang))
	}
	out := strings.NewReplacer("{family}", family, "{regions}", strings.Join(regions, ", ")).Replace(say("exam"))
	for _, more := range []string{"side." + string(r.Side), "contrast." + string(r.Contrast)} {
		if word := say(more); word != "" {
			out += ", " + word
		}
	}
	return out
}

// ExamName names a kind of exam in a language, as sentences do; of many regions
// the first three.
func (r *Rules) ExamName(f anatomy.Family, regions []anatomy.Region, lang string) string {
	return Reason{Family: f, Regions: names(r.atlas, regions[:min(len(regions), 3)])}.exam(lang, func(key string) string { return r.phrases[lang][key] })
}

func (n Name) in(lang string) string {
	if lang == "ru" {
		return n.RU
	}
	return n.EN
}

func (r Reason) age(lang string, say func(string) string) string {
	switch {
	case !r.AgeKnown:
		return say("age.unknown")
	case r.AgeDays == 0:
		return say("age.today")
	case r.AgeDays < 0:
		return strings.ReplaceAll(say("age.future"), "{n}", days(-r.AgeDays, lang, say))
	}
	return strings.ReplaceAll(say("age.ago"), "{n}", days(r.AgeDays, lang, say))
}

// days counts in the grammar of the language: 1 день, 2 дня, 5 дней.
func days(n int, lang string, say func(string) string) string {
	form := "day.many"
	switch {
	case lang == "ru" && n%10 == 1 && n%100 != 11, lang != "ru" && n == 1:
		form = "day.one"
	case lang == "ru" && n%10 >= 2 && n%10 <= 4 && (n%100 < 12 || n%100 > 14):
		form = "day.few"
	}
	return strconv.Itoa(n) + " " + say(form)
}

func (r Reason) window(say func(string) string) string {
	key := "window.in"
	switch {
	case !r.AgeKnown || r.AgeDays < 0:
		key = "window.rule"
	case r.AgeDays > r.WindowDays:
		key = "window.out"
	}
	return strings.NewReplacer("{rule}", r.Rule, "{days}", strconv.Itoa(r.WindowDays)).Replace(say(key))
}

func names(atlas *anatomy.Atlas, regions []anatomy.Region) []Name {
	var out []Name
	for _, r := range regions {
		place, _ := atlas.Place(r)
		out = append(out, Name{EN: place.Names["en"], RU: place.Names["ru"]})
	}
	return out
}

// sideToTell is the side where it means something.
func sideToTell(atlas *anatomy.Atlas, e anatomy.Exam) anatomy.Side {
	for _, r := range e.Regions {
		if place, _ := atlas.Place(r); place.Paired != anatomy.Unpaired {
			return e.Side
		}
	}
	return ""
}

// contrastToTell is the contrast where it means something.
func contrastToTell(e anatomy.Exam) anatomy.Contrast {
	if e.Family == anatomy.CT || e.Family == anatomy.MR {
		return e.Contrast
	}
	return ""
}
