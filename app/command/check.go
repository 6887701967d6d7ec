package command

import (
	"context"
	"fmt"
	"os"
	"strings"
	"time"

	"eris/app/desk"
	"eris/app/phrase"
	"eris/assets"
	"eris/clinic"
	"eris/clinic/dose"
	"eris/clinic/priors"
	"eris/dicom"
)

type checkCmd struct {
	Patient    string `placeholder:"ID" help:"PatientID."`
	Modality   string `placeholder:"M" help:"Modality of the order, e.g. CT."`
	Text       string `placeholder:"TEXT" help:"The order as it was written."`
	BodyPart   string `name:"body-part" placeholder:"B" help:"BodyPartExamined of the order."`
	Laterality string `placeholder:"L" help:"L, R or B."`
	Contrast   string `placeholder:"C" help:"none or iv."`
	Code       string `placeholder:"C" help:"Service code of the order."`
	Reason     string `placeholder:"TEXT" help:"Why the exam is asked for."`
	Case       string `placeholder:"FILE.tsv" type:"existingfile" help:"Check a table of cases instead."`
}

// Run checks an order against a patient's earlier exams, or a table of cases.
func (c *checkCmd) Run(s *session) error {
	if c.Case != "" {
		return c.runCases(s)
	}
	if c.Patient == "" || c.Modality == "" || c.Text == "" && c.Code == "" && c.BodyPart == "" {
		return failure(s.L("A check needs --patient, --modality, and --text, --code or --body-part."))
	}
	cache, err := s.cache()
	if err != nil {
		return err
	}
	defer cache.Close()
	d, err := desk.Open(s, desk.Params{Store: cache})
	if err != nil {
		return err
	}
	defer d.Close()
	order := clinic.Order{Patient: clinic.Patient{PatientID: c.Patient}, Modality: strings.ToUpper(c.Modality), Text: c.Text,
		BodyPart: c.BodyPart, Laterality: strings.ToUpper(c.Laterality), Contrast: c.Contrast, Code: c.Code, Reason: c.Reason, Ordered: d.Now()}
	d.Ask(s, order.Patient)
	return printCard(s, s, d, order)
}

type checkResult struct {
	Repeat       bool          `json:"repeat"`
	Why          string        `json:"why"`
	RulesVersion string        `json:"rulesVersion"`
	Priors       []priorResult `json:"priors"`
	TypicalMSv   float64       `json:"typicalMSv,omitempty"` // of the exam that is ordered
	YearMSv      float64       `json:"twelveMonthsMSv"`
	DoseLimits   []string      `json:"doseLimits,omitempty"` // that are passed
	Sources      []sourceState `json:"sources"`
}

type priorResult struct {
	StudyInstanceUID dicom.UID `json:"studyInstanceUID"`
	StudyDate        string    `json:"studyDate"`
	StudyDescription string    `json:"studyDescription"`
	Class            string    `json:"class"`
	Repeat           bool      `json:"repeat"`
	Score            float64   `json:"score"`
	Rule             string    `json:"rule"`
	Block            string    `json:"block"`
	RegionUnknown    bool      `json:"regionUnknown"`
	IdentityDoubtful bool      `json:"identityDoubtful"`
	Images           string    `json:"images"`
	Report           string    `json:"report"`
	Why              string    `json:"why"`

	// MSv and DoseBasis are its dose, when it has any and is the patient's for sure.
	MSv       float64    `json:"mSv,omitempty"`
	DoseBasis dose.Basis `json:"doseBasis,omitempty"`
}

type sourceState struct {
	Name  string `json:"name"`
	Asked string `json:"asked,omitempty"`
	Index string `json:"index,omitempty"` // how far the index of the attached population knows the patient
	Error string `json:"error,omitempty"`
}

// printCard prints a card as a person would read it, or as JSON.
func printCard(ctx context.Context, s *session, d *desk.Desk, order clinic.Order) error {
	card, err := d.Card(ctx, order)
	if err != nil {
		return err
	}
	result := checkResult{Repeat: card.Verdict.Repeat, Why: card.Verdict.Why.Sentence(s.Language),
		RulesVersion: card.Verdict.RulesVersion, Priors: []priorResult{}, Sources: []sourceState{}}
	for _, p := range card.Verdict.Priors {
		result.Priors = append(result.Priors, priorJSON(card, p, s.Language, false))
	}
	for _, p := range card.Doubtful {
		result.Priors = append(result.Priors, priorJSON(card, p, s.Language, true))
	}
	for _, c := range card.Candidates {
		for _, p := range c.Priors {
			result.Priors = append(result.Priors, priorJSON(card, p, s.Language, true))
		}
	}
	if card.Typical != nil {
		result.TypicalMSv = float64(card.Typical.Effective)
	}
	result.YearMSv = float64(card.Doses.TwelveMonths.All().Effective)
	_, result.DoseLimits = phrase.CardDose(s.Words, card)
	for _, source := range card.Sources {
		state := sourceState{Name: source.Name}
		if !source.Asked.IsZero() {
			state.Asked = source.Asked.Format(time.RFC3339)
		}
		if !source.Indexed.IsZero() {
			state.Index = source.Indexed.Format(time.RFC3339)
		}
		if source.Err != nil {
			state.Error = source.Err.Error()
		}
		result.Sources = append(result.Sources, state)
	}
	return s.print(result, func() { s.tell(card, result) })
}

// tell prints a card for a person.
func (s *session) tell(card desk.Card, result checkResult) {
	o := card.Order
	fmt.Fprintf(s.out, "%s %s · %s   %s  %s\n", s.L("ORDER"), o.Modality, o.Text, o.Patient.PatientName.Display(), s.L("ID %s", o.Patient.PatientID))
	mark := "–"
	if result.Repeat {
		mark = "●"
	}
	fmt.Fprintf(s.out, "%s %s\n", mark, result.Why)
	if text, flags := phrase.CardDose(s.Words, card); text != "" {
		fmt.Fprintln(s.out, strings.Join(append([]string{text}, flags...), "\n"))
	}
	if len(result.Priors) > 0 {
		s.say("Earlier exams:")
	}
	for _, p := range result.Priors {
		doubt := ""
		if p.IdentityDoubtful {
			doubt = "  " + s.L("the same person?")
		}
		fmt.Fprintf(s.out, "  %s  %-13s %s%s\n      %s\n", s.Date(dicom.ParseDate(strings.ReplaceAll(p.StudyDate, "-", ""))),
			s.L("class: "+p.Class), p.StudyDescription, doubt, p.Why)
	}
	if text, _ := phrase.Index(s.Words, card); text != "" {
		fmt.Fprintln(s.out, text)
	}
	for _, source := range result.Sources {
		if source.Error != "" {
			s.say("%s did not answer: what stands here is what this cache knows.", source.Name)
		}
	}
}

func priorJSON(card desk.Card, p priors.Prior, language string, doubtful bool) priorResult {
	r := priorResult{p.Study.StudyInstanceUID, p.Study.StudyDate.ISO(), p.Study.StudyDescription, string(p.Class), p.Repeat && !doubtful,
		p.Score, p.Rule, string(p.Block), p.RegionUnknown, doubtful, string(p.Study.Completeness), string(p.Study.Report), p.Why.Sentence(language), 0, ""}
	if e, ok := card.DoseOf(p.Study.StudyInstanceUID); ok && !doubtful {
		r.MSv, r.DoseBasis = float64(e.Effective), e.Basis
	}
	return r
}

type caseResult struct {
	CaseID string `json:"case_id"`
	Class  string `json:"class"`
	Repeat string `json:"repeat"`
	Why    string `json:"why"`
}

// runCases checks each row of a case table; labels in it are not read.
func (c *checkCmd) runCases(s *session) error {
	f, err := os.Open(c.Case)
	if err != nil {
		return err
	}
	defer f.Close()
	cases, err := priors.ReadCases(f)
	if err != nil {
		return err
	}
	rules, err := priors.Load(assets.Rules())
	if err != nil {
		return err
	}
	results := make([]caseResult, len(cases))
	for i, one := range cases {
		p := priors.Check(one.Order, []clinic.Study{one.Prior}, rules, one.Order.Ordered).Priors[0]
		repeat := map[bool]string{true: "yes", false: "no"}[p.Repeat]
		results[i] = caseResult{one.ID, string(p.Class), repeat, p.Why.Sentence(s.Language)}
	}
	return s.print(results, func() {
		for _, r := range results {
			fmt.Fprintf(s.out, "%s\t%s\t%s\t%s\n", r.CaseID, r.Class, r.Repeat, r.Why)
		}
	})
}
