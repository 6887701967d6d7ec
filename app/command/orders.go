package command

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"eris/app/desk"
	"eris/app/phrase"
	"eris/clinic"
	"eris/dicom"
)

type ordersCmd struct {
	Source  string `help:"Only orders that this source knows." placeholder:"NAME"`
	Station string `help:"Only orders for the scanner with this AE title." placeholder:"TITLE"`
	Day     string `help:"Of this day, e.g. 2026-11-23; today when not told." placeholder:"D"`
}

type orderResult struct {
	AccessionNumber string             `json:"accessionNumber"`
	PatientID       string             `json:"patientID"`
	PatientName     string             `json:"patientName"`
	Scheduled       string             `json:"scheduled,omitempty"`
	Station         dicom.AETitle      `json:"station,omitempty"`
	Modality        string             `json:"modality"`
	Text            string             `json:"text"`
	Status          clinic.OrderStatus `json:"status"`
	Withdrawn       bool               `json:"withdrawn"`
	Sources         []string           `json:"sources"`
	Repeat          bool               `json:"repeat"`
	Why             string             `json:"why"`

	at, state string // for people
}

// Run asks the sources and lists the orders of a day with their verdicts.
func (c *ordersCmd) Run(s *session) error {
	d, done, err := s.openDesk()
	if err != nil {
		return err
	}
	defer done()
	day := d.Now()
	if c.Day != "" {
		if day, err = time.ParseInLocation(time.DateOnly, c.Day, day.Location()); err != nil {
			return failure(s.L("%s is no day; write it as 2026-11-23.", c.Day))
		}
	}
	if err := d.PollOrders(s); err != nil {
		return err
	}
	list, err := d.OrdersOn(s, day)
	if err != nil {
		return err
	}
	rows := []orderResult{}
	for _, o := range list {
		known := slices.ContainsFunc(o.Sources, func(k clinic.OrderSource) bool { return k.Name == c.Source })
		if c.Source != "" && !known || c.Station != "" && string(o.StationAETitle) != c.Station {
			continue
		}
		card, err := d.Card(s, o)
		if err != nil {
			return err
		}
		rows = append(rows, s.orderResult(card))
	}
	err = s.print(rows, func() {
		t := tabwriter.NewWriter(s.out, 0, 0, 2, ' ', 0)
		for _, r := range rows {
			fmt.Fprintln(t, strings.Join([]string{r.at, r.AccessionNumber, r.PatientID, r.PatientName, r.Modality, r.Text, r.state, r.Why}, "\t"))
		}
		t.Flush()
		if len(rows) == 0 {
			s.say("No orders are known for this day.")
		}
	})
	if err != nil {
		return err
	}
	return s.sourcesThatFailed(d)
}

func (s *session) orderResult(card desk.Card) orderResult {
	o := card.Order
	r := orderResult{AccessionNumber: o.AccessionNumber, PatientID: o.Patient.PatientID, PatientName: o.Patient.PatientName.Display(), Station: o.StationAETitle,
		Modality: o.Modality, Text: o.Text, Status: cmp.Or(o.Status, clinic.OrderActive), Withdrawn: o.Withdrawn(), Sources: []string{},
		Repeat: card.Verdict.Repeat, Why: card.Verdict.Why.Sentence(s.Language), at: "—", state: phrase.OrderState(s.Words, o)}
	if !o.Scheduled.IsZero() {
		r.Scheduled, r.at = o.Scheduled.Format(time.RFC3339), o.Scheduled.Format("15:04")
	}
	for _, k := range o.Sources {
		r.Sources = append(r.Sources, k.Name)
	}
	return r
}

// sourcesThatFailed says that the list may lack orders.
func (s *session) sourcesThatFailed(d *desk.Desk) error {
	all, err := d.OrderSources(s)
	if err != nil {
		return err
	}
	var said []string
	for _, o := range all {
		if o.Err != nil {
			text, _ := phrase.OrderSource(s.Words, o, d.Now())
			said = append(said, text)
		}
	}
	if len(said) == 0 {
		return nil
	}
	return failure(s.L("Orders may be missing: %s", strings.Join(said, " ")))
}
