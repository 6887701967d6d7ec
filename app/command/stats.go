package command

import (
	"encoding/csv"
	"fmt"
	"image/png"
	"io"
	"os"
	"path/filepath"
	"text/tabwriter"
	"time"

	"eris/app/chart"
	"eris/app/desk"
	"eris/app/phrase"
	"eris/clinic/anatomy"
	"eris/clinic/effect"
)

type statsCmd struct {
	By   effect.By `enum:"day,clinic,exam,reason" default:"day" help:"What is counted by: day, clinic, exam or reason."`
	From string    `placeholder:"D" help:"First day, e.g. 2026-11-01; 30 days ago when not told."`
	To   string    `placeholder:"D" help:"Last day; today when not told."`
	CSV  string    `placeholder:"FILE" help:"Write the table as CSV." name:"csv"`
	Plot string    `placeholder:"FILE.png" help:"Draw the table."`
}

type statsResult struct {
	From  string       `json:"from"`
	To    string       `json:"to"`
	By    effect.By    `json:"by"`
	Rows  []effect.Row `json:"rows"`
	Total effect.Row   `json:"total"`
}

// usualPeriod is what is counted when no days are told.
const usualPeriod = 29 // days before today

// Run counts what the check has changed.
func (c *statsCmd) Run(s *session) error {
	d, done, err := s.openDesk()
	if err != nil {
		return err
	}
	defer done()
	from, to, err := c.days(s, d.Now())
	if err != nil {
		return err
	}
	orders, err := d.Effect(s, from, to.AddDate(0, 0, 1))
	if err != nil {
		return err
	}
	exam := func(f anatomy.Family, r []anatomy.Region) string { return d.Rules().ExamName(f, r, s.Language) }
	result := statsResult{From: from.Format(time.DateOnly), To: to.Format(time.DateOnly), By: c.By, Rows: effect.Count(orders, c.By, exam), Total: effect.Total(orders)}
	if result.Rows == nil {
		result.Rows = []effect.Row{}
	}
	if err := c.write(s, d, result); err != nil {
		return err
	}
	return s.print(result, func() { s.tellStats(result) })
}

func (c *statsCmd) days(s *session, now time.Time) (from, to time.Time, err error) {
	year, month, day := now.Date()
	to = time.Date(year, month, day, 0, 0, 0, 0, now.Location())
	from = to.AddDate(0, 0, -usualPeriod)
	for text, into := range map[*string]*time.Time{&c.From: &from, &c.To: &to} {
		if *text == "" {
			continue
		}
		if *into, err = time.ParseInLocation(time.DateOnly, *text, now.Location()); err != nil {
			return from, to, failure(s.L("%s is no day; write it as 2026-11-23.", *text))
		}
	}
	if from.After(to) {
		return from, to, failure(s.L("The first day is after the last."))
	}
	return from, to, nil
}

// statsColumns are the headings of the table and a row under them.
func (s *session) statsColumns(by effect.By) (heads []string, row func(effect.Row) []string) {
	columns := phrase.EffectColumns(s.Words)
	heads = []string{s.L("stats by " + string(by))}
	for _, c := range columns {
		heads = append(heads, c.Label)
	}
	return heads, func(r effect.Row) []string {
		cells := []string{phrase.EffectKey(s.Words, by, r.Key)}
		for _, c := range columns {
			cells = append(cells, c.Text(r))
		}
		return cells
	}
}

func (s *session) tellStats(result statsResult) {
	table := tabwriter.NewWriter(s.out, 0, 8, 2, ' ', 0)
	heads, row := s.statsColumns(result.By)
	total := row(result.Total)
	total[0] = s.L("Total")
	lines := append([][]string{heads}, make([][]string, 0, len(result.Rows)+1)...)
	for _, r := range result.Rows {
		lines = append(lines, row(r))
	}
	for _, line := range append(lines, total) {
		for _, cell := range line {
			fmt.Fprint(table, cell, "\t")
		}
		fmt.Fprintln(table)
	}
	_ = table.Flush()
}

func (c *statsCmd) write(s *session, d *desk.Desk, result statsResult) error {
	if c.CSV != "" {
		if err := toFile(c.CSV, func(w io.Writer) error {
			out := csv.NewWriter(w)
			heads, row := s.statsColumns(c.By)
			_ = out.Write(heads) // kept, and told by Error
			for _, r := range result.Rows {
				_ = out.Write(row(r))
			}
			out.Flush()
			return out.Error()
		}); err != nil {
			return err
		}
	}
	if c.Plot == "" {
		return nil
	}
	picture, err := chart.Effect(s.Words, c.By, result.Rows, 1200, 480, chart.Paper)
	if err != nil {
		return err
	}
	return toFile(c.Plot, func(w io.Writer) error { return png.Encode(w, picture) })
}

// toFile writes a file that is whole or not there.
func toFile(name string, write func(io.Writer) error) error {
	f, err := os.CreateTemp(filepath.Dir(name), ".eris-*")
	if err != nil {
		return err
	}
	err = write(f)
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = os.Chmod(f.Name(), 0o644)
	}
	if err == nil {
		err = os.Rename(f.Name(), name)
	}
	if err != nil {
		os.Remove(f.Name())
	}
	return err
}
