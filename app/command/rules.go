package command

import (
	"fmt"
	"os"
	"strings"
	"text/tabwriter"

	"eris/app/desk"
	"eris/clinic/anatomy"
)

type rulesCmd struct {
	List    rulesListCmd    `cmd:"" default:"1" help:"List the repeat windows that are followed."`
	Set     rulesSetCmd     `cmd:"" help:"Change the days of a rule for this site."`
	Export  rulesExportCmd  `cmd:"" help:"Write the table of repeat windows, to be changed and imported."`
	Import  rulesImportCmd  `cmd:"" help:"Make a table the site's own."`
	Preview rulesPreviewCmd `cmd:"" help:"What a table would have said of the orders of the last month."`
	Map     rulesMapCmd     `cmd:"" help:"Say which regions exams of this name show."`
	Unmap   rulesUnmapCmd   `cmd:"" help:"Take that back."`
	Maps    rulesMapsCmd    `cmd:"" help:"List what was said of names."`
	Reset   rulesResetCmd   `cmd:"" help:"Follow the program's own table again."`
}

type ruleResult struct {
	Rule        string `json:"rule"`
	Days        int    `json:"days"`
	Covers      string `json:"covers"`
	Equivalents string `json:"equivalents"`
	Source      string `json:"source"`
}

type rulesListCmd struct{}

// Run lists the windows.
func (c *rulesListCmd) Run(s *session) error {
	d, done, err := s.openDesk()
	if err != nil {
		return err
	}
	defer done()
	rows := []ruleResult{}
	for _, w := range d.Rules().Windows() {
		rows = append(rows, ruleResult{w.Rule, w.Days, w.Covers, w.Equivalents, w.Source})
	}
	result := struct {
		Version string       `json:"version"`
		Rules   []ruleResult `json:"rules"`
	}{d.Rules().Version, rows}
	return s.print(result, func() {
		s.say("Rule tables %s", result.Version)
		t := tabwriter.NewWriter(s.out, 0, 0, 2, ' ', 0)
		for _, r := range rows {
			fmt.Fprintf(t, "%s\t%s\t%s\n", r.Rule, s.Days(r.Days), s.L(r.Covers))
		}
		t.Flush()
	})
}

type rulesSetCmd struct {
	Rule string `arg:"" help:"Which, e.g. R06."`
	Days int    `required:"" help:"How long an exam answers the order; the last day counts."`
	Why  string `help:"Whose decision it is; it stands as the source of the rule." placeholder:"TEXT"`
}

// Run changes a rule.
func (c *rulesSetCmd) Run(s *session) error {
	return s.changeRules(func(d *desk.Desk, table string) (string, error) { return desk.WithDays(table, c.Rule, c.Days, c.Why) })
}

type rulesExportCmd struct{}

// Run writes the table.
func (c *rulesExportCmd) Run(s *session) error {
	d, done, err := s.openDesk()
	if err != nil {
		return err
	}
	defer done()
	table, _, err := d.Windows(s)
	if err != nil {
		return err
	}
	_, err = fmt.Fprint(s.out, table)
	return err
}

type rulesImportCmd struct {
	File string `arg:"" type:"existingfile" help:"A table as export writes it."`
}

// Run takes a table.
func (c *rulesImportCmd) Run(s *session) error {
	return s.changeRules(func(*desk.Desk, string) (string, error) { return readTable(c.File) })
}

// mostTable bounds a table of rules.
const mostTable = 1 << 20

func readTable(path string) (string, error) {
	info, err := os.Stat(path)
	if err != nil {
		return "", err
	}
	if info.Size() > mostTable {
		return "", fmt.Errorf("%s is no table of rules: it is larger than 1 MiB", path)
	}
	b, err := os.ReadFile(path)
	return string(b), err
}

type rulesResetCmd struct{}

// Run forgets the site's table.
func (c *rulesResetCmd) Run(s *session) error {
	return s.changeRules(func(*desk.Desk, string) (string, error) { return "", nil })
}

func (s *session) changeRules(change func(d *desk.Desk, table string) (string, error)) error {
	d, done, err := s.openDesk()
	if err != nil {
		return err
	}
	defer done()
	table, _, err := d.Windows(s)
	if err != nil {
		return err
	}
	if table, err = change(d, table); err != nil {
		return err
	}
	if err := d.SaveWindows(s, table); err != nil {
		return err
	}
	return s.print(map[string]string{"version": d.Rules().Version}, func() { s.say("Rule tables %s", d.Rules().Version) })
}

type rulesPreviewCmd struct {
	File string `arg:"" type:"existingfile" help:"A table as export writes it."`
}

type rulesPreview struct {
	Judged  int            `json:"judged"`
	Changes []rulesChanged `json:"changes"`
}

type rulesChanged struct {
	AccessionNumber string `json:"accessionNumber"`
	PatientID       string `json:"patientID"`
	Text            string `json:"text"`
	Before          string `json:"before"`
	After           string `json:"after"`
	Repeat          bool   `json:"repeat"` // after
}

// Run judges the orders of the list by another table.
func (c *rulesPreviewCmd) Run(s *session) error {
	d, done, err := s.openDesk()
	if err != nil {
		return err
	}
	defer done()
	table, err := readTable(c.File)
	if err != nil {
		return err
	}
	judged, changes, err := d.PreviewWindows(s, table)
	if err != nil {
		return err
	}
	result := rulesPreview{Judged: judged, Changes: []rulesChanged{}}
	for _, x := range changes {
		result.Changes = append(result.Changes, rulesChanged{x.Order.AccessionNumber, x.Order.Patient.PatientID, x.Order.Text,
			x.Before.Why.Sentence(s.Language), x.After.Why.Sentence(s.Language), x.After.Repeat})
	}
	return s.print(result, func() {
		s.say("Of the last month's orders %d are judged, %d otherwise than now.", result.Judged, len(result.Changes))
		for _, x := range result.Changes {
			mark := "–"
			if x.Repeat {
				mark = "●"
			}
			fmt.Fprintf(s.out, "%s %s  %s\n    %s\n    %s\n", mark, x.AccessionNumber, x.Text, x.Before, x.After)
		}
	})
}

type rulesMapCmd struct {
	Modality string           `required:"" placeholder:"M" help:"Modality, e.g. CT."`
	Text     string           `required:"" placeholder:"TEXT" help:"The whole name of the order or study."`
	Region   []anatomy.Region `required:"" placeholder:"R" help:"Regions, e.g. chest."`
}

// Run learns a mapping.
func (c *rulesMapCmd) Run(s *session) error { return learn(s, c.Modality, c.Text, c.Region) }

type rulesUnmapCmd struct {
	Modality string `required:"" placeholder:"M" help:"Modality, e.g. CT."`
	Text     string `required:"" placeholder:"TEXT" help:"The whole name of the order or study."`
}

// Run forgets a mapping.
func (c *rulesUnmapCmd) Run(s *session) error { return learn(s, c.Modality, c.Text, nil) }

func learn(s *session, modality, text string, regions []anatomy.Region) error {
	d, done, err := s.openDesk()
	if err != nil {
		return err
	}
	defer done()
	m := anatomy.Mapping{Family: anatomy.FamilyOf(strings.ToUpper(modality)), Text: text, Regions: regions}
	if err := d.Learn(s, m); err != nil {
		return err
	}
	return s.print(map[string]string{"version": d.Rules().Version}, func() { s.say("Rule tables %s", d.Rules().Version) })
}

type rulesMapsCmd struct{}

// Run lists the mappings.
func (c *rulesMapsCmd) Run(s *session) error {
	d, done, err := s.openDesk()
	if err != nil {
		return err
	}
	defer done()
	list, err := d.Mappings(s)
	if err != nil {
		return err
	}
	type row struct {
		Family  anatomy.Family   `json:"family"`
		Text    string           `json:"text"`
		Regions []anatomy.Region `json:"regions"`
	}
	rows := []row{}
	for _, m := range list {
		rows = append(rows, row(m))
	}
	return s.print(rows, func() {
		for _, r := range rows {
			fmt.Fprintf(s.out, "%s  %s  %v\n", r.Family, r.Text, r.Regions)
		}
	})
}
