package advise

import (
	"net/url"
	"strings"

	"github.com/google/uuid"

	"eris/app/desk"
	"eris/app/phrase"
	"eris/clinic"
	"eris/clinic/identity"
	"eris/clinic/priors"
	"eris/sync/cdshooks"
)

// mostRows is how many earlier exams a card lists.
const mostRows = 5

// reasonSystem is the system of the codes of override reasons.
const reasonSystem = "urn:eris:repeat-reason"

// card is what there is to say of an order; worth is false when there is nothing,
// and every archive has said so. resource is the draft in the record.
func (s *service) card(c desk.Card, resource string) (card cdshooks.Card, worth bool) {
	w := s.Words
	card = cdshooks.Card{Indicator: cdshooks.Info, Source: cdshooks.Source{Label: w.L("ERIS, the city's radiological archive")}, Detail: s.detail(c),
		Links: []cdshooks.Link{{Label: w.L("Open the earlier exams in ERIS"), URL: link(c.Order), Type: cdshooks.Absolute}}}
	doubt := len(c.Doubtful) > 0 || asking(c)
	best := c.Verdict.Best
	switch {
	case c.Verdict.Repeat:
		card.Indicator = cdshooks.Warning
		card.Summary = w.L("Done %s ago: %s", w.Age(best.AgeDays), s.exam(best.Study))
		for _, reason := range clinic.RepeatReasons {
			card.OverrideReasons = append(card.OverrideReasons, cdshooks.Coding{System: reasonSystem, Code: string(reason), Display: phrase.RepeatReason(w, reason)})
		}
		if resource != "" && !doubt {
			card.SelectionBehavior = cdshooks.AtMostOne
			card.Suggestions = []cdshooks.Suggestion{{Label: w.L("Withdraw the order, the earlier exam is used"), UUID: uuid.NewString(),
				Actions: []cdshooks.Action{{Type: "delete", Description: w.L("The draft of this order is deleted."), ResourceID: resource}}}}
		}
	case best != nil && (best.Class == priors.Same || best.Class == priors.Comparable):
		card.Summary = w.L("To compare, %s: %s", w.Date(best.Study.StudyDate), s.exam(best.Study))
	case doubt:
		card.Summary = w.L("The patient may have exams under another number, or another's under his: compare before ordering.")
	case c.Silent() || c.Stale():
		card.Summary = w.L("Not every archive has answered: earlier exams may exist that are not known here.")
	default:
		return card, false
	}
	card.Summary = cut(card.Summary, cdshooks.SummaryRunes)
	return card, true
}

func asking(c desk.Card) bool {
	for _, k := range c.Candidates {
		if k.Match.Confidence == identity.Candidate && k.Match.Reason != identity.Undone {
			return true
		}
	}
	return false
}

// detail is the why, the exams that matter and how fresh all is, in Markdown.
func (s *service) detail(c desk.Card) string {
	w := s.Words
	var b strings.Builder
	b.WriteString(plain(c.Verdict.Why.Sentence(w.Language)) + "\n\n")
	shown := 0
	for _, p := range c.Verdict.Priors {
		if p.Class == priors.Unrelated || shown == mostRows {
			continue
		}
		shown++
		is := w.L("class: " + string(p.Class))
		if p.RegionUnknown {
			is = w.L("unknown region")
		}
		line := []string{w.Date(p.Study.StudyDate), s.exam(p.Study), is}
		b.WriteString("* " + plain(strings.Join(line, " — ")) + "\n")
	}
	if rest := len(c.Verdict.Priors) - shown; rest > 0 {
		b.WriteString("* " + w.L("and others: %d", rest) + "\n")
	}
	b.WriteString("\n" + plain(phrase.Checked(w, c, c.At)))
	if text, _ := phrase.Index(w, c); text != "" {
		b.WriteString(" " + plain(text))
	}
	b.WriteString("\n\n" + w.L("These are facts; the physician decides."))
	return b.String()
}

// exam is a study in a line: what, where.
func (s *service) exam(study clinic.Study) string {
	text := phrase.Study(s.Words, study)
	if place := phrase.Place(study); place != "" {
		text += ", " + place
	}
	return text
}

// markdown takes the meaning from what Markdown would read in the words of others.
var markdown = strings.NewReplacer("\\", "\\\\", "*", "\\*", "_", "\\_", "[", "\\[", "]", "\\]", "<", "&lt;", ">", "&gt;", "`", "\\`", "|", "\\|", "\n", " ", "\r", " ")

func plain(text string) string { return markdown.Replace(text) }

// cut shortens a text to a number of characters.
func cut(text string, most int) string {
	runes := []rune(text)
	if len(runes) <= most {
		return text
	}
	return string(runes[:most-1]) + "…"
}

// link opens the check of an order in the workstation.
func link(o clinic.Order) string {
	q := url.Values{}
	for key, value := range map[string]string{"accession": o.AccessionNumber, "patientID": o.Patient.PatientID, "modality": o.Modality, "text": o.Text, "code": o.Code} {
		if value != "" {
			q.Set(key, value)
		}
	}
	return "eris://check?" + q.Encode()
}
